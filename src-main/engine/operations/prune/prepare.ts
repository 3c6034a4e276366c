/**
 * The first half of a prune, which changes nothing: loads every snapshot and the whole index, marks what is used, looks at
 * which packs are really there, and plans. Refuses on any doubt: a snapshot or index file that cannot be read, a needed
 * blob that cannot be had, a place that lists one thing now and another then. Source: repository format, 15 (1-5).
 */
import type { PackId, SnapshotId } from '#base/ids.ts';
import { bytesToId, idToBytes } from '#base/ids.ts';
import { throwIfCancelled, TidemarkError } from '#base/errors.ts';
import type { PipelinePool } from '#pipeline/pipeline-pool.ts';
import { listBehind } from '#repository/find-locks.ts';
import type { Repository } from '#repository/repository.ts';
import { findAffected } from '../check/find-affected.ts';
import { Losses } from '../check/losses.ts';
import { PackInventory } from '../check/pack-inventory.ts';
import type { SnapshotRoot } from '../check/prepare.ts';
import { listPacksSurely } from '../list-packs-surely.ts';
import { markUsedBlobs, type LostBlob } from '../used-blobs.ts';
import { choosePlaces, type ChosenPlaces } from './choose-places.ts';
import { IndexFiles } from './index-files.ts';
import { planPacks, type PackPlan } from './plan-packs.ts';
import type { PruneObserver, PruneRequest, PruneStats } from './types.ts';

export interface PreparedPrune {
  readonly stats: PruneStats;
  /** All that the plan knows of; those to be ignored, too. */
  readonly snapshotIds: ReadonlySet<SnapshotId>;
  readonly inventory: PackInventory;
  readonly indexFiles: IndexFiles;
  readonly places: ChosenPlaces;
  readonly plan: PackPlan;
  /** By pack id; in no index. */
  readonly unindexed: ReadonlyMap<PackId, number>;
}

/**
 * The repository's index must not be loaded yet, and the caller holds the exclusive lock (or reads at its own risk).
 * @throws integrity.fileCorrupt, integrity.indexCorrupt, integrity.incomplete, storage.listBehind and others of the storage,
 * job.cancelled
 */
export async function preparePrune(
  repository: Repository,
  pool: PipelinePool,
  request: PruneRequest,
  observer: PruneObserver = {},
  signal?: AbortSignal,
): Promise<PreparedPrune> {
  const { config, storage } = repository;
  if (request.repackUncompressed && config.version === 1) {
    throw new TidemarkError('request.invalidInput', {
      what: 'repacking what is uncompressed',
      reason: 'this repository has format version 1, which knows no compression',
    });
  }
  // Snapshots come before the index, so that whatever they refer to is in it (repository format, 14).
  const { roots, snapshotIds } = await loadRoots(repository, request, signal);
  await refuseIfUnlisted(repository, snapshotIds, signal);
  const indexFiles = new IndexFiles();
  await repository.loadIndex({ signal, observer: indexFiles });
  const { index } = repository;
  report(observer, 'index', indexFiles.count, indexFiles.count);
  const inventory = new PackInventory(index);
  const used = await markUsedBlobs(
    repository,
    pool,
    roots.map(({ treeId }) => treeId),
    { signal, onProgress: (done, found) => report(observer, 'snapshots', done, found) },
  );
  await refuseIfLost(repository, roots, used.lost, signal);
  const sizes = await listPacksSurely(storage, index.packIds(), signal);
  const isPresent = new Uint8Array(index.packCount);
  const isUsable = new Uint8Array(index.packCount);
  for (const [pack, packId] of index.packIds().entries()) {
    const sizeBytes = sizes.get(packId);
    sizes.delete(packId);
    if (sizeBytes === undefined) continue;
    isPresent[pack] = 1;
    if (sizeBytes === inventory.expectedBytes(pack)) isUsable[pack] = 1;
  }
  const places = choosePlaces(index, inventory, used.marks, isUsable);
  const lost = Array.from({ length: places.lost.length }, (_, i) => lostAt(repository, places.lost.get(i)));
  await refuseIfLost(repository, roots, lost, signal);
  const plan = planPacks(index, inventory, places, isPresent, config.version, request);
  await refuseIfUnsteady(repository, snapshotIds, signal);
  let unindexedBytes = 0;
  for (const bytes of sizes.values()) unindexedBytes += bytes;
  const stats = { ...plan.stats, unindexed: { packs: sizes.size, bytes: unindexedBytes } };
  return { stats, snapshotIds, inventory, indexFiles, places, plan, unindexed: sizes };
}

