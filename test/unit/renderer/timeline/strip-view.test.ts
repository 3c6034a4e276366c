/** The version strip as rows: titles, lengths, contents that come back, names it had before, what looks wrong. */
import { describe, expect, test } from 'vitest';
import {
  heightOf,
  stripRows,
  stripSummary,
  type PlacedItem,
  type Version,
  type VersionRow,
} from '#renderer/features/timeline/inspector/strip-view.ts';
import { leapsOf, suspectsOf } from '#renderer/features/timeline/inspector/entropy-leaps.ts';
import { loadStrip } from '#renderer/features/timeline/inspector/load-strip.ts';
import { speechOf } from '#renderer/text/use-words.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const NOW_MS = Date.UTC(2026, 10, 22, 12);
const { words, formats } = speechOf('en');
const speech = { words: words.inspector, formats, nowMs: NOW_MS };

const PATH = '/home/me/Documents/letter.txt';

function ref(agoDays: number): Version['from'] {
  const timeMs = NOW_MS - agoDays * DAY_MS;
  return { snapshotId: `s${agoDays}`, time: new Date(timeMs).toISOString(), timeMs };
}

function version(fromAgo: number, toAgo: number, more: Partial<Version> = {}): PlacedItem {
  return {
    path: PATH,
    item: {
      kind: 'version',
      from: ref(fromAgo),
      to: ref(toAgo),
      entryKind: 'file',
      sizeBytes: 1000,
      modifiedMs: 0,
      content: `c${fromAgo}`,
      isOldestKnown: false,
      isNewest: toAgo === 0,
      ...more,
    },
  };
}

function gap(lastSeenAgo: number, seenAgainAgo: number): PlacedItem {
  return { path: PATH, item: { kind: 'gap', lastSeen: ref(lastSeenAgo), seenAgain: ref(seenAgainAgo) } };
}

function rowsOf(items: readonly PlacedItem[]): readonly VersionRow[] {
  return stripRows(items, speech).filter((row) => row.kind === 'version');
}

describe('a block', () => {
  test('says since when, from when to when, how long and how much it changed', () => {
    const rows = rowsOf([
      version(4, 0, { sizeBytes: 48_000 }),
      version(6, 5, { sizeBytes: 49_200 }),
      version(40, 7, { sizeBytes: 49_200 }),
    ]);
    expect(rows.map(({ title, facts, lasted }) => [title, facts, lasted])).toEqual([
      [expect.stringMatching(/^Since Wed 18 Nov, /), '48 KB · 1.2 KB shorter · newest', '4d'],
      [expect.stringMatching(/^16 Nov \d\d:\d\d → 18 Nov \d\d:\d\d$/), '49 KB · same size', '2d'],
      ['13 Oct → 16 Nov', '49 KB · first seen', '1 mth'],
    ]);
  });

  test('ends where it was seen last, before a gap and where it is gone', () => {
    const rows = stripRows([version(3, 2), gap(9, 3), version(20, 9)], speech);
    expect(rows.map((row) => (row.kind === 'gap' ? row.words : row.title))).toEqual([
      expect.stringMatching(/^19 Nov \d\d:\d\d → 20 Nov \d\d:\d\d$/),
      'not there for 6 days',
      '2 Nov → 13 Nov',
    ]);
  });

  test.each([
    ['longer lasting is taller', heightOf(30 * DAY_MS) - heightOf(DAY_MS)],
    ['an hour is more than nothing', heightOf(HOUR_MS) - heightOf(0)],
  ])('%s', (_, difference) => expect(difference).toBeGreaterThan(3));

  test('a year is not even three times as tall as a minute', () => {
    expect(heightOf(365 * DAY_MS) / heightOf(60_000)).toBeLessThan(3);
  });

  test('a clock that was set back makes no negative length', () => {
    const [row] = rowsOf([version(-2, 0)]);
    expect(row?.heightPx).toBe(heightOf(0));
  });
});

test('content that comes back has the same chip, other content none', () => {
  const rows = rowsOf([
    version(1, 0, { content: 'a' }),
    version(2, 1.5, { content: 'b' }),
    version(3, 2.5, { content: 'a' }),
    version(4, 3.5, { content: 'c' }),
    version(5, 4.5, { content: 'b' }),
  ]);
  expect(rows.map(({ chip }) => chip)).toEqual([0, 1, 0, null, 1]);
  expect(rows[0]?.chipWords).toMatch(/^The same contents as on Thu 19 Nov/);
});

