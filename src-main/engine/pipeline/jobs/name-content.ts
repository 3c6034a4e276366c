/** The nameContent job: reads a file, cuts it as a backup would, and tells the ids of its blobs. Stores nothing. */
import { ID_BYTES, joinIds } from '#base/ids.ts';
import type { OpenSource } from '#files/port.ts';
import type { SearchJobTypes } from '../search-types.ts';
import type { JobContext } from '../worker-thread.ts';
import { errorCodeOf } from './error-code.ts';
import { fill } from './file-reader.ts';

type NameContent = SearchJobTypes['nameContent'];

/** @throws job.cancelled */
export async function nameContent(
  { path }: NameContent['input'],
  context: JobContext,
): Promise<NameContent['output']> {
  try {
    const source = context.sourceFiles.open(path);
    try {
      return { kind: 'named', ids: joinIds(await cut(source, context)) };
    } finally {
      source.close();
    }
  } catch (error) {
    return { kind: 'failed', code: errorCodeOf(error) };
  }
}

async function cut(source: OpenSource, context: JobContext): Promise<Uint8Array[]> {
  const buffer = await context.lendChunkBuffer();
  try {
    const bytes = buffer.startFile();
    const ids: Uint8Array[] = [];
    for (let end = 0; ;) {
      const count = fill(source, bytes.subarray(end));
      const isEndOfFile = count < bytes.length - end;
      end += count;
      let start = 0;
      while (start < end) {
        const at = buffer.nextCut(start, end, isEndOfFile);
        if (at < 0) break;
        const id = new Uint8Array(ID_BYTES);
        context.codec.hashInto(bytes.subarray(start, at), id, 0);
        ids.push(id);
        start = at;
      }
      context.reportRead(count);
      if (isEndOfFile) return ids;
      bytes.copyWithin(0, start, end);
      end -= start;
    }
  } finally {
    context.returnChunkBuffer(buffer);
  }
}
