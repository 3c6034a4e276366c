/**
 * The index turned round: which entries each pack has, in order of offset, in 4 bytes per entry; and what size the file
 * must have for them. Source: repository format, 7.1.
 */
import { ID_BYTES } from '#base/ids.ts';
import { packEntryBytes, packSize } from '#format/pack-header.ts';
import type { PackEntries } from '#pipeline/job-types.ts';
import type { BlobIndex } from '#repository/blob-index.ts';

const HAS_DATA = 1;
const HAS_TREES = 2;

export class PackInventory {
  readonly #index: BlobIndex;
  /** Entry numbers of all packs, pack after pack, by offset within each. */
  readonly #entries: Uint32Array;
  /** Where each pack's part begins; one more than packs. */
  readonly #starts: Uint32Array;
  readonly #sizes: Float64Array;
  readonly #kinds: Uint8Array;

  /** The index must not hold claims. */
  constructor(index: BlobIndex) {
    const { entryCount, packCount } = index;
    this.#index = index;
    this.#sizes = new Float64Array(packCount).fill(packSize([]));
    this.#kinds = new Uint8Array(packCount);
    this.#starts = new Uint32Array(packCount + 1);
    const packOf = new Uint32Array(entryCount);
    for (let entry = 0; entry < entryCount; entry++) {
      const { type, packNumber, length, uncompressedLength } = index.entryAt(entry);
      packOf[entry] = packNumber;
      this.#sizes[packNumber]! += length + packEntryBytes(uncompressedLength);
      this.#kinds[packNumber]! |= type === 'tree' ? HAS_TREES : HAS_DATA;
      this.#starts[packNumber + 1]!++;
    }
    for (let pack = 0; pack < packCount; pack++) this.#starts[pack + 1]! += this.#starts[pack]!;
    this.#entries = new Uint32Array(entryCount);
    const next = this.#starts.slice();
    for (let entry = 0; entry < entryCount; entry++) this.#entries[next[packOf[entry]!]!++] = entry;
    for (let pack = 0; pack < packCount; pack++)
      this.entriesOf(pack).sort((a, b) => index.offsetAt(a) - index.offsetAt(b));
  }

  /** Entry numbers of one pack by offset; a view. */
  entriesOf(packNumber: number): Uint32Array {
    return this.#entries.subarray(this.#starts[packNumber], this.#starts[packNumber + 1]);
  }

  expectedBytes(packNumber: number): number {
    return this.#sizes[packNumber]!;
  }

  hasTrees(packNumber: number): boolean {
    return (this.#kinds[packNumber]! & HAS_TREES) !== 0;
  }

  isMixed(packNumber: number): boolean {
    return this.#kinds[packNumber] === (HAS_DATA | HAS_TREES);
  }

  /** For a worker that reads the pack; arrays of their own. */
  packEntries(packNumber: number): PackEntries {
    const entries = this.entriesOf(packNumber);
    const ids = new Uint8Array(entries.length * ID_BYTES);
    const isTree = new Uint8Array(entries.length);
    const numbers = new Uint32Array(entries.length * 3);
    entries.forEach((entry, i) => {
      const { type, id, offset, length, uncompressedLength } = this.#index.entryAt(entry);
      ids.set(id, i * ID_BYTES);
      isTree[i] = type === 'tree' ? 1 : 0;
      numbers.set([offset, length, uncompressedLength], i * 3);
    });
    return { ids, isTree, numbers };
  }
}
