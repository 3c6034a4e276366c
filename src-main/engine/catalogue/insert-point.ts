/**
 * Puts a point in between its neighbours. Of its trees only those are read that neither neighbour has. A folder that
 * cannot be read is marked, and what is below it counts as unchanged: as it was before, or as it is after.
 */
import type { ByteString } from '#base/byte-string.ts';
import type { BlobId } from '#base/ids.ts';
import type { Primitives } from '#format/primitives.ts';
import { isSafeName } from '#format/tree.ts';
import type { TreeNode } from '#format/tree-node.ts';
import { isSameState, keyOfId, NO_KEY, stateOfNode, type EntryState } from './entry-state.ts';
import { NO_NODE } from './nodes-table.ts';
import { folderKey, PointWalk, type PointPlace, type Task, type WalkOptions } from './point-walk.ts';
import { OPEN_FIRST, OPEN_LAST } from './spans-table.ts';
import type { Tables } from './tables.ts';

/** Undefined when it cannot be read. @throws what concerns the whole place */
export type LoadTree = (treeId: BlobId, signal?: AbortSignal) => Promise<readonly TreeNode[] | undefined>;

export interface InsertOptions extends WalkOptions {
  /** Null: the snapshot has none. */
  readonly tree: BlobId | null;
  readonly loadTree: LoadTree;
  readonly primitives: Primitives;
  readonly emptyFolder: ByteString;
}

/** To be called in a transaction. */
export async function insertPoint(tables: Tables, place: PointPlace, options: InsertOptions): Promise<void> {
  await new InsertWalk(tables, place, options).run();
}

class InsertWalk extends PointWalk {
  readonly #options: InsertOptions;
  #lastNode: number;

  constructor(tables: Tables, place: PointPlace, options: InsertOptions) {
    super(tables, place, options.emptyFolder);
    this.#options = options;
    this.#lastNode = tables.nodes.lastId;
  }

  async run(): Promise<void> {
    const { series, position, before, after } = this.place;
    const { tree } = this.#options;
    const { spans } = this.tables;
    const at: EntryState = {
      kind: 'folder',
      sizeBytes: 0,
      modifiedMs: 0,
      key: tree === null ? NO_KEY : keyOfId(tree),
    };
    const root: Task = {
      node: series.root,
      isNew: !spans.hasAny(series.root),
      parent: NO_NODE,
      isParentNew: false,
      name: '' as ByteString,
      before: before === undefined ? undefined : spans.findAt(series.root, before),
      at,
      after: after === undefined ? undefined : spans.findAt(series.root, after),
      treeId: tree ?? undefined,
    };
    // One row that covers both is one object.
    if (root.before !== undefined && root.before.first === root.after?.first) root.after = root.before;
    await this.walk(root, this.#options);
    if (before !== undefined) this.writeChanges('at', position, true);
    if (after !== undefined) this.writeChanges('after', after, true);
    this.#takeOverMarks();
  }

  /** What was passed over because a neighbour has the same tree has the same unreadable folders. */
  #takeOverMarks(): void {
    const { points, spans, nodes } = this.tables;
    const { series, position, before, after } = this.place;
    const isSameFolder = (node: number, neighbour: number): boolean => {
      const key = folderKey(spans.findAt(node, position));
      return key !== undefined && key !== NO_KEY && key === folderKey(spans.findAt(node, neighbour));
    };
    for (const neighbour of [before, after]) {
      if (neighbour === undefined) continue;
      for (const marked of points.listUnreadAt(series.id, neighbour)) {
        let above = nodes.get(marked).parent;
        while (above !== NO_NODE && !isSameFolder(above, neighbour)) above = nodes.get(above).parent;
        if (above !== NO_NODE) points.markUnread(series.id, position, marked);
      }
    }
  }

  protected override loadFolder(folder: Task): Promise<void> | undefined {
    if (folder.at?.kind !== 'folder' || isAsNeighbour(folder)) return undefined;
    return this.#load(folder);
  }

