import { describe, expect, test } from 'vitest';
import { textToByteString } from '#base/byte-string.ts';
import type { BlobId } from '#base/ids.ts';
import type { TreeNode } from '#format/tree-node.ts';
import { differenceOf } from '#rules/node-difference.ts';

const id = (digit: string): BlobId => digit.repeat(64) as BlobId;
const FILE: TreeNode = {
  name: textToByteString('f'),
  type: 'file',
  mode: 0o644,
  mtime: '2026-01-02T03:04:05Z',
  atime: '2026-01-02T03:04:05Z',
  ctime: '2026-01-02T03:04:05Z',
  uid: 1,
  gid: 2,
  inode: 3n,
  deviceId: 4n,
  size: 5n,
  links: 1,
  device: 0n,
  content: [id('a'), id('b')],
  extendedAttributes: [
    { name: 'user.a', value: Uint8Array.of(1) },
    { name: 'user.b', value: Uint8Array.of(2, 3) },
  ],
};

describe('difference of two entries', () => {
  const { extendedAttributes: _attributes, user: _user, ...bare } = { ...FILE, user: '' };
  test.each<[string, Partial<TreeNode>, string, string]>([
    ['nothing', {}, '', ''],
    ['the same instant in another zone', { mtime: '2026-01-02T04:04:05+01:00' }, '', ''],
    ['attributes in another order', { extendedAttributes: FILE.extendedAttributes!.toReversed() }, '', ''],
    ['an attribute', { extendedAttributes: [{ name: 'user.a', value: Uint8Array.of(1) }] }, '', 'U'],
    [
      'the value of one',
      { extendedAttributes: [FILE.extendedAttributes![0]!, { name: 'user.b', value: Uint8Array.of(23) }] },
      '',
      'U',
    ],
    ['a nanosecond', { mtime: '2026-01-02T03:04:05.000000001Z' }, '', 'U'],
    ['permissions', { mode: 0o600 }, '', 'U'],
    ['content and time', { content: [id('a')], mtime: '2026-01-03T03:04:05Z' }, 'M', 'M'],
    ['content alone', { content: [id('b'), id('a')] }, 'M?', 'M?'],
    ['damaged content', { content: null, size: 4n }, 'M', 'M'],
    ['type', { type: 'symlink', content: null }, 'T', 'TU'],
  ])('%s', (_what, change, plain, withMetadata) => {
    expect(differenceOf(FILE, { ...FILE, ...change }, false)).toBe(plain);
    expect(differenceOf({ ...FILE, ...change }, FILE, true)).toBe(withMetadata);
  });

  test('a folder with another tree has other metadata', () => {
    const folder: TreeNode = { ...bare, type: 'dir', content: null, subtree: id('c') };
    expect(differenceOf(folder, { ...folder, subtree: id('d') }, true)).toBe('U');
    expect(differenceOf(folder, { ...folder, subtree: id('d') }, false)).toBe('');
  });
});
