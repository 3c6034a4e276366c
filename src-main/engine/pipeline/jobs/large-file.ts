/**
 * The jobs on a large file: find a window's chunks, store some of them, make the node. A job reads the bytes it stores
 * itself and names them by what it read, so content and ids always belong together; whether all parts are of one version of the
 * file is told by its attributes, which every job holds against those seen at the start.
 */
import { bytesToId, ID_BYTES, idAt, joinIds, type BlobId } from '#base/ids.ts';
import { isTidemarkError } from '#base/errors.ts';
import { encodeNode } from '#format/tree.ts';
import type { OpenSource } from '#files/port.ts';
import type { JobTypes } from '../job-types.ts';
import type { FileNotAsSeen } from '../large-file-types.ts';
import { nodeFromStat, storedTimes } from '../node-from-stat.ts';
import type { FileToRead } from '../scan-types.ts';
import type { ChunkBuffer, JobContext } from '../worker-thread.ts';
import { fill, isSameVersion } from './file-reader.ts';

/** Read while the page cache still has it when its chunks are stored, and long enough that the next cut is not waited for. */
const WINDOW_BYTES = 32 << 20;

const NOT_AS_SEEN: FileNotAsSeen = { kind: 'notAsSeen' };

type Job<Kind extends 'cutFile' | 'storeChunks' | 'finishFile'> = (
  input: JobTypes[Kind]['input'],
  context: JobContext,
) => Promise<JobTypes[Kind]['output']>;

export const cutFile: Job<'cutFile'> = async ({ file, from, seen }, context) =>
  withBuffer(context, (buffer) =>
    withSource(context, file, (source) => {
      const stat = source.stat();
      if (seen !== undefined && !isSameVersion(seen, stat)) return NOT_AS_SEEN;
      source.seek(from);
      return { kind: 'cut', stat, ...cutWindow(source, buffer, context) };
    }),
  );

export const storeChunks: Job<'storeChunks'> = async ({ file, from, lengths, seen }, context) =>
  withBuffer(context, async ({ bytes }) => {
    const total = lengths.reduce((sum, length) => sum + length, 0);
    const isRead = withSource(context, file, (source) => {
      source.seek(from);
      return fill(source, bytes.subarray(0, total)) === total && isSameVersion(seen, source.stat());
    });
    if (isRead !== true) return NOT_AS_SEEN;
    const chunks: Uint8Array[] = [];
    const ids: Uint8Array[] = [];
    let start = 0;
    for (const length of lengths) {
      const chunk = bytes.subarray(start, (start += length));
      const id = new Uint8Array(ID_BYTES);
      context.codec.hashInto(chunk, id, 0);
      chunks.push(chunk);
      ids.push(id);
    }
    const stored = await context.sink.store('data', chunks, ids);
    context.reportRead(total);
    return { kind: 'stored', ids: joinIds(ids), stored };
  });

export const finishFile: Job<'finishFile'> = async ({ file, seen, contentIds, settings }, context) => {
  const { sourceFiles, zone } = context;
  const content = Array.from({ length: contentIds.length / ID_BYTES }, (_, i) =>
    bytesToId<BlobId>(idAt(contentIds, i)),
  );
  return withSource(context, file, (source) => {
    const stat = source.stat();
    if (!isSameVersion(seen, stat)) return NOT_AS_SEEN;
    const times = storedTimes(stat, zone, settings.withAtime);
    const { sizeBytes } = stat;
    const node = nodeFromStat(sourceFiles, file.path, file.name, stat, times, { content, sizeBytes });
    return { kind: 'stored', text: encodeNode(node), sizeBytes, changedWhileReading: false };
  });
};

function cutWindow(
  source: OpenSource,
  buffer: ChunkBuffer,
  context: JobContext,
): { lengths: Uint32Array; isEnd: boolean } {
  const bytes = buffer.startFile();
  const lengths: number[] = [];
  let end = 0;
  for (let done = 0; ;) {
    // Nothing is counted here, but a cancelled run ends.
    context.reportRead(0);
    const count = fill(source, bytes.subarray(end));
    const isEnd = count < bytes.length - end;
    end += count;
    let start = 0;
    while (start < end) {
      const cut = buffer.nextCut(start, end, isEnd);
      if (cut < 0) break;
      lengths.push(cut - start);
      start = cut;
    }
    done += start;
    if (isEnd || done >= WINDOW_BYTES) return { lengths: Uint32Array.from(lengths), isEnd };
    bytes.copyWithin(0, start, end);
    end -= start;
  }
}

async function withBuffer<T>(context: JobContext, work: (buffer: ChunkBuffer) => T | Promise<T>): Promise<T> {
  const buffer = await context.lendChunkBuffer();
  try {
    return await work(buffer);
  } finally {
    context.returnChunkBuffer(buffer);
  }
}

/** A file that cannot be opened or read is left to those who word it. */
function withSource<T>(
  { sourceFiles }: JobContext,
  { path }: FileToRead,
  work: (source: OpenSource) => T,
): T | FileNotAsSeen {
  try {
    const source = sourceFiles.open(path);
    try {
      return work(source);
    } finally {
      source.close();
    }
  } catch (error) {
    if (isTidemarkError(error)) throw error;
    return NOT_AS_SEEN;
  }
}
