/** Orders of `ls --sort`, those of restic; equal ones by path. */
import type { ByteString } from '#base/byte-string.ts';
import { parseTime } from '#format/time.ts';
import type { TreeNode } from '#format/tree-node.ts';

export interface PathAndNode {
  readonly path: ByteString;
  readonly node: TreeNode;
}

export const ENTRY_ORDERS = ['name', 'size', 'time', 'mtime', 'atime', 'ctime', 'extension'] as const;
export type EntryOrder = (typeof ENTRY_ORDERS)[number];

export function sortEntries(
  entries: readonly PathAndNode[],
  order: EntryOrder,
  reverse: boolean,
): PathAndNode[] {
  const key = keyOf(order);
  const keyed = entries.map((entry) => ({ entry, key: key(entry.node) }));
  keyed.sort((a, b) => compare(a.key, b.key) || compare(a.entry.path, b.entry.path));
  if (reverse) keyed.reverse();
  return keyed.map(({ entry }) => entry);
}

function compare<T extends string | bigint>(a: T, b: T): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function keyOf(order: EntryOrder): (node: TreeNode) => string | bigint {
  switch (order) {
    case 'name':
      return () => '';
    case 'size':
      return ({ size }) => size;
    case 'time':
    case 'mtime':
      return ({ mtime }) => nanoseconds(mtime);
    case 'atime':
      return ({ atime }) => nanoseconds(atime);
    case 'ctime':
      return ({ ctime }) => nanoseconds(ctime);
    case 'extension':
      return ({ name }) => (name.includes('.') ? name.slice(name.lastIndexOf('.')) : '');
  }
}

function nanoseconds(time: string | undefined): bigint {
  try {
    const { sec, nsec } = parseTime(time ?? '');
    return BigInt(sec) * 1_000_000_000n + BigInt(nsec);
  } catch {
    // Before all times there are.
    return -(1n << 80n);
  }
}
