/** A file's bytes in order, with the next blobs on their way while one is being used. */
import type { BlobId } from '#base/ids.ts';
import { idToBytes } from '#base/ids.ts';
import { TidemarkError } from '#base/errors.ts';
import type { TreeNode } from '#format/tree-node.ts';
import type { Repository } from '#repository/repository.ts';

/** A blob has at most 8 MiB, so this bounds the memory. */
const BLOBS_AHEAD = 3;

/** @throws integrity.blobMissing, integrity.blobCorrupt, job.cancelled */
export async function* readContent(
  repository: Repository,
  node: Pick<TreeNode, 'content'>,
  signal?: AbortSignal,
): AsyncGenerator<Uint8Array, void, undefined> {
  const ids = node.content ?? [];
  const coming: Promise<Uint8Array>[] = [];
  for (let next = 0; next < ids.length; next++) {
    for (let ahead = next + coming.length; ahead < Math.min(next + BLOBS_AHEAD, ids.length); ahead++) {
      const loading = repository.loadBlob('data', ids[ahead]!, signal);
      // Its failure is met when its turn comes, or never.
      loading.catch(() => undefined);
      coming.push(loading);
    }
    yield await coming.shift()!;
  }
}

/** Bytes that `readContent` will give; a node's own size may differ. @throws integrity.blobMissing */
export function contentBytes({ index }: Repository, content: readonly BlobId[]): number {
  let bytes = 0;
  for (const blobId of content) {
    const entry = index.findEntry('data', idToBytes(blobId));
    if (entry < 0) throw new TidemarkError('integrity.blobMissing', { blobId, kind: 'data' });
    bytes += index.plainBytesAt(entry);
  }
  return bytes;
}
