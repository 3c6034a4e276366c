import { expect, test } from 'vitest';
import {
  changeTicks,
  choose,
  edgeOf,
  labelOf,
  NOTHING_CHOSEN,
  rowsOf,
  stripTimes,
  stateNow,
  toItem,
  waitsForRelease,
  type RowFacts,
} from '#renderer/features/timeline/contents/rows.ts';
import { RowSlots } from '#renderer/features/timeline/contents/row-slots.ts';
import { readOpening } from '#renderer/features/timeline/open-address.ts';
import { findPoint, pointAt, readingOf, sourcesOf } from '#renderer/features/timeline/sources.ts';
import type { Entry, Point } from '#renderer/features/timeline/wire-types.ts';

const entry = (label: string, part: Partial<Entry> = {}): Entry => ({
  name: label,
  label,
  kind: 'file',
  sizeBytes: 1,
  modifiedMs: 0,
  changedMs: [],
  ...part,
});
const ref = (timeMs: number) => ({ snapshotId: `id${timeMs}`, time: '', timeMs });
const ghost = { deleted: { lastSeen: ref(1), firstMissed: ref(2) } };
const facts = (part: Partial<RowFacts>): RowFacts => ({
  entries: [],
  isComplete: true,
  foldedCount: undefined,
  onlyNow: undefined,
  now: new Map(),
  sorting: { by: 'name', isDescending: false },
  showDeleted: true,
  locale: 'en-GB',
  ...part,
});

test('folders first, then names as people sort them, ghosts among the living', () => {
  const entries = [entry('b10'), entry('B9'), entry('a', ghost), entry('z', { kind: 'folder' })];
  expect(rowsOf(facts({ entries })).map(labelOf)).toEqual(['z', 'a', 'B9', 'b10']);
  expect(rowsOf(facts({ entries, showDeleted: false })).map(labelOf)).toEqual(['z', 'B9', 'b10']);
});

test.each([
  ['size', false, ['f', 'small', 'large']],
  ['size', true, ['large', 'small', 'f']],
  ['modified', true, ['small', 'large', 'f']],
  ['changes', true, ['large', 'f', 'small']],
  ['now', false, ['large', 'f', 'small']],
] as const)('sorted by %s, descending %j', (by, isDescending, order) => {
  const entries = [
    entry('f', { kind: 'folder', sizeBytes: 99 }),
    entry('large', { sizeBytes: 9, modifiedMs: 1, changedMs: [1, 2] }),
    entry('small', { sizeBytes: 3, modifiedMs: 2 }),
  ];
  const now = new Map([
    ['=large', 'older'],
    ['=small', 'same'],
  ] as const);
  expect(rowsOf(facts({ entries, sorting: { by, isDescending }, now })).map(labelOf)).toEqual(order);
});

test('a part of a folder keeps the order in which it comes', () => {
  const entries = [entry('z'), entry('a')];
  expect(rowsOf(facts({ entries, isComplete: false })).map(labelOf)).toEqual(['z', 'a']);
});

test('what is only on disk now comes once, and ghosts that are too many fold', () => {
  const entries = [entry('a', ghost)];
  const onlyNow = ['a', 'new'].map((name) => ({
    name,
    label: name,
    kind: 'file' as const,
    sizeBytes: 0,
    modifiedMs: 0,
  }));
  const rows = rowsOf(facts({ entries, onlyNow, foldedCount: 3214 }));
  expect(rows.map(({ kind }) => kind)).toEqual(['entry', 'onlyNow', 'folded']);
  expect(rowsOf(facts({ entries, foldedCount: 3214, showDeleted: false }))).toEqual([]);
});

test.each([
  ['older', 'differs'],
  ['newer', 'differs'],
  ['replaced', 'differs'],
  ['missing', 'onlyThen'],
  ['same', null],
  ['unknown', null],
] as const)('an entry that is %s is marked %s', (now, edge) => {
  const [row] = rowsOf(facts({ entries: [entry('a')] }));
  expect(row && edgeOf(row, new Map([['=a', now]]))).toBe(edge);
});

test('a ghost has no state now, whatever lies there', () => {
  const [row] = rowsOf(facts({ entries: [entry('a', ghost)] }));
  expect(row && stateNow(row, new Map([['=a', 'newer']]))).toBe('deleted');
});

test('what is chosen names itself by its path', () => {
  const [row] = rowsOf(facts({ entries: [entry('a', { ...ghost, name: { base64: btoa('\xff') } })] }));
  expect(row?.kind === 'entry' && toItem(row, '/f')).toMatchObject({
    path: { base64: btoa('/f/\xff') },
    deleted: ghost.deleted,
  });
});

test('choosing: one, several, from one to another', () => {
  const order = ['a', 'b', 'c', 'd'];
  const one = choose(order, NOTHING_CHOSEN, 'b', 'only');
  expect([...one.keys]).toEqual(['b']);
  expect([...choose(order, one, 'd', 'extend').keys]).toEqual(['b', 'c', 'd']);
  expect([...choose(order, choose(order, one, 'd', 'extend'), 'a', 'extend').keys]).toEqual(['a', 'b']);
  expect([...choose(order, one, 'd', 'toggle').keys]).toEqual(['b', 'd']);
  expect([...choose(order, one, 'b', 'toggle').keys]).toEqual([]);
});

