/**
 * The trees of a snapshot made anew, bottom-up, with some nodes changed or left out; whatever does not change keeps its id.
 * Each distinct tree is gone through once (once per path where the rules heed paths). Before a tree is written in another form
 * it is encoded unchanged: when that is not what is stored, something would get lost, and nothing is done.
 * Source: repository format, 16.4.
 */
import { toDisplay, type ByteString } from '#base/byte-string.ts';
import { bytesToId, idToBytes, type BlobId } from '#base/ids.ts';
import { isTidemarkError, throwIfCancelled, TidemarkError } from '#base/errors.ts';
import { FormatError } from '#format/format-error.ts';
import { encodeNode, encodeTree } from '#format/tree.ts';
import type { TreeNode } from '#format/tree-node.ts';
import type { Repository } from '#repository/repository.ts';
import { joinPath, loadNodes } from '../find-in-snapshot.ts';
import { TreeOutcomes, type TreeOutcome } from './tree-outcomes.ts';
import type { TreeSink } from './tree-sink.ts';

export interface TreeRules {
  /**
   * What becomes of a node: itself, another, or undefined to leave it out with all that is below. A folder that stays is then
   * rewritten below. `path` is absolute in the snapshot.
   */
  rewriteNode(node: TreeNode, path: ByteString): TreeNode | undefined;
  /**
   * A tree that cannot be read becomes an empty folder when true; otherwise the error is thrown. `lostTree` is given when its blob
   * cannot be had, not when its contents make no sense.
   */
  emptiesUnreadable(path: ByteString, lostTree: BlobId | undefined): boolean | Promise<boolean>;
  /** The same tree may come out differently in another place. */
  readonly heedsPaths: boolean;
}

const ROOT = '/' as ByteString;

export class TreeRewriter {
  readonly #repository: Repository;
  readonly #rules: TreeRules;
  readonly #sink: TreeSink;
  readonly #signal: AbortSignal | undefined;
  readonly #outcomes = new TreeOutcomes();
  /** Of what is left out; by tree alone. */
  readonly #counted = new TreeOutcomes();
  readonly #emptied = new Set<BlobId>();

  constructor(repository: Repository, rules: TreeRules, sink: TreeSink, signal: AbortSignal | undefined) {
    this.#repository = repository;
    this.#rules = rules;
    this.#sink = sink;
    this.#signal = signal;
  }

  /**
   * A root is gone through each time, what is below it once: it may not be emptied, the same tree as a folder may.
   * @throws integrity.treeForeign for a tree that cannot be written again without a loss; integrity errors of trees that
   * cannot be read, unless the rules empty them; job.cancelled
   */
  rewrite(rootTree: BlobId): Promise<TreeOutcome> {
    return this.#rewriteOnce(rootTree, ROOT);
  }

  /** Of a tree that was rewritten, by rules that do not heed paths. */
  hasChanged(treeId: BlobId): boolean {
    return this.#outcomes.get(idToBytes(treeId))?.id !== treeId;
  }

  /** It could not be read, and an empty folder took its place. */
  hasEmptied(treeId: BlobId): boolean {
    return this.#emptied.has(treeId);
  }

