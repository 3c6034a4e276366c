/**
 * A backup from lock to snapshot. The order that makes it safe at every instant: lock, list snapshots, load index,
 * packs, index files, snapshot. What was stored before a cancel stays known to the next run. Source: repository format, 14.
 */
import { isTidemarkError, TidemarkError } from '#base/errors.ts';
import { toDisplay } from '#base/byte-string.ts';
import { idToBytes, type BlobId } from '#base/ids.ts';
import type { SourceFiles } from '#files/port.ts';
import type { Snapshot } from '#format/snapshot.ts';
import { PipelinePool } from '#pipeline/pipeline-pool.ts';
import type { FinishedPack, WorkerSettings } from '#pipeline/protocol.ts';
import type { ScanSettings } from '#pipeline/scan-settings.ts';
import { adoptOrphanPacks } from '#repository/adopt-orphan-packs.ts';
import type { Repository } from '#repository/repository.ts';
import type { RepositoryLock } from '#repository/repository-lock.ts';
import type { StoredSnapshot } from '#repository/snapshot-store.ts';
import type { WriteScope } from '#repository/write-scope.ts';
import type { StorageCapabilities } from '#storage/port.ts';
import type { PipelineHost } from '../pipeline-host.ts';
import { underAnnouncedLock } from '../under-lock.ts';
import { BackupRun } from './backup-run.ts';
import { countSources } from './count-sources.ts';
import { BackupTally } from './backup-tally.ts';
import { exclusionsOf, judgeHints } from './judge-hints.ts';
import {
  backupTimes,
  chooseBackupParent,
  prepareSources,
  refuseEmptiedSources,
  timeText,
  type PreparedBackup,
} from './prepare.ts';
import type { BackupObserver, BackupRequest, BackupResult } from './types.ts';

export interface BackupParts {
  readonly repository: Repository;
  readonly files: SourceFiles;
  readonly pipeline: PipelineHost;
}

/**
 * @throws files.sourceMissing, files.sourceEmpty, files.nothingToSave, repository.locked, repository.lockLost,
 * job.cancelled, storage and integrity errors. Single files that cannot be read are in the result.
 */
export async function executeBackup(
  parts: BackupParts,
  request: BackupRequest,
  observer: BackupObserver = {},
  signal?: AbortSignal,
): Promise<BackupResult> {
  const { repository, files } = parts;
  const sources = prepareSources(request, files);
  if (request.dryRun) {
    const prepared = await prepareFromRepository(parts, request, sources, signal);
    return backUpUnderLock(parts, request, prepared, NO_LOCK, observer, signal);
  }
  // Reading and walking begin while the lock is being confirmed; whoever is to write waits for it.
  return underAnnouncedLock(repository, { exclusive: false, signal }, async (lock) => {
    const prepared = await prepareFromRepository(parts, request, sources, signal);
    return backUpUnderLock(parts, request, prepared, lock, observer, signal);
  });
}

type HeldLock = Pick<RepositoryLock, 'signal' | 'assertHeld' | 'followsCrash' | 'settleCrash' | 'others'>;

/** A dry run writes nothing, a lock neither: it also works where writing is not allowed. */
const NO_LOCK: HeldLock = {
  signal: new AbortController().signal,
  followsCrash: false,
  others: [],
  assertHeld: () => Promise.resolve(),
  settleCrash: () => undefined,
};

async function prepareFromRepository(
  { repository, files }: BackupParts,
  request: BackupRequest,
  sources: ReturnType<typeof prepareSources>,
  signal: AbortSignal | undefined,
): Promise<PreparedBackup> {
  const times = backupTimes(request, repository.ports.clock.nowMs());
  const parent = await chooseBackupParent(repository, request, sources.paths, times.time, signal);
  // A long list in some places: while the index is loaded.
  const packs = parent === undefined && !request.dryRun ? repository.storage.list('pack', signal) : undefined;
  packs?.catch(() => undefined);
  await repository.loadIndex({ signal });
  if (!request.allowEmptySource) {
    // Reading everything again is no wish to store nothing.
    const { parent: named, ...unnamed } = request;
    const previous =
      named === 'none'
        ? await chooseBackupParent(repository, unnamed, sources.paths, times.time, signal)
        : parent;
    await refuseEmptiedSources(repository, sources, previous, files, signal);
  }
  return { ...times, ...sources, parent, packs };
}

async function backUpUnderLock(
  { repository, pipeline }: BackupParts,
  request: BackupRequest,
  prepared: PreparedBackup,
  lock: HeldLock,
  observer: BackupObserver,
  signal: AbortSignal | undefined,
): Promise<BackupResult> {
  const { parent } = prepared;
  const stop = AbortSignal.any([lock.signal, ...(signal === undefined ? [] : [signal])]);
  const scope = repository.openWriteScope(lock);
  const mayHaveOrphans =
    parent === undefined || isIndexLost(repository, parent) || wasInterrupted(repository, lock);
  if (!request.dryRun && mayHaveOrphans) {
    await adoptOrphanPacks(repository, scope, stop, prepared.packs);
    lock.settleCrash();
  }
  const tally = new BackupTally(observer, () => repository.ports.clock.monotonicMs(), {
    files: parent?.snapshot.summary?.totalFilesProcessed,
    bytes: parent?.snapshot.summary?.totalBytesProcessed,
  });
  const pool = openPool(repository, pipeline, scope, request, tally);
  try {
    const settings: ScanSettings = {
      ...request.scan,
      onlyDevices: prepared.onlyDevices,
      trustsParentAttributes:
        parent?.snapshot.programVersion === request.programVersion &&
        parent.snapshot.uid === repository.ports.identity.uid,
      readsLater: tally.wantsEntries,
    };
    if (tally.wantsTotals) {
      void countSources(pool, prepared.paths, settings).then((totals) => {
        if (totals !== undefined) tally.setTotals(totals.files, totals.bytes);
      });
    }
    const { hints, outcome } = judgeHints(request, prepared.paths, parent, repository.ports.identity.uid);
    const run = new BackupRun(repository, pool, settings, tally, stop, hints);
    const rootId = await run.walk(prepared.sourceTree, parent?.snapshot.tree ?? undefined);
    if (hints !== undefined) tally.addUntouched(await hints.untouchedCounts(repository, stop));
    await finishWriting(pool, scope, request);
    return { ...(await saveSnapshot(repository, request, prepared, rootId, tally, lock)), hints: outcome };
  } catch (error) {
    if (lock.signal.aborted) throw lock.signal.reason;
    if (!request.dryRun) await keepWhatIsStored(pool, scope, request, error);
    throw error;
  } finally {
    await pool.close();
  }
}

