/**
 * The second half of a prune. At every moment each used blob is in a pack that an index file names: new packs and their index
 * files are durable before old index files go, and packs go last. On a place with little room it frees what needs no
 * room first and repacks in rounds that fit. Source: repository format, 15 (6-9).
 */
import { isTidemarkError, throwIfCancelled } from '#base/errors.ts';
import type { PackId } from '#base/ids.ts';
import { INDEX_FULL_BLOBS } from '#repository/index-writer.ts';
import type { Repository } from '#repository/repository.ts';
import { KeptRemovals } from '../kept-removals.ts';
import { strikePacks } from './index-files.ts';
import { REMOVE, STRIKE } from './plan-packs.ts';
import { refuseIfOthers, type PreparedPrune } from './prepare.ts';
import type { PrunePool } from './prune-pool.ts';
import { repackPacks } from './repack-packs.ts';
import type { PruneObserver, PruneProgress, PruneRequest, PruneResult } from './types.ts';

/** Left free beside new packs: locks, the place's own bookkeeping. */
const RESERVE_BYTES = 1 << 20;
/** An index file's bytes for a blob, sealed and compressed: mostly its id. */
const INDEX_BYTES_PER_BLOB = 60;
const REMOVALS_AT_A_TIME = 8;

export interface ExecutePruneParts {
  readonly repository: Repository;
  readonly prunePool: PrunePool;
  /** Awaited before every write and removal; of an exclusive lock. @throws repository.lockLost */
  assertHeld(): Promise<void>;
}

/**
 * @throws integrity.blobCorrupt for a used blob found damaged (nothing that is used was touched), storage errors,
 * repository.lockLost, job.cancelled; whatever is thrown, every snapshot is as good as before
 */
export async function executePrune(
  parts: ExecutePruneParts,
  prepared: PreparedPrune,
  request: PruneRequest,
  observer: PruneObserver = {},
  signal?: AbortSignal,
): Promise<PruneResult> {
  return new PruneRun(parts, prepared, request, observer, signal).run();
}

class PruneRun {
  readonly #parts: ExecutePruneParts;
  readonly #prepared: PreparedPrune;
  readonly #request: PruneRequest;
  readonly #observer: PruneObserver;
  readonly #signal: AbortSignal | undefined;
  /** Packs without anything used that are still in the index. */
  readonly #useless: Set<number>;
  readonly #removalsPlanned: number;
  #removedPacks = 0;
  #removedBytes = 0;
  #repackedPacks = 0;
  #repackedBytes = 0;
  #isRefused = false;
  readonly #keptRemovals: KeptRemovals;
  #keptBytes = 0;
  /** Old index files of the round are going: its new packs can no longer be taken back. */
  #isRoundFinal = false;

