/**
 * Copies snapshots from one repository to another: only what the destination lacks is read, and a tree comes over byte by
 * byte, never written anew. A snapshot follows when all that it needs is durable and in the index. Source: repository format,
 * 16.1. Several small snapshots share packs; a stopped copy loses nothing that is stored, the next one goes on from there.
 */
import { ID_BYTES } from '#base/ids.ts';
import { adoptOrphanPacks } from '#repository/adopt-orphan-packs.ts';
import type { Repository } from '#repository/repository.ts';
import type { StoredSnapshot } from '#repository/snapshot-store.ts';
import { openWritingPool } from '../open-writing-pool.ts';
import type { PipelineHost } from '../pipeline-host.ts';
import { listSnapshots } from '../snapshots.ts';
import { underLock } from '../under-lock.ts';
import { BlobCopier } from './blob-copier.ts';
import { CopiedBefore } from './copied-before.ts';
import { CopyTally } from './copy-tally.ts';
import type { CopyObserver, CopyRequest, CopyResult } from './types.ts';

export interface CopyParts {
  /** Both opened, their index not loaded yet. */
  readonly source: Repository;
  readonly destination: Repository;
  readonly pipeline: PipelineHost;
}

/**
 * What is damaged in the source is in the result.
 * @throws repository.locked and repository.lockLost (of either), repository.objectNotFound, repository.ambiguousId,
 * integrity.indexCorrupt, job.cancelled, storage errors
 */
export async function executeCopy(
  parts: CopyParts,
  request: CopyRequest,
  observer: CopyObserver = {},
  signal?: AbortSignal,
): Promise<CopyResult> {
  const sourceLock = { exclusive: false, noLock: request.sourceNoLock };
  return underLock(parts.source, sourceLock, signal, (sourceStop) =>
    underLock(parts.destination, { exclusive: false }, sourceStop, (stop, assertHeld) =>
      runCopy(parts, request, new CopyTally(observer), assertHeld, stop),
    ),
  );
}

async function runCopy(
  { source, destination, pipeline }: CopyParts,
  request: CopyRequest,
  tally: CopyTally,
  assertHeld: () => Promise<void>,
  signal: AbortSignal | undefined,
): Promise<CopyResult> {
  const toCopy = await chooseSnapshots(source, destination, request, tally, signal);
  if (toCopy.length === 0) return tally.result();
  await source.loadIndex({ signal });
  await destination.loadIndex({ signal });
  const scope = destination.openWriteScope({ assertHeld });
  const writing = openWritingPool(destination, pipeline, scope, wantAll, {
    settings: { sourceKeys: source.keys, compression: request.compression },
    onBytesRead: (bytes) => tally.bytesRead(bytes),
  });
  const stopPool = (): void => void writing.pool.close();
  signal?.addEventListener('abort', stopPool);
  try {
    await adoptOrphanPacks(destination, scope, signal);
    const copier = new BlobCopier(source, destination, writing.pool, tally, signal);
    let batch: StoredSnapshot[] = [];
    for (const [number, stored] of toCopy.entries()) {
      tally.started(stored);
      await copier.addSnapshot(stored.snapshot.tree!);
      batch.push(stored);
      if (copier.waitingBytes < request.batchBytes && number < toCopy.length - 1) continue;
      await copier.copyWaiting();
      await writing.finish();
      for (const each of batch) await saveSnapshot(each, copier);
      batch = [];
    }
    return tally.result();
  } finally {
    signal?.removeEventListener('abort', stopPool);
    await writing.pool.close();
  }

  /** Everything it needs is durable, or it is told what is missing. */
  async function saveSnapshot(stored: StoredSnapshot, copier: BlobCopier): Promise<void> {
    const { id, snapshot } = stored;
    const affected = await copier.findMissing(stored);
    if (affected.count > 0) {
      tally.damaged(id, 'parts of it are damaged or missing', affected);
      return;
    }
    const { parent: _dropped, ...kept } = snapshot;
    await assertHeld();
    tally.copied(
      stored,
      await destination.snapshots.save({ ...kept, original: snapshot.original ?? id }, signal),
    );
  }
}

/** Oldest first, without those that are there. */
async function chooseSnapshots(
  source: Repository,
  destination: Repository,
  { ids, filter }: CopyRequest,
  tally: CopyTally,
  signal: AbortSignal | undefined,
): Promise<StoredSnapshot[]> {
  const { snapshots, damaged } = await listSnapshots(source, { ids, filter }, signal);
  for (const { data } of damaged) tally.damaged(data.id, data.reason);
  const before = new CopiedBefore((await destination.snapshots.loadAll(signal)).snapshots);
  const toCopy: StoredSnapshot[] = [];
  for (const stored of snapshots) {
    const existing = before.find(stored);
    if (existing !== undefined) tally.skipped(stored, existing);
    else if (stored.snapshot.tree === null) tally.damaged(stored.id, 'it has no tree');
    else toCopy.push(stored);
  }
  tally.setSnapshots(toCopy.length);
  return toCopy;
}

/** What is sent to be copied is chosen already, each blob once. */
function wantAll(_type: unknown, ids: Uint8Array): Uint8Array {
  return new Uint8Array(ids.length / ID_BYTES).fill(1);
}
