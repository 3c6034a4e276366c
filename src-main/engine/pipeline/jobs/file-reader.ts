/**
 * Reads files for a job, cuts them into chunks, stores the new ones and makes finished nodes. Small files are laid one
 * after another in the read buffer and claimed together; large files stream through it. A file that changes while it is
 * read is read again, at last stored as it was found and marked. The buffer is lent for the time from the first file to `finish`.
 */
import { bytesToId, ID_BYTES, type BlobId } from '#base/ids.ts';
import type { FileStat, OpenSource } from '#files/port.ts';
import { CHUNK_MIN_BYTES } from '#format/chunker.ts';
import { encodeNode } from '#format/tree.ts';
import { nodeFromStat, storedTimes } from '../node-from-stat.ts';
import type { StoredCounts } from '../job-types.ts';
import type { FileToRead, ReadFile } from '../scan-types.ts';
import type { ScanSettings } from '../scan-settings.ts';
import type { ChunkBuffer, JobContext } from '../worker-thread.ts';
import { errorCodeOf } from './error-code.ts';

/** How often a file that changes under the reader is read before it is stored as it is. */
const MAX_ATTEMPTS = 3;

/** What one reading of a file gave. */
interface Reading {
  readonly content: readonly BlobId[];
  readonly sizeBytes: number;
}

export class FileReader {
  readonly #context: JobContext;
  readonly #settings: ScanSettings;
  #buffer: ChunkBuffer | undefined;
  #used = 0;
  #plains: Uint8Array[] = [];
  #ids: Uint8Array[] = [];
  #stored: StoredCounts = { blobs: 0, bytes: 0, packedBytes: 0 };

  constructor(context: JobContext, settings: ScanSettings) {
    this.#context = context;
    this.#settings = settings;
  }

  /** What storing has cost so far; complete after `finish`. */
  get stored(): StoredCounts {
    return this.#stored;
  }

  /** `seen`: what a scan saw of the file just now. Problems of the file are in the result. */
  async read(file: FileToRead, seen?: FileStat): Promise<ReadFile> {
    this.#buffer ??= await this.#context.lendChunkBuffer();
    try {
      const source = this.#context.sourceFiles.open(file.path);
      try {
        return await this.#readOpen(file, source, seen ?? source.stat());
      } finally {
        source.close();
      }
    } catch (error) {
      return { kind: 'failed', code: errorCodeOf(error) };
    }
  }

