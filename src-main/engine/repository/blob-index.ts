/**
 * All known blobs in memory, in typed arrays: 48 bytes per entry in segments that never move, and an open-addressing
 * table of 4-byte slots. At most 64 bytes per blob, look-up well under 1 us. A blob may stand in several packs: each place
 * is an entry of its own. Also holds claims: blobs that somebody is storing right now and that have no place yet.
 * Owns no files; `index-loader.ts` fills it.
 */
import { ID_BYTES, type PackId } from '#base/ids.ts';
import { invariant } from '#base/errors.ts';
import { SEAL_OVERHEAD_BYTES } from '#format/envelope.ts';

export type BlobType = 'data' | 'tree';

export interface BlobLocation {
  readonly packId: PackId;
  readonly offset: number;
  /** Sealed length. */
  readonly length: number;
  /** 0 when stored without compression. */
  readonly uncompressedLength: number;
}

/** One place of a blob. */
export interface BlobEntry {
  readonly type: BlobType;
  /** A view. */
  readonly id: Uint8Array;
  readonly packNumber: number;
  readonly offset: number;
  /** Sealed length. */
  readonly length: number;
  /** 0 when stored without compression. */
  readonly uncompressedLength: number;
}

const SEGMENT_BITS = 14;
export const SEGMENT_ENTRIES = 1 << SEGMENT_BITS;
const SEGMENT_MASK = SEGMENT_ENTRIES - 1;
/** 32-bit words of an entry besides the id: pack and type, offset, length, uncompressed length. */
export const WORDS = 4;
const FIRST_SLOTS = 1 << 12;
/** The table doubles when more than this share of its slots is taken. */
const MAX_LOAD = 0.7;
/** Pack number of a claim. */
const NO_PACK = 0x7fff_ffff;

/** An index as bytes, for a copy of it: what `copyOf` needs, in this order. Views, valid until the index changes. */
export interface BlobIndexParts {
  readonly entryCount: number;
  readonly packIds: readonly PackId[];
  readonly slots: Uint32Array;
  /** As many entries as it has room for, the last one fewer. */
  readonly segments: readonly Segment[];
}

export interface Segment {
  readonly ids: Uint8Array;
  readonly words: Uint32Array;
}

export class BlobIndex {
  #segments: Segment[] = [];
  #entryCount = 0;
  /** Entry number + 1; 0 = free. */
  #slots: Uint32Array = new Uint32Array(FIRST_SLOTS);
  #packIds: PackId[] = [];
  #claimCount = 0;
  readonly #packNumbers = new Map<PackId, number>();

  /** From parts that `parts` of another index gave. Takes `slots` and `segments` as its own. */
  static copyOf({ entryCount, packIds, slots, segments }: BlobIndexParts): BlobIndex {
    const copy = new BlobIndex();
    copy.#entryCount = entryCount;
    copy.#slots = slots;
    copy.#segments = [...segments];
    for (const packId of packIds) copy.packNumber(packId);
    return copy;
  }

