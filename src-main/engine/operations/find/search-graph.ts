/**
 * The folders of all searched snapshots as a graph: each distinct tree is read once for each state of the patterns it is
 * met in (nearly always one), in worker threads, however many snapshots and paths lead to it. Holds of each folder
 * what is below it and how much was found, in a few numbers; what was found is kept up to FOUND_BYTES_KEPT and else
 * searched again when it is told.
 */
import type { ByteString } from '#base/byte-string.ts';
import { throwIfCancelled } from '#base/errors.ts';
import { bytesToId, ID_BYTES, idToBytes, type BlobId } from '#base/ids.ts';
import type { SealedBlob } from '#pipeline/job-types.ts';
import type { PipelinePool } from '#pipeline/pipeline-pool.ts';
import type { SearchedTrees, TreeQuery } from '#pipeline/search-types.ts';
import { TreeSearch } from '#pipeline/tree-search.ts';
import type { Repository } from '#repository/repository.ts';
import { HOPELESS } from '#rules/pattern-states.ts';
import { reasonUnlessFatal } from '../check/prepare.ts';
import { NumberList } from '../number-list.ts';
import { FoundCache, readFound, type FoundNode, type PackedFound } from './found-cache.ts';
import { NamePool } from './name-pool.ts';
import { SparseNumbers } from './sparse-numbers.ts';

/** A message costs as much as looking through a few trees. */
const TREES_PER_JOB = 64;
const BYTES_PER_JOB = 1 << 20;

/** In the column of entries: in no index. */
const NO_ENTRY = 0xffff_ffff;

const UNKNOWN = 0;
const NOTHING_BELOW = 1;
const FOUND_BELOW = 2;

/** A folder met in a state: its number is its name here. */
export type FolderNumber = number;

export class SearchGraph {
  readonly #repository: Repository;
  readonly #pool: PipelinePool;
  readonly #query: TreeQuery;
  readonly #signal: AbortSignal | undefined;
  readonly #onProgress: ((foldersDone: number) => void) | undefined;
  readonly #stateNumbers = new Map<string, number>();
  readonly #states: string[] = [];
  /** Per state: number of the folder with that entry of the index, plus 1. */
  readonly #folders: SparseNumbers[] = [];
  // Per folder.
  readonly #entries = new NumberList();
  readonly #stateOf = new NumberList();
  readonly #firstLinks = new NumberList();
  readonly #linkCounts = new NumberList();
  readonly #foundCounts = new NumberList();
  /** UNKNOWN until all below is known. */
  readonly #below = new NumberList();
  readonly #reasons = new Map<FolderNumber, string>();
  readonly #missingIds = new Map<FolderNumber, BlobId>();
  // Per link from a folder to one in it.
  readonly #linkTargets = new NumberList();
  readonly #linkFoundBefore = new NumberList();
  readonly #linkNames = new NamePool();
  readonly #found: FoundCache;
  readonly #waiting = new NumberList();
  readonly #underWay = new Set<Promise<void>>();
  #failure: { readonly error: unknown } | undefined;
  #foldersDone = 0;
  #ownSearch: TreeSearch | undefined;

  constructor(
    repository: Repository,
    pool: PipelinePool,
    query: TreeQuery,
    onProgress: ((foldersDone: number) => void) | undefined,
    signal: AbortSignal | undefined,
    found = new FoundCache(),
  ) {
    this.#found = found;
    this.#repository = repository;
    this.#pool = pool;
    this.#query = query;
    this.#onProgress = onProgress;
    this.#signal = signal;
  }