/** @throws integrity.fileCorrupt for any snapshot that cannot be read */
async function loadRoots(
  { snapshots }: Repository,
  { ignoredSnapshots }: PruneRequest,
  signal: AbortSignal | undefined,
): Promise<{ readonly roots: SnapshotRoot[]; readonly snapshotIds: ReadonlySet<SnapshotId> }> {
  const loaded = await snapshots.loadAll(signal);
  throwIfCancelled(signal);
  const [damaged] = loaded.damaged;
  if (damaged !== undefined) throw damaged;
  const roots: SnapshotRoot[] = [];
  for (const { id, snapshot } of loaded.snapshots) {
    if (snapshot.tree === null)
      throw new TidemarkError('integrity.fileCorrupt', { kind: 'snapshot', id, reason: 'it has no tree' });
    if (ignoredSnapshots?.has(id) !== true) roots.push({ snapshotId: id, treeId: snapshot.tree });
  }
  return { roots, snapshotIds: new Set(loaded.snapshots.map(({ id }) => id)) };
}

function lostAt({ index }: Repository, entry: number): LostBlob {
  const { type, id } = index.entryAt(entry);
  return { type, blobId: bytesToId(id), reason: 'its pack is missing or has the wrong size' };
}

/** Says which snapshots need what is lost: this takes a walk, but only then. */
async function refuseIfLost(
  repository: Repository,
  roots: readonly SnapshotRoot[],
  lost: readonly LostBlob[],
  signal: AbortSignal | undefined,
): Promise<void> {
  const [first] = lost;
  if (first === undefined) return;
  const losses = new Losses(repository.index);
  for (const { type, blobId } of lost) losses.add(type, idToBytes(blobId));
  const { paths } = await findAffected(repository, roots, losses, signal);
  const snapshotIds = [...new Set(paths.flatMap((path) => path.snapshotIds))];
  throw new TidemarkError('integrity.incomplete', {
    lostBlobs: lost.length,
    example: `${first.type} ${first.blobId}${first.reason === undefined ? '' : `, ${first.reason}`}`,
    snapshotIds,
    paths: paths.slice(0, MAX_PATHS_NAMED).map(({ path }) => path),
    pathCount: paths.length,
  });
}

const MAX_PATHS_NAMED = 3;

/**
 * What this computer has seen lately and the place does not list is asked for by its name: somebody else has removed it, or
 * the list is wrong.
 */
async function refuseIfUnlisted(
  { files }: Repository,
  snapshotIds: ReadonlySet<SnapshotId>,
  signal: AbortSignal | undefined,
): Promise<void> {
  const unlisted = await files.unlisted('snapshot', snapshotIds);
  for (let start = 0; start < unlisted.length; start += LOOKS_AT_A_TIME) {
    const batch = unlisted.slice(start, start + LOOKS_AT_A_TIME);
    const found = await Promise.all(batch.map((id) => files.exists('snapshot', id, signal)));
    if (found.includes(true)) throw listBehind(files.location);
  }
}

const LOOKS_AT_A_TIME = 16;

/**
 * A place that lists too few snapshots or index files would make used data look unused. Nobody else may add or remove any
 * under an exclusive lock, so a second look must find the same.
 */
async function refuseIfUnsteady(
  repository: Repository,
  snapshotIds: ReadonlySet<SnapshotId>,
  signal: AbortSignal | undefined,
): Promise<void> {
  const { files, indexIds } = repository;
  await refuseIfOthers(repository, snapshotIds, signal);
  const indexes = await files.list('index', signal);
  const knownIndexes = new Set<string>(indexIds);
  const isSame = indexes.length === knownIndexes.size && indexes.every(({ name }) => knownIndexes.has(name));
  if (!isSame) throw listBehind(files.location);
}

/** @throws storage.listBehind when the place lists other snapshots than those that the plan knows */
export async function refuseIfOthers(
  { files }: Repository,
  snapshotIds: ReadonlySet<SnapshotId>,
  signal: AbortSignal | undefined,
): Promise<void> {
  const snapshots = await files.list('snapshot', signal);
  const isSame =
    snapshots.length === snapshotIds.size &&
    snapshots.every(({ name }) => snapshotIds.has(name as SnapshotId));
  if (!isSame) throw listBehind(files.location);
}

function report(observer: PruneObserver, stage: 'index' | 'snapshots', done: number, total: number): void {
  observer.onProgress?.({ stage, done, total, bytesDone: 0, totalBytes: 0 });
}
