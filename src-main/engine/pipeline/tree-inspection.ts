/**
 * Judges the nodes of trees for a check and collects what they refer to, for many trees at once in a few flat arrays:
 * objects per node would cost more to send between threads than the judging. Source: repository format, 10 and 18.
 */
import type { ByteString } from '#base/byte-string.ts';
import { ID_BYTES } from '#base/ids.ts';
import { isSafeName, parseTree } from '#format/tree.ts';
import type { TreeNode } from '#format/tree-node.ts';

/** `damage` makes a repository unsound; `oddity` is what restic's check does not look at. */
export type NodeFaultCode =
  | 'emptyName'
  | 'unknownType'
  | 'noContent'
  | 'nullContentId'
  | 'noSubtree'
  | 'unsafeName'
  | 'wrongOrder'
  | 'duplicateName';

export interface NodeFault {
  /** Position of the tree among those inspected together. */
  readonly tree: number;
  readonly name: ByteString;
  readonly code: NodeFaultCode;
}

/** All trees together; the counts say which part belongs to which tree or file. */
export interface InspectedTrees {
  /** 32 bytes per folder. */
  readonly subtreeIds: Uint8Array;
  /** Folders per tree. */
  readonly subtreeCounts: Uint32Array;
  /** Files per tree. */
  readonly fileCounts: Uint32Array;
  /** Blobs per file. */
  readonly contentCounts: Uint32Array;
  /** Stored size per file. */
  readonly fileSizes: Float64Array;
  /** 32 bytes per blob, file by file. */
  readonly contentIds: Uint8Array;
  readonly faults: readonly NodeFault[];
  /** Trees that could not be read at all. */
  readonly failures: readonly { readonly tree: number; readonly reason: string }[];
}

const NULL_ID = '0'.repeat(ID_BYTES * 2);

export class TreeInspection {
  readonly #subtrees = new IdList();
  readonly #contents = new IdList();
  readonly #subtreeCounts: number[] = [];
  readonly #fileCounts: number[] = [];
  readonly #contentCounts: number[] = [];
  readonly #fileSizes: number[] = [];
  readonly #faults: NodeFault[] = [];
  readonly #failures: { tree: number; reason: string }[] = [];

  /** The next tree's plaintext. `open` may throw: the tree then counts as failed. */
  add(open: () => Uint8Array): void {
    const tree = this.#fileCounts.length;
    let folders = 0;
    let files = 0;
    try {
      const { nodes } = parseTree(open());
      let previous: ByteString | undefined;
      for (const node of nodes) {
        this.#judgeName(tree, node.name, previous);
        previous = node.name;
        if (node.type === 'file') files += this.#addFile(tree, node);
        else if (node.type === 'dir') folders += this.#addFolder(tree, node);
        else if (node.type === 'irregular' || node.type === '') this.#fault(tree, node.name, 'unknownType');
      }
    } catch (error) {
      this.#failures.push({ tree, reason: error instanceof Error ? error.message : String(error) });
    }
    this.#subtreeCounts.push(folders);
    this.#fileCounts.push(files);
  }

  finish(): InspectedTrees {
    return {
      subtreeIds: this.#subtrees.take(),
      subtreeCounts: Uint32Array.from(this.#subtreeCounts),
      fileCounts: Uint32Array.from(this.#fileCounts),
      contentCounts: Uint32Array.from(this.#contentCounts),
      fileSizes: Float64Array.from(this.#fileSizes),
      contentIds: this.#contents.take(),
      faults: this.#faults,
      failures: this.#failures,
    };
  }

  #judgeName(tree: number, name: ByteString, previous: ByteString | undefined): void {
    if (name === '') this.#fault(tree, name, 'emptyName');
    else if (!isSafeName(name)) this.#fault(tree, name, 'unsafeName');
    if (previous === undefined || previous < name) return;
    this.#fault(tree, name, previous === name ? 'duplicateName' : 'wrongOrder');
  }

  #addFile(tree: number, node: TreeNode): number {
    if (node.content === null) {
      this.#fault(tree, node.name, 'noContent');
      return 0;
    }
    let hasNull = false;
    for (const id of node.content) {
      hasNull ||= id === NULL_ID;
      this.#contents.add(id);
    }
    if (hasNull) this.#fault(tree, node.name, 'nullContentId');
    this.#contentCounts.push(node.content.length);
    this.#fileSizes.push(Number(node.size));
    return 1;
  }

  #addFolder(tree: number, node: TreeNode): number {
    if (node.subtree === undefined || node.subtree === NULL_ID) {
      this.#fault(tree, node.name, 'noSubtree');
      return 0;
    }
    this.#subtrees.add(node.subtree);
    return 1;
  }

  #fault(tree: number, name: ByteString, code: NodeFaultCode): void {
    this.#faults.push({ tree, name, code });
  }
}

/** Ids as bytes in one growing array. */
class IdList {
  #bytes = Buffer.allocUnsafeSlow(256 * ID_BYTES);
  #used = 0;

  add(hexId: string): void {
    if (this.#used === this.#bytes.length) {
      const grown = Buffer.allocUnsafeSlow(this.#bytes.length * 2);
      grown.set(this.#bytes);
      this.#bytes = grown;
    }
    this.#bytes.write(hexId, this.#used, ID_BYTES, 'hex');
    this.#used += ID_BYTES;
  }

  /** A copy of exactly the ids. */
  take(): Uint8Array {
    return new Uint8Array(this.#bytes.subarray(0, this.#used));
  }
}