  /**
   * Learns all that lies below a tree. `state` is that of its folder.
   * @throws job.cancelled, storage errors that concern the whole place
   */
  async learn(treeId: BlobId, state: string): Promise<FolderNumber> {
    const folder = this.#reach(idToBytes(treeId), 0, state);
    for (;;) {
      throwIfCancelled(this.#signal);
      if (this.#failure !== undefined) break;
      if (this.#waiting.length > 0 && this.#underWay.size < this.#pool.slotCount)
        this.#start(this.#nextBatch());
      else if (this.#underWay.size > 0) await Promise.race(this.#underWay);
      else break;
    }
    await Promise.all(this.#underWay);
    throwIfCancelled(this.#signal);
    if (this.#failure !== undefined) throw this.#failure.error;
    this.#settle(folder);
    return folder;
  }

  /** Whether anything was found, or could not be read, in it or below. */
  hasAny(folder: FolderNumber): boolean {
    return this.#below.get(folder) === FOUND_BELOW;
  }

  /** Why it could not be read. */
  damageOf(folder: FolderNumber): string | undefined {
    return this.#reasons.get(folder);
  }

  treeIdOf(folder: FolderNumber): BlobId {
    const missing = this.#missingIds.get(folder);
    return missing ?? bytesToId<BlobId>(this.#repository.index.entryAt(this.#entries.get(folder)).id);
  }

  linkCount(folder: FolderNumber): number {
    return this.#linkCounts.get(folder);
  }

  /** The `position`-th folder in it, by name. */
  link(
    folder: FolderNumber,
    position: number,
  ): { readonly target: FolderNumber; readonly name: ByteString; readonly foundBefore: number } {
    const link = this.#firstLinks.get(folder) + position;
    return {
      target: this.#linkTargets.get(link),
      name: this.#linkNames.get(link),
      foundBefore: this.#linkFoundBefore.get(link),
    };
  }

  /** What was found in it, by name. */
  async loadFound(folder: FolderNumber): Promise<FoundNode[]> {
    if (this.#foundCounts.get(folder) === 0) return [];
    const kept = this.#found.get(folder);
    return readFound(kept ?? (await this.#searchAgain(folder)));
  }

  #reach(ids: Uint8Array, idOffset: number, state: string): FolderNumber {
    const entry = this.#repository.index.findEntry('tree', ids, idOffset);
    const stateNumber = this.#stateNumber(state);
    const known = entry < 0 ? 0 : this.#folders[stateNumber]!.get(entry);
    if (known > 0) return known - 1;
    const folder = this.#entries.length;
    this.#entries.push(entry < 0 ? NO_ENTRY : entry);
    this.#stateOf.push(stateNumber);
    for (const column of [this.#firstLinks, this.#linkCounts, this.#foundCounts, this.#below]) column.push(0);
    if (entry < 0) {
      this.#missingIds.set(folder, bytesToId(ids.subarray(idOffset, idOffset + ID_BYTES)));
      this.#reasons.set(folder, 'no index names it');
    } else {
      this.#folders[stateNumber]!.set(entry, folder + 1);
      this.#waiting.push(folder);
    }
    return folder;
  }

  #stateNumber(state: string): number {
    let number = this.#stateNumbers.get(state);
    if (number === undefined) {
      number = this.#states.length;
      this.#stateNumbers.set(state, number);
      this.#states.push(state);
      this.#folders.push(new SparseNumbers());
    }
    return number;
  }

  /** The last ones; few at a time while few are known, so that all workers get some. */
  #nextBatch(): FolderNumber[] {
    const share = Math.ceil(this.#waiting.length / (2 * this.#pool.workerCount));
    const most = Math.min(TREES_PER_JOB, share);
    const folders: FolderNumber[] = [];
    let bytes = 0;
    while (folders.length < most && bytes < BYTES_PER_JOB) {
      const folder = this.#waiting.pop();
      bytes += this.#repository.index.entryAt(this.#entries.get(folder)).length;
      folders.push(folder);
    }
    return folders;
  }

  #start(folders: readonly FolderNumber[]): void {
    const job = this.#search(folders).catch((error: unknown) => {
      this.#failure ??= { error };
    });
    this.#underWay.add(job);
    void job.then(() => this.#underWay.delete(job));
  }

  async #search(folders: readonly FolderNumber[]): Promise<void> {
    const loaded = await Promise.all(folders.map((folder) => this.#load(folder)));
    const given = folders.filter((_folder, i) => loaded[i] !== undefined);
    const searched = await this.#pool.run('searchTrees', {
      trees: loaded.filter((blob) => blob !== undefined),
      states: given.map((folder) => this.#states[this.#stateOf.get(folder)]!),
    });
    const failed = new Set(searched.failures.map(({ tree }) => tree));
    this.#take(given, searched, failed);
    for (const tree of failed) await this.#tryOtherPlaces(given[tree]!);
    for (const [i, folder] of folders.entries())
      if (loaded[i] === undefined) await this.#tryOtherPlaces(folder);
    this.#foldersDone += folders.length;
    this.#onProgress?.(this.#foldersDone);
  }

  /** Undefined when the pack does not give it out. */
  async #load(folder: FolderNumber): Promise<SealedBlob | undefined> {
    try {
      return await this.#repository.loadSealedBlob('tree', this.treeIdOf(folder), this.#signal);
    } catch (error) {
      reasonUnlessFatal(error);
      return undefined;
    }
  }

  /** The blob reader goes through all places of a blob. */
  async #tryOtherPlaces(folder: FolderNumber): Promise<void> {
    try {
      const searched = await this.#searchHere(folder);
      const [failure] = searched.failures;
      if (failure === undefined) this.#take([folder], searched, new Set());
      else this.#reasons.set(folder, failure.reason);
    } catch (error) {
      this.#reasons.set(folder, reasonUnlessFatal(error));
    }
  }

  async #searchAgain(folder: FolderNumber): Promise<PackedFound> {
    const { found } = await this.#searchHere(folder);
    return { texts: found.texts, contentKeys: found.contentKeys };
  }

  /** In this thread. */
  async #searchHere(folder: FolderNumber): Promise<SearchedTrees> {
    const plain = await this.#repository.loadBlob('tree', this.treeIdOf(folder), this.#signal);
    this.#ownSearch ??= new TreeSearch(this.#query, this.#repository.ports.primitives);
    this.#ownSearch.add(() => plain, this.#states[this.#stateOf.get(folder)]!);
    return this.#ownSearch.finish();
  }

  #take(
    folders: readonly FolderNumber[],
    { foundCounts, folderCounts, found, folderIds, folderNumbers, folderNames, states }: SearchedTrees,
    failed: ReadonlySet<number>,
  ): void {
    let link = 0;
    let nameAt = 0;
    this.#found.addAll(folders, foundCounts, found);
    for (const [tree, folder] of folders.entries()) {
      if (failed.has(tree)) continue;
      this.#firstLinks.set(folder, this.#linkTargets.length);
      this.#linkCounts.set(folder, folderCounts[tree]!);
      this.#foundCounts.set(folder, foundCounts[tree]!);
      for (const end = link + folderCounts[tree]!; link < end; link++) {
        const [nameLength = 0, state = 0, foundBefore = 0] = folderNumbers.subarray(3 * link, 3 * link + 3);
        this.#linkTargets.push(this.#reach(folderIds, link * ID_BYTES, states[state] ?? HOPELESS));
        this.#linkNames.add(folderNames, nameAt, nameLength);
        this.#linkFoundBefore.push(foundBefore);
        nameAt += nameLength;
      }
    }
  }

  /** Says of each folder whether anything is below it; without recursion, as folders may lie very deep. */
  #settle(root: FolderNumber): void {
    // A folder, doubled; plus 1 when all in it are settled.
    const stack = new NumberList();
    stack.push(root * 2);
    while (stack.length > 0) {
      const top = stack.pop();
      const folder = top >>> 1;
      if (this.#below.get(folder) !== UNKNOWN) continue;
      const first = this.#firstLinks.get(folder);
      const end = first + this.#linkCounts.get(folder);
      if (top % 2 === 0) {
        stack.push(top + 1);
        for (let link = first; link < end; link++) stack.push(this.#linkTargets.get(link) * 2);
        continue;
      }
      let hasAny = this.#foundCounts.get(folder) > 0 || this.#reasons.has(folder);
      for (let link = first; link < end && !hasAny; link++) hasAny = this.hasAny(this.#linkTargets.get(link));
      this.#below.set(folder, hasAny ? FOUND_BELOW : NOTHING_BELOW);
    }
  }
}
