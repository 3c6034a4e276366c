/**
 * Brings contents from packs into files. Files wait in tree order; a slice of them at a time is turned round, so that each
 * piece of a pack is loaded once for all files that need something of it. A worker opens the blobs and writes them.
 * A blob that does not open is looked for in every other place that the index knows. Memory is bounded by the slice.
 */
import type { ByteString } from '#base/byte-string.ts';
import { idToBytes, joinIds, type BlobId } from '#base/ids.ts';
import { invariant, isTidemarkError } from '#base/errors.ts';
import type { TargetPath } from '#files/port.ts';
import type { PipelinePool } from '#pipeline/pipeline-pool.ts';
import type { BlobUse, PlaceOutcome, RestoreSettings, WriteFilesOutput } from '#pipeline/restore-types.ts';
import type { BlobLocation } from '#repository/blob-index.ts';
import type { Repository } from '#repository/repository.ts';
import type { FileEnd, FileTask } from './file-task.ts';
import { planSegments, type NeededBlob, type Segment, type SegmentLimits } from './plan-segments.ts';
import type { RestoreFolder } from './restore-folder.ts';

/** With this much waiting it is worth planning; with twice this no further file should come. */
const SLICE_BLOBS = 4096;
const SLICE_BYTES = 64 << 20;
/** A job takes some 50 ms: long against its messages, short for a cancel. */
const LIMITS: SegmentLimits = { maxBytes: 4 << 20, maxGapBytes: 256 << 10, maxUses: 256 };
const SEAL_BYTES = 32;

/** A file of which some blobs may already be planned or written. */
interface FileInWork {
  readonly task: FileTask;
  /** Undefined: one blob, written in one go. */
  readonly temporaryName: ByteString | undefined;
  /** Next blob to plan, and where it begins. */
  next: number;
  offset: number;
  /** Planned and not written yet. */
  missing: number;
  /** The first thing that went wrong. */
  broken: FileEnd | undefined;
  hasEnded: boolean;
}

interface Use {
  readonly file: FileInWork;
  readonly offset: number;
}

export interface BlobWriterHost {
  onBytes(bytes: number): void;
  /** A file has its name, or is given up; nothing of it is left behind. */
  onFileEnd(task: FileTask, end: FileEnd): void;
  /** All parts are written. */
  onPartsWritten(task: FileTask, temporaryName: ByteString): void;
  /** It will not be finished: what there is of it is to be removed, then the end is to be reported. */
  onGivenUp(task: FileTask, temporaryName: ByteString, end: FileEnd): void;
}

export class BlobWriter {
  readonly #repository: Repository;
  readonly #pool: PipelinePool;
  readonly #settings: RestoreSettings;
  readonly #takeNumbers: (count: number) => number;
  readonly #host: BlobWriterHost;
  readonly #signal: AbortSignal | undefined;
  #files: FileInWork[] = [];
  #waitingBlobs = 0;
  #waitingBytes = 0;
  #segments: Segment<Use>[] = [];
  /** By temporary name. */
  readonly #unfinished = new Map<ByteString, FileTask>();

  /** `takeNumbers` gives the first of so many numbers that name unfinished files. */
  constructor(
    repository: Repository,
    pool: PipelinePool,
    settings: RestoreSettings,
    takeNumbers: (count: number) => number,
    host: BlobWriterHost,
    signal: AbortSignal | undefined,
  ) {
    this.#repository = repository;
    this.#pool = pool;
    this.#settings = settings;
    this.#takeNumbers = takeNumbers;
    this.#host = host;
    this.#signal = signal;
  }

  /** Enough waits for a slice. */
  get hasEnough(): boolean {
    return this.#waitingBlobs >= SLICE_BLOBS || this.#waitingBytes >= SLICE_BYTES;
  }

  /** No further file should be added. */
  get isFull(): boolean {
    return this.#waitingBlobs >= 2 * SLICE_BLOBS || this.#waitingBytes >= 4 * SLICE_BYTES;
  }

  get hasReady(): boolean {
    return this.#segments.length > 0;
  }

  get isEmpty(): boolean {
    return this.#segments.length === 0 && this.#files.length === 0;
  }

