/**
 * Goes through the folders that differ between a point and its neighbours, the known points right before and after it in its
 * series, and passes over what is the same in all of them. Base of putting a point in and taking one out, which say what happens to
 * an entry; keeps what changed at the point and at the one after it, rolled up, and what was moved.
 * Entries at the neighbours never change by it, so that they may be looked at meanwhile. Memory: folders waiting, what differs.
 */
import { setImmediate } from 'node:timers/promises';
import type { ByteString } from '#base/byte-string.ts';
import { throwIfCancelled } from '#base/errors.ts';
import type { BlobId } from '#base/ids.ts';
import type { TreeNode } from '#format/tree-node.ts';
import { addChange, changeOf, emptyTally, rollUp, type Tally } from './change-tally.ts';
import type { EntryState } from './entry-state.ts';
import { MoveMatcher } from './match-moves.ts';
import { NO_NODE } from './nodes-table.ts';
import type { Series } from './points-table.ts';
import type { Span } from './spans-table.ts';
import type { Tables } from './tables.ts';

/** Folders handled between two looks at the signal, and trees that are fetched at a time. */
const FOLDERS_AT_A_TIME = 64;

export interface PointPlace {
  readonly series: Series;
  readonly position: number;
  /** Of the neighbours. */
  readonly before: number | undefined;
  readonly after: number | undefined;
}

export interface WalkOptions {
  readonly signal?: AbortSignal | undefined;
  /** Folders gone through so far. */
  readonly onProgress?: ((folders: number) => void) | undefined;
}

/** An entry to be settled; a folder is gone into afterwards. */
export interface Task {
  /** NO_NODE: not seen before, or not looked for yet. */
  node: number;
  /** Nothing of the catalogue lies below it. */
  isNew: boolean;
  readonly parent: number;
  readonly isParentNew: boolean;
  readonly name: ByteString;
  before: Span | undefined;
  at: EntryState | undefined;
  after: Span | undefined;
  /** Where a folder's entries at the point are to be read. */
  treeId?: BlobId | undefined;
  nodes?: readonly TreeNode[] | undefined;
  /** It cannot be read at the point. */
  isUnread?: boolean;
}

/** Changes at the point itself, and at the one after it. */
type Which = 'at' | 'after';

export abstract class PointWalk {
  protected readonly tables: Tables;
  protected readonly place: PointPlace;
  /** Folders gone into, with their parents. */
  readonly #visited = new Map<number, number>();
  readonly #direct: Record<Which, Map<number, Tally>> = { at: new Map(), after: new Map() };
  readonly #moves: Record<Which, MoveMatcher>;
  readonly #stack: Task[] = [];

  constructor(tables: Tables, place: PointPlace, emptyFolder: ByteString) {
    this.tables = tables;
    this.place = place;
    this.#moves = { at: new MoveMatcher(emptyFolder), after: new MoveMatcher(emptyFolder) };
  }

  /** The folder's entries at the point become known: `nodes`, or another `at`. */
  protected abstract loadFolder(folder: Task): Promise<void> | undefined;
  /** Brings the spans of the entry to what they shall be. A new entry gets its node. */
  protected abstract settle(entry: Task): void;
  /** Entries of a settled folder, found at the neighbours; the point's own are added, and said for all. */
  protected abstract addEntries(folder: Task, entries: Map<ByteString, Task>): void;
  /** Changes between which entries are told of the point and of the one after. */
  protected abstract changesOf(
    entry: Task,
  ): readonly (readonly [Which, EntryState | undefined, EntryState | undefined])[];

  protected get hasNeighbours(): boolean {
    return this.place.before !== undefined || this.place.after !== undefined;
  }

  protected async walk(root: Task, { signal, onProgress }: WalkOptions): Promise<void> {
    this.#stack.push(root);
    let folders = 0;
    while (this.#stack.length > 0) {
      throwIfCancelled(signal);
      const batch = this.#stack.splice(-FOLDERS_AT_A_TIME);
      const loading = batch.map((folder) => this.loadFolder(folder)).filter((one) => one !== undefined);
      await (loading.length > 0 ? Promise.all(loading) : setImmediate());
      for (const folder of batch) this.#enter(folder);
      onProgress?.((folders += batch.length));
    }
  }

  #enter(folder: Task): void {
    this.#settle(folder);
    if (!this.#differs(folder)) return;
    if (this.hasNeighbours) this.#visited.set(folder.node, folder.parent);
    const entries = this.#listNeighbours(folder);
    this.addEntries(folder, entries);
    folder.nodes = undefined;
    for (const entry of entries.values()) {
      const isFolder = [entry.before, entry.at, entry.after].some((state) => state?.kind === 'folder');
      if (isFolder) this.#stack.push(entry);
      else this.#settle(entry);
    }
  }

  #settle(entry: Task): void {
    this.settle(entry);
    if (!this.hasNeighbours) return;
    for (const [which, from, to] of this.changesOf(entry)) {
      const change = changeOf(from, to);
      if (change === undefined) continue;
      const { node, parent, name } = entry;
      let tally = this.#direct[which].get(parent);
      if (tally === undefined) this.#direct[which].set(parent, (tally = emptyTally()));
      addChange(tally, change, from, to);
      if (change === 'modified') continue;
      if (from !== undefined) this.#moves[which].add('gone', node, parent, name, from);
      if (to !== undefined) this.#moves[which].add('come', node, parent, name, to);
    }
  }

  #differs({ before, at, after }: Task): boolean {
    if (!this.hasNeighbours) return true;
    const keys = [folderKey(at)];
    if (this.place.before !== undefined) keys.push(folderKey(before));
    if (this.place.after !== undefined) keys.push(folderKey(after));
    return keys.some((key) => key !== keys[0]);
  }

  #listNeighbours(folder: Task): Map<ByteString, Task> {
    const entries = new Map<ByteString, Task>();
    if (folder.isNew) return entries;
    const { position, before, after } = this.place;
    for (const { node, name, span } of this.tables.spans.listInFolder(
      folder.node,
      before ?? position,
      after ?? position,
    )) {
      let entry = entries.get(name);
      if (entry === undefined) entries.set(name, (entry = { ...this.newEntry(folder, name), node }));
      if (before !== undefined && span.first <= before && span.last >= before) entry.before = span;
      if (after !== undefined && span.first <= after && span.last >= after) entry.after = span;
      if (span.first <= position && span.last >= position) entry.at = span;
    }
    return entries;
  }

  protected newEntry(folder: Task, name: ByteString): Task {
    return {
      node: NO_NODE,
      isNew: false,
      parent: folder.node,
      isParentNew: folder.isNew,
      name,
      before: undefined,
      at: undefined,
      after: undefined,
    };
  }

  /** What is told of a point that is there and has one before it; of any other whatever was told is taken back. */
  protected writeChanges(which: Which, position: number, isTold: boolean): void {
    const { changes } = this.tables;
    const totals = isTold ? rollUp(this.#direct[which], this.#visited) : new Map<number, Tally>();
    totals.delete(NO_NODE);
    for (const folder of this.#visited.keys()) {
      const total = totals.get(folder);
      if (total === undefined) changes.remove(folder, position);
      else changes.put(folder, position, total);
    }
    changes.clearMoves(this.place.series.id, position);
    if (!isTold) return;
    for (const { from, to } of this.#moves[which].match(this.#visited))
      changes.addMove(this.place.series.id, position, from, to);
  }
}

/** Undefined for what is no folder. */
export function folderKey(state: EntryState | undefined): ByteString | undefined {
  return state?.kind === 'folder' ? state.key : undefined;
}