/** The last version's own tree is in no index file: some are gone, and the packs that they named are perhaps still there. */
function isIndexLost({ index }: Repository, { snapshot }: StoredSnapshot): boolean {
  return snapshot.tree !== null && !index.has('tree', idToBytes(snapshot.tree));
}

/**
 * A backup that was killed has left its lock, and perhaps packs that no index names: they need not be sent again. The first
 * backup of a source looks for such packs in any case.
 */
function wasInterrupted({ ports: { identity } }: Repository, { followsCrash, others }: HeldLock): boolean {
  if (followsCrash) return true;
  return others.some(({ lock }) => lock.hostname === identity.hostname && !identity.isProcessAlive(lock.pid));
}

function openPool(
  repository: Repository,
  pipeline: PipelineHost,
  scope: WriteScope,
  request: BackupRequest,
  tally: BackupTally,
): PipelinePool {
  return new PipelinePool(
    {
      startWorker: () => pipeline.startWorker(),
      claim: (type, ids) => scope.claim(type, ids),
      storePack: (pack: FinishedPack) => (request.dryRun ? Promise.resolve() : scope.storePack(pack)),
      onBytesRead: (bytes) => tally.addBytesRead(bytes),
    },
    (worker) => ({
      ...packRhythm(repository.storage.capabilities, request.packSizeBytes, worker, pipeline.workerCount),
      keys: repository.keys,
      repositoryVersion: repository.config.version,
      chunkerPolynomial: repository.config.chunkerPolynomial,
      compression: request.compression,
      packSizeBytes: request.packSizeBytes,
      workerCount: pipeline.workerCount,
    }),
    pipeline.workerCount,
  );
}

/** A line that is slower than the sealing is to have something to send all the time. */
const FAR_PACKS_UNDER_WAY = 2;

/**
 * Threads that filled their first pack in step would all wait for the line at the same time, and then the line for all of
 * them: the first packs have from half the size to the whole, on a slow line from a quarter, so that it is used sooner.
 */
function packRhythm(
  { isFar }: StorageCapabilities,
  packSizeBytes: number,
  worker: number,
  workerCount: number,
): Pick<WorkerSettings, 'firstPackBytes' | 'packsUnderWay'> {
  const smallest = packSizeBytes / (isFar ? 4 : 2);
  const share = workerCount === 1 ? 1 : worker / (workerCount - 1);
  return {
    firstPackBytes: Math.round(smallest * (1 + share)),
    packsUnderWay: isFar ? FAR_PACKS_UNDER_WAY : 1,
  };
}

async function finishWriting(pool: PipelinePool, scope: WriteScope, request: BackupRequest): Promise<void> {
  const leftovers = await pool.flush();
  if (request.dryRun) await pool.uploadsDone();
  else await scope.finish(leftovers, request.packSizeBytes, pool.uploadsDone());
}

/**
 * What is stored becomes known, after a cancel also what is merely sealed, so that the next run does not send it again.
 * Best effort.
 */
async function keepWhatIsStored(
  pool: PipelinePool,
  scope: WriteScope,
  request: BackupRequest,
  reason: unknown,
): Promise<void> {
  try {
    await pool.uploadsDone().catch(() => undefined);
    await scope.saveIndex();
    // A slow place may have no time for these.
    if (isTidemarkError(reason, 'job.cancelled')) await finishWriting(pool, scope, request);
  } catch (error) {
    if (!(error instanceof TidemarkError)) throw error;
  }
}

async function saveSnapshot(
  repository: Repository,
  request: BackupRequest,
  { paths, parent, time, startedAt }: PreparedBackup,
  tree: BlobId,
  tally: BackupTally,
  lock: HeldLock,
): Promise<Omit<BackupResult, 'hints'>> {
  const { identity, clock } = repository.ports;
  const summary = tally.summary(startedAt, timeText(clock.nowMs()));
  const snapshot: Snapshot = {
    time,
    ...(parent === undefined ? {} : { parent: parent.id }),
    tree,
    paths: (request.partOf ?? paths).map(toDisplay),
    hostname: request.hostname,
    username: identity.username,
    uid: identity.uid,
    gid: identity.gid,
    excludes: exclusionsOf(request),
    tags: request.tags,
    programVersion: request.programVersion,
    summary,
  };
  const isSkipped = request.dryRun || (request.skipIfUnchanged && parent?.snapshot.tree === tree);
  if (!isSkipped) await lock.assertHeld();
  const snapshotId = isSkipped ? undefined : await repository.snapshots.save(snapshot);
  return {
    snapshotId,
    parentId: parent?.id,
    summary,
    problems: tally.problems,
    changedWhileReading: tally.changedWhileReading,
  };
}
