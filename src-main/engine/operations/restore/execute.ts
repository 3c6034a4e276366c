/**
 * A restore from lock to result. Nothing is ever deleted or replaced but by the request's rule, nothing is written outside
 * the target, and whatever ends the run early leaves only complete files behind. `prepareRestore` takes the same way
 * without changing anything.
 */
import type { ByteString } from '#base/byte-string.ts';
import { toDisplay } from '#base/byte-string.ts';
import { TidemarkError } from '#base/errors.ts';
import type { TargetFiles } from '#files/port.ts';
import { PipelinePool } from '#pipeline/pipeline-pool.ts';
import type { RestoreSettings } from '#pipeline/restore-types.ts';
import type { Repository } from '#repository/repository.ts';
import type { RepositoryLock } from '#repository/repository-lock.ts';
import type { PipelineHost } from '../pipeline-host.ts';
import { findTarget, prepareFromRepository, targetNotWritable, type PreparedRestore } from './prepare.ts';
import { createSelector } from './read-folder.ts';
import { RestoreRun } from './restore-run.ts';
import { RestoreTally } from './restore-tally.ts';
import type { RestoreObserver, RestorePlan, RestoreRequest, RestoreResult } from './types.ts';

export interface RestoreParts {
  readonly repository: Repository;
  readonly files: TargetFiles;
  readonly pipeline: PipelineHost;
}

/**
 * @throws repository.objectNotFound, repository.ambiguousId, files.pathNotInSnapshot, files.targetNotWritable,
 * files.noSpace (what was restored stays), repository.locked, repository.lockLost, job.cancelled, request.invalidInput for a
 * pattern; storage errors. What concerns single entries is in the result.
 */
export function executeRestore(
  parts: RestoreParts,
  request: RestoreRequest,
  observer: RestoreObserver = {},
  signal?: AbortSignal,
): Promise<RestoreResult> {
  return run(parts, request, observer, signal);
}

/** What `executeRestore` would do. Changes nothing. @throws as it does */
export async function prepareRestore(
  parts: RestoreParts,
  request: RestoreRequest,
  observer: RestoreObserver = {},
  signal?: AbortSignal,
): Promise<RestorePlan> {
  const result = await run(parts, { ...request, dryRun: true }, observer, signal);
  const { freeSpaceBytes } = findTarget(parts.files, request.target);
  const bytesToWrite = result.progress.bytesRestored;
  const hasRoom = freeSpaceBytes === undefined || bytesToWrite <= freeSpaceBytes;
  return { ...result, bytesToWrite, freeSpaceBytes, hasRoom };
}

async function run(
  parts: RestoreParts,
  request: RestoreRequest,
  observer: RestoreObserver,
  signal: AbortSignal | undefined,
): Promise<RestoreResult> {
  const { repository } = parts;
  if (!request.target.startsWith('/') && !/^[A-Za-z]:[\\/]/.test(request.target))
    throw new TidemarkError('request.invalidInput', {
      what: `the target ${toDisplay(request.target)}`,
      reason: 'it must be an absolute path',
    });
  const selector = createSelector(request.include, request.exclude);
  const lock = request.noLock ? undefined : await repository.lock({ exclusive: false, signal });
  try {
    const prepared = await prepareFromRepository(repository, request, selector, signal);
    return await restoreUnderLock(parts, request, prepared, lock, observer, signal);
  } finally {
    await lock?.release();
  }
}

async function restoreUnderLock(
  { repository, files, pipeline }: RestoreParts,
  request: RestoreRequest,
  { stored, tree, totals }: PreparedRestore,
  lock: RepositoryLock | undefined,
  observer: RestoreObserver,
  signal: AbortSignal | undefined,
): Promise<RestoreResult> {
  const { isMissing } = findTarget(files, request.target);
  const stop = anySignal(lock?.signal, signal);
  const { primitives, clock } = repository.ports;
  const settings: RestoreSettings = {
    target: request.target,
    temporaryPrefix:
      `.tidemark-restore-${Buffer.from(primitives.randomBytes(8)).toString('hex')}-` as ByteString,
    overwrite: request.overwrite,
    sparse: request.sparse,
    verify: request.verify,
    isDryRun: request.dryRun,
  };
  if (!request.dryRun) makeTarget(files, request.target);
  const tally = new RestoreTally(observer, () => clock.monotonicMs(), totals);
  const pool = openPool(repository, pipeline);
  const selector = createSelector(request.include, request.exclude);
  const walk = new RestoreRun({ repository, pool, settings, selector, tally, signal: stop });
  try {
    await walk.walk(tree, request.dryRun && isMissing);
    return tally.result(stored.id);
  } catch (error) {
    if (lock?.signal.aborted === true) throw lock.signal.reason;
    throw error;
  } finally {
    await pool.runOnEach('endRestore', undefined).catch(() => undefined);
    await pool.close();
    removeUnfinished(files, request.target, walk);
  }
}

function anySignal(...signals: (AbortSignal | undefined)[]): AbortSignal | undefined {
  const given = signals.filter((one) => one !== undefined);
  return given.length === 0 ? undefined : AbortSignal.any(given);
}

/** @throws files.targetNotWritable */
function makeTarget(files: TargetFiles, target: ByteString): void {
  try {
    files.openRoot(target, 'make').close();
  } catch (error) {
    throw targetNotWritable(target, error);
  }
}

/** After a cancel or a full disk: parts of large files. The workers have ended, so nobody adds any. */
function removeUnfinished(files: TargetFiles, target: ByteString, walk: RestoreRun): void {
  const paths = walk.unfinishedPaths();
  if (paths.length === 0) return;
  try {
    const root = files.openRoot(target, 'fail');
    for (const path of paths) {
      try {
        root.remove(path);
      } catch {
        // Not begun yet, or gone with its disk.
      }
    }
    root.close();
  } catch {
    // The target itself is gone, and everything with it.
  }
}

function openPool(repository: Repository, pipeline: PipelineHost): PipelinePool {
  const { keys, config } = repository;
  return new PipelinePool(
    {
      startWorker: () => pipeline.startWorker(),
      claim: (_type, ids) => new Uint8Array(ids.length / 32),
      storePack: () =>
        Promise.reject(new TidemarkError('internal.invariantBroken', { what: 'a restore stored a pack' })),
      onBytesRead: () => undefined,
    },
    {
      keys,
      repositoryVersion: config.version,
      chunkerPolynomial: config.chunkerPolynomial,
      compression: 'auto',
      packSizeBytes: 16 << 20,
      workerCount: pipeline.workerCount,
    },
    pipeline.workerCount,
  );
}
