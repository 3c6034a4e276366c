/**
 * A restore from lock to result. Nothing is ever deleted or replaced but by the request's rule, nothing is written outside
 * the target, and whatever ends the run early leaves only complete files behind. `prepareRestore` takes the same way
 * without changing anything.
 */
import type { ByteString } from '#base/byte-string.ts';
import { toDisplay } from '#base/byte-string.ts';
import { isTidemarkError, TidemarkError } from '#base/errors.ts';
import type { TargetFiles } from '#files/port.ts';
import { PipelinePool } from '#pipeline/pipeline-pool.ts';
import type { RestoreSettings } from '#pipeline/restore-types.ts';
import type { Repository } from '#repository/repository.ts';
import type { PipelineHost } from '../pipeline-host.ts';
import { findTarget, prepareFromRepository, targetNotWritable, type PreparedRestore } from './prepare.ts';
import { createSelector, type Selector } from './read-folder.ts';
import { RestoreRun } from './restore-run.ts';
import { RestoreTally } from './restore-tally.ts';
import { unfinishedPrefix } from '#rules/unfinished-name.ts';
import { labelOf } from '../undo/label-time.ts';
import { undoIdAt } from '../undo/undo-record.ts';
import { beginUndo } from './begin-undo.ts';
import { Others } from './others.ts';
import { meaningOf, PathRules, type RuleMeaning } from './rules.ts';
import { isAbandonedFile, machineOf } from './unfinished-owner.ts';
import type { RestoreObserver, RestorePlan, RestoreRequest, RestoreResult } from './types.ts';

export interface RestoreParts {
  readonly repository: Repository;
  readonly files: TargetFiles;
  readonly pipeline: PipelineHost;
}

/**
 * @throws repository.objectNotFound, repository.ambiguousId, files.pathNotInSnapshot, files.targetNotWritable,
 * files.notEnoughRoom (nothing was begun), files.noSpace (what was restored stays), repository.locked, repository.lockLost,
 * job.cancelled, request.invalidInput for a pattern; storage errors. What concerns single entries is in the result.
 */
export async function executeRestore(
  parts: RestoreParts,
  request: RestoreRequest,
  observer: RestoreObserver = {},
  signal?: AbortSignal,
): Promise<RestoreResult> {
  const { result } = await run(parts, request, observer, signal);
  return result;
}

/** What `executeRestore` would do. Changes nothing. @throws as it does */
export async function prepareRestore(
  parts: RestoreParts,
  request: RestoreRequest,
  observer: RestoreObserver = {},
  signal?: AbortSignal,
): Promise<RestorePlan> {
  const dry = { ...request, dryRun: true };
  const { result, bytesToWrite, prefix } = await run(parts, dry, observer, signal);
  const { freeSpaceBytes } = findTarget(parts.files, result.target);
  const hasRoom = freeSpaceBytes === undefined || bytesToWrite <= freeSpaceBytes;
  return { ...result, prefix, bytesToWrite, freeSpaceBytes, hasRoom };
}

interface RunEnd {
  readonly result: RestoreResult;
  /** Of a dry run. */
  readonly bytesToWrite: number;
  /** What paths in the result begin with. */
  readonly prefix: ByteString;
}

async function run(
  parts: RestoreParts,
  request: RestoreRequest,
  observer: RestoreObserver,
  signal: AbortSignal | undefined,
): Promise<RunEnd> {
  const { repository } = parts;
  const { target } = request;
  if (target !== undefined && !target.startsWith('/') && !/^[A-Za-z]:[\\/]/.test(target))
    throw new TidemarkError('request.invalidInput', {
      what: `the target ${toDisplay(target)}`,
      reason: 'it must be an absolute path',
    });
  const selector = createSelector(request.include, request.exclude);
  const lock = request.noLock ? undefined : await repository.announceLock({ exclusive: false, signal });
  try {
    // Reading begins while the lock is being confirmed; the target is not touched before.
    const prepared = await prepareFromRepository(repository, parts.files, request, selector, signal);
    await lock?.confirmed();
    const stop = anySignal(lock?.signal, signal);
    if (!request.dryRun && request.ignoreSpace !== true)
      await refuseWithoutRoom(parts, request, prepared, stop);
    return await restoreUnderLock(parts, request, prepared, observer, stop);
  } catch (error) {
    // What went wrong before may be the doing of whoever came first.
    await lock?.confirmed();
    if (lock?.signal.aborted === true) throw lock.signal.reason;
    throw error;
  } finally {
    await lock?.release();
  }
}

