/**
 * Reads blobs out of packs: finds every place of a blob, loads its range, and falls back to the next place when one is
 * damaged. Trees are read with read-ahead, because those of one backup lie side by side; the read-ahead is
 * bounded by SEGMENT_BYTES * MAX_SEGMENTS. What a far place has sent of trees is kept nearby, and asked for again when it does
 * not open. Source: repository format, 7.3.
 */
import { idToBytes, type BlobId, type PackId } from '#base/ids.ts';
import { isTidemarkError, TidemarkError } from '#base/errors.ts';
import type { BlobCodec } from '#format/primitives.ts';
import type { Storage } from '#storage/port.ts';
import type { BlobIndex, BlobLocation, BlobType } from './blob-index.ts';
import type { RepositoryCache } from './repository-cache.ts';

const SEGMENT_BYTES = 512 * 1024;
const MAX_SEGMENTS = 16;

/** A blob as it lies in its pack, with what is needed to open it. */
export interface SealedBlob {
  readonly bytes: Uint8Array;
  readonly uncompressedLength: number;
  readonly id: Uint8Array;
}

export class BlobReader {
  readonly #storage: Storage;
  readonly #index: BlobIndex;
  readonly #codec: BlobCodec;
  readonly #cache: RepositoryCache | undefined;
  readonly #onNotThere: () => void;
  /** Recently read parts of packs by `packId/segment`; the oldest first. */
  readonly #segments = new Map<string, Promise<Uint8Array>>();
  readonly #packSizes = new Map<string, Promise<number>>();

  /** @param onNotThere a blob is not where the index says, or unknown to it */
  constructor(
    storage: Storage,
    index: BlobIndex,
    codec: BlobCodec,
    onNotThere: () => void,
    cache?: RepositoryCache,
  ) {
    this.#cache = cache;
    this.#onNotThere = onNotThere;
    this.#storage = storage;
    this.#index = index;
    this.#codec = codec;
  }

  /**
   * The plaintext, hash proven; a copy of its own.
   * @throws integrity.blobMissing, integrity.blobCorrupt (the last place tried)
   */
  async load(type: BlobType, id: BlobId, signal?: AbortSignal): Promise<Uint8Array> {
    const idBytes = idToBytes(id);
    const locations = this.#index.locations(type, idBytes);
    let failure: TidemarkError = new TidemarkError('integrity.blobMissing', { blobId: id, kind: type });
    for (const location of locations) {
      try {
        const sealed = await this.#loadRange(type, location, signal);
        const proven = await this.#provenIfKept(type, sealed, location, idBytes, signal);
        return this.#codec.open(proven, location.uncompressedLength, idBytes).slice();
      } catch (error) {
        failure = this.#asBlobError(error, type, id, location);
        this.#onNotThere();
      }
    }
    if (locations.length === 0) this.#onNotThere();
    throw failure;
  }

  /** The first place's sealed bytes, for handing to a worker that opens and so proves them. Undefined when unknown. */
  async loadSealed(type: BlobType, id: BlobId, signal?: AbortSignal): Promise<SealedBlob | undefined> {
    const idBytes = idToBytes(id);
    const location = this.#index.location(type, idBytes);
    if (location === undefined) return undefined;
    const loaded = await this.#loadRange(type, location, signal);
    const bytes = await this.#provenIfKept(type, loaded, location, idBytes, signal);
    return { bytes, uncompressedLength: location.uncompressedLength, id: idBytes };
  }

