/** The storeTrees job: makes tree blobs of joined node texts and stores the new ones. */
import { byteStringToBytes, type ByteString } from '#base/byte-string.ts';
import { ID_BYTES, joinIds } from '#base/ids.ts';
import type { JobTypes } from '../job-types.ts';
import type { JobContext } from '../worker-thread.ts';

type StoreTrees = JobTypes['storeTrees'];

export async function storeTrees(
  input: StoreTrees['input'],
  context: JobContext,
): Promise<StoreTrees['output']> {
  const trees = input.nodeTexts.map((text) => byteStringToBytes(`{"nodes":[${text}]}\n` as ByteString));
  const ids = trees.map((tree) => {
    const id = new Uint8Array(ID_BYTES);
    context.codec.hashInto(tree, id, 0);
    return id;
  });
  return { ids: joinIds(ids), stored: await context.sink.store('tree', trees, ids) };
}