/** The whole plan is only made when it may not fit. @throws files.notEnoughRoom */
async function refuseWithoutRoom(
  parts: RestoreParts,
  request: RestoreRequest,
  prepared: PreparedRestore,
  stop: AbortSignal | undefined,
): Promise<void> {
  const { target, totals } = prepared;
  const { freeSpaceBytes } = findTarget(parts.files, target);
  if (freeSpaceBytes === undefined || totals.bytes <= freeSpaceBytes) return;
  const dry = { ...request, dryRun: true };
  const { bytesToWrite } = await restoreUnderLock(parts, dry, prepared, {}, stop);
  if (bytesToWrite <= freeSpaceBytes) return;
  const data = { path: toDisplay(target), neededBytes: bytesToWrite, freeBytes: freeSpaceBytes };
  throw new TidemarkError('files.notEnoughRoom', data, { retry: 'afterUser' });
}

async function restoreUnderLock(
  { repository, files, pipeline }: RestoreParts,
  request: RestoreRequest,
  prepared: PreparedRestore,
  observer: RestoreObserver,
  stop: AbortSignal | undefined,
): Promise<RunEnd> {
  const { stored, tree, totals, target, prefix } = prepared;
  const { isMissing } = findTarget(files, target);
  const { clock } = repository.ports;
  const meaning = meaningOf(request);
  const first = settingsOf(repository, request, prepared, meaning);
  if (!request.dryRun) makeTarget(files, target);
  const undo =
    first.undoId === undefined || request.dryRun
      ? undefined
      : beginUndo(files, target, repository.ports.identity, {
          id: first.undoId,
          snapshotId: stored.id,
          rule: request.overwrite,
          job: request.job,
          startedAtMs: clock.nowMs(),
          temporaryPrefix: first.temporaryPrefix,
        });
  const settings = undo === undefined ? first : { ...first, undoId: undo.id, undoRun: undo.run };
  if (undo !== undefined) observer.onUndoable?.(target, undo.id);
  const tally = new RestoreTally(observer, () => clock.monotonicMs(), totals, undo?.earlier);
  const pool = openPool(repository, pipeline);
  const selector = createSelector(request.include, request.exclude);
  const rules = new PathRules(request.rulesByPath);
  const others = meaning.removesOthers ? othersOf(request, prepared, selector, rules) : undefined;
  const isAbandoned = (name: ByteString): boolean => isAbandonedFile(repository.ports, name);
  const common = { repository, pool, settings, selector, tally, signal: stop, prefix, others, isAbandoned };
  const walk = new RestoreRun({ ...common, rules });
  const end = async (): Promise<RestoreResult> => {
    await pool.runOnEach('endRestore', undefined).catch(() => undefined);
    await pool.close();
    removeUnfinished(files, target, walk);
    const undoId = undo?.end() === true ? undo.id : undefined;
    return tally.result({ snapshotId: stored.id, target, undoId });
  };
  try {
    await walk.walk(tree, request.dryRun && isMissing);
    tally.end();
  } catch (error) {
    const done = await end();
    observer.onCutShort?.(done);
    throw withWholePath(error, target);
  }
  return { result: await end(), bytesToWrite: tally.bytesOfContent, prefix };
}

/** Undefined: nothing is removed, because nobody asked, or because it cannot be told what was saved. */
function othersOf(
  { protectedPaths = [] }: RestoreRequest,
  { stored, sources, snapshotFolder, target }: PreparedRestore,
  selector: Selector,
  rules: PathRules,
): Others | undefined {
  if (sources === undefined) return undefined;
  const { excludes } = stored.snapshot;
  return new Others({ sources, excludes, snapshotFolder, target, selector, rules, protectedPaths });
}

function settingsOf(
  { ports }: Repository,
  request: RestoreRequest,
  { target, stored }: PreparedRestore,
  { overwrite, isUndoable, removesOthers }: RuleMeaning,
): RestoreSettings {
  const { primitives, clock, identity } = ports;
  const nowMs = clock.nowMs();
  const run = Buffer.from(primitives.randomBytes(4)).toString('hex');
  const owner = { machine: machineOf(ports), pid: identity.pid };
  return {
    target,
    temporaryPrefix: unfinishedPrefix(owner, run),
    overwrite,
    undoId: isUndoable ? undoIdAt(nowMs, primitives.randomBytes(4)) : undefined,
    undoRun: 1,
    findsOthers: removesOthers,
    // Of the version: a run that goes on finds what an earlier one put there.
    besideLabel: `from ${labelOf(stored.snapshot.time)}`,
    sparse: request.sparse,
    verify: request.verify,
    isDryRun: request.dryRun,
  };
}

function anySignal(...signals: (AbortSignal | undefined)[]): AbortSignal | undefined {
  const given = signals.filter((one) => one !== undefined);
  return given.length === 0 ? undefined : AbortSignal.any(given);
}

/** Workers know the way from the target on; whoever is to make room must know on which disk. */
function withWholePath(error: unknown, target: ByteString): unknown {
  if (!isTidemarkError(error, 'files.noSpace')) return error;
  const names = [toDisplay(target).replace(/\/$/, ''), error.data.path];
  const path = error.data.path === '' ? toDisplay(target) : names.join('/');
  return new TidemarkError('files.noSpace', { path }, { retry: error.retry, cause: error });
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
