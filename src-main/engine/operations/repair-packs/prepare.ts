/**
 * The first half of a repair of packs: looks into each pack for what is good in it, and finds out which of the rest is nowhere
 * else in the repository. Changes nothing. The packs' blobs are not in the repository's index then; see named-packs.ts.
 */
import { bytesToId, type BlobId, type PackId } from '#base/ids.ts';
import { isTidemarkError, throwIfCancelled } from '#base/errors.ts';
import type { PackEntry } from '#format/pack-header.ts';
import type { BlobType } from '#repository/blob-index.ts';
import type { Repository } from '#repository/repository.ts';
import { listPacksSurely } from '../list-packs-surely.ts';
import { blobKey, examinePack } from './examine-pack.ts';
import { NamedPacks } from './named-packs.ts';
import type { ExaminedPack, RepairPacksObserver, RepairPacksPlan } from './types.ts';

export interface PackToRepair {
  readonly packId: PackId;
  readonly state: 'damaged' | 'missing';
  /** What the index says of it. */
  readonly indexed: readonly PackEntry[];
  readonly goodBlobs: number;
}

export interface BlobToHeal {
  readonly type: BlobType;
  readonly id: BlobId;
}

export interface PreparedRepairPacks {
  readonly plan: RepairPacksPlan;
  readonly packs: readonly PackToRepair[];
  readonly lost: readonly BlobToHeal[];
  readonly named: NamedPacks;
}

/**
 * The repository's index must not be loaded yet; its lock is held. Loads it without the blobs of these packs.
 * @throws repository.objectNotFound, repository.ambiguousId, integrity.indexCorrupt (the index is to be repaired first),
 * storage.ioFailed when the place contradicts itself, job.cancelled, storage errors
 */
export async function prepareRepairPacks(
  repository: Repository,
  prefixes: readonly string[],
  observer: RepairPacksObserver,
  signal: AbortSignal | undefined,
): Promise<PreparedRepairPacks> {
  const named = new NamedPacks(repository, prefixes);
  await named.loadIndex(signal);
  const sizes = await listPacksSurely(repository.storage, repository.index.packIds(), signal);
  const packIds = named.resolve(sizes.keys());
  const examined: ExaminedPack[] = [];
  const packs: PackToRepair[] = [];
  const good = new Set<string>();
  const bad = new Map<string, PackEntry>();
  for (const [number, packId] of packIds.entries()) {
    throwIfCancelled(signal);
    observer.onProgress?.({ stage: 'examining', done: number, total: packIds.length });
    const indexed = named.entriesOf(packId);
    if (!sizes.has(packId)) {
      for (const entry of indexed) bad.set(blobKey(entry), entry);
      examined.push({ packId, state: 'missing', blobs: indexed.length, goodBlobs: 0 });
      packs.push({ packId, state: 'missing', indexed, goodBlobs: 0 });
      continue;
    }
    const bytes = await repository.storage.load('pack', packId, undefined, signal);
    const found = await examinePack(repository, packId, bytes, indexed, signal);
    for (const entry of found.good) good.add(blobKey(entry));
    for (const entry of found.bad) bad.set(blobKey(entry), entry);
    const goodBlobs = found.good.length;
    const state = found.isWhole ? 'whole' : 'damaged';
    examined.push({ packId, state, blobs: goodBlobs + found.bad.length, goodBlobs });
    if (state === 'damaged') packs.push({ packId, state, indexed, goodBlobs });
  }
  observer.onProgress?.({ stage: 'examining', done: packIds.length, total: packIds.length });
  const lost: BlobToHeal[] = [];
  for (const [key, { type, id }] of bad) {
    if (good.has(key)) continue;
    const blobId = bytesToId<BlobId>(id);
    if (!(await isElsewhere(repository, type, blobId, signal))) lost.push({ type, id: blobId });
  }
  return { plan: { packs: examined, lostBlobs: lost.length }, packs, lost, named };
}

/** A pack that is not being repaired has it, and it opens. */
export async function isElsewhere(
  repository: Repository,
  type: BlobType,
  id: BlobId,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  throwIfCancelled(signal);
  try {
    await repository.loadBlob(type, id, signal);
    return true;
  } catch (error) {
    const isLost =
      isTidemarkError(error, 'integrity.blobMissing') || isTidemarkError(error, 'integrity.blobCorrupt');
    if (isLost) return false;
    throw error;
  }
}
