/**
 * Goes down two folders side by side and lists what differs; folders with the same tree are passed over and remembered.
 * Counts as restic's diff counts: entries that are new or gone, files of other content; marks the blobs that each side
 * refers to, a byte per entry of the index.
 */
import { byteStringToBytes, type ByteString } from '#base/byte-string.ts';
import { isTidemarkError } from '#base/errors.ts';
import { bytesToId, idToBytes, type BlobId } from '#base/ids.ts';
import type { TreeNode } from '#format/tree-node.ts';
import type { BlobType } from '#repository/blob-index.ts';
import type { Repository } from '#repository/repository.ts';
import { differenceOf } from '#rules/node-difference.ts';
import { reasonUnlessFatal } from '../check/prepare.ts';
import { loadNodes } from '../find-in-snapshot.ts';
import { ADDED, REMOVED, type ChangeList, type EntryType } from './change-list.ts';
import type { UncomparedFolder } from './types.ts';

/** Which side refers to a blob. */
export const BEFORE = 1;
export const AFTER = 2;

/** Of a folder with nothing in it: all of them are equal. Source: repository format, 10. */
const EMPTY_TREE = 'ac08ce34ba4f8123618661bef2425f7028ffb9ac740578a3ee88684d2523fee8';

interface Counts {
  files: number;
  folders: number;
  others: number;
}

export class TreeDiff {
  readonly added: Counts = { files: 0, folders: 0, others: 0 };
  readonly removed: Counts = { files: 0, folders: 0, others: 0 };
  changedFiles = 0;
  /** Per entry of the index: BEFORE and AFTER added up. */
  readonly marks: Uint8Array;
  /** The same for blobs that no index names, by kind and id. */
  readonly unknown = new Map<string, number>();
  /** Trees that are the same on both sides. */
  readonly common = new Set<BlobId>();
  readonly #repository: Repository;
  readonly #list: ChangeList;
  readonly #withMetadata: boolean;
  readonly #onDamaged: (damaged: UncomparedFolder) => void;
  readonly #signal: AbortSignal | undefined;

  constructor(
    repository: Repository,
    list: ChangeList,
    withMetadata: boolean,
    onDamaged: (damaged: UncomparedFolder) => void,
    signal: AbortSignal | undefined,
  ) {
    this.#repository = repository;
    this.#list = list;
    this.#withMetadata = withMetadata;
    this.#onDamaged = onDamaged;
    this.#signal = signal;
    this.marks = new Uint8Array(repository.index.entryCount);
  }

  /** @throws job.cancelled, storage errors that concern the whole place */
  async compare(before: BlobId, after: BlobId): Promise<void> {
    this.#mark(BEFORE, 'tree', before);
    this.#mark(AFTER, 'tree', after);
    await this.#compareFolders(before, after, 0, '');
  }

  async #compareFolders(before: BlobId, after: BlobId, folder: number, path: string): Promise<void> {
    const [old, now] = [await this.#load(before, path), await this.#load(after, path)];
    if (old === undefined || now === undefined) return;
    for (const [name, one, other] of sideBySide(old, now)) {
      if (one !== undefined) this.#markNode(BEFORE, one);
      if (other !== undefined) this.#markNode(AFTER, other);
      if (one !== undefined && other !== undefined)
        await this.#compareNodes(one, other, folder, `${path}/${name}`);
      else if (one !== undefined) await this.#listAll(REMOVED, one, folder, path);
      else if (other !== undefined) await this.#listAll(ADDED, other, folder, path);
    }
  }

  async #compareNodes(one: TreeNode, other: TreeNode, folder: number, path: string): Promise<void> {
    const letters = differenceOf(one, other, this.#withMetadata);
    if (letters.includes('M')) this.changedFiles++;
    if (letters !== '') this.#list.addChanged(letters, typeOf(other), folder, other.name);
    const [before, after] = [treeOf(one), treeOf(other)];
    if (before === undefined || after === undefined) return;
    if (before === after) this.common.add(before);
    else await this.#compareFolders(before, after, this.#list.addFolder(folder, one.name), path);
  }

  /** An entry that only one side has, and all in it. */
  async #listAll(
    kind: typeof ADDED | typeof REMOVED,
    node: TreeNode,
    folder: number,
    parentPath: string,
  ): Promise<void> {
    const counts = kind === ADDED ? this.added : this.removed;
    const type = typeOf(node);
    counts[type === 'file' ? 'files' : type === 'folder' ? 'folders' : 'others']++;
    const change = this.#list.addEntry(kind, type, folder, node.name, this.#contentId(node));
    const tree = treeOf(node);
    if (tree === undefined) return;
    const path = `${parentPath}/${node.name}`;
    const inner = this.#list.addFolder(folder, node.name);
    for (const entry of (await this.#load(tree, path)) ?? []) {
      this.#markNode(kind === ADDED ? AFTER : BEFORE, entry);
      await this.#listAll(kind, entry, inner, path);
    }
    this.#list.endFolder(change);
  }

  /** Undefined when it cannot be read; that is told. */
  async #load(treeId: BlobId, path: string): Promise<readonly TreeNode[] | undefined> {
    try {
      return await loadNodes(this.#repository, treeId, this.#signal);
    } catch (error) {
      const isUnreadable = isTidemarkError(error, 'integrity.treeCorrupt');
      const reason = isUnreadable ? error.data.reason : reasonUnlessFatal(error);
      this.#onDamaged({ path: (path || '/') as ByteString, treeId, reason });
      return undefined;
    }
  }

  /** Files without content and folders without entries are all alike. */
  #contentId({ type, content, subtree }: TreeNode): string | undefined {
    if (type === 'dir') return subtree === EMPTY_TREE ? undefined : subtree;
    if (type !== 'file' || content === null || content.length === 0) return undefined;
    const { sha256 } = this.#repository.ports.primitives;
    return bytesToId(sha256(byteStringToBytes(content.join('') as ByteString)));
  }

  #markNode(side: number, node: TreeNode): void {
    const tree = treeOf(node);
    if (tree !== undefined) this.#mark(side, 'tree', tree);
    if (node.type === 'file') for (const id of node.content ?? []) this.#mark(side, 'data', id);
  }

  #mark(side: number, type: BlobType, id: BlobId): void {
    const entry = this.#repository.index.findEntry(type, idToBytes(id));
    if (entry >= 0) {
      this.marks[entry]! |= side;
      return;
    }
    const key = `${type} ${id}`;
    this.unknown.set(key, (this.unknown.get(key) ?? 0) | side);
  }
}

function typeOf({ type }: TreeNode): EntryType {
  return type === 'file' ? 'file' : type === 'dir' ? 'folder' : 'other';
}

function treeOf({ type, subtree }: TreeNode): BlobId | undefined {
  return type === 'dir' ? subtree : undefined;
}

/** By name, in the order of bytes; of equal names on one side the last counts, as in restic. */
function* sideBySide(
  before: readonly TreeNode[],
  after: readonly TreeNode[],
): Generator<[ByteString, TreeNode | undefined, TreeNode | undefined]> {
  const old = new Map(before.map((node) => [node.name, node]));
  const now = new Map(after.map((node) => [node.name, node]));
  const names = [...new Set([...old.keys(), ...now.keys()])].sort((a, b) => (a < b ? -1 : 1));
  for (const name of names) yield [name, old.get(name), now.get(name)];
}
