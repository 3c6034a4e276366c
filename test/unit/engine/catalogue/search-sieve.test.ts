/** What a search passes over by what is known of each path in memory: all that a filter leaves out, and nothing that has changed since. */
import { systemClock } from '#base/system-clock.ts';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { ByteString } from '#base/byte-string.ts';
import type { SnapshotId } from '#base/ids.ts';
import { Sieve } from '#catalogue/search-sieve.ts';
import { OPEN_FIRST, OPEN_LAST } from '#catalogue/spans-table.ts';
import { openTables, type Tables } from '#catalogue/tables.ts';
import { Timeline } from '#catalogue/timeline.ts';
import type { EntryKind, SearchFilters } from '#catalogue/types.ts';

const HOUR = 3_600_000;
const TIMES = [1, 2, 3, 4].map((hour) => hour * HOUR);
const [ROOT, LETTERS, PHOTOS, OLD] = [1, 2, 3, 4];
const [LARGE, GONE, LATE, SMALL] = [10, 11, 12, 9_000];
const PATHS = [LETTERS, PHOTOS, OLD, LARGE, GONE, LATE, SMALL];

let tables: Tables;
let timeline: Timeline;

beforeEach(async () => {
  tables = await openTables();
  const { nodes, points } = tables;
  const { id: series } = points.addSeries('mine', ROOT);
  for (const [index, timeMs] of TIMES.entries()) {
    const time = new Date(timeMs).toISOString();
    const facts = { hostname: '', username: '', paths: [], tags: [], summary: {} };
    const id = `${index}` as SnapshotId;
    const position = (index + 1) * 1024;
    points.put({
      series,
      position,
      snapshotId: id,
      tree: null,
      time,
      timeMs,
      isKnown: true,
      isFileDamaged: false,
      facts,
    });
  }
  nodes.add(ROOT, 0, '1' as ByteString);
  put(LETTERS, ROOT, 'Letters', 'folder');
  put(PHOTOS, ROOT, 'Photos', 'folder');
  put(OLD, PHOTOS, 'LETTERS', 'folder');
  put(LARGE, LETTERS, 'large.txt', 'file', { sizeBytes: 5_000 });
  put(GONE, PHOTOS, 'gone.txt', 'file', { last: 2048 });
  put(LATE, OLD, 'late.txt', 'file', { first: 4096 });
  put(SMALL, PHOTOS, 'small letters.txt', 'file');
  timeline = new Timeline(points);
  await prepare();
});
afterEach(() => tables.database.close());

function put(
  id: number,
  parent: number,
  name: string,
  kind: EntryKind,
  { first = OPEN_FIRST, last = OPEN_LAST, sizeBytes = 10 } = {},
): void {
  tables.nodes.add(id, parent, name as ByteString);
  tables.spans.insert(id, { first, last, kind, sizeBytes, modifiedMs: 0, key: 'k' as ByteString });
}

async function prepare(): Promise<void> {
  await tables.nodes.names.prepare(SMALL, systemClock);
  await tables.facts.prepare(SMALL, systemClock);
}

const left = (filters: SearchFilters, inFolder?: string): number[] => {
  const sieve = new Sieve(tables, timeline, filters, inFolder);
  return PATHS.filter((id) => sieve.mayMatch(id));
};
const since = (fromMs: number): SearchFilters => ({ changed: { fromMs, toMs: 99 * HOUR } });

test.each<[string, SearchFilters, string | undefined, number[]]>([
  ['deleted', { deleted: true }, undefined, [GONE]],
  ['larger', { largerBytes: 4_999 }, undefined, [LARGE]],
  ['larger than anything', { largerBytes: 2 ** 60 }, undefined, []],
  ['folders', { kind: 'folder' }, undefined, [LETTERS, PHOTOS, OLD]],
  ['in a folder of that very name, at any depth', {}, 'letters', [LARGE, LATE]],
  ['in a folder that nobody has', {}, 'letter', []],
  ['changed at the last point or later', since(TIMES[3]!), undefined, [LATE]],
  ['changed after a deletion at the third point', since(TIMES[2]!), undefined, [GONE, LATE]],
  ['changed later than all points', since(TIMES[3]! + 1), undefined, []],
  ['of a series', { series: 'mine' }, undefined, PATHS],
  ['of another series', { series: 'theirs' }, undefined, []],
  ['all at once', { deleted: true, series: 'mine', ...since(TIMES[2]!) }, 'photos', [GONE]],
])('%s', (_what, filters, inFolder, expected) => {
  expect(left(filters, inFolder)).toEqual(expected);
});

test('what changes, or comes, may be anything until it is read again', async () => {
  tables.spans.setLast(SMALL, OPEN_FIRST, 3072);
  put(13, OLD, 'new.txt', 'file', { sizeBytes: 1 });
  PATHS.push(13);
  expect(left({ deleted: true })).toEqual([GONE, SMALL, 13]);
  expect(left({ largerBytes: 4_000 })).toEqual([LARGE, SMALL, 13]);
  expect(left({}, 'letters')).toContain(13);
  await prepare();
  expect(left({ deleted: true })).toEqual([GONE, SMALL]);
  expect(left({ largerBytes: 4_000 })).toEqual([LARGE]);
  expect(left({}, 'letters')).toEqual([LARGE, LATE, 13]);
  PATHS.pop();
});

test('a change that is undone leaves nothing wrong behind, whether it was looked at meanwhile or not', async () => {
  const undone = tables.database.inLongTransaction(async () => {
    tables.spans.setLast(LARGE, OPEN_FIRST, 1024);
    await prepare();
    throw new Error('undone');
  });
  await expect(undone).rejects.toThrow('undone');
  expect(left({ deleted: true })).toContain(LARGE);
  await prepare();
  expect(left({ deleted: true })).toEqual([GONE]);
});

test('before anything is known, everything may match', async () => {
  tables.facts.close();
  expect(left({ deleted: true, ...since(TIMES[3]!) }, 'letters')).toEqual(PATHS);
});