  /** Paths of files that have begun and not ended. */
  unfinishedPaths(): TargetPath[] {
    return [...this.#unfinished].map(([name, { folder }]) => [...folder.path, name]);
  }

  add(task: FileTask): void {
    const isWhole = task.content.length === 1;
    this.#files.push({
      task,
      temporaryName: isWhole
        ? undefined
        : (`${this.#settings.temporaryPrefix}${this.#takeNumbers(1)}` as ByteString),
      next: 0,
      offset: 0,
      missing: 0,
      broken: undefined,
      hasEnded: false,
    });
    this.#waitingBlobs += task.content.length;
    this.#waitingBytes += task.sizeBytes;
  }

  /** Undefined when nothing waits. */
  nextWork(): (() => Promise<void>) | undefined {
    if (this.#segments.length === 0) this.#segments = planSegments(this.#takeSlice(), LIMITS).reverse();
    const segment = this.#segments.pop();
    return segment && (() => this.#writeSegment(segment));
  }

  #takeSlice(): Iterable<NeededBlob<Use>> {
    const needed = new Map<BlobId, NeededBlob<Use>>();
    let blobs = 0;
    let bytes = 0;
    let done = 0;
    for (; done < this.#files.length && blobs < SLICE_BLOBS && bytes < SLICE_BYTES; done++) {
      const file = this.#files[done]!;
      const { content } = file.task;
      while (file.next < content.length && blobs < SLICE_BLOBS && bytes < SLICE_BYTES) {
        if (file.broken !== undefined) {
          this.#waitingBlobs -= content.length - file.next;
          this.#waitingBytes -= file.task.sizeBytes - file.offset;
          file.next = content.length;
          break;
        }
        const id = content[file.next]!;
        let blob = needed.get(id);
        if (blob === undefined) {
          const idBytes = idToBytes(id);
          const location = this.#repository.index.location('data', idBytes);
          invariant(location !== undefined, 'a blob left the index');
          blob = { id: idBytes, location, uses: [] };
          needed.set(id, blob);
          bytes += location.length;
        }
        blob.uses.push({ file, offset: file.offset });
        blobs++;
        this.#plan(file, plainLength(blob.location));
      }
      if (file.next < content.length) break;
      this.#endIfComplete(file);
    }
    this.#files.splice(0, done);
    return needed.values();
  }

  #plan(file: FileInWork, length: number): void {
    if (file.temporaryName !== undefined) this.#unfinished.set(file.temporaryName, file.task);
    file.next++;
    file.offset += length;
    file.missing++;
    this.#waitingBlobs--;
    this.#waitingBytes -= length;
  }

  async #writeSegment({ packId, offset, length, blobs }: Segment<Use>): Promise<void> {
    const wanted = blobs.map(withoutBroken).filter(({ uses }) => uses.length > 0);
    if (wanted.length > 0) {
      const bytes = await this.#load(packId, offset, length);
      if (typeof bytes === 'string') for (const blob of wanted) await this.#rescue(blob, undefined, bytes);
      else await this.#write(bytes, offset, wanted);
    }
    for (const { uses } of blobs) {
      for (const { file } of uses) {
        file.missing--;
        this.#endIfComplete(file);
      }
    }
  }

  /** A text says why the pack cannot give these bytes. @throws storage errors that concern more than this pack */
  async #load(packId: string, offset: number, length: number): Promise<Uint8Array<ArrayBuffer> | string> {
    try {
      return await this.#repository.storage.load('pack', packId, { offset, length }, this.#signal);
    } catch (error) {
      if (isTidemarkError(error, 'storage.objectMissing')) return 'its pack file is missing';
      if (isTidemarkError(error, 'storage.rangeInvalid')) return 'its pack file is too short';
      if (isTidemarkError(error, 'storage.ioFailed')) return 'its pack file cannot be read';
      throw error;
    }
  }

  async #write(
    bytes: Uint8Array<ArrayBuffer>,
    start: number,
    blobs: readonly NeededBlob<Use>[],
  ): Promise<void> {
    const { damaged } = await this.#runJob(bytes, start, blobs);
    for (const { blob, reason } of damaged) await this.#rescue(blobs[blob]!, blobs[blob]!.location, reason);
  }

  /** Tries all places of a blob but the one that was tried; gives its files up when none has it. */
  async #rescue(blob: NeededBlob<Use>, tried: BlobLocation | undefined, firstReason: string): Promise<void> {
    this.#repository.doubtIndex();
    let reason = firstReason;
    for (const location of this.#repository.index.locations('data', blob.id)) {
      if (location.packId === tried?.packId && location.offset === tried.offset) continue;
      if (plainLength(location) !== plainLength(blob.location)) continue;
      const bytes = await this.#load(location.packId, location.offset, location.length);
      if (typeof bytes === 'string') {
        reason = bytes;
        continue;
      }
      const { damaged } = await this.#runJob(bytes, location.offset, [{ ...blob, location }]);
      if (damaged.length === 0) return;
      reason = damaged[0]!.reason;
    }
    for (const { file } of blob.uses)
      this.#break(file, { kind: 'damaged', code: 'integrity.blobCorrupt', reason });
  }

  async #runJob(
    bytes: Uint8Array<ArrayBuffer>,
    start: number,
    blobs: readonly NeededBlob<Use>[],
  ): Promise<WriteFilesOutput> {
    const job = new WriteJob(start, blobs);
    const output = await this.#pool.run(
      'writeFiles',
      {
        settings: this.#settings,
        bytes,
        ids: joinIds(blobs.map(({ id }) => id)),
        blobs: job.blobs,
        folders: job.folders,
        uses: job.uses,
        firstTemporary: this.#takeNumbers(job.uses.length),
      },
      [bytes.buffer],
    );
    const notWritten = new Set(output.damaged.map(({ blob }) => blob));
    const outcomes = new Map(output.outcomes.map((outcome) => [outcome.index, outcome]));
    for (const [index, { blob }] of job.uses.entries()) {
      if (!notWritten.has(blob)) this.#takeOutcome(job.files[index]!, outcomes.get(index), blobs[blob]!);
    }
    return output;
  }

  #takeOutcome(file: FileInWork, outcome: PlaceOutcome | undefined, { location }: NeededBlob<Use>): void {
    if (outcome === undefined || outcome.kind === 'incomplete') this.#host.onBytes(plainLength(location));
    if (file.temporaryName !== undefined) {
      if (outcome !== undefined) this.#break(file, outcome);
      return;
    }
    this.#end(file, outcome ?? { kind: 'there' });
  }

  #break(file: FileInWork, end: FileEnd): void {
    if (file.temporaryName === undefined) this.#end(file, end);
    else file.broken ??= end;
  }

  #end(file: FileInWork, end: FileEnd): void {
    file.hasEnded = true;
    this.#host.onFileEnd(file.task, end);
  }

  #endIfComplete(file: FileInWork): void {
    const { task, temporaryName } = file;
    if (temporaryName === undefined || file.hasEnded) return;
    if (file.missing > 0 || file.next < task.content.length) return;
    file.hasEnded = true;
    if (file.broken === undefined) this.#host.onPartsWritten(task, temporaryName);
    else this.#host.onGivenUp(task, temporaryName, file.broken);
  }

  /** The file that `onPartsWritten` or `onGivenUp` told of has its name or is removed. */
  forget(temporaryName: ByteString): void {
    this.#unfinished.delete(temporaryName);
  }
}

