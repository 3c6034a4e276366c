/**
 * What becomes of each pack: stays, goes, or is taken apart. The rules are restic's: packs without anything used go; mixed
 * packs and, in version 2, uncompressed trees are always repacked; of the others as many as it takes to come down to the
 * tolerated unused bytes, the worst first; small ones when there are at least MIN_SMALL_PACKS of them.
 * Source: repository format, 15 (5).
 */
import type { BlobIndex } from '#repository/blob-index.ts';
import { toleratedUnusedBytes } from '#rules/unused-limit.ts';
import type { PackInventory } from '../check/pack-inventory.ts';
import type { ChosenPlaces, PackUse } from './choose-places.ts';
import type { BlobSum, PruneRequest, PruneStats } from './types.ts';

export const KEEP = 0;
export const REPACK = 1;
export const REMOVE = 2;
/** Not there and not needed: only the index speaks of it. */
export const STRIKE = 3;

/** Fewer are not worth it, and a single small leftover would be repacked for ever. */
const MIN_SMALL_PACKS = 10;
/** Packs below this share of the pack size are small. */
const SMALL_SHARE = 1 / 25;

export interface PackPlan {
  /** Per pack number. */
  readonly fates: Uint8Array;
  /** In this order. */
  readonly toRepack: readonly number[];
  readonly stats: Omit<PruneStats, 'unindexed'>;
}

interface Candidate {
  readonly pack: number;
  /** Repacked however little is unused in it. */
  readonly must: boolean;
  readonly isSmall: boolean;
  readonly unusedShare: number;
}

/** `isPresent` per pack. */
export function planPacks(
  index: BlobIndex,
  inventory: PackInventory,
  { kept, use }: ChosenPlaces,
  isPresent: Uint8Array,
  repositoryVersion: 1 | 2,
  request: PruneRequest,
): PackPlan {
  const fates = new Uint8Array(index.packCount);
  const candidates: Candidate[] = [];
  const small: Candidate[] = [];
  const smallBytes = request.smallPackBytes ?? request.packSizeBytes * SMALL_SHARE;
  for (let pack = 0; pack < index.packCount; pack++) {
    if (isPresent[pack] !== 1) fates[pack] = STRIKE;
    else if (use.keptBlobs[pack] === 0) fates[pack] = REMOVE;
    else if (request.repackCacheableOnly && !inventory.hasTrees(pack)) continue;
    else {
      const wasteBytes = use.unusedBytes[pack]! + use.duplicateBytes[pack]!;
      const bytes = inventory.expectedBytes(pack);
      const must =
        inventory.isMixed(pack) ||
        (repositoryVersion === 2 &&
          (request.repackUncompressed || inventory.hasTrees(pack)) &&
          hasUncompressed(index, inventory, kept, pack, request.repackUncompressed));
      const isSmall = bytes < smallBytes;
      const candidate = { pack, must, isSmall, unusedShare: wasteBytes / bytes };
      if (must || wasteBytes > 0) candidates.push(candidate);
      else if (isSmall) small.push(candidate);
    }
  }
  if (small.length >= MIN_SMALL_PACKS) candidates.push(...small);
  candidates.sort(
    (a, b) => Number(b.must) - Number(a.must) || b.unusedShare - a.unusedShare || a.pack - b.pack,
  );
  const toRepack = chooseRepacks(candidates, inventory, use, fates, request);
  return { fates, toRepack, stats: sumUp(inventory, use, fates) };
}

function chooseRepacks(
  candidates: readonly Candidate[],
  inventory: PackInventory,
  use: PackUse,
  fates: Uint8Array,
  request: PruneRequest,
): number[] {
  let wasteLeft = 0;
  for (let pack = 0; pack < fates.length; pack++)
    if (fates[pack] === KEEP) wasteLeft += use.unusedBytes[pack]! + use.duplicateBytes[pack]!;
  const usedBytes = use.keptBytes.reduce((sum, bytes) => sum + bytes, 0);
  const tolerated = toleratedUnusedBytes(request.maxUnused, usedBytes);
  const toRepack: number[] = [];
  let repackBytes = 0;
  for (const { pack, must, isSmall } of candidates) {
    const bytes = inventory.expectedBytes(pack);
    if (request.maxRepackBytes !== undefined && repackBytes + bytes > request.maxRepackBytes) continue;
    if (!must && !isSmall && wasteLeft <= tolerated) continue;
    fates[pack] = REPACK;
    toRepack.push(pack);
    repackBytes += bytes;
    wasteLeft -= use.unusedBytes[pack]! + use.duplicateBytes[pack]!;
  }
  return toRepack;
}

/** Would repacking compress anything that is not? Small data is always stored compressed, large only where it helps. */
function hasUncompressed(
  index: BlobIndex,
  inventory: PackInventory,
  kept: Uint8Array,
  pack: number,
  countsData: boolean,
): boolean {
  return inventory.entriesOf(pack).some((entry) => {
    const { type, uncompressedLength } = index.entryAt(entry);
    return kept[entry] === 1 && uncompressedLength === 0 && (type === 'tree' || countsData);
  });
}

function sumUp(inventory: PackInventory, use: PackUse, fates: Uint8Array): PackPlan['stats'] {
  const sums = {
    used: new Sum(),
    duplicate: new Sum(),
    unused: new Sum(),
    repack: new Sum(),
    repackRemoves: new Sum(),
    remove: new Sum(),
    remaining: new Sum(),
  };
  const packs = { used: 0, partlyUsed: 0, unused: 0, keep: 0, repack: 0, remove: 0, missing: 0 };
  let unusedAfterBytes = 0;
  for (let pack = 0; pack < fates.length; pack++) {
    if (fates[pack] === STRIKE) {
      packs.missing++;
      continue;
    }
    const waste = {
      blobs: use.unusedBlobs[pack]! + use.duplicateBlobs[pack]!,
      bytes: use.unusedBytes[pack]! + use.duplicateBytes[pack]!,
    };
    const keptHere = { blobs: use.keptBlobs[pack]!, bytes: use.keptBytes[pack]! };
    const whole = { blobs: keptHere.blobs + waste.blobs, bytes: inventory.expectedBytes(pack) };
    sums.used.add(keptHere);
    sums.duplicate.add({ blobs: use.duplicateBlobs[pack]!, bytes: use.duplicateBytes[pack]! });
    sums.unused.add({ blobs: use.unusedBlobs[pack]!, bytes: use.unusedBytes[pack]! });
    if (keptHere.blobs === 0) packs.unused++;
    else if (waste.blobs === 0) packs.used++;
    else packs.partlyUsed++;
    if (fates[pack] === REMOVE) {
      packs.remove++;
      sums.remove.add(whole);
    } else if (fates[pack] === REPACK) {
      packs.repack++;
      sums.repack.add(whole);
      sums.repackRemoves.add(waste);
      sums.remaining.add(keptHere);
    } else {
      packs.keep++;
      sums.remaining.add(whole);
      unusedAfterBytes += waste.bytes;
    }
  }
  return { ...sums, packs, unusedAfterBytes };
}

class Sum implements BlobSum {
  blobs = 0;
  bytes = 0;

  add({ blobs, bytes }: BlobSum): void {
    this.blobs += blobs;
    this.bytes += bytes;
  }
}
