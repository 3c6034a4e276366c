/**
 * Looks through trees for what a search asks for. Knows names and states, not paths: where a folder lies is its state's
 * affair. What it tells is flat, because objects per node would cost more to send between threads than the search.
 */
import type { ByteString } from '#base/byte-string.ts';
import { byteStringToBytes } from '#base/byte-string.ts';
import { bytesToId, idAt, ID_BYTES, type BlobId } from '#base/ids.ts';
import type { Primitives } from '#format/primitives.ts';
import { parseTime, type Instant } from '#format/time.ts';
import { encodeNode, parseTree } from '#format/tree.ts';
import type { TreeNode } from '#format/tree-node.ts';
import { IdList } from '#format/tree-references.ts';
import { HOPELESS, MATCHED, PatternStates } from '#rules/pattern-states.ts';
import {
  CONTENT_KEY_BYTES,
  type NodeConditions,
  type SearchedTrees,
  type TreeQuery,
} from './search-types.ts';

export class TreeSearch {
  readonly #states: PatternStates;
  readonly #conditions: NodeConditions;
  readonly #wanted: { readonly blobs: ReadonlySet<string>; readonly trees: ReadonlySet<string> } | undefined;
  readonly #contentIds: readonly string[] | undefined;
  readonly #contentHash: string | undefined;
  readonly #hashOfNothing: string;
  readonly #primitives: Primitives;
  #batch = new Batch();

  /** @throws request.invalidInput for a malformed pattern */
  constructor({ patterns, conditions, objects }: TreeQuery, primitives: Primitives) {
    this.#states = new PatternStates(patterns);
    this.#conditions = conditions;
    this.#primitives = primitives;
    if (objects !== undefined)
      this.#wanted = { blobs: new Set(hexIds(objects.blobIds)), trees: new Set(hexIds(objects.treeIds)) };
    this.#contentIds = conditions.contentIds && hexIds(conditions.contentIds);
    this.#contentHash = conditions.contentHash && bytesToId(conditions.contentHash);
    this.#hashOfNothing = bytesToId(primitives.sha256(new Uint8Array(0)));
  }

  /** The next tree's plaintext and its folder's state. `open` may throw: the tree then counts as failed. */
  add(open: () => Uint8Array, state: string): void {
    const batch = this.#batch;
    const tree = batch.foundCounts.length;
    batch.foundCounts.push(0);
    batch.folderCounts.push(0);
    let nodes: readonly TreeNode[];
    try {
      nodes = inOrder(parseTree(open()).nodes);
    } catch (error) {
      batch.failures.push({ tree, reason: error instanceof Error ? error.message : String(error) });
      return;
    }
    for (const node of nodes) this.#judge(batch, tree, node, state);
  }

  finish(): SearchedTrees {
    const searched = this.#batch.finish();
    this.#batch = new Batch();
    return searched;
  }

  #judge(batch: Batch, tree: number, node: TreeNode, folderState: string): void {
    const state = this.#states.next(folderState, node.name);
    if (state === HOPELESS) return;
    if (state === MATCHED) {
      const found = this.#found(node);
      if (found !== undefined) batch.addFound(tree, found, this.#contentKey(node));
    }
    if (node.type === 'dir' && node.subtree !== undefined)
      batch.addFolder(tree, node.name, node.subtree, state);
  }

