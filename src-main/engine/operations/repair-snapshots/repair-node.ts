/**
 * What a node becomes when content that it names cannot be had: the file keeps what is there, under its own name. The same
 * rules as restic's `repair snapshots` (0.19.1), so that both make the same trees.
 */
import type { BlobId } from '#base/ids.ts';
import type { TreeNode } from '#format/tree-node.ts';
import type { LossKind } from './types.ts';

export interface RepairedNode {
  /** The same object when nothing is wrong; undefined when it has to go. */
  readonly node: TreeNode | undefined;
  readonly loss?: { readonly kind: LossKind; readonly lostBytes: number };
  /** Content that is not there. */
  readonly missing: readonly BlobId[];
}

/** `sizeOf` gives a data blob's plaintext bytes, undefined when it cannot be had. */
export function repairNode(node: TreeNode, sizeOf: (id: BlobId) => number | undefined): RepairedNode {
  if (node.type === 'irregular' || node.type === '')
    return { node: undefined, loss: { kind: 'entryRemoved', lostBytes: 0 }, missing: [] };
  if (node.type !== 'file') return { node, missing: [] };
  const content: BlobId[] = [];
  const missing: BlobId[] = [];
  let bytes = 0;
  for (const id of node.content ?? []) {
    const size = sizeOf(id);
    if (size === undefined) {
      missing.push(id);
    } else {
      content.push(id);
      bytes += size;
    }
  }
  const isSame = missing.length === 0 && node.content !== null && BigInt(bytes) === node.size;
  if (isSame) return { node, missing };
  const repaired = { ...node, content, size: BigInt(bytes) };
  return { node: repaired, loss: lossOf(node, content, missing, bytes), missing };
}

function lossOf(
  node: TreeNode,
  content: readonly BlobId[],
  missing: readonly BlobId[],
  bytes: number,
): NonNullable<RepairedNode['loss']> {
  const hasLoss = missing.length > 0 || (node.content === null && node.size > 0n);
  if (!hasLoss) return { kind: 'sizeCorrected', lostBytes: 0 };
  const lostBytes = Number(node.size) - bytes;
  return { kind: content.length === 0 ? 'fileEmptied' : 'fileShortened', lostBytes: Math.max(lostBytes, -1) };
}
