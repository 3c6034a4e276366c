/** What is typed into the search as text and filters, in both languages; results in order; where a match stands. */
import { describe, expect, test } from 'vitest';
import { finish, NOTHING_FOUND, takeSlice } from '#renderer/features/timeline/search/collect-results.ts';
import { lifeStretches } from '#renderer/features/timeline/search/life-line.ts';
import { matchedParts } from '#renderer/features/timeline/search/matched-parts.ts';
import { chipWords, parseSearch, withoutChip } from '#renderer/features/timeline/search/parse-search.ts';
import { parsePeriod } from '#renderer/features/timeline/search/periods.ts';
import type { SearchResult } from '#renderer/features/timeline/search/search-types.ts';
import { speechOf } from '#renderer/text/use-words.ts';

/** A Sunday. */
const NOW = new Date(2026, 10, 22, 12);
const NOW_MS = NOW.getTime();

function period(from: Date, to: Date): { fromMs: number; toMs: number } {
  return { fromMs: from.getTime(), toMs: to.getTime() };
}

describe('filters', () => {
  const lastWeek = { fromMs: new Date(2026, 10, 9).getTime(), toMs: NOW_MS };
  const june = period(new Date(2025, 5, 1), new Date(2025, 6, 1));
  test.each([
    ['letter', 'letter', {}],
    ['', '', {}],
    ['letter kind:picture', 'letter', { kind: 'picture' }],
    ['art:Bilder urlaub', 'urlaub', { kind: 'picture' }],
    ['kind:folder', '', { kind: 'folder' }],
    ['in:Documents letter', 'letter', { in: 'Documents' }],
    ['in:"My letters" x', 'x', { in: 'My letters' }],
    ['deleted', '', { deleted: true }],
    ['Gelöscht brief', 'brief', { deleted: true }],
    ['changed:last week letter', 'letter', { changed: lastWeek }],
    ['geändert:"letzte woche"', '', { changed: lastWeek }],
    ['existed:2025-06', '', { existed: june }],
    ['da:6.2025', '', { existed: june }],
    ['larger:10mb', '', { largerBytes: 10_000_000 }],
    ['größer:1,5gb', '', { largerBytes: 1_500_000_000 }],
    ['larger:10', '', { largerBytes: 10_000_000 }],
    ['ext:.XLSX', '', { ext: 'xlsx' }],
    ['endung:pdf deleted a b', 'a b', { ext: 'pdf', deleted: true }],
  ])('%s', (typed, text, filters) => {
    const parsed = parseSearch(typed, NOW_MS);
    expect([parsed.text, parsed.filters, parsed.notUnderstood]).toEqual([text, filters, []]);
  });

  test.each(['larger:huge', 'changed:someday', 'kind:thing', 'existed:2025-13'])(
    '%s is text, and said not to be understood',
    (typed) => {
      const parsed = parseSearch(typed, NOW_MS);
      expect([parsed.text, parsed.filters, parsed.notUnderstood]).toEqual([typed, {}, [typed]]);
    },
  );

  test('one that is still being typed is nothing yet; a name with a colon is a name', () => {
    expect(parseSearch('kind:', NOW_MS)).toMatchObject({ text: '', filters: {}, notUnderstood: [] });
    expect(parseSearch('12:30 constructor:x', NOW_MS)).toMatchObject({
      text: '12:30 constructor:x',
      filters: {},
    });
  });

  test('a chip says what it means, and is taken away with all of its words', () => {
    const typed = 'letter changed:last week deleted';
    const parsed = parseSearch(typed, NOW_MS);
    const { words, formats } = speechOf('en');
    const speech = { words: words.search, formats, nowMs: NOW_MS };
    expect(parsed.chips.map((chip) => chipWords(chip, parsed.filters, speech))).toEqual([
      'changed 9 Nov to 22 Nov',
      'deleted',
    ]);
    expect(withoutChip(typed, parsed.chips[0]!)).toBe('letter deleted');
    expect(withoutChip(typed, parsed.chips[1]!)).toBe('letter changed:last week');
  });
});

test.each([
  ['today', period(new Date(2026, 10, 22), new Date(2026, 10, 23))],
  ['gestern', period(new Date(2026, 10, 21), new Date(2026, 10, 22))],
  ['this week', { fromMs: new Date(2026, 10, 16).getTime(), toMs: NOW_MS }],
  ['letzten monat', { fromMs: new Date(2026, 9, 1).getTime(), toMs: NOW_MS }],
  ['2025', period(new Date(2025, 0, 1), new Date(2026, 0, 1))],
  ['2026-02-28', period(new Date(2026, 1, 28), new Date(2026, 2, 1))],
  ['28.2.2026', period(new Date(2026, 1, 28), new Date(2026, 2, 1))],
  ['2026-02-29', undefined],
  ['31.6.2026', undefined],
  ['constructor', undefined],
])('%s is a stretch of time', (text, expected) => expect(parsePeriod(text, NOW_MS)).toEqual(expected));

function result(more: Partial<SearchResult>): SearchResult {
  return {
    series: 's',
    path: '/a',
    label: 'a',
    kind: 'file',
    sizeBytes: 0,
    modifiedMs: 0,
    life: [],
    versionCount: 1,
    isDeleted: false,
    rank: 'b',
    ...more,
  };
}

test('results come in any order, stand by rank, and no more than asked for', () => {
  const slice = (results: readonly SearchResult[]): Parameters<typeof takeSlice>[1] => ({
    results,
    matched: 9,
    isCut: false,
    done: 0.5,
  });
  let found = takeSlice(NOTHING_FOUND, slice([result({ path: '/b', rank: 'b' })]), 2);
  found = takeSlice(found, slice([result({ path: '/c', rank: 'c' }), result({ path: '/a', rank: 'a' })]), 2);
  found = takeSlice(found, slice([result({ path: '/b', rank: 'b', versionCount: 5 })]), 2);
  expect(found.results.map(({ path, versionCount }) => [path, versionCount])).toEqual([
    ['/a', 1],
    ['/b', 5],
  ]);
  expect(finish(found, { matched: 12, isCut: true })).toMatchObject({ matched: 12, isCut: true, done: 1 });
});

test('a life is drawn within what is in view, and never too short to be seen', () => {
  const life = (from: number, to: number): SearchResult['life'][number] => ({
    from: { snapshotId: '', time: '', timeMs: from },
    to: { snapshotId: '', time: '', timeMs: to },
  });
  const range = { fromMs: 1000, toMs: 2000 };
  expect(lifeStretches([life(0, 500), life(500, 1500), life(1900, 1900), life(2000, 2000)], range)).toEqual([
    { from: 0, to: 0.5 },
    { from: 0.9, to: 0.912 },
    { from: 0.988, to: 1 },
  ]);
});

test.each([
  ['letter.txt', 'LETT', ['', 'lett', 'er.txt']],
  ['Über Ärger.txt', 'arg', ['Über ', 'Ärg', 'er.txt']],
  ['a𝒳b.txt', 'b', ['a𝒳', 'b', '.txt']],
  ['other', 'x', ['other']],
])('in %s stands %s', (name, text, expected) =>
  expect(matchedParts(name, text).map((part) => part.text)).toEqual(expected.filter((part) => part !== '')),
);
