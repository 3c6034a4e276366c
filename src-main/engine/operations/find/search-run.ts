/**
 * What all searches share: the snapshots in their order, the threads, the graph of their folders, the tally of what was
 * found. Takes no lock; changes nothing.
 */
import type { ByteString } from '#base/byte-string.ts';
import type { BlobId, SnapshotId } from '#base/ids.ts';
import type { PipelinePool } from '#pipeline/pipeline-pool.ts';
import type { TreeQuery } from '#pipeline/search-types.ts';
import { PatternStates } from '#rules/pattern-states.ts';
import type { Repository } from '#repository/repository.ts';
import type { StoredSnapshot } from '#repository/snapshot-store.ts';
import { openReadingPool } from '../open-reading-pool.ts';
import { listSnapshots, type ListedSnapshots } from '../snapshots.ts';
import { ContentProof } from './content-proof.ts';
import type { FoundNode } from './found-cache.ts';
import { SearchGraph, type FolderNumber } from './search-graph.ts';
import type { DamagedFolder, FindObserver, FindParts, FindResult, SnapshotChoice } from './types.ts';

export class SearchRun {
  readonly graph: SearchGraph;
  /** In the order they are searched in. */
  readonly snapshots: readonly StoredSnapshot[];
  readonly signal: AbortSignal | undefined;
  readonly #states: PatternStates;
  readonly #proof: ContentProof | undefined;
  readonly #observer: FindObserver;
  #found = 0;
  #damagedFolders = 0;

  constructor(
    { repository, createHasher }: FindParts,
    pool: PipelinePool,
    query: TreeQuery,
    snapshots: readonly StoredSnapshot[],
    observer: FindObserver,
    signal: AbortSignal | undefined,
  ) {
    this.#states = new PatternStates(query.patterns);
    this.#observer = observer;
    this.snapshots = snapshots;
    this.signal = signal;
    const onProgress = (foldersDone: number): void => observer.onProgress?.(foldersDone);
    this.graph = new SearchGraph(repository, pool, query, onProgress, signal);
    const { contentHash } = query.conditions;
    if (contentHash !== undefined)
      this.#proof = new ContentProof(repository, contentHash, createHasher, signal);
  }

  /** Undefined for a snapshot without a tree, which is told as damaged. */
  async learn({ id, snapshot }: StoredSnapshot): Promise<FolderNumber | undefined> {
    if (snapshot.tree !== null) return this.graph.learn(snapshot.tree, this.#states.start);
    this.tellDamagedSnapshot(id, 'it has no tree');
    return undefined;
  }

  /** What the threads could not decide. */
  async isMeant(path: ByteString, found: FoundNode): Promise<boolean> {
    if (!this.#states.isExact && !this.#states.matches(path)) return false;
    return this.#proof === undefined || this.#proof.holds(found);
  }

  countFound(): void {
    this.#found++;
  }

  tellDamaged(damaged: DamagedFolder): void {
    this.#damagedFolders++;
    this.#observer.onDamaged?.(damaged);
  }

  /** Nothing in it can be searched. */
  tellDamagedSnapshot(snapshotId: SnapshotId, reason: string): void {
    this.tellDamaged({ snapshotId, path: '/' as ByteString, treeId: '' as BlobId, reason });
  }

  result(): FindResult {
    return {
      snapshotsSearched: this.snapshots.length,
      found: this.#found,
      damagedFolders: this.#damagedFolders,
    };
  }
}

/** Opens all that a search needs, and closes it when `work` is over or the signal fires. */
export async function withSearch<Result>(
  parts: FindParts,
  choice: SnapshotChoice,
  makeQuery: (pool: PipelinePool) => TreeQuery | Promise<TreeQuery>,
  observer: FindObserver,
  signal: AbortSignal | undefined,
  work: (run: SearchRun) => Promise<Result>,
): Promise<Result> {
  const { repository, pipeline } = parts;
  // Threads start while the index is being loaded.
  const pool = openReadingPool(repository, pipeline);
  const stopPool = (): void => void pool.close();
  signal?.addEventListener('abort', stopPool);
  try {
    const { snapshots, damaged } = await chooseSnapshots(repository, choice, signal);
    await repository.loadIndex({ signal });
    const query = await makeQuery(pool);
    await pool.runOnEach('beginSearch', query);
    const run = new SearchRun(parts, pool, query, snapshots, observer, signal);
    for (const { data } of damaged) run.tellDamagedSnapshot(data.id as SnapshotId, data.reason);
    return await work(run);
  } finally {
    signal?.removeEventListener('abort', stopPool);
    await pool.close();
  }
}

/** Newest first unless asked otherwise; apart those that cannot be read. */
async function chooseSnapshots(
  repository: Repository,
  { ids = [], filter = {}, oldestFirst = false }: SnapshotChoice,
  signal: AbortSignal | undefined,
): Promise<ListedSnapshots> {
  const listed = await listSnapshots(repository, { ids, filter }, signal);
  return oldestFirst ? listed : { ...listed, snapshots: listed.snapshots.toReversed() };
}
