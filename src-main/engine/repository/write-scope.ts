/**
 * Everything written to a repository in one run goes through here, in the order that keeps it consistent at any
 * moment: packs durable, then index files that name them, then (by the caller) the snapshot. Blobs are claimed so that each
 * is stored once. Nothing is written without a lock that is proven ours. Source: repository format, 8.1 and 14.
 */
import type { Clock } from '#base/clock.ts';
import { ID_BYTES, bytesToId, joinIds, type IndexId, type PackId } from '#base/ids.ts';
import type { PackEntry } from '#format/pack-header.ts';
import type { CryptoKeys, Primitives } from '#format/primitives.ts';
import { finishPack } from '#pipeline/finish-pack.ts';
import { NUMBERS_PER_PLACE, packEntries } from '#pipeline/pack-entries.ts';
import type { BlobType, FinishedPack, UnfinishedPack } from '#pipeline/protocol.ts';
import type { Storage } from '#storage/port.ts';
import type { BlobIndex } from './blob-index.ts';
import { keepSegments } from './blob-reader.ts';
import { IndexWriter } from './index-writer.ts';
import type { RepositoryCache } from './repository-cache.ts';
import type { RepositoryFiles } from './repository-files.ts';

/** The last pack of files goes up beside the one of trees; more at once would be more memory. */
const LEFTOVERS_AT_ONCE = 2;

export interface WriteScopeParts {
  readonly storage: Storage;
  readonly files: RepositoryFiles;
  readonly index: BlobIndex;
  readonly primitives: Primitives;
  readonly keys: CryptoKeys;
  readonly clock: Clock;
  readonly cache?: RepositoryCache | undefined;
  /** Awaited before every write. @throws repository.lockLost */
  assertLockHeld(): Promise<void>;
  /** Hears of each index file that is durable. */
  onIndexSaved?(id: IndexId): void;
}

export class WriteScope {
  readonly #parts: WriteScopeParts;
  readonly #indexWriter: IndexWriter;

  constructor(parts: WriteScopeParts) {
    this.#parts = parts;
    this.#indexWriter = new IndexWriter(parts.files, parts.clock, (id) => parts.onIndexSaved?.(id));
  }

  /** One byte per id: 1 = unknown until now, to be stored by the caller. */
  claim(type: BlobType, ids: Uint8Array): Uint8Array {
    const isNew = new Uint8Array(ids.length / ID_BYTES);
    for (let i = 0; i < isNew.length; i++) if (this.#parts.index.claim(type, ids, i * ID_BYTES)) isNew[i] = 1;
    return isNew;
  }

  /** Makes a pack durable and its blobs known. Several may be under way. */
  async storePack(pack: FinishedPack): Promise<void> {
    const { storage, cache } = this.#parts;
    await this.#parts.assertLockHeld();
    const packId = bytesToId<PackId>(pack.packId);
    await storage.save('pack', packId, pack.bytes, undefined, pack.blobType);
    if (cache !== undefined && pack.blobType === 'tree') keepSegments(cache, packId, pack.bytes);
    await this.#nameInIndex(packId, () => packEntries(pack), pack.ids.length / ID_BYTES);
  }

  /** Makes the blobs of a pack known that lies in the store but in no index. */
  async adoptPack(packId: PackId, entries: readonly PackEntry[]): Promise<void> {
    await this.#nameInIndex(packId, () => entries, entries.length);
  }

  /**
   * Packs the leftovers of all workers together, stores them, and writes the index of everything stored.
   * @param underWay packs that are being stored already: the index waits for them, the leftovers do not
   */
  async finish(
    leftovers: readonly UnfinishedPack[],
    packSizeBytes: number,
    underWay: Promise<void> = Promise.resolve(),
  ): Promise<void> {
    const packs = mergePacks([...leftovers], packSizeBytes);
    const { primitives, keys } = this.#parts;
    // Whichever fails ends them all: the rest of the packs is not taken any more.
    const lane = async (): Promise<void> => {
      for (const pack of packs) await this.storePack(finishPack(primitives, keys, pack));
    };
    const ends = await Promise.allSettled([underWay, ...Array.from({ length: LEFTOVERS_AT_ONCE }, lane)]);
    for (const end of ends) if (end.status === 'rejected') throw end.reason;
    await this.saveIndex();
  }

  /** Names all packs made durable so far in an index file. */
  async saveIndex(): Promise<void> {
    await this.#parts.assertLockHeld();
    await this.#indexWriter.save();
  }

  async #nameInIndex(packId: PackId, entries: () => Iterable<PackEntry>, blobCount: number): Promise<void> {
    const { index } = this.#parts;
    const packNumber = index.packNumber(packId);
    for (const { type, id, offset, sealedLength, uncompressedLength } of entries()) {
      index.add(packNumber, type, id, 0, offset, sealedLength, uncompressedLength);
    }
    await this.#parts.assertLockHeld();
    await this.#indexWriter.add({ id: packId, entries, blobCount });
  }
}

/** Joins unfinished packs of one kind up to the pack size; sealed blobs are moved as they are. Takes them off the list. */
export function* mergePacks(packs: UnfinishedPack[], packSizeBytes: number): Generator<UnfinishedPack> {
  packs.sort((a, b) => a.blobType.localeCompare(b.blobType) || b.bytes.length - a.bytes.length);
  while (packs.length > 0) {
    const group = [packs.shift()!];
    let groupBytes = group[0]!.bytes.length;
    while (packs[0]?.blobType === group[0]!.blobType && groupBytes + packs[0].bytes.length <= packSizeBytes) {
      groupBytes += packs[0].bytes.length;
      group.push(packs.shift()!);
    }
    yield group.length === 1 ? group[0]! : joinPacks(group);
  }
}

function joinPacks(packs: readonly UnfinishedPack[]): UnfinishedPack {
  const bytes = new Uint8Array(packs.reduce((sum, pack) => sum + pack.bytes.length, 0));
  const places = new Uint32Array(packs.reduce((sum, pack) => sum + pack.places.length, 0));
  let start = 0;
  let at = 0;
  for (const pack of packs) {
    bytes.set(pack.bytes, start);
    places.set(pack.places, at);
    for (let i = at; i < at + pack.places.length; i += NUMBERS_PER_PLACE) places[i]! += start;
    start += pack.bytes.length;
    at += pack.places.length;
  }
  return { blobType: packs[0]!.blobType, bytes, places, ids: joinIds(packs.map(({ ids }) => ids)) };
}
