/**
 * Which data blobs can be had, as far as can be told without reading them: the index names a place, and the pack there is long
 * enough. Notes what is missing, and by which files it is missed. Packs count as gone only when the place says so for sure.
 */
import type { ByteString } from '#base/byte-string.ts';
import { idToBytes, type BlobId } from '#base/ids.ts';
import { isTidemarkError, TidemarkError } from '#base/errors.ts';
import type { TreeNode } from '#format/tree-node.ts';
import { BlobIndex } from '#repository/blob-index.ts';
import type { Repository } from '#repository/repository.ts';
import type { Storage } from '#storage/port.ts';
import { listPacksSurely } from '../list-packs-surely.ts';
import type { BlobName } from '../heal-blobs.ts';

export class AvailableBlobs {
  readonly #repository: Repository;
  readonly #index: BlobIndex;
  readonly #signal: AbortSignal | undefined;
  /** By pack number, of the packs known when it was made; -1 = not there. Later ones are whole. */
  readonly #packBytes: Float64Array;
  readonly brokenPacks: number;

  private constructor(
    repository: Repository,
    packBytes: Float64Array,
    brokenPacks: number,
    signal: AbortSignal | undefined,
  ) {
    this.#repository = repository;
    this.#index = repository.index;
    this.#signal = signal;
    this.#packBytes = packBytes;
    this.brokenPacks = brokenPacks;
  }

  /** The index is loaded. @throws storage.ioFailed when no pack at all is there, or the place contradicts itself */
  static async load(repository: Repository, signal: AbortSignal | undefined): Promise<AvailableBlobs> {
    const { index, storage } = repository;
    const packIds = index.packIds();
    const found = await listPacksSurely(storage, packIds, signal);
    const packBytes = Float64Array.from(packIds, (packId) => found.get(packId) ?? -1);
    if (packBytes.length > 0 && packBytes.every((bytes) => bytes < 0)) {
      // Rather a disk that is not connected whole than a loss.
      throw doubt(storage, 'list', 'none of the data files is there');
    }
    const broken = new Set<number>();
    index.forEach((packNumber, _type, _id, offset, length) => {
      if (offset + length > packBytes[packNumber]!) broken.add(packNumber);
    });
    return new AvailableBlobs(repository, packBytes, broken.size, signal);
  }

  /** Plaintext bytes of a data blob; undefined when it is not to be had. */
  sizeOf(id: BlobId): number | undefined {
    const idBytes = idToBytes(id);
    const first = this.#index.findEntry('data', idBytes);
    if (first < 0) return undefined;
    if (this.#isThere(first)) return this.#index.plainBytesAt(first);
    const other = this.#index.findEntries('data', idBytes).find((entry) => this.#isThere(entry));
    return other === undefined ? undefined : this.#index.plainBytesAt(other);
  }

  /**
   * Reads a tree once more that could not be read, past everything that is remembered of its packs.
   * @throws storage.ioFailed when it opens now: such a place is not to be judged by
   */
  async assertTreeLost(id: BlobId): Promise<void> {
    const { storage, codec } = this.#repository;
    const idBytes = idToBytes(id);
    for (const { packId, offset, length, uncompressedLength } of this.#index.locations('tree', idBytes)) {
      try {
        const sealed = await storage.load('pack', packId, { offset, length }, this.#signal);
        codec.open(sealed, uncompressedLength, idBytes);
      } catch (error) {
        const isDamage =
          !isTidemarkError(error) ||
          isTidemarkError(error, 'storage.objectMissing') ||
          isTidemarkError(error, 'storage.rangeInvalid');
        if (isDamage) continue;
        throw error;
      }
      throw doubt(storage, 'load', 'a file read differently the second time');
    }
  }

  #isThere(entry: number): boolean {
    const { packNumber, offset, length } = this.#index.entryAt(entry);
    return packNumber >= this.#packBytes.length || offset + length <= this.#packBytes[packNumber]!;
  }
}

function doubt({ location }: Storage, operation: string, reason: string): TidemarkError {
  return new TidemarkError('storage.ioFailed', { location, operation, reason }, { retry: 'later' });
}

/** What is missing, in few bytes per blob. */
export class MissingBlobs {
  /** Only its set of claims is used. */
  readonly #blobs = new BlobIndex();
  readonly #sizes = new Set<number>();
  readonly #names = new Set<ByteString>();

  get count(): number {
    return this.#blobs.entryCount;
  }

  addTree(id: BlobId): void {
    this.#blobs.claim('tree', idToBytes(id));
  }

  addContent(node: TreeNode, ids: readonly BlobId[]): void {
    for (const id of ids) this.#blobs.claim('data', idToBytes(id));
    this.#sizes.add(Number(node.size));
    this.#names.add(node.name);
  }

  *blobs(): Generator<BlobName> {
    for (let entry = 0; entry < this.#blobs.entryCount; entry++) yield this.#blobs.entryAt(entry);
  }

  /** A live file that has the size or the name of one that misses something. */
  mayBeIn(path: ByteString, sizeBytes: number): boolean {
    return this.#sizes.has(sizeBytes) || this.#names.has(path.slice(path.lastIndexOf('/') + 1) as ByteString);
  }
}
