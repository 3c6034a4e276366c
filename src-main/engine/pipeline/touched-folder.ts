/**
 * A folder of which only some entries are looked at, because the rest is known to be as in the parent snapshot: which
 * nodes are taken over, and what of the parent's tree is no longer there as it was. Pure.
 */
import { compareByteStrings, type ByteString } from '#base/byte-string.ts';
import type { BlobId } from '#base/ids.ts';
import { encodeNode } from '#format/tree.ts';
import type { TreeNode } from '#format/tree-node.ts';
import type { FileStat } from '#files/port.ts';
import type { FolderLikeness, LeftBehind, ScannedEntry } from './scan-types.ts';

export interface NamedEntry {
  readonly name: ByteString;
  readonly entry: ScannedEntry;
}

/**
 * Only of the very same folder may what it holds be taken as known, not of another one that has come to its name. A folder
 * made anew may get the inode of the one before, but never its ctime.
 */
export function likenessOf(stat: FileStat, ctime: string, parent: TreeNode | undefined): FolderLikeness {
  const isSame =
    parent?.type === 'dir' &&
    stat.inode !== 0n &&
    parent.inode === stat.inode &&
    parent.deviceId === stat.device;
  if (!isSame) return 'other';
  return parent.ctime === ctime ? 'same' : 'changed';
}

/** What was looked at and what is taken over, in tree order. */
export function mergeEntries(
  lookedAt: readonly NamedEntry[],
  kept: readonly TreeNode[],
): readonly ScannedEntry[] {
  const takenOver = kept.map((node): NamedEntry => ({
    name: node.name,
    entry: { kind: 'node', text: encodeNode(node) },
  }));
  return [...lookedAt, ...takenOver]
    .sort((a, b) => compareByteStrings(a.name, b.name))
    .map(({ entry }) => entry);
}

/** What the parent's tree held and is not taken over as it was. */
export function leftBehind(
  parent: Iterable<TreeNode>,
  kept: ReadonlySet<TreeNode>,
  lookedAt: readonly NamedEntry[],
): LeftBehind {
  const entered = new Set<ByteString>();
  for (const { name, entry } of lookedAt)
    if (entry.kind === 'dir' && entry.likeness !== 'other' && !entry.isLeaf) entered.add(name);
  let files = 0;
  let sizeBytes = 0;
  let folders = 0;
  const subtrees: BlobId[] = [];
  for (const node of parent) {
    if (kept.has(node)) continue;
    if (node.type === 'file') {
      files++;
      sizeBytes += Number(node.size);
    } else if (node.type === 'dir') {
      folders++;
      if (!entered.has(node.name) && node.subtree !== undefined) subtrees.push(node.subtree);
    }
  }
  return { files, sizeBytes, folders, subtrees };
}
