/**
 * The packs that a prune writes: durable first, then named in index files of their own, before any old one goes. Packs that
 * no index file names yet can be taken back, which is how a prune that runs out of room leaves nothing behind.
 */
import { isTidemarkError } from '#base/errors.ts';
import { bytesToId, ID_BYTES, type PackId } from '#base/ids.ts';
import { finishPack } from '#pipeline/finish-pack.ts';
import { packEntries } from '#pipeline/pack-entries.ts';
import type { FinishedPack, UnfinishedPack } from '#pipeline/protocol.ts';
import { rewriteIndex, type WrittenIndexFile } from '#repository/index-rewrite.ts';
import { INDEX_FULL_BLOBS, INDEX_MAX_AGE_MS, type PackToIndex } from '#repository/index-writer.ts';
import type { Repository } from '#repository/repository.ts';
import { mergePacks } from '#repository/write-scope.ts';

export class NewPacks {
  /** Over all, without what was taken back. */
  count = 0;
  bytes = 0;
  readonly #repository: Repository;
  readonly #assertHeld: () => Promise<void>;
  /** Durable, and certainly in no index file. */
  #unnamed: PackToIndex[] = [];
  #unnamedBlobs = 0;
  /** When the oldest of them became durable. */
  #unnamedSinceMs = 0;
  /** Since `keep`. */
  #named: WrittenIndexFile[] = [];
  #naming: Promise<void> | undefined;
  /** Since `keep`, in bytes. */
  readonly #sizes = new Map<PackId, number>();

  constructor(repository: Repository, assertHeld: () => Promise<void>) {
    this.#repository = repository;
    this.#assertHeld = assertHeld;
  }

  /** Makes a pack durable. Several may be under way. */
  async store(pack: FinishedPack): Promise<void> {
    await this.#assertHeld();
    const id = bytesToId<PackId>(pack.packId);
    await this.#repository.storage.save('pack', id, pack.bytes, undefined, pack.blobType);
    const { blobType, ids, places } = pack;
    const blobCount = ids.length / ID_BYTES;
    const nowMs = this.#repository.ports.clock.nowMs();
    if (this.#unnamed.length === 0) this.#unnamedSinceMs = nowMs;
    this.#unnamed.push({ id, blobCount, entries: () => packEntries({ blobType, ids, places }) });
    this.#unnamedBlobs += blobCount;
    this.count++;
    this.bytes += pack.bytes.length;
    this.#sizes.set(id, pack.bytes.length);
    // What is named before a run is killed need not be done again: its old places are copies then.
    const isOld = nowMs - this.#unnamedSinceMs >= INDEX_MAX_AGE_MS;
    if (isOld || this.#unnamedBlobs >= INDEX_FULL_BLOBS) await this.#nameAll();
  }

  /** Stores what the workers had open and names everything. */
  async finish(leftovers: readonly UnfinishedPack[], packSizeBytes: number): Promise<void> {
    const { ports, keys } = this.#repository;
    for (const pack of mergePacks([...leftovers], packSizeBytes))
      await this.store(finishPack(ports.primitives, keys, pack));
    await this.#nameAll();
  }

  /** Old packs may go now: what was written stays. */
  keep(): void {
    this.#named = [];
    this.#sizes.clear();
  }

  /** Takes back what was written since `keep`. Only while every old pack is still there and named. */
  async takeBack(): Promise<void> {
    const { storage } = this.#repository;
    for (const { indexId } of this.#named) {
      await this.#assertHeld();
      await storage.remove('index', indexId);
    }
    const packIds = [...this.#named.flatMap((file) => file.packIds), ...this.#unnamed.map((pack) => pack.id)];
    this.#named = [];
    this.#unnamed = [];
    this.#unnamedBlobs = 0;
    for (const id of packIds) {
      await this.#assertHeld();
      await storage.remove('pack', id);
      this.count--;
      this.bytes -= this.#sizes.get(id) ?? 0;
    }
  }

  /** One file at a time; whoever comes meanwhile waits for all. */
  #nameAll(): Promise<void> {
    this.#naming ??= this.#nameEach().finally(() => {
      this.#naming = undefined;
    });
    return this.#naming;
  }

  async #nameEach(): Promise<void> {
    while (this.#unnamed.length > 0) {
      const packs = this.#takeFileful();
      try {
        const written = await rewriteIndex(this.#repository.files, packs, [], {
          assertHeld: this.#assertHeld,
        });
        this.#named.push(...written);
      } catch (error) {
        // Only then it is sure that there is no index file, and the packs can be taken back.
        if (isTidemarkError(error, 'storage.full')) this.#unnamed.push(...packs);
        throw error;
      }
    }
  }

  /** Packs for exactly one index file. */
  #takeFileful(): PackToIndex[] {
    let count = 0;
    let blobs = 0;
    while (count < this.#unnamed.length && blobs < INDEX_FULL_BLOBS)
      blobs += this.#unnamed[count++]!.blobCount;
    this.#unnamedBlobs -= blobs;
    return this.#unnamed.splice(0, count);
  }
}
