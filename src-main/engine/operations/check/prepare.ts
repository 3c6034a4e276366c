/**
 * The first half of a check: everything that needs no blob to be opened. Keys and config, snapshots, index files, and the
 * packs' presence and sizes; says what the second half has to go through.
 */
import { bytesToId, isId, type BlobId, type PackId, type SnapshotId } from '#base/ids.ts';
import { isTidemarkError, throwIfCancelled } from '#base/errors.ts';
import { parseConfig } from '#format/config.ts';
import { openSealed } from '#format/envelope.ts';
import { parseKeyFile } from '#format/key-file.ts';
import type { Repository } from '#repository/repository.ts';
import type { CheckTally } from './check-tally.ts';
import { choosePacks } from './choose-packs.ts';
import type { EarlyIndex } from './early-index.ts';
import { Losses } from './losses.ts';
import { PackInventory } from './pack-inventory.ts';
import type { CheckRequest } from './types.ts';

export interface SnapshotRoot {
  readonly snapshotId: SnapshotId;
  readonly treeId: BlobId;
}

export interface PackToRead {
  readonly packId: PackId;
  readonly packNumber: number;
  readonly sizeBytes: number;
}

export interface PreparedCheck {
  readonly roots: readonly SnapshotRoot[];
  readonly inventory: PackInventory;
  /** The chosen ones of those that exist. */
  readonly packsToRead: readonly PackToRead[];
  readonly losses: Losses;
}

const SNAPSHOTS_AT_A_TIME = 16;

/** What is wrong goes into `tally`. @throws storage errors that concern the whole place, job.cancelled */
export async function prepareCheck(
  repository: Repository,
  early: EarlyIndex,
  request: CheckRequest,
  tally: CheckTally,
  signal: AbortSignal | undefined,
): Promise<PreparedCheck> {
  await checkConfig(repository, tally, signal);
  await checkKeys(repository, tally, signal);
  // Snapshots come before the index, so that whatever they refer to is in it (repository format, 14).
  const roots = await loadRoots(repository, tally, signal);
  const inventory = await loadIndex(repository, early, tally, signal);
  const losses = new Losses(repository.index);
  const packs = await checkPacks(repository, inventory, losses, tally, signal);
  const { readData } = request;
  const packsToRead =
    readData === 'none'
      ? []
      : readData === 'all'
        ? packs
        : choosePacks(packs, readData, (length) => repository.ports.primitives.randomBytes(length));
  return { roots, inventory, packsToRead, losses };
}

/** It was read when the repository was opened; this is about the file as it is now. */
async function checkConfig(
  { storage, ports, keys, config }: Repository,
  tally: CheckTally,
  signal: AbortSignal | undefined,
): Promise<void> {
  try {
    const sealed = await storage.load('config', 'config', undefined, signal);
    const { id } = parseConfig(openSealed(ports.primitives, keys, sealed));
    if (id !== config.id)
      tally.addError({ code: 'configDamaged', reason: 'it has become another repository’s' });
  } catch (error) {
    tally.addError({ code: 'configDamaged', reason: reasonUnlessFatal(error) });
  }
}

/** All key files, not only the one in use. */
async function checkKeys(
  { storage, ports }: Repository,
  tally: CheckTally,
  signal: AbortSignal | undefined,
): Promise<void> {
  for (const { name: keyId } of await storage.list('key', signal)) {
    if (!isId(keyId)) continue;
    try {
      const bytes = await storage.load('key', keyId, undefined, signal);
      if (bytesToId(ports.primitives.sha256(bytes)) !== keyId)
        tally.addError({ code: 'keyDamaged', keyId, reason: 'its contents do not match its name' });
      else parseKeyFile(bytes);
    } catch (error) {
      tally.addError({ code: 'keyDamaged', keyId, reason: reasonUnlessFatal(error) });
    }
  }
}

