/**
 * What of lost snapshots is still in a repository: trees that nothing refers to, with what can be told of them. Host, time and
 * tags were in the snapshot and are not known. Changes nothing.
 */
import { TidemarkError } from '#base/errors.ts';
import type { Repository } from '#repository/repository.ts';
import { openReadingPool } from '../open-reading-pool.ts';
import type { PipelineHost } from '../pipeline-host.ts';
import { underLock } from '../under-lock.ts';
import { TreeDescriber } from './describe-tree.ts';
import { findOrphans } from './find-orphans.ts';
import type { OrphanTree, RecoverObserver, RecoverPlan } from './types.ts';

export interface RecoverParts {
  /** Its index must not be loaded yet. */
  readonly repository: Repository;
  readonly pipeline: PipelineHost;
}

/**
 * `trees`: only these orphans, as in the request.
 * @throws repository.objectNotFound, repository.ambiguousId, repository.locked, integrity.indexCorrupt (the index is to be
 * repaired first), job.cancelled, storage errors
 */
export function prepareRecover(
  parts: RecoverParts,
  { trees, noLock }: { readonly trees: readonly string[]; readonly noLock: boolean },
  observer: RecoverObserver = {},
  signal?: AbortSignal,
): Promise<RecoverPlan> {
  parts.repository.bypassCache();
  return underLock(parts.repository, { exclusive: false, noLock }, signal, (stop) =>
    planRecovery(parts, trees, observer, stop),
  );
}

/** Under a lock that others share, trees that a backup is storing right now may be among the orphans. */
export async function planRecovery(
  { repository, pipeline }: RecoverParts,
  prefixes: readonly string[],
  observer: RecoverObserver,
  signal: AbortSignal | undefined,
): Promise<RecoverPlan> {
  await repository.loadIndex({ signal });
  // After the index: then the trees of a snapshot that is saved meanwhile are no orphans.
  const { snapshots, damaged } = await repository.snapshots.loadAll(signal);
  const roots = snapshots.map(({ snapshot }) => snapshot.tree).filter((tree) => tree !== null);
  const pool = openReadingPool(repository, pipeline);
  try {
    const found = await findOrphans(repository, pool, roots, observer.onProgress, signal);
    const { treeCount, unreadableTrees } = found;
    const describer = new TreeDescriber(repository, signal);
    const orphans: OrphanTree[] = [];
    for (const treeId of chooseTrees(found.treeIds, prefixes)) orphans.push(await describer.describe(treeId));
    orphans.sort(compareAge);
    for (const orphan of orphans) observer.onOrphan?.(orphan);
    return { orphans, treeCount, unreadableTrees, damaged };
  } finally {
    await pool.close();
  }
}

function chooseTrees<Id extends string>(all: readonly Id[], prefixes: readonly string[]): Id[] {
  if (prefixes.length === 0) return [...all];
  const chosen = prefixes.map((prefix) => {
    const [match, ...others] = all.filter((id) => prefix !== '' && id.startsWith(prefix));
    if (others.length > 0) throw new TidemarkError('repository.ambiguousId', { prefix, kind: 'lost tree' });
    if (match === undefined)
      throw new TidemarkError('repository.objectNotFound', { id: prefix, kind: 'lost tree' });
    return match;
  });
  return [...new Set(chosen)];
}

function compareAge(a: OrphanTree, b: OrphanTree): number {
  const [x, y] = [Date.parse(a.newest ?? '') || 0, Date.parse(b.newest ?? '') || 0];
  return x - y || (a.treeId < b.treeId ? -1 : 1);
}
