/**
 * The same search told path by path: which snapshots hold each. Goes down all snapshots' folders at once; folders that
 * several snapshots share are looked at once for all of them. Memory: the names found in one folder, over all its
 * versions, and for each folder from the root down its versions.
 */
import type { ByteString } from '#base/byte-string.ts';
import { throwIfCancelled } from '#base/errors.ts';
import type { TreeNode } from '#format/tree-node.ts';
import type { StoredSnapshot } from '#repository/snapshot-store.ts';
import { createQueryMaker } from './execute.ts';
import type { FolderNumber, SearchGraph } from './search-graph.ts';
import { withSearch, type SearchRun } from './search-run.ts';
import type { FindObserverOfPaths, FindParts, FindRequest, FindResult, PathHistory } from './types.ts';

/** One version of a folder, and the snapshots that have it, by their places in the list, newest (0) first. */
interface FolderVersion {
  readonly folder: FolderNumber;
  readonly snapshots: readonly number[];
}

/** What is known of one name in a folder. */
interface NameTally {
  node: TreeNode;
  newest: number;
  oldest: number;
  count: number;
  readonly contents: Set<string>;
}

/** As `executeFind`; the order of snapshots is of no matter. @throws as `executeFind` */
export async function executeFindPaths(
  parts: FindParts,
  request: FindRequest,
  observer: FindObserverOfPaths,
  signal?: AbortSignal,
): Promise<FindResult> {
  const choice = { ...request.snapshots, oldestFirst: false };
  return withSearch(parts, choice, createQueryMaker(request), observer, signal, async (run) => {
    const roots = new Map<FolderNumber, number[]>();
    for (const [place, stored] of run.snapshots.entries()) {
      const folder = await run.learn(stored);
      if (folder !== undefined) roots.set(folder, [...(roots.get(folder) ?? []), place]);
    }
    const successors = findSuccessors(run.snapshots);
    for await (const [path, tally] of walkHistories(run, versionsOf(roots))) {
      run.countFound();
      await observer.onPath(toHistory(run.snapshots, successors, path, tally));
    }
    return run.result();
  });
}

async function* walkHistories(
  run: SearchRun,
  roots: readonly FolderVersion[],
): AsyncGenerator<[ByteString, NameTally], void, undefined> {
  const stack = [await openFolder(run, '', roots)];
  for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
    throwIfCancelled(run.signal);
    const name = top.nextName();
    if (name === undefined) {
      stack.pop();
      continue;
    }
    const path = `${top.path}/${name}`;
    const tally = top.names.get(name);
    if (tally !== undefined) yield [path as ByteString, tally];
    const below = top.takeFolders(name);
    if (below.length > 0) stack.push(await openFolder(run, path, below));
  }
}

async function openFolder(run: SearchRun, path: string, all: readonly FolderVersion[]): Promise<OpenFolder> {
  const names = new Map<ByteString, NameTally>();
  const versions: FolderVersion[] = [];
  for (const version of all) {
    const { folder, snapshots } = version;
    const reason = run.graph.damageOf(folder);
    if (reason !== undefined) {
      const treeId = run.graph.treeIdOf(folder);
      const { id: snapshotId } = run.snapshots[snapshots[0]!]!;
      run.tellDamaged({ snapshotId, path: (path || '/') as ByteString, treeId, reason });
      continue;
    }
    versions.push(version);
    for (const found of await run.graph.loadFound(folder)) {
      const { node, contentKey } = found;
      if (!(await run.isMeant(`${path}/${node.name}` as ByteString, found))) continue;
      const tally = names.get(node.name);
      if (tally === undefined) names.set(node.name, startTally(node, contentKey, snapshots));
      else addToTally(tally, node, contentKey, snapshots);
    }
  }
  return new OpenFolder(run.graph, path, names, versions);
}

function startTally(node: TreeNode, contentKey: string, snapshots: readonly number[]): NameTally {
  const contents = new Set([contentKey]);
  return { node, newest: snapshots[0]!, oldest: snapshots.at(-1)!, count: snapshots.length, contents };
}

