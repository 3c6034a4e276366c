/**
 * What a check found unusable: places of blobs that are bad, and blobs that have no good place left. A blob is a few bytes
 * here, so that a repository whose whole index is gone still fits.
 */
import type { BlobId } from '#base/ids.ts';
import type { ByteString } from '#base/byte-string.ts';
import { BlobIndex, type BlobType } from '#repository/blob-index.ts';

export class Losses {
  readonly #index: BlobIndex;
  /** Only its set of claims is used. */
  readonly #lost = new BlobIndex();
  readonly #badPlaces = new Set<number>();
  readonly #badNodes = new Map<BlobId, Set<ByteString>>();

  constructor(index: BlobIndex) {
    this.#index = index;
  }

  /** The blob cannot be had from anywhere. True when that was not known. */
  add(type: BlobType, ids: Uint8Array, idOffset = 0): boolean {
    return this.#lost.claim(type, ids, idOffset);
  }

  has(type: BlobType, ids: Uint8Array, idOffset = 0): boolean {
    return this.#lost.has(type, ids, idOffset);
  }

  /** This entry of the index leads to nothing usable. */
  addPlace(entry: number): void {
    this.#badPlaces.add(entry);
  }

  /** A node that says too little to be restored. */
  addNode(treeId: BlobId, name: ByteString): void {
    const names = this.#badNodes.get(treeId) ?? new Set();
    this.#badNodes.set(treeId, names.add(name));
  }

  isBadNode(treeId: BlobId, name: ByteString): boolean {
    return this.#badNodes.get(treeId)?.has(name) ?? false;
  }

  /** Call when all places are known: blobs whose every place is bad are lost. */
  settle(): void {
    for (const entry of this.#badPlaces) {
      const { type, id } = this.#index.entryAt(entry);
      if (this.#index.findEntries(type, id).every((place) => this.#badPlaces.has(place))) this.add(type, id);
    }
  }

  get isEmpty(): boolean {
    return this.#lost.entryCount === 0 && this.#badNodes.size === 0;
  }
}
