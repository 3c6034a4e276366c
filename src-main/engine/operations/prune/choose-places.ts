/**
 * Which place of each used blob stays: of several copies one, preferring packs that have little to be cleaned out, so that
 * the other copies' packs can go. After an interrupted prune that is how its new packs win over the old ones.
 * Source: repository format, 15 (4, 5).
 */
import { packEntryBytes } from '#format/pack-header.ts';
import type { BlobIndex } from '#repository/blob-index.ts';
import type { PackInventory } from '../check/pack-inventory.ts';
import { NumberList } from '../number-list.ts';

/** What is to be said of each pack, by its number. */
export interface PackUse {
  /** Bytes of blobs that stay here. */
  readonly keptBytes: Float64Array;
  readonly keptBlobs: Uint32Array;
  /** Bytes of further places of blobs that are kept elsewhere. */
  readonly duplicateBytes: Float64Array;
  readonly duplicateBlobs: Uint32Array;
  readonly unusedBytes: Float64Array;
  readonly unusedBlobs: Uint32Array;
}

export interface ChosenPlaces {
  /** Per entry of the index: 1 = this place stays in use. */
  readonly kept: Uint8Array;
  readonly use: PackUse;
  /** First entries of used blobs whose every place is unusable. */
  readonly lost: NumberList;
}

const USED = 1;
const HAS_COPIES = 2;

/** `marks` as of `markUsedBlobs`; `isUsable` per pack: it is there, with the size it must have. */
export function choosePlaces(
  index: BlobIndex,
  inventory: PackInventory,
  marks: Uint8Array,
  isUsable: Uint8Array,
): ChosenPlaces {
  const { packCount, entryCount } = index;
  const use: PackUse = {
    keptBytes: new Float64Array(packCount),
    keptBlobs: new Uint32Array(packCount),
    duplicateBytes: new Float64Array(packCount),
    duplicateBlobs: new Uint32Array(packCount),
    unusedBytes: new Float64Array(packCount),
    unusedBlobs: new Uint32Array(packCount),
  };
  const kept = new Uint8Array(entryCount);
  const states = findStates(index, marks);
  const lost = new NumberList();
  const copied = new NumberList();
  for (let pack = 0; pack < packCount; pack++) {
    for (const entry of inventory.entriesOf(pack)) {
      if ((states[entry]! & USED) === 0) {
        use.unusedBytes[pack]! += bytesAt(index, entry);
        use.unusedBlobs[pack]!++;
      } else if ((states[entry]! & HAS_COPIES) !== 0) {
        if (marks[entry] === 1) copied.push(entry);
      } else if (isUsable[pack] === 1) kept[entry] = 1;
      else lost.push(entry);
    }
  }
  for (let i = 0; i < copied.length; i++) {
    const first = copied.get(i);
    const best = bestPlace(index, inventory, first, use, isUsable);
    if (best === undefined) lost.push(first);
    else kept[best] = 1;
  }
  countUse(index, inventory, states, kept, use);
  return { kept, use, lost };
}

function findStates(index: BlobIndex, marks: Uint8Array): Uint8Array {
  const states = new Uint8Array(index.entryCount);
  for (let entry = 0; entry < states.length; entry++) {
    const first = index.firstEntryOf(entry);
    if (marks[first] === 0) continue;
    states[entry]! |= USED;
    if (first === entry) continue;
    states[entry]! |= HAS_COPIES;
    states[first]! |= HAS_COPIES;
  }
  return states;
}

/** In the pack with the smallest share of unused bytes; the rule is the same for all blobs, so copies do not scatter. */
function bestPlace(
  index: BlobIndex,
  inventory: PackInventory,
  first: number,
  use: PackUse,
  isUsable: Uint8Array,
): number | undefined {
  const { type, id } = index.entryAt(first);
  let best: number | undefined;
  let bestShare = Infinity;
  let bestPack = -1;
  for (const place of index.findEntries(type, id)) {
    const { packNumber } = index.entryAt(place);
    if (isUsable[packNumber] !== 1) continue;
    // A mixed pack is taken apart in any case.
    const share = inventory.isMixed(packNumber)
      ? 2
      : use.unusedBytes[packNumber]! / inventory.expectedBytes(packNumber);
    if (share > bestShare || (share === bestShare && !isBetterPack(packNumber, bestPack, inventory)))
      continue;
    best = place;
    bestShare = share;
    bestPack = packNumber;
  }
  return best;
}

/** The larger one, so that small ones go. */
function isBetterPack(pack: number, than: number, inventory: PackInventory): boolean {
  const difference = inventory.expectedBytes(pack) - inventory.expectedBytes(than);
  return difference > 0 || (difference === 0 && pack < than);
}

function countUse(
  index: BlobIndex,
  inventory: PackInventory,
  states: Uint8Array,
  kept: Uint8Array,
  use: PackUse,
): void {
  for (let pack = 0; pack < index.packCount; pack++) {
    for (const entry of inventory.entriesOf(pack)) {
      if ((states[entry]! & USED) === 0) continue;
      if (kept[entry] === 1) {
        use.keptBytes[pack]! += bytesAt(index, entry);
        use.keptBlobs[pack]!++;
      } else {
        use.duplicateBytes[pack]! += bytesAt(index, entry);
        use.duplicateBlobs[pack]!++;
      }
    }
  }
}

/** With what the pack's header says of it. */
function bytesAt(index: BlobIndex, entry: number): number {
  const { length, uncompressedLength } = index.entryAt(entry);
  return length + packEntryBytes(uncompressedLength);
}
