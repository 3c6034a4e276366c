/**
 * One pack being filled by a worker: sealed blobs one after another in a buffer that grows up to the pack size plus
 * one blob. Owns the buffer until `take`; knows nothing of headers and storage. Source: repository format, section 7.
 */
import { ID_BYTES } from '#base/ids.ts';
import { NUMBERS_PER_PLACE } from './pack-entries.ts';
import type { BlobType, UnfinishedPack } from './protocol.ts';

const FIRST_BUFFER_BYTES = 1 << 20;
/** Blobs that the columns have room for at first. */
const FIRST_BLOBS = 1024;
/** Room behind the pack size for the blob that closes the pack and for the header; a larger blob gets what it needs. */
const CLOSING_BYTES = 1 << 20;

export class OpenPack {
  readonly blobType: BlobType;
  #bytes: Uint8Array<ArrayBuffer> | undefined;
  #used = 0;
  #blobCount = 0;
  #ids = new Uint8Array(FIRST_BLOBS * ID_BYTES);
  #places = new Uint32Array(FIRST_BLOBS * NUMBERS_PER_PLACE);

  readonly #fullBytes: number;

  constructor(blobType: BlobType, packSizeBytes: number) {
    this.blobType = blobType;
    this.#fullBytes = packSizeBytes + CLOSING_BYTES;
  }

  get sizeBytes(): number {
    return this.#used;
  }

  get isEmpty(): boolean {
    return this.#blobCount === 0;
  }

  get blobCount(): number {
    return this.#blobCount;
  }

  /** A buffer that came back from an upload saves making a new one. */
  adopt(buffer: ArrayBuffer): boolean {
    if (this.#bytes !== undefined) return false;
    this.#bytes = new Uint8Array(buffer);
    return true;
  }

  /** The buffer with room for `extraBytes` behind `sizeBytes`. Views taken earlier are void. */
  reserve(extraBytes: number): Uint8Array<ArrayBuffer> {
    const needed = this.#used + extraBytes;
    if (this.#bytes === undefined || this.#bytes.length < needed) {
      const doubled = Math.max((this.#bytes?.length ?? 0) * 2, FIRST_BUFFER_BYTES);
      const grown = new Uint8Array(Math.max(needed, Math.min(doubled, this.#fullBytes)));
      if (this.#bytes !== undefined) grown.set(this.#bytes.subarray(0, this.#used));
      this.#bytes = grown;
    }
    return this.#bytes;
  }

  /** Notes a blob that was sealed at the end of the used part. */
  add(id: Uint8Array, sealedLength: number, uncompressedLength: number): void {
    if (this.#blobCount * ID_BYTES === this.#ids.length) this.#growColumns();
    this.#ids.set(id, this.#blobCount * ID_BYTES);
    this.#places.set([this.#used, sealedLength, uncompressedLength], this.#blobCount * NUMBERS_PER_PLACE);
    this.#blobCount++;
    this.#used += sealedLength;
  }

  /** The contents, leaving the pack empty and without a buffer. `bytes` is the used part of a larger buffer. */
  take(): UnfinishedPack {
    const taken = {
      blobType: this.blobType,
      ids: this.#ids.slice(0, this.#blobCount * ID_BYTES),
      places: this.#places.slice(0, this.#blobCount * NUMBERS_PER_PLACE),
      bytes: (this.#bytes ?? new Uint8Array(0)).subarray(0, this.#used),
    };
    this.#bytes = undefined;
    this.#used = 0;
    this.#blobCount = 0;
    return taken;
  }

  #growColumns(): void {
    const ids = new Uint8Array(this.#ids.length * 2);
    ids.set(this.#ids);
    this.#ids = ids;
    const places = new Uint32Array(this.#places.length * 2);
    places.set(this.#places);
    this.#places = places;
  }
}