test('changes lie in the order of points, the newest at the right', () => {
  expect(changeTicks([100, 50, 0], [0, 50, 60, 100])).toEqual([1, 1 / 3, 0]);
  expect(changeTicks([5], [])).toEqual([0]);
});

test('what went ahead of the first whole version is one with it: nothing has changed since', () => {
  const ahead = { isPart: true };
  expect(stripTimes([point(1, ahead), point(2), point(3)])).toEqual([2, 3]);
  expect(stripTimes([point(1), point(2, ahead), point(3)])).toEqual([1, 2, 3]);
  expect(stripTimes([point(1, ahead)])).toEqual([1]);
  expect(stripTimes([])).toEqual([]);
});

const point = (timeMs: number, part: Partial<Point> = {}): Point => ({
  ...ref(timeMs),
  series: 's',
  state: 'known',
  isFileDamaged: false,
  hostname: 'h',
  username: 'u',
  paths: ['/home/ann/Documents'],
  tags: [],
  isKept: false,
  isPart: false,
  label: null,
  summary: {},
  ...part,
});

test('sources: each series in each place, the newest series first, knowing of each other', () => {
  const sources = sourcesOf(
    [
      { placeId: 'p1', points: [point(1, { isPart: true }), point(5)] },
      { placeId: 'p2', points: [point(9), point(3, { series: 't' })] },
    ],
    undefined,
  );
  expect(sources.map(({ placeId, series }) => `${placeId} ${series}`)).toEqual(['p1 s', 'p2 s', 'p2 t']);
  expect(sources[1]?.elsewhere).toEqual([{ placeId: 'p1', placeName: '', timesMs: [1, 5], wholeMs: [5] }]);
  expect(sources[0]?.topFolder).toBe('/home/ann/Documents');
});

test('what travels of the settings is nothing to look at', () => {
  const settings = point(9, { series: 'settings', tags: ['tidemark-settings'] });
  expect(sourcesOf([{ placeId: 'p', points: [settings] }], undefined)).toEqual([]);
});

test('an address opens what it names, and something sensible where it names what is gone', () => {
  const sources = sourcesOf([{ placeId: 'p', points: [point(1), point(5)] }], undefined);
  const open = (text: string) => readOpening(new URLSearchParams(text), sources);
  expect(open('')).toMatchObject({ folder: '/home/ann/Documents', pointId: null, isFromNowhere: true });
  expect(open('path=/home/ann/Documents/a.txt&at=4')).toMatchObject({
    folder: '/home/ann/Documents',
    pointId: 'id1',
    select: ['/home/ann/Documents/a.txt'],
    isFromNowhere: false,
  });
  expect(open('folder=/x&at=id5&place=gone')).toMatchObject({ placeId: 'p', folder: '/x', pointId: 'id5' });
  expect(open('at=nonsense')).toMatchObject({ pointId: null });
  expect(readOpening(new URLSearchParams(''), [])).toBeUndefined();
});

test('a point that was written anew is found by what it was; one that is gone by its moment, or is the newest', () => {
  const seenMs = new Map([1, 5].map((at) => [`id${at}`, at]));
  expect(
    findPoint([point(1), { ...point(5), snapshotId: 'new', original: 'id5' }], 'id5', seenMs)?.snapshotId,
  ).toBe('new');
  expect(findPoint([point(1), point(9)], 'id5', seenMs)?.snapshotId).toBe('id1');
  expect(findPoint([point(1), point(9)], 'other', seenMs)?.snapshotId).toBe('id9');
  expect(findPoint([], 'id5', seenMs)).toBeUndefined();
  expect([0, 1, 4, 9].map((atMs) => pointAt([point(1), point(5)], atMs)?.timeMs)).toEqual([1, 1, 1, 5]);
});

test('how far the history is read', () => {
  expect(readingOf([point(1), point(2)], undefined, 'p')).toBeNull();
  expect(readingOf([point(1, { state: 'waiting' }), point(2), point(3)], undefined, 'p')).toEqual({
    waiting: 1,
    total: 3,
    knownFromMs: 2,
    isUnderWay: false,
  });
});

test('drawn rows: one that stays keeps its own, one that comes takes over from one that went', () => {
  const slots = new RowSlots();
  expect(slots.assign(['a', 'b', 'c'])).toEqual([0, 1, 2]);
  expect(slots.assign(['a', 'new', 'b', 'c'])).toEqual([0, 3, 1, 2]);
  expect(slots.assign(['x', 'b', 'y', 'z'])).toEqual([0, 1, 3, 2]);
  expect(slots.assign(['b'])).toEqual([1]);
  expect(slots.assign(['b', 'q'])).toEqual([1, 4]);
});

test('one of several chosen waits for the release, so that all can be dragged; any other is chosen at once', () => {
  const [one, several] = [new Set(['a']), new Set(['a', 'b'])];
  expect(waitsForRelease(several, 'a', 'only')).toBe(true);
  expect(waitsForRelease(several, 'a', 'toggle')).toBe(true);
  expect(waitsForRelease(one, 'a', 'toggle')).toBe(true);
  expect(waitsForRelease(one, 'a', 'only')).toBe(false);
  expect(waitsForRelease(several, 'c', 'only')).toBe(false);
  expect(waitsForRelease(several, 'c', 'toggle')).toBe(false);
  expect(waitsForRelease(several, 'a', 'extend')).toBe(false);
});
