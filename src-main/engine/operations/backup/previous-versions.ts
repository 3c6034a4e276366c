/**
 * What the parent snapshot has of files and folders that the disk does not give any more: of a dying disk the version before is
 * the best there is, and a snapshot without it would let it expire. restic leaves such files out. Files that a person may not read,
 * or that are gone, are left out here too: that says nothing against the disk.
 */
import type { ByteString } from '#base/byte-string.ts';
import { idToBytes, type BlobId } from '#base/ids.ts';
import { isTidemarkError } from '#base/errors.ts';
import { encodeNode } from '#format/tree.ts';
import type { TreeNode } from '#format/tree-node.ts';
import { isDiskError } from '#pipeline/jobs/error-code.ts';
import type { PathProblem } from '#pipeline/protocol.ts';
import type { Repository } from '#repository/repository.ts';
import { loadNodes } from '../find-in-snapshot.ts';
import type { FolderInProgress } from './folder-in-progress.ts';

export interface PreviousFile {
  readonly text: ByteString;
  readonly sizeBytes: number;
}

export class PreviousVersions {
  readonly #repository: Repository;
  readonly #signal: AbortSignal | undefined;
  /** Of the folder asked about last: bad files tend to lie together. */
  #nodes: { readonly treeId: BlobId; readonly byName: ReadonlyMap<ByteString, TreeNode> } | undefined;

  constructor(repository: Repository, signal: AbortSignal | undefined) {
    this.#repository = repository;
    this.#signal = signal;
  }

  /** The folder could not be listed: its parent's tree is to stand for it. */
  hasFolder({ parentSubtree }: FolderInProgress, problems: readonly PathProblem[]): boolean {
    return (
      parentSubtree !== undefined &&
      problems.every(({ code }) => isDiskError(code)) &&
      this.#repository.index.has('tree', idToBytes(parentSubtree))
    );
  }

  /** Undefined when there is none whose content the repository has. @throws job.cancelled, storage errors */
  async findFile({ parentSubtree }: FolderInProgress, name: ByteString): Promise<PreviousFile | undefined> {
    if (parentSubtree === undefined) return undefined;
    const node = (await this.#nodesOf(parentSubtree)).get(name);
    if (node?.type !== 'file' || node.content === null) return undefined;
    const { index } = this.#repository;
    if (!node.content.every((id) => index.has('data', idToBytes(id)))) return undefined;
    return { text: encodeNode(node), sizeBytes: Number(node.size) };
  }

  async #nodesOf(treeId: BlobId): Promise<ReadonlyMap<ByteString, TreeNode>> {
    if (this.#nodes?.treeId === treeId) return this.#nodes.byName;
    let nodes: readonly TreeNode[] = [];
    try {
      nodes = await loadNodes(this.#repository, treeId, this.#signal);
    } catch (error) {
      if (!isTidemarkError(error) || !error.code.startsWith('integrity.')) throw error;
    }
    const byName = new Map(nodes.map((node) => [node.name, node]));
    this.#nodes = { treeId, byName };
    return byName;
  }
}