async function loadRoots(
  { files, snapshots }: Repository,
  tally: CheckTally,
  signal: AbortSignal | undefined,
): Promise<SnapshotRoot[]> {
  const names = (await files.list('snapshot', signal)).map(({ name }) => name as SnapshotId);
  const roots: SnapshotRoot[] = [];
  for (let start = 0; start < names.length; start += SNAPSHOTS_AT_A_TIME) {
    await Promise.all(
      names.slice(start, start + SNAPSHOTS_AT_A_TIME).map(async (snapshotId) => {
        try {
          const { tree } = (await snapshots.load(snapshotId, signal)).snapshot;
          if (tree === null)
            tally.addError({ code: 'snapshotDamaged', snapshotId, reason: 'it has no tree' });
          else roots.push({ snapshotId, treeId: tree });
        } catch (error) {
          tally.addError({ code: 'snapshotDamaged', snapshotId, reason: reasonUnlessFatal(error) });
        }
      }),
    );
    throwIfCancelled(signal);
  }
  tally.counts.snapshots = names.length;
  return roots;
}

async function loadIndex(
  repository: Repository,
  early: EarlyIndex,
  tally: CheckTally,
  signal: AbortSignal | undefined,
): Promise<PackInventory> {
  tally.report('index', 0, 1);
  const { survey, loaded } = await early.take(signal);
  throwIfCancelled(signal);
  repository.adoptIndex(loaded);
  for (const { data } of loaded.damaged) tally.addError({ code: 'indexDamaged', ...data });
  const { index, indexIds } = repository;
  survey.report(index, tally);
  tally.counts.indexFiles = indexIds.length;
  tally.counts.blobs = index.entryCount;
  tally.report('index', indexIds.length, indexIds.length);
  return new PackInventory(index);
}

/** @returns the packs that are there, those of wrong size too */
async function checkPacks(
  { storage, index }: Repository,
  inventory: PackInventory,
  losses: Losses,
  tally: CheckTally,
  signal: AbortSignal | undefined,
): Promise<PackToRead[]> {
  const sizes = new Map((await storage.list('pack', signal)).map(({ name, sizeBytes }) => [name, sizeBytes]));
  tally.counts.packs = sizes.size;
  const present: PackToRead[] = [];
  for (const [packNumber, packId] of index.packIds().entries()) {
    const sizeBytes = sizes.get(packId);
    sizes.delete(packId);
    const entries = inventory.entriesOf(packNumber);
    if (sizeBytes === undefined) {
      tally.addError({ code: 'packMissing', packId, blobCount: entries.length });
      for (const entry of entries) losses.addPlace(entry);
      continue;
    }
    const expectedBytes = inventory.expectedBytes(packNumber);
    if (sizeBytes !== expectedBytes) {
      tally.addError({ code: 'packSizeDiffers', packId, expectedBytes, foundBytes: sizeBytes });
      for (const entry of entries) {
        const { offset, length } = index.entryAt(entry);
        if (offset + length > sizeBytes) losses.addPlace(entry);
      }
    }
    if (inventory.isMixed(packNumber)) tally.addHint({ code: 'mixedPack', packId });
    present.push({ packId, packNumber, sizeBytes });
  }
  for (const [packId, sizeBytes] of sizes)
    if (isId(packId)) tally.addHint({ code: 'packNotIndexed', packId, sizeBytes });
  tally.report('packs', index.packCount, index.packCount);
  return present;
}

/** Errors of one file. @throws whatever concerns the whole place or the run */
export function reasonUnlessFatal(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (!isTidemarkError(error)) return error.message;
  switch (error.code) {
    case 'storage.objectMissing':
      return 'the file is missing';
    case 'storage.rangeInvalid':
      return 'the file is too short';
    case 'storage.accessDenied':
      return 'access to the file is denied';
    case 'storage.ioFailed':
    case 'integrity.fileCorrupt':
    case 'integrity.blobCorrupt':
      return 'reason' in error.data ? error.data.reason : error.code;
    case 'integrity.blobMissing':
      return 'it is in no index';
    default:
      throw error;
  }
}
