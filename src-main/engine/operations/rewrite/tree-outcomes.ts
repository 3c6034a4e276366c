/**
 * What became of trees that were rewritten, so that each is gone through once however many snapshots share it. About 90
 * bytes per tree in flat arrays: objects and texts would take many times that with millions of folders.
 */
import { bytesToId, ID_BYTES, idToBytes, type BlobId } from '#base/ids.ts';

export interface TreeOutcome {
  /** The tree as it is now; the old id when nothing changed. */
  readonly id: BlobId;
  /** In it and below it. */
  readonly files: number;
  readonly bytes: number;
  /** Left out of it and from below it. */
  readonly goneFiles: number;
  readonly goneBytes: number;
}

/** Of a key, which is a hash: enough to tell any two apart. */
const KEY_BYTES = 16;
const NUMBERS = 4;
const FIRST_ROOM = 1 << 10;
/** The table doubles when more than this share of it is taken. */
const MAX_LOAD = 0.7;

export class TreeOutcomes {
  #keys = new Uint8Array(FIRST_ROOM * KEY_BYTES);
  #ids = new Uint8Array(FIRST_ROOM * ID_BYTES);
  #numbers = new Float64Array(FIRST_ROOM * NUMBERS);
  #count = 0;
  /** Position + 1; 0 = free. */
  #slots = new Uint32Array(FIRST_ROOM * 2);

  /** `key`: a hash of at least KEY_BYTES bytes. */
  get(key: Uint8Array): TreeOutcome | undefined {
    const position = this.#slots[this.#slotOf(key, 0)]! - 1;
    if (position < 0) return undefined;
    const at = position * NUMBERS;
    return {
      id: bytesToId<BlobId>(this.#ids.subarray(position * ID_BYTES, (position + 1) * ID_BYTES)),
      files: this.#numbers[at]!,
      bytes: this.#numbers[at + 1]!,
      goneFiles: this.#numbers[at + 2]!,
      goneBytes: this.#numbers[at + 3]!,
    };
  }

  /** Once per key. */
  add(key: Uint8Array, { id, files, bytes, goneFiles, goneBytes }: TreeOutcome): void {
    if ((this.#count + 1) * NUMBERS > this.#numbers.length) this.#growColumns();
    if (this.#count + 1 > this.#slots.length * MAX_LOAD) this.#growTable();
    const position = this.#count++;
    this.#keys.set(key.subarray(0, KEY_BYTES), position * KEY_BYTES);
    this.#ids.set(idToBytes(id), position * ID_BYTES);
    this.#numbers.set([files, bytes, goneFiles, goneBytes], position * NUMBERS);
    this.#slots[this.#slotOf(key, 0)] = position + 1;
  }

  /** Where the key is, or the free slot where it belongs. */
  #slotOf(keys: Uint8Array, at: number): number {
    const mask = this.#slots.length - 1;
    let slot = (keys[at]! | (keys[at + 1]! << 8) | (keys[at + 2]! << 16) | (keys[at + 3]! << 24)) & mask;
    for (;;) {
      const position = this.#slots[slot]! - 1;
      if (position < 0 || this.#isSameKey(position, keys, at)) return slot;
      slot = (slot + 1) & mask;
    }
  }

  #isSameKey(position: number, keys: Uint8Array, at: number): boolean {
    const start = position * KEY_BYTES;
    for (let i = 0; i < KEY_BYTES; i++) if (this.#keys[start + i] !== keys[at + i]) return false;
    return true;
  }

  #growTable(): void {
    this.#slots = new Uint32Array(this.#slots.length * 2);
    for (let position = 0; position < this.#count; position++)
      this.#slots[this.#slotOf(this.#keys, position * KEY_BYTES)] = position + 1;
  }

  #growColumns(): void {
    const keys = new Uint8Array(this.#keys.length * 2);
    keys.set(this.#keys);
    this.#keys = keys;
    const ids = new Uint8Array(this.#ids.length * 2);
    ids.set(this.#ids);
    this.#ids = ids;
    const numbers = new Float64Array(this.#numbers.length * 2);
    numbers.set(this.#numbers);
    this.#numbers = numbers;
  }
}