  /** Stores what is still in the buffer. */
  async finish(): Promise<void> {
    if (this.#buffer !== undefined) await this.#storeBatch();
  }

  /** Gives the buffer back; call in any case. */
  release(): void {
    if (this.#buffer !== undefined) this.#context.returnChunkBuffer(this.#buffer);
    this.#buffer = undefined;
  }

  async #readOpen(file: FileToRead, source: OpenSource, seen: FileStat): Promise<ReadFile> {
    let before = seen;
    for (let attempt = 1; ; attempt++) {
      const reading = await this.#readOnce(source, before);
      const after = source.stat();
      // Something else has taken the name, such as a fifo.
      if (after.kind !== 'file') return { kind: 'failed', code: 'ENOENT' };
      // Size 0 with content: the system does not tell the size, as below /proc and on some network file systems.
      const isOtherSize = reading.sizeBytes !== after.sizeBytes && after.sizeBytes !== 0;
      const hasChanged = isOtherSize || !isSameVersion(before, after);
      if (!hasChanged || attempt === MAX_ATTEMPTS) {
        const { sourceFiles, zone } = this.#context;
        // Times of what was read: with later ones the next backup would take this content for the present one.
        const times = storedTimes(hasChanged ? before : after, zone, this.#settings.withAtime);
        const node = nodeFromStat(sourceFiles, file.path, file.name, after, times, reading);
        return {
          kind: 'stored',
          text: encodeNode(node),
          sizeBytes: reading.sizeBytes,
          changedWhileReading: hasChanged,
        };
      }
      source.seek(0);
      before = after;
    }
  }

  async #readOnce(source: OpenSource, stat: FileStat): Promise<Reading> {
    const isToldSize = stat.sizeBytes > 0 || isAtEnd(source);
    if (isToldSize && stat.sizeBytes < CHUNK_MIN_BYTES) return this.#readWhole(source, stat.sizeBytes);
    await this.#storeBatch();
    return this.#stream(source);
  }

  /** A file of one chunk. One that grows meanwhile is noticed by its size and read again. */
  async #readWhole(source: OpenSource, expectedBytes: number): Promise<Reading> {
    if (expectedBytes === 0) return { content: [], sizeBytes: 0 };
    if (this.#used + expectedBytes > this.#lent.bytes.length) await this.#storeBatch();
    const start = this.#used;
    const sizeBytes = fill(source, this.#lent.bytes.subarray(start, start + expectedBytes));
    if (sizeBytes === 0) return { content: [], sizeBytes: 0 };
    this.#used = start + sizeBytes;
    const plain = this.#lent.bytes.subarray(start, this.#used);
    const id = this.#hash(plain);
    this.#plains.push(plain);
    this.#ids.push(id);
    return { content: [bytesToId<BlobId>(id)], sizeBytes };
  }

  /** A file of any size, cut into chunks. The buffer must be empty. */
  async #stream(source: OpenSource): Promise<Reading> {
    const bytes = this.#lent.startFile();
    const content: BlobId[] = [];
    let sizeBytes = 0;
    let end = 0;
    for (;;) {
      const count = fill(source, bytes.subarray(end));
      const isEndOfFile = count < bytes.length - end;
      sizeBytes += count;
      end += count;
      let start = 0;
      const chunks: Uint8Array[] = [];
      const ids: Uint8Array[] = [];
      while (start < end) {
        const cut = this.#lent.nextCut(start, end, isEndOfFile);
        if (cut < 0) break;
        const chunk = bytes.subarray(start, cut);
        const id = this.#hash(chunk);
        chunks.push(chunk);
        ids.push(id);
        content.push(bytesToId<BlobId>(id));
        start = cut;
      }
      await this.#store(chunks, ids);
      this.#context.reportRead(count);
      if (isEndOfFile) return { content, sizeBytes };
      bytes.copyWithin(0, start, end);
      end -= start;
    }
  }

  async #storeBatch(): Promise<void> {
    if (this.#plains.length > 0) await this.#store(this.#plains, this.#ids);
    this.#context.reportRead(this.#used);
    this.#plains = [];
    this.#ids = [];
    this.#used = 0;
  }

  async #store(chunks: readonly Uint8Array[], ids: readonly Uint8Array[]): Promise<void> {
    const { blobs, bytes, packedBytes } = await this.#context.sink.store('data', chunks, ids);
    this.#stored = {
      blobs: this.#stored.blobs + blobs,
      bytes: this.#stored.bytes + bytes,
      packedBytes: this.#stored.packedBytes + packedBytes,
    };
  }

  #hash(plain: Uint8Array): Uint8Array {
    const id = new Uint8Array(ID_BYTES);
    this.#context.codec.hashInto(plain, id, 0);
    return id;
  }

  get #lent(): ChunkBuffer {
    return this.#buffer!;
  }
}

export function isSameVersion(a: FileStat, b: FileStat): boolean {
  return (
    a.inode === b.inode &&
    a.sizeBytes === b.sizeBytes &&
    a.mtimeSec === b.mtimeSec &&
    a.mtimeNsec === b.mtimeNsec &&
    a.ctimeSec === b.ctimeSec &&
    a.ctimeNsec === b.ctimeNsec
  );
}

/** Whether a file has no content, whatever its size is said to be. */
function isAtEnd(source: OpenSource): boolean {
  const isEmpty = source.read(new Uint8Array(1)) === 0;
  source.seek(0);
  return isEmpty;
}

/** Reads until `into` is full or the file ends. */
export function fill(source: OpenSource, into: Uint8Array): number {
  let filled = 0;
  while (filled < into.length) {
    const count = source.read(into.subarray(filled));
    if (count === 0) break;
    filled += count;
  }
  return filled;
}
