/**
 * The read job: reads files, cuts them into chunks, stores the new ones and gives back finished nodes. Small files
 * of a batch are laid one after another in the read buffer and claimed together; large files stream through it.
 * A file that changes while it is read is read again, at last stored as it was found and marked.
 */
import type { ByteString } from '#base/byte-string.ts';
import { bytesToId, ID_BYTES, type BlobId } from '#base/ids.ts';
import type { FileStat, OpenSource } from '#files/port.ts';
import { CHUNK_MIN_BYTES } from '#format/chunker.ts';
import { encodeNode } from '#format/tree.ts';
import { nodeFromStat, storedTimes } from '../node-from-stat.ts';
import type { FileToRead, JobTypes, ReadFile, StoredCounts } from '../job-types.ts';
import type { ScanSettings } from '../scan-settings.ts';
import type { ChunkBuffer, JobContext } from '../worker-thread.ts';
import { errorCodeOf } from './error-code.ts';

/** How often a file that changes under the reader is read before it is stored as it is. */
const MAX_ATTEMPTS = 3;

type Output = JobTypes['read']['output'];

export async function read(input: JobTypes['read']['input'], context: JobContext): Promise<Output> {
  const buffer = await context.lendChunkBuffer();
  try {
    const batch = new SmallFileBatch(buffer, context);
    const files: ReadFile[] = [];
    for (const file of input.files) files.push(await readFile(file, input.settings, batch, context));
    await batch.store();
    return { files, stored: batch.stored };
  } finally {
    context.returnChunkBuffer(buffer);
  }
}

/** What one reading of a file gave. */
interface Reading {
  readonly content: readonly BlobId[];
  readonly sizeBytes: number;
}

async function readFile(
  file: FileToRead,
  settings: ScanSettings,
  batch: SmallFileBatch,
  context: JobContext,
): Promise<ReadFile> {
  try {
    const source = context.sourceFiles.open(file.path);
    try {
      return await readOpenFile(file, source, settings, batch, context);
    } finally {
      source.close();
    }
  } catch (error) {
    return { kind: 'failed', code: errorCodeOf(error) };
  }
}

async function readOpenFile(
  file: FileToRead,
  source: OpenSource,
  settings: ScanSettings,
  batch: SmallFileBatch,
  context: JobContext,
): Promise<ReadFile> {
  let before = source.stat();
  if (before.kind !== 'file') return { kind: 'failed', code: 'ENOENT' };
  for (let attempt = 1; ; attempt++) {
    const reading = await readOnce(source, before, batch);
    const after = source.stat();
    const hasChanged = !isSameVersion(before, after) || reading.sizeBytes !== after.sizeBytes;
    if (!hasChanged || attempt === MAX_ATTEMPTS) {
      const text = nodeText(file.path, file.name, after, reading, settings, context);
      return { kind: 'stored', text, sizeBytes: reading.sizeBytes, changedWhileReading: hasChanged };
    }
    source.rewind();
    before = after;
  }
}

function isSameVersion(a: FileStat, b: FileStat): boolean {
  return (
    a.sizeBytes === b.sizeBytes &&
    a.mtimeSec === b.mtimeSec &&
    a.mtimeNsec === b.mtimeNsec &&
    a.ctimeSec === b.ctimeSec &&
    a.ctimeNsec === b.ctimeNsec
  );
}

function nodeText(
  path: ByteString,
  name: ByteString,
  stat: FileStat,
  reading: Reading,
  settings: ScanSettings,
  context: JobContext,
): ByteString {
  return encodeNode(
    nodeFromStat(
      context.sourceFiles,
      path,
      name,
      stat,
      storedTimes(stat, context.zone, settings.withAtime),
      reading,
    ),
  );
}

async function readOnce(source: OpenSource, stat: FileStat, batch: SmallFileBatch): Promise<Reading> {
  if (stat.sizeBytes === 0) return { content: [], sizeBytes: 0 };
  if (stat.sizeBytes < CHUNK_MIN_BYTES) {
    const whole = await batch.add(source, stat.sizeBytes);
    if (whole !== undefined) return whole;
    source.rewind();
  }
  await batch.store();
  return batch.stream(source);
}

/** Uses one read buffer for the files of a batch, first for many small ones, in between for a large one. */
class SmallFileBatch {
  stored: StoredCounts = { blobs: 0, bytes: 0, packedBytes: 0 };
  readonly #buffer: ChunkBuffer;
  readonly #context: JobContext;
  #used = 0;
  #plains: Uint8Array[] = [];
  #ids: Uint8Array[] = [];

  constructor(buffer: ChunkBuffer, context: JobContext) {
    this.#buffer = buffer;
    this.#context = context;
  }

  /** Reads a file that should fit into one chunk; undefined when it has grown beyond that meanwhile. */
  async add(source: OpenSource, expectedBytes: number): Promise<Reading | undefined> {
    // One byte more than expected shows a file that has grown.
    if (this.#used + expectedBytes + 1 > this.#buffer.bytes.length) await this.store();
    const start = this.#used;
    const sizeBytes = fill(source, this.#buffer.bytes.subarray(start, start + expectedBytes + 1));
    if (sizeBytes > expectedBytes) return undefined;
    if (sizeBytes === 0) return { content: [], sizeBytes: 0 };
    const plain = this.#buffer.bytes.subarray(start, start + sizeBytes);
    const id = new Uint8Array(ID_BYTES);
    this.#context.codec.hashInto(plain, id, 0);
    this.#plains.push(plain);
    this.#ids.push(id);
    this.#used = start + sizeBytes;
    return { content: [bytesToId<BlobId>(id)], sizeBytes };
  }

  /** Stores what `add` collected and empties the buffer. */
  async store(): Promise<void> {
    if (this.#plains.length > 0) await this.#storeChunks(this.#plains, this.#ids);
    this.#context.reportRead(this.#used);
    this.#plains = [];
    this.#ids = [];
    this.#used = 0;
  }

  /** Reads a file of any size, cutting it into chunks. The buffer must be empty. */
  async stream(source: OpenSource): Promise<Reading> {
    const bytes = this.#buffer.startFile();
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
        const cut = this.#buffer.nextCut(start, end, isEndOfFile);
        if (cut < 0) break;
        const chunk = bytes.subarray(start, cut);
        const id = new Uint8Array(ID_BYTES);
        this.#context.codec.hashInto(chunk, id, 0);
        chunks.push(chunk);
        ids.push(id);
        content.push(bytesToId<BlobId>(id));
        start = cut;
      }
      await this.#storeChunks(chunks, ids);
      this.#context.reportRead(count);
      if (isEndOfFile) return { content, sizeBytes };
      bytes.copyWithin(0, start, end);
      end -= start;
    }
  }

  async #storeChunks(chunks: readonly Uint8Array[], ids: readonly Uint8Array[]): Promise<void> {
    const stored = await this.#context.sink.store('data', chunks, ids);
    this.stored = {
      blobs: this.stored.blobs + stored.blobs,
      bytes: this.stored.bytes + stored.bytes,
      packedBytes: this.stored.packedBytes + stored.packedBytes,
    };
  }
}

/** Reads until `into` is full or the file ends. */
function fill(source: OpenSource, into: Uint8Array): number {
  let filled = 0;
  while (filled < into.length) {
    const count = source.read(into.subarray(filled));
    if (count === 0) break;
    filled += count;
  }
  return filled;
}
