/**
 * What lost blobs mean for files: the second pass of a check, made only when there is damage. Each tree is judged once,
 * and only trees with losses below them are gone through path by path.
 */
import { toDisplay, type ByteString } from '#base/byte-string.ts';
import { idToBytes, type BlobId, type SnapshotId } from '#base/ids.ts';
import { throwIfCancelled } from '#base/errors.ts';
import { parseTree } from '#format/tree.ts';
import type { TreeNode } from '#format/tree-node.ts';
import type { Repository } from '#repository/repository.ts';
import type { Losses } from './losses.ts';
import { reasonUnlessFatal, type SnapshotRoot } from './prepare.ts';
import { MAX_LISTED, type AffectedPath } from './types.ts';

const WHOLE = 1;
const AFFECTED = 2;

export interface AffectedPaths {
  readonly paths: readonly AffectedPath[];
  /** Paths with losses, all snapshots taken together. */
  readonly count: number;
}

/** `losses` are settled. */
export async function findAffected(
  repository: Repository,
  roots: readonly SnapshotRoot[],
  losses: Losses,
  signal: AbortSignal | undefined,
): Promise<AffectedPaths> {
  if (losses.isEmpty) return { paths: [], count: 0 };
  const search = new AffectedSearch(repository, losses, signal);
  for (const root of roots) await search.addSnapshot(root);
  return search.result();
}

class AffectedSearch {
  readonly #repository: Repository;
  readonly #losses: Losses;
  readonly #signal: AbortSignal | undefined;
  /** Per entry of the index: what is known of the tree there. */
  readonly #states: Uint8Array;
  readonly #found = new Map<
    ByteString,
    { isFolder: boolean; readonly snapshotIds: SnapshotId[]; readonly blobIds: Set<BlobId> }
  >();
  #beyondLimit = 0;

  constructor(repository: Repository, losses: Losses, signal: AbortSignal | undefined) {
    this.#repository = repository;
    this.#losses = losses;
    this.#signal = signal;
    this.#states = new Uint8Array(repository.index.entryCount);
  }

  async addSnapshot({ snapshotId, treeId }: SnapshotRoot): Promise<void> {
    if (await this.#isAffected(treeId)) await this.#list(treeId, '' as ByteString, snapshotId);
  }

  result(): AffectedPaths {
    const paths = [...this.#found].map(([path, { isFolder, snapshotIds, blobIds }]) => ({
      path: toDisplay(path),
      isFolder,
      snapshotIds,
      blobIds: [...blobIds],
    }));
    return { paths, count: paths.length + this.#beyondLimit };
  }

  async #isAffected(treeId: BlobId): Promise<boolean> {
    throwIfCancelled(this.#signal);
    const idBytes = idToBytes(treeId);
    if (this.#losses.has('tree', idBytes)) return true;
    const entry = this.#repository.index.findEntry('tree', idBytes);
    if (entry < 0) return true;
    if (this.#states[entry] === 0) {
      let isAffected = false;
      for (const node of await this.#nodes(treeId)) {
        if (this.#lostBlobs(treeId, node) !== undefined) isAffected = true;
        if (node.subtree !== undefined && (await this.#isAffected(node.subtree))) isAffected = true;
      }
      this.#states[entry] = isAffected ? AFFECTED : WHOLE;
    }
    return this.#states[entry] === AFFECTED;
  }

  async #list(treeId: BlobId, path: ByteString, snapshotId: SnapshotId): Promise<void> {
    if (this.#losses.has('tree', idToBytes(treeId))) {
      this.#add(path === '' ? ('/' as ByteString) : path, true, snapshotId, [treeId]);
      return;
    }
    for (const node of await this.#nodes(treeId)) {
      const nodePath = `${path}/${node.name}` as ByteString;
      const lost = this.#lostBlobs(treeId, node);
      if (lost !== undefined) this.#add(nodePath, node.type === 'dir', snapshotId, lost);
      if (node.subtree !== undefined && (await this.#isAffected(node.subtree)))
        await this.#list(node.subtree, nodePath, snapshotId);
    }
  }

  /** Undefined when the node itself is whole; what is below a folder is not looked at. */
  #lostBlobs(treeId: BlobId, node: TreeNode): BlobId[] | undefined {
    const lost = (node.content ?? []).filter((id) => this.#losses.has('data', idToBytes(id)));
    return lost.length > 0 || this.#losses.isBadNode(treeId, node.name) ? lost : undefined;
  }

  /** A tree that cannot be read any more since the first pass counts as empty here; the first pass tells of trees. */
  async #nodes(treeId: BlobId): Promise<readonly TreeNode[]> {
    try {
      return parseTree(await this.#repository.loadBlob('tree', treeId, this.#signal)).nodes;
    } catch (error) {
      reasonUnlessFatal(error);
      return [];
    }
  }

  #add(path: ByteString, isFolder: boolean, snapshotId: SnapshotId, blobIds: readonly BlobId[]): void {
    let found = this.#found.get(path);
    if (found === undefined) {
      if (this.#found.size === MAX_LISTED) {
        this.#beyondLimit++;
        return;
      }
      found = { isFolder, snapshotIds: [], blobIds: new Set() };
      this.#found.set(path, found);
    }
    if (found.snapshotIds.at(-1) !== snapshotId) found.snapshotIds.push(snapshotId);
    for (const id of blobIds) found.blobIds.add(id);
  }
}
