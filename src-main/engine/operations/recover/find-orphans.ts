/**
 * Which trees nothing refers to: every distinct tree of the index is looked through once, in worker threads, and marks those that
 * it names. A byte per entry of the index, whatever the trees hold. Snapshots are given by whoever loaded them.
 */
import { ID_BYTES, idToBytes, type BlobId } from '#base/ids.ts';
import { throwIfCancelled } from '#base/errors.ts';
import type { PipelinePool } from '#pipeline/pipeline-pool.ts';
import type { Repository } from '#repository/repository.ts';
import {
  BYTES_PER_JOB,
  inspectTreeEntries,
  treeIdAt,
  TREES_PER_JOB,
  type TreeVisitor,
} from '../inspect-trees.ts';

const REFERRED_TO = 1;
const UNREADABLE = 2;

export interface FoundOrphans {
  /** In the order of the index. */
  readonly treeIds: readonly BlobId[];
  readonly treeCount: number;
  readonly unreadableTrees: number;
}

/**
 * The index is loaded. `roots`: the trees of all snapshots.
 * @throws job.cancelled, storage errors that concern the whole place
 */
export async function findOrphans(
  repository: Repository,
  pool: PipelinePool,
  roots: Iterable<BlobId>,
  onProgress: ((done: number, total: number) => void) | undefined,
  signal: AbortSignal | undefined,
): Promise<FoundOrphans> {
  const { index } = repository;
  const marks = new Uint8Array(index.entryCount);
  let unreadableTrees = 0;
  const markTree = (ids: Uint8Array, at: number): void => {
    const entry = index.findEntry('tree', ids, at);
    if (entry >= 0) marks[entry]! |= REFERRED_TO;
  };
  const visitor: TreeVisitor = {
    follow: ({ subtreeIds }) => {
      for (let at = 0; at < subtreeIds.length; at += ID_BYTES) markTree(subtreeIds, at);
    },
    lose: (entry) => {
      marks[entry]! |= UNREADABLE;
      unreadableTrees++;
    },
  };
  for (const root of roots) markTree(idToBytes(root), 0);
  const total = countTrees(repository);
  await inspectAll(repository, pool, visitor, (done) => onProgress?.(done, total), signal);
  const treeIds: BlobId[] = [];
  for (const entry of distinctTrees(repository))
    if (marks[entry] === 0) treeIds.push(treeIdAt(repository, entry));
  return { treeIds, treeCount: total, unreadableTrees };
}

async function inspectAll(
  repository: Repository,
  pool: PipelinePool,
  visitor: TreeVisitor,
  onDone: (done: number) => void,
  signal: AbortSignal | undefined,
): Promise<void> {
  const underWay = new Set<Promise<void>>();
  let failure: { readonly error: unknown } | undefined;
  let done = 0;
  for (const batch of batches(repository)) {
    throwIfCancelled(signal);
    const job = inspectTreeEntries(repository, pool, batch, visitor, signal).then(
      () => onDone((done += batch.length)),
      (error: unknown) => {
        failure ??= { error };
      },
    );
    underWay.add(job);
    void job.then(() => underWay.delete(job));
    while (underWay.size >= pool.slotCount) await Promise.race(underWay);
    if (failure !== undefined) break;
  }
  await Promise.all(underWay);
  throwIfCancelled(signal);
  if (failure !== undefined) throw failure.error;
}

/** In the order of the index: trees of one backup lie side by side in their packs. */
function* batches(repository: Repository): Generator<number[]> {
  let batch: number[] = [];
  let bytes = 0;
  for (const entry of distinctTrees(repository)) {
    batch.push(entry);
    bytes += repository.index.entryAt(entry).length;
    if (batch.length < TREES_PER_JOB && bytes < BYTES_PER_JOB) continue;
    yield batch;
    batch = [];
    bytes = 0;
  }
  if (batch.length > 0) yield batch;
}

/** The first place of each. */
function* distinctTrees({ index }: Repository): Generator<number> {
  for (let entry = 0; entry < index.entryCount; entry++)
    if (index.entryAt(entry).type === 'tree' && index.firstEntryOf(entry) === entry) yield entry;
}

function countTrees(repository: Repository): number {
  let count = 0;
  for (const _entry of distinctTrees(repository)) count++;
  return count;
}
