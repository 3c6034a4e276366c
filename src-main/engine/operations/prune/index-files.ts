/**
 * Which index file names which packs, and how packs are struck from the index: step by step, a few files each, so that little
 * room is needed at a time; a pack is given free for removal when no file names it any more. Source: repository format, 15 (8).
 */
import type { IndexId } from '#base/ids.ts';
import { INDEX_FULL_BLOBS, type PackToIndex } from '#repository/index-writer.ts';
import type { IndexFileObserver } from '#repository/index-loader.ts';
import { rewriteIndex, type IndexRewriteOptions } from '#repository/index-rewrite.ts';
import type { Repository } from '#repository/repository.ts';
import type { PackInventory } from '../check/pack-inventory.ts';

/** Files that name fewer blobs are put together when the index is rewritten anyway. */
const SMALL_FILE_BLOBS = INDEX_FULL_BLOBS / 5;

/** Pack numbers by index file; filled while the index is loaded. */
export class IndexFiles implements IndexFileObserver {
  readonly #packs = new Map<IndexId, Set<number>>();

  onPack(indexId: IndexId, packNumber: number): void {
    const packs = this.#packs.get(indexId);
    if (packs === undefined) this.#packs.set(indexId, new Set([packNumber]));
    else packs.add(packNumber);
  }

  onBlob(): void {}

  get count(): number {
    return this.#packs.size;
  }

  entries(): [IndexId, readonly number[]][] {
    return Array.from(this.#packs, ([indexId, packs]) => [indexId, [...packs]]);
  }

  /** Packs that several files name, as an interrupted rewriting leaves them: harmless, but twice the index to load. */
  repeated(): ReadonlySet<number> {
    const seen = new Set<number>();
    const repeated = new Set<number>();
    for (const packs of this.#packs.values())
      for (const pack of packs)
        if (seen.has(pack)) repeated.add(pack);
        else seen.add(pack);
    return repeated;
  }

  replace(old: readonly IndexId[], by: readonly (readonly [IndexId, number[]])[]): void {
    for (const id of old) this.#packs.delete(id);
    for (const [id, packs] of by) this.#packs.set(id, new Set(packs));
  }
}

export interface StrikeOptions extends IndexRewriteOptions {
  /** One file at a time and those with the least to keep first: needs the least room, makes more and smaller files. */
  readonly savesRoom: boolean;
  /** Called when a step's new files are durable, before its old ones go. */
  onDurable(): void;
  /** Called after each step with packs that no index file names any more. */
  onFree(packs: readonly number[]): Promise<void>;
  onProgress(done: number, total: number): void;
}

/**
 * Rewrites the index files that name packs in `gone`, leaving those out, and files that name the same packs. The index as it was loaded holds what the packs
 * that stay are made of.
 * @throws as `rewriteIndex`; steps that were done stay done
 */
export async function strikePacks(
  repository: Repository,
  inventory: PackInventory,
  indexFiles: IndexFiles,
  gone: ReadonlySet<number>,
  options: StrikeOptions,
): Promise<void> {
  const { index, files } = repository;
  const timesNamed = countNames(indexFiles, gone);
  /** Packs that a new file describes already. */
  const described = new Set<number>();
  const steps = planSteps(indexFiles, inventory, gone, options.savesRoom);
  for (const [done, step] of steps.entries()) {
    options.onProgress(done, steps.length);
    const staying = new Set(step.flatMap(({ packs }) => packs.filter((pack) => !gone.has(pack))));
    const toDescribe = [...staying].filter((pack) => !described.has(pack));
    const obsolete = step.map(({ indexId }) => indexId);
    const toWrite = toDescribe.map((pack) => packToIndex(repository, inventory, pack));
    const written = await rewriteIndex(files, toWrite, [], options);
    options.onDurable();
    await rewriteIndex(files, [], obsolete, options);
    for (const pack of toDescribe) described.add(pack);
    indexFiles.replace(
      obsolete,
      written.map(({ indexId, packIds }) => [indexId, packIds.map((id) => index.packNumber(id))]),
    );
    await options.onFree(takeFree(step, timesNamed));
  }
  options.onProgress(steps.length, steps.length);
}

interface IndexFile {
  readonly indexId: IndexId;
  readonly packs: readonly number[];
  readonly keptBlobs: number;
}

function planSteps(
  indexFiles: IndexFiles,
  inventory: PackInventory,
  gone: ReadonlySet<number>,
  savesRoom: boolean,
): IndexFile[][] {
  const repeated = indexFiles.repeated();
  const affected: IndexFile[] = [];
  const small: IndexFile[] = [];
  for (const [indexId, packs] of indexFiles.entries()) {
    let keptBlobs = 0;
    for (const pack of packs) if (!gone.has(pack)) keptBlobs += inventory.entriesOf(pack).length;
    const file = { indexId, packs, keptBlobs };
    if (packs.some((pack) => gone.has(pack) || repeated.has(pack))) affected.push(file);
    else if (keptBlobs < SMALL_FILE_BLOBS) small.push(file);
  }
  if (affected.length === 0) return [];
  const files = savesRoom ? affected : [...affected, ...small];
  files.sort((a, b) => a.keptBlobs - b.keptBlobs);
  if (savesRoom) return files.map((file) => [file]);
  const steps: IndexFile[][] = [];
  let blobs = Infinity;
  for (const file of files) {
    if (blobs + file.keptBlobs > INDEX_FULL_BLOBS) {
      steps.push([]);
      blobs = 0;
    }
    steps.at(-1)!.push(file);
    blobs += file.keptBlobs;
  }
  return steps;
}

/** How many files name each of the packs. */
function countNames(indexFiles: IndexFiles, gone: ReadonlySet<number>): Map<number, number> {
  const timesNamed = new Map<number, number>();
  for (const [, packs] of indexFiles.entries())
    for (const pack of packs) if (gone.has(pack)) timesNamed.set(pack, (timesNamed.get(pack) ?? 0) + 1);
  return timesNamed;
}

/** Packs that only files of this step named. */
function takeFree(step: readonly IndexFile[], timesNamed: Map<number, number>): number[] {
  const free: number[] = [];
  for (const pack of step.flatMap(({ packs }) => packs)) {
    const times = timesNamed.get(pack);
    if (times === undefined) continue;
    timesNamed.set(pack, times - 1);
    if (times === 1) free.push(pack);
  }
  return free;
}

function packToIndex({ index }: Repository, inventory: PackInventory, pack: number): PackToIndex {
  const entries = inventory.entriesOf(pack);
  return {
    id: index.packIdOf(pack),
    blobCount: entries.length,
    entries: () =>
      Array.from(entries, (entry) => {
        const { type, id, offset, length, uncompressedLength } = index.entryAt(entry);
        return { type, id, offset, sealedLength: length, uncompressedLength };
      }),
  };
}