  async #loadRange(
    type: BlobType,
    location: BlobLocation,
    signal: AbortSignal | undefined,
  ): Promise<Uint8Array> {
    const { packId, offset, length } = location;
    const load = (): Promise<Uint8Array> => this.#storage.load('pack', packId, { offset, length }, signal);
    if (type === 'data') return load();
    if (length > SEGMENT_BYTES) return this.#kept(rangeKey(location), load);
    const first = Math.floor(offset / SEGMENT_BYTES);
    const last = Math.floor((offset + length - 1) / SEGMENT_BYTES);
    const start = offset - first * SEGMENT_BYTES;
    const head = await this.#loadSegment(packId, first, signal);
    if (first === last && head.length >= start + length) return head.slice(start, start + length);
    if (first === last) return load();
    const tail = await this.#loadSegment(packId, last, signal);
    const isWhole = head.length - start + tail.length >= length;
    if (!isWhole) return load();
    const bytes = new Uint8Array(length);
    bytes.set(head.subarray(start));
    bytes.set(tail.subarray(0, length - (head.length - start)), head.length - start);
    return bytes;
  }

  #loadSegment(packId: string, segment: number, signal: AbortSignal | undefined): Promise<Uint8Array> {
    const key = `${packId}/${segment}`;
    const known = this.#segments.get(key);
    if (known !== undefined) {
      this.#segments.delete(key);
      this.#segments.set(key, known);
      return known;
    }
    const loading = this.#kept(segmentKey(packId, segment), () => this.#readSegment(packId, segment, signal));
    this.#segments.set(key, loading);
    loading.catch(() => this.#segments.delete(key));
    if (this.#segments.size > MAX_SEGMENTS) this.#segments.delete(this.#segments.keys().next().value!);
    return loading;
  }

  async #readSegment(packId: string, segment: number, signal: AbortSignal | undefined): Promise<Uint8Array> {
    const packSize = await this.#packSize(packId, signal);
    const offset = segment * SEGMENT_BYTES;
    const length = Math.max(0, Math.min(SEGMENT_BYTES, packSize - offset));
    return length === 0 ? new Uint8Array(0) : this.#storage.load('pack', packId, { offset, length }, signal);
  }

  #packSize(packId: string, signal: AbortSignal | undefined): Promise<number> {
    let size = this.#packSizes.get(packId);
    if (size === undefined) {
      size = this.#storage.stat('pack', packId, signal).then((entry) => entry.sizeBytes);
      size.catch(() => this.#packSizes.delete(packId));
      this.#packSizes.set(packId, size);
    }
    return size;
  }

  async #kept(key: string, load: () => Promise<Uint8Array>): Promise<Uint8Array> {
    if (this.#cache === undefined) return load();
    const kept = await this.#cache.get('tree', key);
    if (kept !== undefined) return kept;
    const bytes = await load();
    this.#cache.keep('tree', key, bytes);
    return bytes;
  }

  /** What was kept and does not open may be right in the place: it is dropped and asked for once more. */
  async #provenIfKept(
    type: BlobType,
    sealed: Uint8Array,
    location: BlobLocation,
    id: Uint8Array,
    signal: AbortSignal | undefined,
  ): Promise<Uint8Array> {
    if (this.#cache === undefined || type === 'data') return sealed;
    try {
      this.#codec.open(sealed, location.uncompressedLength, id);
      return sealed;
    } catch {
      const { packId, offset, length } = location;
      const first = Math.floor(offset / SEGMENT_BYTES);
      const last = Math.floor((offset + length - 1) / SEGMENT_BYTES);
      for (let segment = first; segment <= last; segment++) {
        this.#segments.delete(`${packId}/${segment}`);
        await this.#cache.drop('tree', segmentKey(packId, segment));
      }
      await this.#cache.drop('tree', rangeKey(location));
      return this.#storage.load('pack', packId, { offset, length }, signal);
    }
  }

  #asBlobError(error: unknown, type: BlobType, id: BlobId, location: BlobLocation): TidemarkError {
    const damaged =
      isTidemarkError(error, 'storage.rangeInvalid') || isTidemarkError(error, 'storage.objectMissing');
    if (isTidemarkError(error) && !damaged) throw error;
    const reason = isTidemarkError(error, 'storage.objectMissing')
      ? 'its pack file is missing'
      : damaged
        ? 'its pack file is too short'
        : error instanceof Error
          ? error.message
          : String(error);
    return new TidemarkError(
      'integrity.blobCorrupt',
      { blobId: id, kind: type, packId: location.packId, reason },
      { cause: error },
    );
  }
}

/** A pack of trees that was just stored, as the reader will ask for it. */
export function keepSegments(cache: RepositoryCache, packId: PackId, bytes: Uint8Array): void {
  for (let segment = 0; segment * SEGMENT_BYTES < bytes.length; segment++) {
    const start = segment * SEGMENT_BYTES;
    cache.keep('tree', segmentKey(packId, segment), bytes.subarray(start, start + SEGMENT_BYTES));
  }
}

function segmentKey(packId: string, segment: number): string {
  return `${packId}.${segment}`;
}

function rangeKey({ packId, offset, length }: BlobLocation): string {
  return `${packId}.${offset}-${length}`;
}