  async #rewrite(treeId: BlobId | undefined, path: ByteString): Promise<TreeOutcome> {
    if (treeId === undefined) return this.#unreadable(undefined, path, missingTree());
    const key = this.#keyOf(treeId, path);
    const known = this.#outcomes.get(key);
    if (known !== undefined) return known;
    const outcome = await this.#rewriteOnce(treeId, path);
    this.#outcomes.add(key, outcome);
    return outcome;
  }

  async #rewriteOnce(treeId: BlobId, path: ByteString): Promise<TreeOutcome> {
    throwIfCancelled(this.#signal);
    let nodes: readonly TreeNode[];
    try {
      nodes = await loadNodes(this.#repository, treeId, this.#signal);
    } catch (error) {
      return this.#unreadable(treeId, path, error);
    }
    const kept: TreeNode[] = [];
    const sum = { files: 0, bytes: 0, goneFiles: 0, goneBytes: 0 };
    for (const node of nodes) {
      const next = await this.#rewriteNode(node, joinPath(path, node.name), sum);
      if (next !== undefined) kept.push(next);
    }
    const isChanged = kept.length !== nodes.length || kept.some((node, index) => node !== nodes[index]);
    if (!isChanged) return { id: treeId, ...sum };
    this.#refuseLoss(treeId, nodes, path);
    return { id: await this.#sink.put(kept.map(encodeNode)), ...sum };
  }

  async #rewriteNode(
    node: TreeNode,
    path: ByteString,
    sum: { files: number; bytes: number; goneFiles: number; goneBytes: number },
  ): Promise<TreeNode | undefined> {
    const next = this.#rules.rewriteNode(node, path);
    if (next === undefined) {
      const { files, bytes } = await this.#count(node);
      sum.goneFiles += files;
      sum.goneBytes += bytes;
      return undefined;
    }
    if (next.type === 'file') {
      sum.files++;
      sum.bytes += Number(next.size);
    }
    if (next.type !== 'dir') return next;
    const below = await this.#rewrite(next.subtree, path);
    sum.files += below.files;
    sum.bytes += below.bytes;
    sum.goneFiles += below.goneFiles;
    sum.goneBytes += below.goneBytes;
    return below.id === next.subtree ? next : { ...next, subtree: below.id };
  }

  /** How much goes with a node that is left out; what cannot be read counts as nothing. */
  async #count(node: TreeNode): Promise<{ readonly files: number; readonly bytes: number }> {
    if (node.type === 'file') return { files: 1, bytes: Number(node.size) };
    if (node.type !== 'dir' || node.subtree === undefined) return { files: 0, bytes: 0 };
    const key = idToBytes(node.subtree);
    const known = this.#counted.get(key);
    if (known !== undefined) return known;
    let nodes: readonly TreeNode[];
    try {
      nodes = await loadNodes(this.#repository, node.subtree, this.#signal);
    } catch (error) {
      if (!isTreeLost(error)) throw error;
      nodes = [];
    }
    const sum = { files: 0, bytes: 0 };
    for (const child of nodes) {
      const { files, bytes } = await this.#count(child);
      sum.files += files;
      sum.bytes += bytes;
    }
    this.#counted.add(key, { id: node.subtree, ...sum, goneFiles: 0, goneBytes: 0 });
    return sum;
  }

  async #unreadable(treeId: BlobId | undefined, path: ByteString, error: unknown): Promise<TreeOutcome> {
    const lostTree = isTidemarkError(error, 'integrity.treeCorrupt') ? undefined : treeId;
    if (!isTreeLost(error) || !(await this.#rules.emptiesUnreadable(path, lostTree))) throw error;
    if (treeId !== undefined) this.#emptied.add(treeId);
    return { id: await this.#sink.put([]), files: 0, bytes: 0, goneFiles: 0, goneBytes: 0 };
  }

  #refuseLoss(treeId: BlobId, nodes: readonly TreeNode[], path: ByteString): void {
    if (this.#idOf(nodes) !== treeId)
      throw new TidemarkError('integrity.treeForeign', { treeId, path: toDisplay(path) });
  }

  /** Undefined for nodes that cannot be a tree. */
  #idOf(nodes: readonly TreeNode[]): BlobId | undefined {
    try {
      return bytesToId<BlobId>(this.#repository.ports.primitives.sha256(encodeTree(nodes.map(encodeNode))));
    } catch (error) {
      if (error instanceof FormatError) return undefined;
      throw error;
    }
  }

  #keyOf(treeId: BlobId, path: ByteString): Uint8Array {
    if (!this.#rules.heedsPaths) return idToBytes(treeId);
    return this.#repository.ports.primitives.sha256(Buffer.from(`${treeId}${path}`, 'latin1'));
  }
}

function missingTree(): TidemarkError {
  return new TidemarkError('integrity.treeCorrupt', { treeId: '', reason: 'its folder names no tree' });
}

/** The tree is lost; any other error says nothing about it. */
export function isTreeLost(error: unknown): boolean {
  return (
    isTidemarkError(error, 'integrity.blobMissing') ||
    isTidemarkError(error, 'integrity.blobCorrupt') ||
    isTidemarkError(error, 'integrity.treeCorrupt')
  );
}
