/** For tests of prune: runs one, checks the repository, reads every byte of every snapshot. Workers run in the test's thread. */
import { createHash } from 'node:crypto';
import type { ByteString } from '#base/byte-string.ts';
import type { PackId, SnapshotId } from '#base/ids.ts';
import { createRepositoryPorts } from '#core/repository-ports.ts';
import { executeCheck } from '#operations/check/execute.ts';
import { walkTree } from '#operations/find-in-snapshot.ts';
import { prune } from '#operations/prune/run.ts';
import {
  DEFAULT_PRUNE_REQUEST,
  type PruneObserver,
  type PruneRequest,
  type PruneResult,
} from '#operations/prune/types.ts';
import { Repository, type RepositoryPorts } from '#repository/repository.ts';
import type { Storage } from '#storage/port.ts';
import { hastyClock } from '#test/support/hasty-clock.ts';
import { reopen } from '#test/support/engine.ts';
import { inThreadPipeline } from '#test/support/in-thread-pipeline.ts';

/** On a fresh opening of the repository, so that the caller's has nothing loaded. */
export function runPrune(
  { config, keys, keyId }: Repository,
  storage: Storage,
  changes: Partial<PruneRequest> = {},
  observer: PruneObserver = {},
  signal?: AbortSignal,
  otherPorts: Partial<RepositoryPorts> = {},
): Promise<PruneResult> {
  const ports = { ...createRepositoryPorts(storage), clock: hastyClock, ...otherPorts };
  const parts = { repository: new Repository(ports, config, keys, keyId), pipeline: inThreadPipeline };
  return prune(parts, { ...DEFAULT_PRUNE_REQUEST, ...changes }, observer, signal);
}

/** Errors and hints of a check that reads everything; hints of harmless oddities of names left out. */
export async function troublesOf(repository: Repository, storage: Storage): Promise<string[]> {
  const parts = { repository: reopen(repository, storage), pipeline: inThreadPipeline };
  const { errors, hints } = await executeCheck(parts, { readData: 'all', noLock: true });
  return [...errors, ...hints].map((trouble) => JSON.stringify(trouble));
}

/** What each snapshot restores to: a hash over all paths and contents. */
export async function contentsOf(
  repository: Repository,
  storage: Storage,
): Promise<ReadonlyMap<SnapshotId, string>> {
  const opened = reopen(repository, storage);
  const { snapshots } = await opened.snapshots.loadAll();
  await opened.loadIndex();
  const contents = new Map<SnapshotId, string>();
  for (const { id, snapshot } of snapshots) {
    const hash = createHash('sha256');
    for await (const { path, node } of walkTree(opened, snapshot.tree!, '/' as ByteString)) {
      hash.update(
        `${path}\0${JSON.stringify(node, (_key, value: unknown) => (typeof value === 'bigint' ? String(value) : value))}`,
      );
      for (const blobId of node.content ?? []) hash.update(await opened.loadBlob('data', blobId));
    }
    contents.set(id, hash.digest('hex'));
  }
  return contents;
}

/** Packs in no index, which a later prune would have to remove. */
export async function orphansOf(repository: Repository, storage: Storage): Promise<PackId[]> {
  const opened = reopen(repository, storage);
  await opened.loadIndex();
  return (await storage.list('pack'))
    .map(({ name }) => name as PackId)
    .filter((packId) => !opened.index.hasPack(packId));
}

export async function packBytesOf(storage: Storage): Promise<number> {
  return (await storage.list('pack')).reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
}