  /** All that is in it; claims have no place in a copy. */
  parts(): BlobIndexParts {
    invariant(this.#claimCount === 0, 'claims in an index that is to be copied');
    return {
      entryCount: this.#entryCount,
      packIds: this.#packIds,
      slots: this.#slots,
      segments: this.#segments,
    };
  }

  /** Entries, each place of a blob counted, claims too. */
  get entryCount(): number {
    return this.#entryCount;
  }

  /** Claims whose blob has no place yet: somebody is storing it, or has failed to. */
  get claimCount(): number {
    return this.#claimCount;
  }

  get packCount(): number {
    return this.#packIds.length;
  }

  /** Bytes held by the arrays. */
  get memoryBytes(): number {
    return this.#slots.byteLength + this.#segments.length * SEGMENT_ENTRIES * (ID_BYTES + WORDS * 4);
  }

  packIds(): readonly PackId[] {
    return this.#packIds;
  }

  hasPack(packId: PackId): boolean {
    return this.#packNumbers.has(packId);
  }

  /** Number of a pack for `add`; makes one for a new pack. */
  packNumber(packId: PackId): number {
    const known = this.#packNumbers.get(packId);
    if (known !== undefined) return known;
    const number = this.#packIds.length;
    this.#packIds.push(packId);
    this.#packNumbers.set(packId, number);
    return number;
  }

  /**
   * Adds a place. The same place again is ignored. A claim of the same blob gets this place.
   * `ids` holds the id at `idOffset`.
   */
  add(
    packNumber: number,
    type: BlobType,
    ids: Uint8Array,
    idOffset: number,
    offset: number,
    length: number,
    uncompressedLength: number,
  ): void {
    const tag = tagOf(packNumber, type);
    const claimTag = tagOf(NO_PACK, type);
    for (let slot = this.#firstSlot(ids, idOffset); ; slot = this.#nextSlot(slot)) {
      const entry = this.#slots[slot]! - 1;
      if (entry < 0) break;
      if (!this.#isSameId(entry, ids, idOffset)) continue;
      const segment = this.#segments[entry >>> SEGMENT_BITS]!;
      const at = (entry & SEGMENT_MASK) * WORDS;
      if (segment.words[at] === claimTag) {
        segment.words.set([tag, offset, length, uncompressedLength], at);
        this.#claimCount--;
        return;
      }
      if (segment.words[at] === tag && segment.words[at + 1] === offset) return;
    }
    this.#append(tag, ids, idOffset, offset, length, uncompressedLength);
  }

  has(type: BlobType, ids: Uint8Array, idOffset = 0): boolean {
    return this.#find(type, ids, idOffset) >= 0;
  }

  /** True when the blob was unknown; it then counts as known (being stored). */
  claim(type: BlobType, ids: Uint8Array, idOffset = 0): boolean {
    if (this.#find(type, ids, idOffset) >= 0) return false;
    this.#append(tagOf(NO_PACK, type), ids, idOffset, 0, 0, 0);
    this.#claimCount++;
    return true;
  }

  /** Where the blob lies, in the order the places were added; empty when unknown or only claimed. */
  locations(type: BlobType, ids: Uint8Array, idOffset = 0): BlobLocation[] {
    const found: BlobLocation[] = [];
    const typeBit = tagOf(0, type);
    for (let slot = this.#firstSlot(ids, idOffset); ; slot = this.#nextSlot(slot)) {
      const entry = this.#slots[slot]! - 1;
      if (entry < 0) return found;
      const location = this.#isSameId(entry, ids, idOffset) ? this.#location(entry, typeBit) : undefined;
      if (location !== undefined) found.push(location);
    }
  }

  /** The first place, without making a list. */
  location(type: BlobType, ids: Uint8Array, idOffset = 0): BlobLocation | undefined {
    const typeBit = tagOf(0, type);
    for (let slot = this.#firstSlot(ids, idOffset); ; slot = this.#nextSlot(slot)) {
      const entry = this.#slots[slot]! - 1;
      if (entry < 0) return undefined;
      const location = this.#isSameId(entry, ids, idOffset) ? this.#location(entry, typeBit) : undefined;
      if (location !== undefined) return location;
    }
  }

  /** Of all places of all blobs, as they lie in their packs. */
  get sealedBytes(): number {
    let bytes = 0;
    for (let entry = 0; entry < this.#entryCount; entry++)
      bytes += this.#segments[entry >>> SEGMENT_BITS]!.words[(entry & SEGMENT_MASK) * WORDS + 2]!;
    return bytes;
  }

  /** Calls `visit` for every place of every blob, without claims. `id` is a view. */
  forEach(
    visit: (
      packNumber: number,
      type: BlobType,
      id: Uint8Array,
      offset: number,
      length: number,
      uncompressedLength: number,
    ) => void,
  ): void {
    for (let entry = 0; entry < this.#entryCount; entry++) {
      const { ids, words } = this.#segments[entry >>> SEGMENT_BITS]!;
      const index = entry & SEGMENT_MASK;
      const tag = words[index * WORDS]!;
      const packNumber = tag & NO_PACK;
      if (packNumber === NO_PACK) continue;
      visit(
        packNumber,
        tag >>> 31 === 1 ? 'tree' : 'data',
        ids.subarray(index * ID_BYTES, (index + 1) * ID_BYTES),
        words[index * WORDS + 1]!,
        words[index * WORDS + 2]!,
        words[index * WORDS + 3]!,
      );
    }
  }

  /**
   * Number of the blob's first place, -1 when unknown: a name of 4 bytes for a blob, the same while no entry is added,
   * below `entryCount`.
   */
  findEntry(type: BlobType, ids: Uint8Array, idOffset = 0): number {
    return this.#find(type, ids, idOffset);
  }

  /** Numbers of all its places, `findEntry`'s first. */
  findEntries(type: BlobType, ids: Uint8Array, idOffset = 0): number[] {
    const found: number[] = [];
    const typeBit = tagOf(0, type);
    for (let slot = this.#firstSlot(ids, idOffset); ; slot = this.#nextSlot(slot)) {
      const entry = this.#slots[slot]! - 1;
      if (entry < 0) return found;
      if (this.#isSameId(entry, ids, idOffset) && this.#location(entry, typeBit) !== undefined)
        found.push(entry);
    }
  }

  /** `findEntry` of the blob at this place: the same number for all places of a blob. */
  firstEntryOf(entry: number): number {
    const { ids, words } = this.#segments[entry >>> SEGMENT_BITS]!;
    const index = entry & SEGMENT_MASK;
    return this.#find(words[index * WORDS]! >>> 31 === 1 ? 'tree' : 'data', ids, index * ID_BYTES);
  }

  entryAt(entry: number): BlobEntry {
    invariant(entry >= 0 && entry < this.#entryCount, 'unknown entry of the index');
    const { ids, words } = this.#segments[entry >>> SEGMENT_BITS]!;
    const index = entry & SEGMENT_MASK;
    const tag = words[index * WORDS]!;
    return {
      type: tag >>> 31 === 1 ? 'tree' : 'data',
      id: ids.subarray(index * ID_BYTES, (index + 1) * ID_BYTES),
      packNumber: tag & NO_PACK,
      offset: words[index * WORDS + 1]!,
      length: words[index * WORDS + 2]!,
      uncompressedLength: words[index * WORDS + 3]!,
    };
  }

  offsetAt(entry: number): number {
    return this.#segments[entry >>> SEGMENT_BITS]!.words[(entry & SEGMENT_MASK) * WORDS + 1]!;
  }

  /** Plaintext bytes of the blob at this place. */
  plainBytesAt(entry: number): number {
    const { words } = this.#segments[entry >>> SEGMENT_BITS]!;
    const at = (entry & SEGMENT_MASK) * WORDS;
    return words[at + 3]! || words[at + 2]! - SEAL_OVERHEAD_BYTES;
  }

  packIdOf(packNumber: number): PackId {
    const id = this.#packIds[packNumber];
    invariant(id !== undefined, 'unknown pack number');
    return id;
  }

  #find(type: BlobType, ids: Uint8Array, idOffset: number): number {
    const typeBit = tagOf(0, type);
    for (let slot = this.#firstSlot(ids, idOffset); ; slot = this.#nextSlot(slot)) {
      const entry = this.#slots[slot]! - 1;
      if (entry < 0) return -1;
      if (!this.#isSameId(entry, ids, idOffset)) continue;
      const tag = this.#segments[entry >>> SEGMENT_BITS]!.words[(entry & SEGMENT_MASK) * WORDS]!;
      if (tag >>> 31 === typeBit >>> 31) return entry;
    }
  }

  #location(entry: number, typeBit: number): BlobLocation | undefined {
    const { words } = this.#segments[entry >>> SEGMENT_BITS]!;
    const at = (entry & SEGMENT_MASK) * WORDS;
    const tag = words[at]!;
    if (tag >>> 31 !== typeBit >>> 31 || (tag & NO_PACK) === NO_PACK) return undefined;
    return {
      packId: this.#packIds[tag & NO_PACK]!,
      offset: words[at + 1]!,
      length: words[at + 2]!,
      uncompressedLength: words[at + 3]!,
    };
  }

  #append(
    tag: number,
    ids: Uint8Array,
    idOffset: number,
    offset: number,
    length: number,
    uncompressedLength: number,
  ): void {
    if (this.#entryCount + 1 > this.#slots.length * MAX_LOAD) this.#grow();
    const entry = this.#entryCount++;
    if (entry >>> SEGMENT_BITS === this.#segments.length) {
      this.#segments.push({
        ids: new Uint8Array(SEGMENT_ENTRIES * ID_BYTES),
        words: new Uint32Array(SEGMENT_ENTRIES * WORDS),
      });
    }
    const segment = this.#segments[entry >>> SEGMENT_BITS]!;
    const index = entry & SEGMENT_MASK;
    for (let i = 0; i < ID_BYTES; i++) segment.ids[index * ID_BYTES + i] = ids[idOffset + i]!;
    const at = index * WORDS;
    segment.words[at] = tag;
    segment.words[at + 1] = offset;
    segment.words[at + 2] = length;
    segment.words[at + 3] = uncompressedLength;
    this.#place(entry, segment.ids, index * ID_BYTES);
  }

  #place(entry: number, ids: Uint8Array, idOffset: number): void {
    let slot = this.#firstSlot(ids, idOffset);
    while (this.#slots[slot] !== 0) slot = this.#nextSlot(slot);
    this.#slots[slot] = entry + 1;
  }

  #grow(): void {
    this.#slots = new Uint32Array(this.#slots.length * 2);
    for (let entry = 0; entry < this.#entryCount; entry++) {
      this.#place(entry, this.#segments[entry >>> SEGMENT_BITS]!.ids, (entry & SEGMENT_MASK) * ID_BYTES);
    }
  }

  /** An id is a hash already: any four of its bytes spread evenly. */
  #firstSlot(ids: Uint8Array, at: number): number {
    const hash = ids[at]! | (ids[at + 1]! << 8) | (ids[at + 2]! << 16) | (ids[at + 3]! << 24);
    return hash & (this.#slots.length - 1);
  }

  #nextSlot(slot: number): number {
    return (slot + 1) & (this.#slots.length - 1);
  }

  #isSameId(entry: number, ids: Uint8Array, at: number): boolean {
    const own = this.#segments[entry >>> SEGMENT_BITS]!.ids;
    const start = (entry & SEGMENT_MASK) * ID_BYTES;
    for (let i = 0; i < ID_BYTES; i++) if (own[start + i] !== ids[at + i]) return false;
    return true;
  }
}

/** Pack number in the low 31 bits, kind in the highest. */
function tagOf(packNumber: number, type: BlobType): number {
  return (packNumber | (type === 'tree' ? 0x8000_0000 : 0)) >>> 0;
}
