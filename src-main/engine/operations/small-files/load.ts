/** Reads the small files of a version that `save.ts` made, or restic from such a folder. Takes no lock; the index is loaded. */
import type { ByteString } from '#base/byte-string.ts';
import type { Repository } from '#repository/repository.ts';
import type { StoredSnapshot } from '#repository/snapshot-store.ts';
import { findPlace, loadNodes } from '../find-in-snapshot.ts';
import { readContent } from '../read-content.ts';
import type { SmallFile } from './save.ts';

/** More is no small file, and not ours. */
const MOST_BYTES = 64n << 20n;

/** Folders and what is too large are passed over. @throws files.pathNotInSnapshot, integrity errors */
export async function loadSmallFiles(
  repository: Repository,
  stored: StoredSnapshot,
  folder: ByteString,
  signal?: AbortSignal,
): Promise<SmallFile[]> {
  const { treeId } = await findPlace(repository, stored, folder, signal);
  const nodes = treeId === undefined ? [] : await loadNodes(repository, treeId, signal);
  const files: SmallFile[] = [];
  for (const { name, type, size, content } of nodes) {
    if (type !== 'file' || size > MOST_BYTES) continue;
    const parts: Uint8Array[] = [];
    for await (const part of readContent(repository, { content }, signal)) parts.push(part);
    files.push({ name, bytes: Buffer.concat(parts) });
  }
  return files;
}