function addToTally(
  tally: NameTally,
  node: TreeNode,
  contentKey: string,
  snapshots: readonly number[],
): void {
  if (snapshots[0]! < tally.newest) {
    tally.newest = snapshots[0]!;
    tally.node = node;
  }
  tally.oldest = Math.max(tally.oldest, snapshots.at(-1)!);
  tally.count += snapshots.length;
  tally.contents.add(contentKey);
}

/** A folder with all its versions, gone through by name. */
class OpenFolder {
  readonly path: string;
  readonly names: ReadonlyMap<ByteString, NameTally>;
  readonly #graph: SearchGraph;
  readonly #foundNames: readonly ByteString[];
  #foundDone = 0;
  /** Of each version the next folder in it with something below. */
  readonly #cursors: FolderCursor[];

  constructor(
    graph: SearchGraph,
    path: string,
    names: ReadonlyMap<ByteString, NameTally>,
    versions: readonly FolderVersion[],
  ) {
    this.path = path;
    this.names = names;
    this.#graph = graph;
    this.#foundNames = [...names.keys()].sort((a, b) => (a < b ? -1 : 1));
    this.#cursors = versions.map((version) => new FolderCursor(graph, version));
  }

  /** The next name that was found or has something below; each once. */
  nextName(): ByteString | undefined {
    let next = this.#foundNames[this.#foundDone];
    for (const { name } of this.#cursors)
      if (name !== undefined && (next === undefined || name < next)) next = name;
    if (next !== undefined && next === this.#foundNames[this.#foundDone]) this.#foundDone++;
    return next;
  }

  /** The versions of the folder of that name, which must be the one told last. */
  takeFolders(name: ByteString): FolderVersion[] {
    const versions = new Map<FolderNumber, readonly number[]>();
    for (const cursor of this.#cursors) {
      if (cursor.name !== name) continue;
      const before = versions.get(cursor.target);
      const { snapshots } = cursor.version;
      versions.set(
        cursor.target,
        before === undefined ? snapshots : [...before, ...snapshots].sort((a, b) => a - b),
      );
      cursor.advance(this.#graph);
    }
    return versionsOf(versions);
  }
}

class FolderCursor {
  readonly version: FolderVersion;
  name: ByteString | undefined;
  target: FolderNumber = 0;
  #position = 0;

  constructor(graph: SearchGraph, version: FolderVersion) {
    this.version = version;
    this.advance(graph);
  }

  advance(graph: SearchGraph): void {
    this.name = undefined;
    while (this.name === undefined && this.#position < graph.linkCount(this.version.folder)) {
      const { target, name } = graph.link(this.version.folder, this.#position++);
      if (!graph.hasAny(target)) continue;
      this.name = name;
      this.target = target;
    }
  }
}

/** Newest first, so that damage is told of the newest snapshot that has it. */
function versionsOf(folders: ReadonlyMap<FolderNumber, readonly number[]>): FolderVersion[] {
  return [...folders]
    .map(([folder, snapshots]) => ({ folder, snapshots }))
    .sort((a, b) => a.snapshots[0]! - b.snapshots[0]!);
}

/** Of each snapshot, by place: is there a newer one of the same host and paths? */
function findSuccessors(snapshots: readonly StoredSnapshot[]): boolean[] {
  const seen = new Set<string>();
  return snapshots.map(({ snapshot }) => {
    const series = JSON.stringify([snapshot.hostname, [...snapshot.paths].sort()]);
    const hasSuccessor = seen.has(series);
    seen.add(series);
    return hasSuccessor;
  });
}

function toHistory(
  snapshots: readonly StoredSnapshot[],
  successors: readonly boolean[],
  path: ByteString,
  { node, newest, oldest, count, contents }: NameTally,
): PathHistory {
  return {
    path,
    node,
    newest: snapshots[newest]!,
    oldest: snapshots[oldest]!,
    snapshotCount: count,
    searchedCount: snapshots.length,
    contentCount: contents.size,
    isGone: successors[newest]!,
  };
}
