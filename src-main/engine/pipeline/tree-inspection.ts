/**
 * Judges the nodes of trees for a check and collects what they refer to, for many trees at once in a few flat arrays:
 * objects per node would cost more to send between threads than the judging. Source: repository format, 10 and 18.
 */
import type { ByteString } from '#base/byte-string.ts';
import { ID_BYTES } from '#base/ids.ts';
import { isSafeName } from '#format/tree.ts';
import { IdList, scanTreeReferences, type ReferenceVisitor } from '#format/tree-references.ts';

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
    this.#subtreeCounts.push(0);
    this.#fileCounts.push(0);
    let previous: ByteString | undefined;
    const visitor: ReferenceVisitor = {
      node: (name, type, sizeBytes, contentCount, subtree) => {
        this.#judgeName(tree, name, previous);
        previous = name;
        if (type === 'file') this.#addFile(tree, name, sizeBytes, contentCount);
        else if (type === 'dir') this.#addFolder(tree, name, subtree);
        else if (type === 'irregular' || type === '') this.#fault(tree, name, 'unknownType');
      },
    };
    try {
      scanTreeReferences(open(), this.#contents, visitor);
    } catch (error) {
      this.#failures.push({ tree, reason: error instanceof Error ? error.message : String(error) });
    }
  }

  finish(): InspectedTrees {
    return {
      subtreeIds: this.#subtrees.toBytes(),
      subtreeCounts: Uint32Array.from(this.#subtreeCounts),
      fileCounts: Uint32Array.from(this.#fileCounts),
      contentCounts: Uint32Array.from(this.#contentCounts),
      fileSizes: Float64Array.from(this.#fileSizes),
      contentIds: this.#contents.toBytes(),
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

  #addFile(tree: number, name: ByteString, sizeBytes: number, contentCount: number): void {
    if (contentCount < 0) {
      this.#fault(tree, name, 'noContent');
      return;
    }
    for (let i = this.#contents.length - contentCount; i < this.#contents.length; i++) {
      if (!this.#contents.isNullAt(i)) continue;
      this.#fault(tree, name, 'nullContentId');
      break;
    }
    this.#contentCounts.push(contentCount);
    this.#fileSizes.push(sizeBytes);
    this.#fileCounts[tree]!++;
  }

  #addFolder(tree: number, name: ByteString, subtree: string | undefined): void {
    if (subtree === undefined || subtree === NULL_ID) {
      this.#fault(tree, name, 'noSubtree');
      return;
    }
    this.#subtrees.add(subtree);
    this.#subtreeCounts[tree]!++;
  }

  #fault(tree: number, name: ByteString, code: NodeFaultCode): void {
    this.#faults.push({ tree, name, code });
  }
}
