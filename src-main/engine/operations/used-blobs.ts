/**
 * Which blobs the given snapshots reach: every tree is gone through once, in worker threads, and each blob is marked at its
 * entry in the index, a byte each. Whatever cannot be read or found is told, never passed over: who deletes what is not
 * marked must refuse then. Files are not looked at, only what trees say of them. Source: repository format, 15 (2, 3).
 */
import { bytesToId, ID_BYTES, idToBytes, type BlobId } from '#base/ids.ts';
import { throwIfCancelled } from '#base/errors.ts';
import type { PipelinePool } from '#pipeline/pipeline-pool.ts';
import type { InspectedTrees } from '#pipeline/tree-inspection.ts';
import type { BlobType } from '#repository/blob-index.ts';
import type { Repository } from '#repository/repository.ts';
import { BYTES_PER_JOB, inspectTreeEntries, TREES_PER_JOB, type TreeVisitor } from './inspect-trees.ts';
import { NumberList } from './number-list.ts';

/** Losses told one by one; more say nothing new. */
export const MAX_LOST_LISTED = 10_000;

/** A blob that is needed and cannot be had. */
export interface LostBlob {
  readonly type: BlobType;
  readonly blobId: BlobId;
  /** Absent for one that is in no index. */
  readonly reason?: string;
}

export interface UsedBlobs {
  /** Per entry of the index, 1 = reached. Set at the first place of a blob (`findEntry`) only. */
  readonly marks: Uint8Array;
  /** Distinct blobs marked, without those reached before. */
  readonly blobCount: number;
  /** Of them trees. */
  readonly treeCount: number;
  /** Empty when everything is there; the first MAX_LOST_LISTED. */
  readonly lost: readonly LostBlob[];
}

export interface MarkOptions {
  readonly signal?: AbortSignal | undefined;
  /** Trees looked at and found so far. */
  readonly onProgress?: ((done: number, found: number) => void) | undefined;
  /** To go on from: what is not 0 here counts as reached before, with all below it. New marks go in here, too. */
  readonly marks?: Uint8Array;
}

/**
 * The index is loaded and gets no entry meanwhile. The pool may be one that only reads.
 * @throws job.cancelled, storage errors that concern the whole place
 */
export async function markUsedBlobs(
  repository: Repository,
  pool: PipelinePool,
  roots: Iterable<BlobId>,
  options: MarkOptions = {},
): Promise<UsedBlobs> {
  const marking = new Marking(repository, pool, options);
  for (const root of roots) marking.addRoot(root);
  await marking.walk();
  return marking.result();
}

class Marking {
  readonly #repository: Repository;
  readonly #pool: PipelinePool;
  readonly #options: MarkOptions;
  readonly #marks: Uint8Array;
  /** Trees that are marked and not yet looked at, by entry. */
  readonly #waiting = new NumberList();
  readonly #underWay = new Set<Promise<void>>();
  readonly #lost = new Map<string, LostBlob>();
  #failure: { readonly error: unknown } | undefined;
  #trees = 0;
  #treesDone = 0;
  #blobs = 0;

  constructor(repository: Repository, pool: PipelinePool, options: MarkOptions) {
    this.#repository = repository;
    this.#pool = pool;
    this.#options = options;
    this.#marks = options.marks ?? new Uint8Array(repository.index.entryCount);
  }

  addRoot(id: BlobId): void {
    this.#reachTree(idToBytes(id), 0);
  }

  async walk(): Promise<void> {
    const { signal } = this.#options;
    while (this.#failure === undefined && (this.#waiting.length > 0 || this.#underWay.size > 0)) {
      throwIfCancelled(signal);
      if (this.#waiting.length > 0 && this.#underWay.size < this.#pool.slotCount) this.#start();
      else await Promise.race(this.#underWay);
    }
    await Promise.all(this.#underWay);
    throwIfCancelled(signal);
    if (this.#failure !== undefined) throw this.#failure.error;
  }

  result(): UsedBlobs {
    return {
      marks: this.#marks,
      blobCount: this.#blobs,
      treeCount: this.#trees,
      lost: [...this.#lost.values()],
    };
  }

  #reachTree(ids: Uint8Array, idOffset: number): void {
    const entry = this.#repository.index.findEntry('tree', ids, idOffset);
    if (entry < 0) this.#lose('tree', ids, idOffset);
    else if (this.#mark(entry)) {
      this.#trees++;
      this.#waiting.push(entry);
    }
  }

  #reachData(ids: Uint8Array, idOffset: number): void {
    const entry = this.#repository.index.findEntry('data', ids, idOffset);
    if (entry < 0) this.#lose('data', ids, idOffset);
    else this.#mark(entry);
  }

  /** True when it was not marked before. */
  #mark(entry: number): boolean {
    if (this.#marks[entry] !== 0) return false;
    this.#marks[entry] = 1;
    this.#blobs++;
    return true;
  }

  #lose(type: BlobType, ids: Uint8Array, idOffset: number, reason?: string): void {
    if (this.#lost.size >= MAX_LOST_LISTED) return;
    const blobId = bytesToId<BlobId>(ids.subarray(idOffset, idOffset + ID_BYTES));
    this.#lost.set(`${type} ${blobId}`, { type, blobId, ...(reason === undefined ? {} : { reason }) });
  }

  #start(): void {
    const job = this.#inspect(this.#nextBatch()).catch((error: unknown) => {
      this.#failure ??= { error };
    });
    this.#underWay.add(job);
    void job.then(() => this.#underWay.delete(job));
  }

  /** The last ones; few at a time while few are known, so that all workers get some. */
  #nextBatch(): number[] {
    const { index } = this.#repository;
    const share = Math.ceil(this.#waiting.length / (2 * this.#pool.workerCount));
    const most = Math.min(TREES_PER_JOB, share);
    const entries: number[] = [];
    let bytes = 0;
    while (entries.length < most && bytes < BYTES_PER_JOB) {
      const entry = this.#waiting.pop();
      bytes += index.entryAt(entry).length;
      entries.push(entry);
    }
    return entries;
  }

  async #inspect(entries: readonly number[]): Promise<void> {
    const visitor: TreeVisitor = {
      follow: (inspected) => this.#follow(inspected),
      lose: (entry, reason) => this.#lose('tree', this.#repository.index.entryAt(entry).id, 0, reason),
    };
    await inspectTreeEntries(this.#repository, this.#pool, entries, visitor, this.#options.signal);
    this.#treesDone += entries.length;
    this.#options.onProgress?.(this.#treesDone, this.#trees);
  }

  /** A node without what its kind must have refers to nothing: a check tells of it, and nothing hangs on it. */
  #follow({ subtreeIds, contentIds }: InspectedTrees): void {
    for (let at = 0; at < subtreeIds.length; at += ID_BYTES) this.#reachTree(subtreeIds, at);
    for (let at = 0; at < contentIds.length; at += ID_BYTES) this.#reachData(contentIds, at);
  }
}
