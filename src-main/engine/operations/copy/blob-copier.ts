/**
 * Finds out which blobs of snapshots the destination lacks, and brings them over: each tree of the source is gone through
 * once however many snapshots share it, each blob is read once, from packs in order. Marks are a byte per entry of the source's
 * index. What the source cannot give is remembered, so that no snapshot that needs it is ever called copied.
 */
import { idToBytes, type BlobId } from '#base/ids.ts';
import { TidemarkError } from '#base/errors.ts';
import type { PipelinePool } from '#pipeline/pipeline-pool.ts';
import type { Repository } from '#repository/repository.ts';
import type { StoredSnapshot } from '#repository/snapshot-store.ts';
import { findAffected, type AffectedPaths } from '../check/find-affected.ts';
import { Losses } from '../check/losses.ts';
import { PackInventory } from '../check/pack-inventory.ts';
import { repackPacks } from '../prune/repack-packs.ts';
import { markUsedBlobs, MAX_LOST_LISTED } from '../used-blobs.ts';
import type { CopyTally } from './copy-tally.ts';

/** Reached just now, or being brought over just now. */
const REACHED = 1;
/** The destination has it, or it was brought over, or it cannot be had. */
const DONE = 2;
/** The destination lacks it. */
const WAITING = 3;

export class BlobCopier {
  readonly #source: Repository;
  readonly #destination: Repository;
  readonly #pool: PipelinePool;
  readonly #tally: CopyTally;
  readonly #signal: AbortSignal | undefined;
  readonly #inventory: PackInventory;
  readonly #losses: Losses;
  /** Per entry of the source's index: 0 = not reached yet. */
  readonly #marks: Uint8Array;
  readonly #waitingPacks = new Set<number>();
  #waitingBytes = 0;

  /** Both indexes are loaded. The pool has the destination's keys, and the source's for what comes in. */
  constructor(
    source: Repository,
    destination: Repository,
    pool: PipelinePool,
    tally: CopyTally,
    signal: AbortSignal | undefined,
  ) {
    this.#source = source;
    this.#destination = destination;
    this.#pool = pool;
    this.#tally = tally;
    this.#signal = signal;
    this.#inventory = new PackInventory(source.index);
    this.#losses = new Losses(source.index);
    this.#marks = new Uint8Array(source.index.entryCount);
  }

  /** Of blobs that are found and not yet brought over, as they lie in the source. */
  get waitingBytes(): number {
    return this.#waitingBytes;
  }

  /**
   * Finds what the destination lacks of it.
   * @throws integrity.blobMissing when so much is lost that not all of it can be told
   */
  async addSnapshot(tree: BlobId): Promise<void> {
    const marked = await markUsedBlobs(this.#source, this.#pool, [tree], {
      marks: this.#marks,
      signal: this.#signal,
    });
    const [first] = marked.lost;
    if (first !== undefined && marked.lost.length >= MAX_LOST_LISTED)
      throw new TidemarkError('integrity.blobMissing', { blobId: first.blobId, kind: first.type });
    for (const { type, blobId } of marked.lost) this.#losses.add(type, idToBytes(blobId));
    if (marked.blobCount > 0) this.#sortOut();
  }

  /** Everything found so far is in packs of the destination when it resolves; those need not be durable yet. */
  async copyWaiting(): Promise<void> {
    const packs = [...this.#waitingPacks];
    this.#waitingPacks.clear();
    this.#waitingBytes = 0;
    this.#markAll(packs, WAITING, REACHED);
    await repackPacks(
      {
        repository: this.#source,
        pool: this.#pool,
        inventory: this.#inventory,
        kept: this.#marks,
        onPackDone: () => this.#tally.packDone(),
        onLost: (entry) => {
          const { type, id } = this.#source.index.entryAt(entry);
          this.#losses.add(type, id);
        },
      },
      packs,
      this.#signal,
    );
    this.#markAll(packs, REACHED, DONE);
  }

  /** What of a snapshot cannot be had from the source; call when its blobs have been brought over. */
  findMissing({ id, snapshot }: StoredSnapshot): Promise<AffectedPaths> {
    const root = { snapshotId: id, treeId: snapshot.tree! };
    return findAffected(this.#source, [root], this.#losses, this.#signal);
  }

  /** Of what was reached just now: what is the destination lacking? */
  #sortOut(): void {
    const { index } = this.#source;
    const marks = this.#marks;
    const packsBefore = this.#waitingPacks.size;
    let blobs = 0;
    let bytes = 0;
    for (let entry = marks.indexOf(REACHED); entry >= 0; entry = marks.indexOf(REACHED, entry + 1)) {
      const { type, id, packNumber, length } = index.entryAt(entry);
      const isThere = this.#destination.index.has(type, id);
      marks[entry] = isThere ? DONE : WAITING;
      if (isThere) continue;
      blobs++;
      bytes += length;
      this.#waitingPacks.add(packNumber);
    }
    this.#waitingBytes += bytes;
    this.#tally.planned(this.#waitingPacks.size - packsBefore, blobs, bytes);
  }

  #markAll(packs: readonly number[], from: number, to: number): void {
    for (const pack of packs)
      for (const entry of this.#inventory.entriesOf(pack))
        if (this.#marks[entry] === from) this.#marks[entry] = to;
  }
}
