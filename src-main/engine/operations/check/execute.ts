/**
 * A check: is everything that every snapshot needs there and whole? Changes nothing but its own lock. Damage is a
 * result, not an exception. Source: repository format, 18.
 */
import type { PipelinePool } from '#pipeline/pipeline-pool.ts';
import type { Repository } from '#repository/repository.ts';
import { openReadingPool } from '../open-reading-pool.ts';
import type { PipelineHost } from '../pipeline-host.ts';
import { underLock } from '../under-lock.ts';
import { CheckTally } from './check-tally.ts';
import { checkData } from './data-check.ts';
import { EarlyIndex } from './early-index.ts';
import { findAffected } from './find-affected.ts';
import { prepareCheck } from './prepare.ts';
import { TreeCheck } from './tree-check.ts';
import type { CheckObserver, CheckRequest, CheckResult } from './types.ts';

export interface CheckParts {
  /** Its index must not be loaded yet. */
  readonly repository: Repository;
  readonly pipeline: PipelineHost;
}

/**
 * @throws repository.locked, repository.lockLost, job.cancelled, storage errors that concern the whole place (what
 * concerns single files is in the result)
 */
export async function executeCheck(
  parts: CheckParts,
  request: CheckRequest,
  observer: CheckObserver = {},
  signal?: AbortSignal,
): Promise<CheckResult> {
  parts.repository.bypassCache();
  const early = new EarlyIndex(parts.repository);
  const lock = {
    exclusive: true,
    noLock: request.noLock,
    meanwhile: (stop: AbortSignal) => early.begin(stop),
  };
  return underLock(parts.repository, lock, signal, (stop) => runCheck(parts, early, request, observer, stop));
}

async function runCheck(
  { repository, pipeline }: CheckParts,
  early: EarlyIndex,
  request: CheckRequest,
  observer: CheckObserver,
  signal: AbortSignal | undefined,
): Promise<CheckResult> {
  const { clock } = repository.ports;
  const tally = new CheckTally(observer, () => clock.monotonicMs());
  // Threads start while the index is being loaded.
  const pool = openReadingPool(repository, pipeline);
  const stopPool = (): void => void pool.close();
  signal?.addEventListener('abort', stopPool);
  try {
    return await runStages(repository, early, pool, request, tally, signal);
  } finally {
    signal?.removeEventListener('abort', stopPool);
    await pool.close();
  }
}

async function runStages(
  repository: Repository,
  early: EarlyIndex,
  pool: PipelinePool,
  request: CheckRequest,
  tally: CheckTally,
  signal: AbortSignal | undefined,
): Promise<CheckResult> {
  const { roots, inventory, packsToRead, losses } = await prepareCheck(
    repository,
    early,
    request,
    tally,
    signal,
  );
  const trees = new TreeCheck(repository, pool, tally, losses, signal);
  if (packsToRead.length === 0) {
    await trees.walk(roots);
  } else {
    // Trees are read with their packs, and the walk then finds them known.
    const treesRead = Promise.withResolvers<void>();
    const parts = { repository, pool, inventory, tally, losses, trees };
    const reading = checkData(parts, packsToRead, treesRead.resolve, signal);
    const walking = Promise.race([treesRead.promise, reading]).then(() => trees.walk(roots));
    await bothOrNeither(reading, walking, pool);
  }
  losses.settle();
  return tally.result(await findAffected(repository, roots, losses, signal));
}

/** When one fails the other is stopped and waited for, so that nothing goes on after the lock is gone. */
async function bothOrNeither(one: Promise<void>, other: Promise<void>, pool: PipelinePool): Promise<void> {
  try {
    await Promise.all([one, other]);
  } catch (error) {
    await pool.close();
    await Promise.allSettled([one, other]);
    throw error;
  }
}