  constructor(
    parts: ExecutePruneParts,
    prepared: PreparedPrune,
    request: PruneRequest,
    observer: PruneObserver,
    signal: AbortSignal | undefined,
  ) {
    this.#parts = parts;
    this.#keptRemovals = new KeptRemovals(parts.repository);
    this.#prepared = prepared;
    this.#request = request;
    this.#observer = observer;
    this.#signal = signal;
    const { fates } = prepared.plan;
    this.#useless = new Set(
      [...fates.keys()].filter((pack) => fates[pack] === REMOVE || fates[pack] === STRIKE),
    );
    const { remove, repack } = prepared.stats.packs;
    this.#removalsPlanned = remove + repack + prepared.unindexed.size;
  }

  async run(): Promise<PruneResult> {
    const { repository, prunePool } = this.#parts;
    const { stats, plan, unindexed, indexFiles } = this.#prepared;
    const removedTemporaryFiles = await repository.storage.removeLeftovers(this.#signal);
    await this.#removePacks([...unindexed]);
    const postponed = this.#isRefused ? plan.toRepack : await this.#repackInRounds();
    const isIndexTidy = this.#useless.size === 0 && indexFiles.repeated().size === 0;
    if (!isIndexTidy && !this.#isRefused) await this.#strike([]);
    return {
      stats,
      removedPacks: this.#removedPacks,
      removedBytes: this.#removedBytes,
      repackedPacks: this.#repackedPacks,
      newPacks: prunePool.newPacks.count,
      newBytes: prunePool.newPacks.bytes,
      postponedPacks: postponed.length,
      removalRefused: this.#isRefused,
      keptBytes: this.#keptBytes,
      keptUntilMs: this.#keptRemovals.untilMs,
      removedTemporaryFiles,
    };
  }

  /** One round where there is room. @returns packs that could not be repacked for want of it */
  async #repackInRounds(): Promise<readonly number[]> {
    let waiting = this.#prepared.plan.toRepack;
    let mostPacks = Infinity;
    if (waiting.length > 0 && (await this.#countFitting(waiting)) < waiting.length) await this.#strike([]);
    while (waiting.length > 0 && !this.#isRefused) {
      const round = waiting.slice(0, Math.min(mostPacks, await this.#countFitting(waiting)));
      if (round.length === 0) break;
      this.#isRoundFinal = false;
      try {
        await this.#repack(round);
        await this.#strike(round);
        waiting = waiting.slice(round.length);
      } catch (error) {
        const isFull = isTidemarkError(error, 'storage.full');
        const isDamaged = isTidemarkError(error, 'integrity.blobCorrupt');
        if (this.#isRoundFinal || (!isFull && !isDamaged)) throw error;
        await this.#takeBack();
        if (isDamaged) throw error;
        // What needs no room comes first; then less at a time.
        if (this.#useless.size > 0) await this.#strike([]);
        else if (round.length === 1) break;
        mostPacks = Math.ceil(round.length / 2);
      }
    }
    return waiting;
  }

  /** How many of the packs, in order, can be written anew into the room there is. */
  async #countFitting(packs: readonly number[]): Promise<number> {
    const { repository } = this.#parts;
    const freeBytes = await repository.storage.freeSpaceBytes(this.#signal);
    if (freeBytes === undefined) return packs.length;
    // An index file is rewritten before the old one goes, and one more names the new packs.
    const indexBlobs = Math.min(repository.index.entryCount, 2 * INDEX_FULL_BLOBS);
    let roomBytes = freeBytes - RESERVE_BYTES - indexBlobs * INDEX_BYTES_PER_BLOB;
    const { keptBytes } = this.#prepared.places.use;
    let count = 0;
    while (count < packs.length && keptBytes[packs[count]!]! <= roomBytes)
      roomBytes -= keptBytes[packs[count++]!]!;
    return count;
  }

  async #repack(packs: readonly number[]): Promise<void> {
    const { repository, prunePool } = this.#parts;
    const { inventory, places } = this.#prepared;
    const { pool, newPacks } = prunePool;
    const parts = {
      repository,
      pool,
      inventory,
      kept: places.kept,
      onPackDone: (pack: number) => {
        this.#repackedBytes += inventory.expectedBytes(pack);
        this.#report('repack', ++this.#repackedPacks, this.#prepared.stats.packs.repack);
      },
    };
    const before = { packs: this.#repackedPacks, bytes: this.#repackedBytes };
    try {
      await repackPacks(parts, packs, this.#signal);
      const leftovers = await pool.flush();
      await pool.uploadsDone();
      await newPacks.finish(leftovers, this.#request.packSizeBytes);
    } catch (error) {
      this.#repackedPacks = before.packs;
      this.#repackedBytes = before.bytes;
      throw error;
    }
  }

  /** So that a run that stops for want of room, or for damage, leaves no more behind than it found. */
  async #takeBack(): Promise<void> {
    const { prunePool } = this.#parts;
    await prunePool.renew();
    await prunePool.newPacks.takeBack();
  }

  /** Strikes packs and everything useless from the index, and removes them. */
  async #strike(packs: readonly number[]): Promise<void> {
    try {
      await this.#strikeSavingRoom(packs, false);
    } catch (error) {
      if (!isTidemarkError(error, 'storage.full')) throw error;
      await this.#strikeSavingRoom(packs, true);
    }
  }

  async #strikeSavingRoom(packs: readonly number[], savesRoom: boolean): Promise<void> {
    const { repository, prunePool, assertHeld } = this.#parts;
    const { snapshotIds, inventory, indexFiles, plan } = this.#prepared;
    // Much time may have passed; from here on something goes.
    await refuseIfOthers(repository, snapshotIds, this.#signal);
    const gone = new Set([...this.#useless, ...packs]);
    try {
      await strikePacks(repository, inventory, indexFiles, gone, {
        assertHeld,
        signal: this.#signal,
        savesRoom,
        onDurable: () => {
          this.#isRoundFinal = true;
          prunePool.newPacks.keep();
        },
        onFree: async (free) => {
          const present = free.filter((pack) => plan.fates[pack] !== STRIKE);
          await this.#removePacks(
            present.map((pack) => [repository.index.packIdOf(pack), inventory.expectedBytes(pack)]),
          );
        },
        onProgress: (done, total) => this.#report('rewriteIndex', done, total),
      });
      this.#useless.clear();
    } catch (error) {
      if (!this.#noteRefusal(error)) throw error;
    }
  }

  /** Packs that no index file names. What the place refuses to remove stays, unused, until it does. */
  async #removePacks(packs: readonly (readonly [PackId, number])[]): Promise<void> {
    const { repository, assertHeld } = this.#parts;
    const next = packs.values();
    const lanes = Array.from({ length: Math.min(REMOVALS_AT_A_TIME, packs.length) }, async () => {
      for (const [packId, bytes] of next) {
        if (this.#isRefused) return;
        throwIfCancelled(this.#signal);
        const isKept = await this.#keptRemovals.ask('pack', packId, this.#signal);
        await assertHeld();
        try {
          await repository.storage.remove('pack', packId, this.#signal);
        } catch (error) {
          if (!this.#noteRefusal(error)) throw error;
          return;
        }
        this.#removedBytes += bytes;
        if (isKept) this.#keptBytes += bytes;
        this.#report('remove', ++this.#removedPacks, this.#removalsPlanned);
      }
    });
    const outcomes = await Promise.allSettled(lanes);
    for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
  }

  /** Append-only places and object locks say no to removing: that is as they are meant to be. */
  #noteRefusal(error: unknown): boolean {
    const isDenied = isTidemarkError(error, 'storage.accessDenied') && error.data.operation === 'remove';
    if (!this.#keptRemovals.noteRefusal(error) && !isDenied) return false;
    this.#isRefused = true;
    return true;
  }

  #report(stage: PruneProgress['stage'], done: number, total: number): void {
    const isRepack = stage === 'repack';
    this.#observer.onProgress?.({
      stage,
      done,
      total,
      bytesDone: isRepack ? this.#repackedBytes : 0,
      totalBytes: isRepack ? this.#prepared.stats.repack.bytes : 0,
    });
  }
}
