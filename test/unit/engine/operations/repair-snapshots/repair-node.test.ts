import { describe, expect, test } from 'vitest';
import type { ByteString } from '#base/byte-string.ts';
import type { BlobId } from '#base/ids.ts';
import type { TreeNode } from '#format/tree-node.ts';
import { repairNode } from '#operations/repair-snapshots/repair-node.ts';

const id = (letter: string): BlobId => letter.repeat(64) as BlobId;
const sizes: Readonly<Record<string, number>> = { [id('a')]: 10, [id('b')]: 20 };
const sizeOf = (blob: BlobId): number | undefined => sizes[blob];

function node(changes: Partial<TreeNode>): TreeNode {
  return {
    name: 'name' as ByteString,
    type: 'file',
    mode: 420,
    uid: 0,
    gid: 0,
    inode: 0n,
    deviceId: 0n,
    size: 0n,
    links: 1,
    device: 0n,
    content: [],
    ...changes,
  };
}

describe('a node that lacks nothing is the same object', () => {
  test.each<[string, TreeNode]>([
    ['a file', node({ content: [id('a'), id('b'), id('a')], size: 40n })],
    ['an empty file', node({})],
    ['a folder', node({ type: 'dir', content: null, subtree: id('c') })],
    ['a link', node({ type: 'symlink', content: null, linkTarget: 'x' as ByteString })],
    ['a device', node({ type: 'chardev', content: null, device: 5n })],
  ])('%s', (_what, whole) => {
    expect(repairNode(whole, sizeOf)).toEqual({ node: whole, missing: [] });
    expect(repairNode(whole, sizeOf).node).toBe(whole);
  });
});

describe('a file keeps what is there', () => {
  test.each<[string, TreeNode, Partial<TreeNode>, unknown, BlobId[]]>([
    [
      'a part is missing',
      node({ content: [id('a'), id('c'), id('b')], size: 130n }),
      { content: [id('a'), id('b')], size: 30n },
      { kind: 'fileShortened', lostBytes: 100 },
      [id('c')],
    ],
    [
      'everything is missing',
      node({ content: [id('c'), id('d')], size: 7n }),
      { content: [], size: 0n },
      { kind: 'fileEmptied', lostBytes: 7 },
      [id('c'), id('d')],
    ],
    [
      'its content is not even named',
      node({ content: null, size: 7n }),
      { content: [], size: 0n },
      { kind: 'fileEmptied', lostBytes: 7 },
      [],
    ],
    [
      'only the size is wrong',
      node({ content: [id('a')], size: 11n }),
      { size: 10n },
      { kind: 'sizeCorrected', lostBytes: 0 },
      [],
    ],
    [
      'an empty one names no content',
      node({ content: null }),
      { content: [] },
      { kind: 'sizeCorrected', lostBytes: 0 },
      [],
    ],
  ])('%s', (_what, damaged, changes, loss, missing) => {
    expect(repairNode(damaged, sizeOf)).toEqual({ node: { ...damaged, ...changes }, loss, missing });
  });
});

test.each(['irregular', ''] as const)('an entry of type "%s" goes', (type) => {
  const repaired = repairNode(node({ type }), sizeOf);
  expect(repaired).toEqual({ node: undefined, loss: { kind: 'entryRemoved', lostBytes: 0 }, missing: [] });
});
