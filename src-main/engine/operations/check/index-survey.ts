/**
 * Notes while index files are loaded what each says of each pack, in a few numbers per pack, so that packs that stand in
 * several files can be compared: same description = wasteful, different ones = an error. Source: repository format, 8 and 18.
 */
import type { IndexId } from '#base/ids.ts';
import type { BlobIndex, BlobType } from '#repository/blob-index.ts';
import type { IndexFileObserver } from '#repository/index-loader.ts';
import type { CheckTally } from './check-tally.ts';

/** Sum over a file's entries for one pack, the same in any order of them. */
interface Description {
  readonly indexId: IndexId;
  blobs: number;
  sumA: number;
  sumB: number;
}

export class IndexSurvey implements IndexFileObserver {
  /** By pack number: the description found first, and further ones where there are any. */
  readonly #first: Description[] = [];
  readonly #further = new Map<number, Description[]>();
  #current: Description | undefined;

  onPack(indexId: IndexId, packNumber: number): void {
    const known = [this.#first[packNumber], ...(this.#further.get(packNumber) ?? [])];
    this.#current = known.find((description) => description?.indexId === indexId);
    if (this.#current !== undefined) return;
    this.#current = { indexId, blobs: 0, sumA: 0, sumB: 0 };
    if (this.#first[packNumber] === undefined) this.#first[packNumber] = this.#current;
    else this.#further.set(packNumber, [...(this.#further.get(packNumber) ?? []), this.#current]);
  }

  onBlob(
    type: BlobType,
    ids: Uint8Array,
    idOffset: number,
    offset: number,
    length: number,
    uncompressedLength: number,
  ): void {
    const description = this.#current!;
    // An id is a hash; mixing the numbers into its words makes a hash of the whole entry.
    let a = wordAt(ids, idOffset) ^ (type === 'tree' ? 0x9e3779b9 : 0);
    let b = wordAt(ids, idOffset + 4);
    for (const number of [offset, length, uncompressedLength]) {
      a = Math.imul(a ^ number, 0x85ebca6b);
      a ^= a >>> 15;
      b = Math.imul(b ^ number, 0xc2b2ae35);
      b ^= b >>> 13;
    }
    description.blobs++;
    description.sumA = (description.sumA + a) | 0;
    description.sumB = (description.sumB + b) | 0;
  }

  /** Packs described more than once. Call when all files are loaded. */
  report(index: BlobIndex, tally: CheckTally): void {
    for (const [packNumber, further] of this.#further) {
      const packId = index.packIdOf(packNumber);
      const indexIds = [this.#first[packNumber]!, ...further].map(({ indexId }) => indexId);
      if (this.#isInDispute(packNumber))
        tally.addError({ code: 'packDescribedDifferently', packId, indexIds });
      else tally.addHint({ code: 'packInSeveralIndexes', packId, indexIds });
    }
  }

  /** Numbers of packs that are described in different ways. Call when all files are loaded. */
  packsInDispute(): number[] {
    return [...this.#further.keys()].filter((packNumber) => this.#isInDispute(packNumber));
  }

  #isInDispute(packNumber: number): boolean {
    const first = this.#first[packNumber]!;
    const further = this.#further.get(packNumber) ?? [];
    return further.some(
      ({ blobs, sumA, sumB }) => blobs !== first.blobs || sumA !== first.sumA || sumB !== first.sumB,
    );
  }
}

function wordAt(bytes: Uint8Array, at: number): number {
  return bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
}