/** One job's input, with folders named once. */
class WriteJob {
  readonly blobs: { at: number; length: number; uncompressedLength: number }[] = [];
  readonly folders: TargetPath[] = [];
  readonly uses: BlobUse[] = [];
  readonly files: FileInWork[] = [];
  readonly #folderIndexes = new Map<RestoreFolder, number>();

  constructor(start: number, blobs: readonly NeededBlob<Use>[]) {
    for (const [blob, { location, uses }] of blobs.entries()) {
      const { offset, length, uncompressedLength } = location;
      this.blobs.push({ at: offset - start, length, uncompressedLength });
      for (const use of uses) this.#add(blob, use);
    }
  }

  #add(blob: number, { file, offset }: Use): void {
    const { task, temporaryName } = file;
    const folder = this.#folderIndex(task.folder);
    const { name, metadata, isReplacing } = task;
    this.files.push(file);
    this.uses.push(
      temporaryName === undefined
        ? { kind: 'file', blob, folder, name, isReplacing, metadata }
        : { kind: 'part', blob, folder, temporaryName, offset },
    );
  }

  #folderIndex(folder: RestoreFolder): number {
    let index = this.#folderIndexes.get(folder);
    if (index === undefined) {
      index = this.folders.push(folder.path) - 1;
      this.#folderIndexes.set(folder, index);
    }
    return index;
  }
}

function withoutBroken(blob: NeededBlob<Use>): NeededBlob<Use> {
  return blob.uses.some(({ file }) => file.broken !== undefined)
    ? { ...blob, uses: blob.uses.filter(({ file }) => file.broken === undefined) }
    : blob;
}

/** Of the blob's content. */
export function plainLength({ length, uncompressedLength }: BlobLocation): number {
  return uncompressedLength === 0 ? length - SEAL_BYTES : uncompressedLength;
}
