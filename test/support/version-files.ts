/** What a version holds, path by path, for tests of operations that change versions. */
import { createHash } from 'node:crypto';
import { toDisplay, type ByteString } from '#base/byte-string.ts';
import type { SnapshotId } from '#base/ids.ts';
import { createRepositoryPorts } from '#core/repository-ports.ts';
import { walkTree } from '#operations/find-in-snapshot.ts';
import { Repository } from '#repository/repository.ts';
import type { StoredSnapshot } from '#repository/snapshot-store.ts';
import type { Storage } from '#storage/port.ts';
import { reopen } from '#test/support/engine.ts';
import { hastyClock } from '#test/support/hasty-clock.ts';

/** Path to a hash of the entry's own metadata and content; a folder's without what is below it. */
export type VersionFiles = Readonly<Record<string, string>>;

/** As a new process would see it, with locks that are confirmed at once. */
export function reopenHastily({ config, keys, keyId }: Repository, storage: Storage): Repository {
  return new Repository({ ...createRepositoryPorts(storage), clock: hastyClock }, config, keys, keyId);
}

/** Oldest first. */
export async function versionsOf(repository: Repository, storage: Storage): Promise<StoredSnapshot[]> {
  const { snapshots, damaged } = await reopen(repository, storage).snapshots.loadAll();
  if (damaged.length > 0) throw new Error('a snapshot is damaged');
  return snapshots;
}

/** Reads everything. @throws when something cannot be read */
export async function versionFiles(
  repository: Repository,
  storage: Storage,
  id: SnapshotId,
): Promise<VersionFiles> {
  const opened = reopen(repository, storage);
  const { snapshot } = await opened.snapshots.load(id);
  await opened.loadIndex();
  const files: Record<string, string> = {};
  for await (const { path, node } of walkTree(opened, snapshot.tree!, '/' as ByteString)) {
    const { subtree: _subtree, ...own } = node;
    const hash = createHash('sha256').update(JSON.stringify(own, asText));
    for (const blobId of node.content ?? []) hash.update(await opened.loadBlob('data', blobId));
    files[toDisplay(path)] = hash.digest('hex');
  }
  return files;
}

/** Without the paths at or below any of these. */
export function without(files: VersionFiles, ...paths: readonly string[]): VersionFiles {
  return Object.fromEntries(
    Object.entries(files).filter(
      ([path]) => !paths.some((gone) => path === gone || path.startsWith(`${gone}/`)),
    ),
  );
}

function asText(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? String(value) : value;
}
