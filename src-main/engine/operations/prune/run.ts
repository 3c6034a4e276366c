/**
 * A prune from lock to lock. Whoever holds the exclusive lock already (a forget) calls `pruneUnderLock`.
 * Source: repository format, 15.
 */
import { isTidemarkError } from '#base/errors.ts';
import type { Repository } from '#repository/repository.ts';
import type { PipelineHost } from '../pipeline-host.ts';
import { underLock } from '../under-lock.ts';
import { executePrune } from './execute.ts';
import { preparePrune } from './prepare.ts';
import { PrunePool } from './prune-pool.ts';
import type { PruneObserver, PruneRequest, PruneResult } from './types.ts';

export interface PruneParts {
  /** Its index must not be loaded yet. */
  readonly repository: Repository;
  readonly pipeline: PipelineHost;
}

/**
 * `noLock` counts for a dry run only.
 * @throws repository.locked, and as `pruneUnderLock`
 */
export async function prune(
  parts: PruneParts,
  request: PruneRequest & { readonly noLock?: boolean },
  observer: PruneObserver = {},
  signal?: AbortSignal,
): Promise<PruneResult> {
  const { repository } = parts;
  const choice = { exclusive: true, noLock: request.dryRun && request.noLock === true };
  const work = (): Promise<PruneResult> =>
    underLock(repository, choice, signal, (stop, assertHeld) =>
      pruneUnderLock(parts, request, assertHeld, observer, stop),
    );
  try {
    return await work();
  } catch (error) {
    // On a place that is full to the last byte not even the lock fits; what killed runs left behind may be in its way.
    if (!isTidemarkError(error, 'storage.full') || repository.isIndexLoaded) throw error;
    if ((await repository.storage.removeLeftovers(signal)) === 0) throw error;
    return work();
  }
}

/**
 * Prepares and, unless it is a dry run, executes. `assertHeld` is of an exclusive lock.
 * @throws integrity.incomplete, integrity.fileCorrupt, integrity.indexCorrupt (then nothing was removed),
 * integrity.blobCorrupt, repository.lockLost, job.cancelled, storage errors
 */
export async function pruneUnderLock(
  { repository, pipeline }: PruneParts,
  request: PruneRequest,
  assertHeld: () => Promise<void>,
  observer: PruneObserver = {},
  signal?: AbortSignal,
): Promise<PruneResult> {
  const prunePool = new PrunePool(repository, pipeline, request, assertHeld);
  const stop = (): void => void prunePool.close();
  signal?.addEventListener('abort', stop);
  try {
    const prepared = await preparePrune(repository, prunePool.pool, request, observer, signal);
    observer.onPlan?.(prepared.stats);
    if (request.dryRun) return planned(prepared.stats);
    return await executePrune({ repository, prunePool, assertHeld }, prepared, request, observer, signal);
  } finally {
    signal?.removeEventListener('abort', stop);
    await prunePool.close();
  }
}

function planned(stats: PruneResult['stats']): PruneResult {
  return {
    stats,
    removedPacks: 0,
    removedBytes: 0,
    repackedPacks: 0,
    newPacks: 0,
    newBytes: 0,
    postponedPacks: 0,
    removalRefused: false,
    keptBytes: 0,
    keptUntilMs: undefined,
    removedTemporaryFiles: 0,
  };
}