describe('a warning', () => {
  test.each([
    ['nothing left', 0, 1000, 'Became empty'],
    ['a tenth left', 100, 1000, null],
    ['less than a tenth left', 99, 1000, 'Shrank by more than 90 %'],
    ['empty from the beginning', 0, 0, null],
    ['grown', 5000, 1000, null],
  ])('%s', (_, sizeBytes, before, expected) => {
    const [row] = rowsOf([version(1, 0, { sizeBytes }), version(2, 1, { sizeBytes: before })]);
    expect(row?.warning).toBe(expected);
  });
});

describe('contents that look random all at once', () => {
  const fetchFrom = (agoDays: number) => ({ fetchFrom: ref(agoDays) });
  const of = (at: number, sizeBytes: number, more: Partial<Version> = {}): PlacedItem =>
    version(at, at - 1, { sizeBytes, ...fetchFrom(at), ...more });

  test('are looked for where the size is much the same and the contents are not', () => {
    const items = [
      of(1, 9_000),
      of(2, 8_000),
      of(4, 8_000, { content: 'c2' }),
      of(5, 20_000),
      gap(7, 6),
      of(8, 20_000),
      of(9, 4_000),
      of(10, 4_000, { entryKind: 'folder' }),
    ];
    expect(suspectsOf(items).map(({ before, after }) => `${before.snapshotId} ${after.snapshotId}`)).toEqual([
      's2 s1',
      's8 s5',
    ]);
    expect(suspectsOf([version(1, 0, { sizeBytes: 9_000 }), of(2, 9_000)])).toEqual([]);
  });

  test.each([
    [0.4, 1.001, 'Looks random all at once, as if encrypted'],
    [0.79, 0.98, 'Looks random all at once, as if encrypted'],
    ['not known', 1.001, null],
    [0.4, 'not known', null],
    [0.9, 1.001, null],
    [0.4, 0.9, null],
  ])('stored %s of its size before, %s after', (before, after, warning) => {
    const items = [of(1, 9_000), of(2, 9_000)];
    const shares = [before, after].map((share) => (typeof share === 'number' ? share : null));
    const rows = stripRows(items, speech, leapsOf(suspectsOf(items), shares));
    expect(rows.map((row) => (row.kind === 'version' ? row.warning : null))).toEqual([warning, null]);
  });
});

test('the strip goes on under the names that it had before', async () => {
  const old = '/home/me/Drafts/l.txt';
  const answers: Record<string, readonly PlacedItem['item'][]> = {
    [PATH]: [version(1, 0).item, version(3, 2, { movedFrom: old }).item],
    // It was written anew later: that is another file.
    [old]: [version(0.5, 0).item, gap(4, 0.5).item, version(9, 4, { movedFrom: PATH }).item],
  };
  const strip = await loadStrip(
    {
      'browse.versions': ({ path }) =>
        Promise.resolve({
          items: answers[path as string] ?? [],
          total: answers[path as string]?.length ?? 0,
        }),
    },
    { placeId: 'p', series: 's', path: PATH },
    new AbortController().signal,
  );
  const rows = rowsOf(strip.items);
  expect(rows.map(({ facts, tone }) => [facts, tone])).toEqual([
    ['1 KB · same size · newest', 'changed'],
    ['1 KB · same size', 'changed'],
    ['1 KB · was Drafts/l.txt', 'other'],
  ]);
  expect(stripSummary(strip.items, speech)).toBe('3 versions, the first 9 days ago');
});

test('a link of names that goes round in circles ends', async () => {
  let asked = 0;
  await loadStrip(
    {
      'browse.versions': ({ path }) => {
        asked++;
        const at = Number(path as string);
        const item = version(100 * asked, 100 * asked - 1, { movedFrom: String(at + 1) }).item;
        return Promise.resolve({ items: [item], total: 1 });
      },
    },
    { placeId: 'p', series: 's', path: '0' },
    new AbortController().signal,
  );
  expect(asked).toBe(8);
});
