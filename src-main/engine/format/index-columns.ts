/**
 * The contents of one index file as typed arrays, filled by either parser and then replayed to the visitor. Keeps
 * parsing free of an object per blob, and the visitor free of half an index when the file turns out to be damaged.
 */
import { ID_BYTES, type PackId } from '#base/ids.ts';
import type { BlobType } from '#format/blob-type.ts';
import { SEAL_OVERHEAD_BYTES } from '#format/envelope.ts';
import { FormatError } from '#format/format-error.ts';

export interface IndexVisitor {
  /** The following blobs are in this pack. */
  pack(id: PackId): void;
  /**
   * The blob's id is the 32 bytes of `ids` from `idOffset` on; `ids` is valid during the call only.
   * `uncompressedLength` is 0 for blobs stored without compression. Offsets come in any order.
   */
  blob(
    type: BlobType,
    ids: Uint8Array,
    idOffset: number,
    offset: number,
    sealedLength: number,
    uncompressedLength: number,
  ): void;
}

/** `{"id":"<64 digits>","type":"data","offset":0,"length":32}`: no entry can be shorter. */
const MIN_ENTRY_BYTES = 110;

const MAX_UINT32 = 0xffff_ffff;
const NUMBERS_PER_BLOB = 3;

export class IndexColumns {
  /** 32 bytes per blob. */
  readonly ids: Uint8Array;
  readonly #isTree: Uint8Array;
  /** Offset, sealed length, uncompressed length per blob. */
  readonly #numbers: Uint32Array;
  #count = 0;
  readonly #packs: { readonly id: PackId; readonly firstBlob: number }[] = [];

  /** `jsonBytes`: length of the file's JSON, which limits how many blobs there can be. */
  constructor(jsonBytes: number) {
    const capacity = Math.floor(jsonBytes / MIN_ENTRY_BYTES);
    this.ids = new Uint8Array(capacity * ID_BYTES);
    this.#isTree = new Uint8Array(capacity);
    this.#numbers = new Uint32Array(capacity * NUMBERS_PER_BLOB);
  }

  addPack(id: PackId): void {
    this.#packs.push({ id, firstBlob: this.#count });
  }

  /** Number of the next blob; its id belongs into `ids` before `addBlob` is called. */
  get nextSlot(): number {
    return this.#count;
  }

  /** @throws FormatError when the numbers are impossible. */
  addBlob(isTree: boolean, offset: number, sealedLength: number, uncompressedLength: number): void {
    if (sealedLength < SEAL_OVERHEAD_BYTES) throw new FormatError('blob in an index is too short');
    if (offset > MAX_UINT32 || sealedLength > MAX_UINT32 || uncompressedLength > MAX_UINT32) {
      throw new FormatError('blob in an index lies out of range');
    }
    const slot = this.#count;
    this.#isTree[slot] = isTree ? 1 : 0;
    this.#numbers[slot * NUMBERS_PER_BLOB] = offset;
    this.#numbers[slot * NUMBERS_PER_BLOB + 1] = sealedLength;
    this.#numbers[slot * NUMBERS_PER_BLOB + 2] = uncompressedLength;
    this.#count = slot + 1;
  }

  replay(visitor: IndexVisitor): void {
    const numbers = this.#numbers;
    this.#packs.forEach(({ id, firstBlob }, i) => {
      visitor.pack(id);
      const end = this.#packs[i + 1]?.firstBlob ?? this.#count;
      for (let slot = firstBlob; slot < end; slot++) {
        const at = slot * NUMBERS_PER_BLOB;
        visitor.blob(
          this.#isTree[slot] === 1 ? 'tree' : 'data',
          this.ids,
          slot * ID_BYTES,
          numbers[at] as number,
          numbers[at + 1] as number,
          numbers[at + 2] as number,
        );
      }
    });
  }
}