  /** What is to be told of a node whose name matches; undefined when it is not what is looked for. */
  #found(node: TreeNode): TreeNode | undefined {
    const content = node.content === null ? null : [];
    if (this.#wanted !== undefined) {
      if (node.type === 'dir')
        return this.#wanted.trees.has(node.subtree ?? '') ? slim(node, content) : undefined;
      const blobs = node.type === 'file' ? node.content?.filter((id) => this.#wanted!.blobs.has(id)) : [];
      return blobs === undefined || blobs.length === 0 ? undefined : slim(node, blobs);
    }
    if (!this.#isInTime(node) || !this.#isOfSize(node)) return undefined;
    if (this.#contentIds === undefined && this.#contentHash === undefined) return slim(node, content);
    if (node.type !== 'file' || node.content === null) return undefined;
    if (this.#contentIds !== undefined && !isSameList(node.content, this.#contentIds)) return undefined;
    if (this.#contentHash === undefined) return slim(node, content);
    // A blob's id is the hash of its bytes.
    const [only = this.#hashOfNothing, ...others] = node.content;
    if (others.length > 0) return slim(node, node.content);
    return only === this.#contentHash ? slim(node, content) : undefined;
  }

  #isInTime({ mtime }: TreeNode): boolean {
    const { modifiedFrom, modifiedTo } = this.#conditions;
    if (modifiedFrom === undefined && modifiedTo === undefined) return true;
    const time = readTime(mtime);
    if (time === undefined) return false;
    if (modifiedFrom !== undefined && isBefore(time, modifiedFrom)) return false;
    return modifiedTo === undefined || !isBefore(modifiedTo, time);
  }

  #isOfSize({ type, size }: TreeNode): boolean {
    const { largerThanBytes, smallerThanBytes } = this.#conditions;
    if (largerThanBytes === undefined && smallerThanBytes === undefined) return true;
    if (type !== 'file') return false;
    if (largerThanBytes !== undefined && size <= largerThanBytes) return false;
    return smallerThanBytes === undefined || size < smallerThanBytes;
  }

  #contentKey({ type, content, subtree, linkTarget, device }: TreeNode): Uint8Array {
    const what =
      type === 'file' ? (content ?? ['damaged']).join('') : (subtree ?? linkTarget ?? device.toString());
    return this.#primitives.sha256(byteStringToBytes(`${type} ${what}` as ByteString));
  }
}

/** What was found so far in the trees of one job. */
class Batch {
  readonly foundCounts: number[] = [];
  readonly folderCounts: number[] = [];
  readonly failures: { tree: number; reason: string }[] = [];
  /** Per tree, joined by commas. */
  readonly #texts: string[] = [];
  readonly #keys: Uint8Array[] = [];
  readonly #folderIds = new IdList();
  readonly #folderNames: string[] = [];
  readonly #folderNumbers: number[] = [];
  readonly #stateNumbers = new Map<string, number>();

  addFound(tree: number, node: TreeNode, contentKey: Uint8Array): void {
    const text = encodeNode(node);
    this.#texts[tree] = this.#texts[tree] === undefined ? text : `${this.#texts[tree]},${text}`;
    this.#keys.push(contentKey);
    this.foundCounts[tree]!++;
  }

  addFolder(tree: number, name: ByteString, subtree: BlobId, state: string): void {
    let number = this.#stateNumbers.get(state);
    if (number === undefined) this.#stateNumbers.set(state, (number = this.#stateNumbers.size));
    this.#folderIds.add(subtree);
    this.#folderNames.push(name);
    this.#folderNumbers.push(name.length, number, this.foundCounts[tree]!);
    this.folderCounts[tree]!++;
  }

  finish(): SearchedTrees {
    const contentKeys = new Uint8Array(this.#keys.length * CONTENT_KEY_BYTES);
    for (const [i, key] of this.#keys.entries())
      contentKeys.set(key.subarray(0, CONTENT_KEY_BYTES), i * CONTENT_KEY_BYTES);
    const texts = this.foundCounts.map((_count, tree) => this.#texts[tree] ?? '');
    return {
      foundCounts: Uint32Array.from(this.foundCounts),
      folderCounts: Uint32Array.from(this.folderCounts),
      found: {
        texts: texts.join('') as ByteString,
        textLengths: Uint32Array.from(texts, ({ length }) => length),
        contentKeys,
      },
      folderIds: this.#folderIds.toBytes(),
      folderNumbers: Uint32Array.from(this.#folderNumbers),
      folderNames: this.#folderNames.join('') as ByteString,
      states: [...this.#stateNumbers.keys()],
      failures: this.failures,
    };
  }
}

function slim(node: TreeNode, content: readonly BlobId[] | null): TreeNode {
  const { extendedAttributes: _attributes, genericAttributes: _generic, ...rest } = node;
  return { ...rest, content };
}

/** Other writers may have got the order wrong. */
function inOrder(nodes: readonly TreeNode[]): readonly TreeNode[] {
  const isSorted = nodes.every((node, i) => i === 0 || nodes[i - 1]!.name <= node.name);
  return isSorted ? nodes : nodes.toSorted((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
}

function hexIds(joined: Uint8Array): BlobId[] {
  return Array.from({ length: joined.length / ID_BYTES }, (_, i) => bytesToId<BlobId>(idAt(joined, i)));
}

function isSameList(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((id, i) => id === other[i]);
}

function readTime(text: string | undefined): Instant | undefined {
  if (text === undefined) return undefined;
  try {
    return parseTime(text);
  } catch {
    return undefined;
  }
}

function isBefore(one: Instant, other: Instant): boolean {
  return one.sec < other.sec || (one.sec === other.sec && one.nsec < other.nsec);
}
