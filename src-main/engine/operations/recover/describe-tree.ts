/**
 * What can be told of trees that were found without their snapshots: how much is in them, how new it is, whether all of it is
 * there. Each distinct tree below them is read once, however many of them share it; about 60 bytes are kept of it.
 */
import { idToBytes, type BlobId } from '#base/ids.ts';
import { isTidemarkError } from '#base/errors.ts';
import { formatTime, localZone, parseTime } from '#format/time.ts';
import type { TreeNode } from '#format/tree-node.ts';
import type { BlobIndex } from '#repository/blob-index.ts';
import type { Repository } from '#repository/repository.ts';
import { loadNodes } from '../find-in-snapshot.ts';
import { SparseNumbers } from '../find/sparse-numbers.ts';
import { MAX_TOP_NAMES, type OrphanTree } from './types.ts';

interface Sum {
  files: number;
  folders: number;
  bytes: number;
  /** Seconds since 1970; 0 = none that can be true. */
  newestSec: number;
  lostFiles: number;
  lostFolders: number;
}

export class TreeDescriber {
  readonly #repository: Repository;
  readonly #signal: AbortSignal | undefined;
  readonly #nowSec: number;
  /** Position in `#sums` + 1, by entry of the index. */
  readonly #known = new SparseNumbers();
  readonly #sums: Sum[] = [];

  /** The index is loaded. */
  constructor(repository: Repository, signal: AbortSignal | undefined) {
    this.#repository = repository;
    this.#signal = signal;
    this.#nowSec = Math.floor(repository.ports.clock.nowMs() / 1000);
  }

  /** @throws integrity errors when the tree itself cannot be read; job.cancelled, storage errors */
  async describe(treeId: BlobId): Promise<OrphanTree> {
    const nodes = await loadNodes(this.#repository, treeId, this.#signal);
    const { files, folders, bytes, newestSec, lostFiles, lostFolders } = await this.#sumOf(nodes);
    return {
      treeId,
      topNames: nodes.slice(0, MAX_TOP_NAMES).map(({ name }) => name),
      topCount: nodes.length,
      files,
      folders,
      bytes,
      ...(newestSec === 0 ? {} : { newest: formatTime(newestSec, 0, localZone()) }),
      lostFiles,
      lostFolders,
    };
  }

  async #sumOf(nodes: readonly TreeNode[]): Promise<Sum> {
    const sum: Sum = { files: 0, folders: 0, bytes: 0, newestSec: 0, lostFiles: 0, lostFolders: 0 };
    for (const node of nodes) {
      sum.newestSec = Math.max(sum.newestSec, this.#changedSec(node));
      if (node.type === 'file') {
        sum.files++;
        sum.bytes += Number(node.size);
        if (!hasContent(this.#repository.index, node)) sum.lostFiles++;
      } else if (node.type === 'dir') {
        sum.folders++;
        const below = await this.#sumBelow(node.subtree);
        if (below === undefined) sum.lostFolders++;
        else addTo(sum, below);
      }
    }
    return sum;
  }

  /** Undefined when it cannot be read. */
  async #sumBelow(treeId: BlobId | undefined): Promise<Sum | undefined> {
    if (treeId === undefined) return undefined;
    const entry = this.#repository.index.findEntry('tree', idToBytes(treeId));
    if (entry < 0) return undefined;
    const known = this.#known.get(entry) - 1;
    if (known >= 0) return this.#sums[known];
    let nodes: readonly TreeNode[];
    try {
      nodes = await loadNodes(this.#repository, treeId, this.#signal);
    } catch (error) {
      if (!isTidemarkError(error) || !error.code.startsWith('integrity.')) throw error;
      return undefined;
    }
    const sum = await this.#sumOf(nodes);
    this.#known.set(entry, this.#sums.push(sum));
    return sum;
  }

  /** The later of its times that are not in the future; a change of the entry itself (ctime) cannot be dated back by programs. */
  #changedSec({ mtime, ctime }: TreeNode): number {
    return Math.max(this.#pastSec(mtime), this.#pastSec(ctime));
  }

  #pastSec(time: string | undefined): number {
    if (time === undefined) return 0;
    try {
      const { sec } = parseTime(time);
      return sec <= this.#nowSec ? Math.max(sec, 0) : 0;
    } catch {
      // Another writer's mistake; the entry counts all the same.
      return 0;
    }
  }
}

function addTo(sum: Sum, below: Sum): void {
  sum.files += below.files;
  sum.folders += below.folders;
  sum.bytes += below.bytes;
  sum.newestSec = Math.max(sum.newestSec, below.newestSec);
  sum.lostFiles += below.lostFiles;
  sum.lostFolders += below.lostFolders;
}

function hasContent(index: BlobIndex, { content }: TreeNode): boolean {
  return content !== null && content.every((id) => index.has('data', idToBytes(id)));
}