  async #load(folder: Task): Promise<void> {
    const { loadTree, signal } = this.#options;
    folder.nodes = folder.treeId === undefined ? undefined : await loadTree(folder.treeId, signal);
    if (folder.nodes !== undefined) return;
    const key = folderKey(folder.before) ?? folderKey(folder.after) ?? NO_KEY;
    folder.at = { ...folder.at!, key };
    folder.isUnread = true;
  }

  protected override settle(entry: Task): void {
    const { spans, points } = this.tables;
    const { series, position, before: beforeAt, after: afterAt } = this.place;
    const { before, at, after } = entry;
    if (at !== undefined && entry.node === NO_NODE) this.#giveNode(entry);
    if (entry.isUnread === true) points.markUnread(series.id, position, entry.node);
    const { node } = entry;
    const isAsBefore = before !== undefined && at !== undefined && isSameState(before, at);
    const isAsAfter = after !== undefined && at !== undefined && isSameState(after, at);
    if (before !== undefined && before === after) {
      if (isAsBefore) return;
      spans.setLast(node, before.first, beforeAt!);
      spans.insert(node, { ...before, first: afterAt! });
    } else {
      if (before !== undefined) {
        if (afterAt === undefined && !isAsBefore) spans.setLast(node, before.first, beforeAt!);
        else if (afterAt !== undefined && isAsBefore) spans.setLast(node, before.first, position);
      }
      if (after !== undefined) {
        if (beforeAt === undefined && !isAsAfter) spans.setFirst(node, after.first, afterAt!);
        else if (beforeAt !== undefined && isAsAfter) spans.setFirst(node, after.first, position);
      }
    }
    if (at === undefined || isAsBefore || isAsAfter) return;
    const first = beforeAt === undefined ? OPEN_FIRST : position;
    const last = afterAt === undefined ? OPEN_LAST : position;
    spans.insert(node, { ...at, first, last });
  }

  #giveNode(entry: Task): void {
    const { nodes } = this.tables;
    const known = entry.isParentNew ? undefined : nodes.find(entry.parent, entry.name);
    entry.node = known ?? ++this.#lastNode;
    if (known !== undefined) return;
    entry.isNew = true;
    nodes.add(entry.node, entry.parent, entry.name);
  }

  protected override addEntries(folder: Task, entries: Map<ByteString, Task>): void {
    const at = folderKey(folder.at);
    if (folder.nodes !== undefined) this.#addNodes(folder, folder.nodes, entries);
    else if (at !== undefined && at === folderKey(folder.before))
      for (const entry of entries.values()) entry.at = entry.before;
    else if (at !== undefined && at === folderKey(folder.after))
      for (const entry of entries.values()) entry.at = entry.after;
    else for (const entry of entries.values()) entry.at = undefined;
  }

  #addNodes(folder: Task, nodes: readonly TreeNode[], entries: Map<ByteString, Task>): void {
    for (const entry of entries.values()) entry.at = undefined;
    for (const node of nodes) {
      // A path with such a name could mean something else, and nothing restores it.
      if (!isSafeName(node.name)) continue;
      let entry = entries.get(node.name);
      if (entry === undefined) entries.set(node.name, (entry = this.newEntry(folder, node.name)));
      // Of two with the same name the first counts.
      if (entry.at !== undefined) continue;
      entry.at = stateOfNode(node, this.#options.primitives);
      entry.treeId = node.type === 'dir' ? node.subtree : undefined;
    }
  }

  protected override changesOf({ before, at, after }: Task): ReturnType<PointWalk['changesOf']> {
    const changes: [Which: 'at' | 'after', EntryState | undefined, EntryState | undefined][] = [];
    if (this.place.before !== undefined) changes.push(['at', before, at]);
    if (this.place.after !== undefined) changes.push(['after', at, after]);
    return changes;
  }
}

function isAsNeighbour({ before, at, after }: Task): boolean {
  const key = folderKey(at);
  return key !== NO_KEY && (key === folderKey(before) || key === folderKey(after));
}
