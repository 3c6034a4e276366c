/** Which snapshots count as copied already: restic's rule, field by field. */
import { expect, test } from 'vitest';
import type { BlobId, SnapshotId } from '#base/ids.ts';
import type { Snapshot } from '#format/snapshot.ts';
import { CopiedBefore } from '#operations/copy/copied-before.ts';

const id = (digit: string): SnapshotId => digit.repeat(64) as SnapshotId;

const SNAPSHOT: Snapshot = {
  time: '2026-01-02T03:04:05.5+01:00',
  tree: '7'.repeat(64) as BlobId,
  paths: ['/a', '/b'],
  hostname: 'host',
  username: 'user',
  uid: 1,
  gid: 2,
  excludes: ['x', 'y'],
  tags: ['s', 't'],
};

const find = (changes: Partial<Snapshot>, destination: Partial<Snapshot> = { original: id('1') }) =>
  new CopiedBefore([{ id: id('9'), snapshot: { ...SNAPSHOT, ...destination } }]).find({
    id: id('1'),
    snapshot: { ...SNAPSHOT, ...changes },
  });

test.each<[string, Partial<Snapshot>]>([
  ['all alike', {}],
  ['the same moment in another zone', { time: '2026-01-02T02:04:05.500Z' }],
  ['another parent', { parent: id('5') }],
  ['another summary and program', { summary: { filesNew: 3 }, programVersion: 'restic 0.14.0' }],
  ['paths and tags in another order', { paths: ['/b', '/a'], tags: ['t', 's'] }],
])('%s: there already', (_what, changes) => {
  expect(find(changes)).toBe(id('9'));
});

test.each<[string, Partial<Snapshot>]>([
  ['time', { time: '2026-01-02T03:04:05.500000001+01:00' }],
  ['tree', { tree: '8'.repeat(64) as BlobId }],
  ['paths', { paths: ['/a', '/c'] }],
  ['fewer paths', { paths: ['/a'] }],
  ['host', { hostname: 'other' }],
  ['user', { username: 'other' }],
  ['uid', { uid: 0 }],
  ['gid', { gid: 0 }],
  ['order of excludes', { excludes: ['y', 'x'] }],
  ['tags', { tags: ['s'] }],
  ['original', { original: id('3') }],
])('another %s: not there', (_what, changes) => {
  expect(find(changes)).toBeUndefined();
});

test('originals on either side', () => {
  expect(find({ original: id('3') }, { original: id('3') })).toBe(id('9'));
  expect(find({}, {})).toBeUndefined();
  // The very same file, and the source is a copy of what is there.
  expect(find({ original: id('9') }, {})).toBe(id('9'));
});
