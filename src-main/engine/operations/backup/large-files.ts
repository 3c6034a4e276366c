/**
 * Large files on their way through the pipeline: which job is next for which of them. One thread finds the chunks of a
 * window, all threads store them, so that a single large file keeps every core busy. Few files at a time, few chunks ahead:
 * memory is bounded and what was cut is still in the page cache when it is stored. A file that does not hold still is given
 * back, to be read by one thread from end to end.
 */
import { joinIds } from '#base/ids.ts';
import { CHUNK_MAX_BYTES } from '#format/chunker.ts';
import type { FileStat } from '#files/port.ts';
import type { PipelinePool } from '#pipeline/pipeline-pool.ts';
import type { ScanSettings } from '#pipeline/scan-settings.ts';
import type { FileToRead, ReadFile } from '#pipeline/scan-types.ts';
import { addStoredBytes, NO_COST, NOTHING_STORED, type EntryCost, type StoredBytes } from './entry-cost.ts';
import type { BackupTally } from './backup-tally.ts';

/** From here on sharing a file among threads is worth reading it twice. */
export const LARGE_FILE_BYTES = 16 << 20;
/** Files being cut at the same time: reading more at once only moves the disk's head. */
const FILES_AT_A_TIME = 2;

interface ChunkBatch {
  readonly number: number;
  readonly from: number;
  readonly lengths: Uint32Array;
}

/** One file's state. */
interface CutFile<File> {
  readonly file: File;
  readonly startedMs: number;
  stored: StoredBytes;
  seen: FileStat | undefined;
  cutTo: number;
  /** `givenUp`: it changed or vanished, nothing more is begun for it. */
  stage: 'cutting' | 'cut' | 'finishing' | 'givenUp';
  isCutUnderWay: boolean;
  jobsUnderWay: number;
  batches: ChunkBatch[];
  batchCount: number;
  /** By batch number. */
  ids: Uint8Array[];
}

/** Called once per file; `undefined`: it did not hold still. */
export type LargeFileEnd<File> = (file: File, result: ReadFile | undefined, cost: EntryCost) => void;

export class LargeFiles<File extends FileToRead> {
  readonly #pool: PipelinePool;
  readonly #settings: ScanSettings;
  readonly #tally: BackupTally;
  readonly #onEnd: LargeFileEnd<File>;
  readonly #waiting: File[] = [];
  #files: CutFile<File>[] = [];

  constructor(pool: PipelinePool, settings: ScanSettings, tally: BackupTally, onEnd: LargeFileEnd<File>) {
    this.#pool = pool;
    this.#settings = settings;
    this.#tally = tally;
    this.#onEnd = onEnd;
  }

  add(file: File): void {
    this.#waiting.push(file);
  }

  /** Undefined when there is nothing to do, or nothing before a job under way has ended. */
  nextJob(): (() => Promise<void>) | undefined {
    while (this.#files.length < FILES_AT_A_TIME && this.#waiting.length > 0)
      this.#files.push(newCutFile(this.#waiting.shift()!, this.#tally.nowMs()));
    for (const file of this.#files) {
      const job = this.#nextJobOf(file);
      if (job !== undefined) return this.#counted(file, job);
    }
    return undefined;
  }

  #nextJobOf(file: CutFile<File>): (() => Promise<void>) | undefined {
    if (file.stage === 'givenUp') return undefined;
    const ahead = this.#files.reduce((sum, { batches }) => sum + batches.length, 0);
    // Cutting goes before storing while little is cut, or all threads would wait for one.
    if (file.stage === 'cutting' && !file.isCutUnderWay && ahead < this.#pool.slotCount) {
      file.isCutUnderWay = true;
      return () => this.#cut(file);
    }
    const batch = file.batches.shift();
    if (batch !== undefined) return () => this.#store(file, batch);
    if (file.stage !== 'cut' || file.jobsUnderWay > 0) return undefined;
    file.stage = 'finishing';
    return () => this.#finish(file);
  }

  #counted(file: CutFile<File>, job: () => Promise<void>): () => Promise<void> {
    file.jobsUnderWay++;
    return async () => {
      try {
        await job();
      } finally {
        file.jobsUnderWay--;
      }
      if (file.stage === 'givenUp' && file.jobsUnderWay === 0) this.#end(file, undefined);
    };
  }

  async #cut(file: CutFile<File>): Promise<void> {
    const { cutTo: from, seen } = file;
    const result = await this.#pool.run('cutFile', { file: nameOf(file), from, seen });
    file.isCutUnderWay = false;
    if (result.kind === 'notAsSeen') return giveUp(file);
    file.seen ??= result.stat;
    for (const lengths of batchesOf(result.lengths)) {
      file.batches.push({ number: file.batchCount++, from: file.cutTo, lengths });
      file.cutTo += sum(lengths);
    }
    if (result.isEnd && file.stage === 'cutting') file.stage = 'cut';
  }

  async #store(file: CutFile<File>, { number, from, lengths }: ChunkBatch): Promise<void> {
    const input = { file: nameOf(file), from, lengths, seen: file.seen! };
    const result = await this.#pool.run('storeChunks', input);
    if (result.kind === 'notAsSeen') return giveUp(file);
    file.ids[number] = result.ids;
    file.stored = addStoredBytes(file.stored, result.stored);
    this.#tally.addStored('data', result.stored);
  }

  async #finish(file: CutFile<File>): Promise<void> {
    const seen = file.seen!;
    if (seen.sizeBytes !== file.cutTo) return giveUp(file);
    const input = { file: nameOf(file), seen, contentIds: joinIds(file.ids), settings: this.#settings };
    const result = await this.#pool.run('finishFile', input);
    if (result.kind === 'notAsSeen') return giveUp(file);
    this.#end(file, result);
  }

  #end(file: CutFile<File>, result: ReadFile | undefined): void {
    this.#files = this.#files.filter((other) => other !== file);
    const durationMs = this.#tally.nowMs() - file.startedMs;
    this.#onEnd(file.file, result, { ...NO_COST, durationMs, data: file.stored });
  }
}

function newCutFile<File>(file: File, startedMs: number): CutFile<File> {
  return {
    file,
    startedMs,
    stored: NOTHING_STORED,
    seen: undefined,
    cutTo: 0,
    stage: 'cutting',
    isCutUnderWay: false,
    jobsUnderWay: 0,
    batches: [],
    batchCount: 0,
    ids: [],
  };
}

function giveUp(file: CutFile<FileToRead>): void {
  file.stage = 'givenUp';
  file.batches = [];
}

/** Only what the thread needs. */
function nameOf({ file: { path, name } }: CutFile<FileToRead>): FileToRead {
  return { path, name };
}

/** Neighbouring chunks that fit one read buffer. */
function* batchesOf(lengths: Uint32Array): Generator<Uint32Array> {
  let start = 0;
  let bytes = 0;
  for (let i = 0; i < lengths.length; i++) {
    if (bytes + lengths[i]! > CHUNK_MAX_BYTES) {
      yield lengths.slice(start, i);
      start = i;
      bytes = 0;
    }
    bytes += lengths[i]!;
  }
  if (start < lengths.length) yield lengths.slice(start);
}

function sum(lengths: Uint32Array): number {
  return lengths.reduce((total, length) => total + length, 0);
}
