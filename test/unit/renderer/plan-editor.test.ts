/** Decisions of the plan editor: rules as lines and back, what stays of them, patterns for folders, sentences. */
import { describe, expect, test } from 'vitest';
import {
  nextEvery,
  span,
  toLines,
  toRetention,
  USUAL_LINES,
  withEvery,
  type Retention,
} from '#renderer/features/folders/retention-lines.ts';
import { placeOfAge, PICTURE_MS, retentionPicture } from '#renderer/features/folders/retention-picture.ts';
import {
  daysWords,
  keepSentence,
  newChoices,
  patternLines,
  splitAge,
  toPatterns,
  whenSentence,
  withFolder,
} from '#renderer/features/folders/view-model.ts';
import { speechOf } from '#renderer/text/use-words.ts';

const NOW_MS = new Date(2026, 10, 28, 14, 0).getTime();
const NONE: Retention = { counts: {}, withinUnits: {}, tagLists: [] };
const english = speechOf('en');
const choices = newChoices('Letters', ['blue']);

describe('how long versions are kept', () => {
  test.each<[string, Retention]>([
    ['nothing', NONE],
    ['the usual', toRetention(USUAL_LINES, NONE)],
    ['counts and spans of one unit', { ...NONE, counts: { daily: 7 }, withinUnits: { daily: { days: 3 } } }],
    ['the newest and everything within', { ...NONE, counts: { last: 5 }, within: { months: 1 } }],
    ['a span of several parts', { ...NONE, withinUnits: { weekly: { years: 1, months: 6 } } }],
    ['every version for ever', { ...NONE, counts: { last: 'all' } }],
    ['tags are carried along', { ...NONE, tagLists: [['keep']] }],
  ])('%s goes into lines and comes back', (_, retention) => {
    expect(toRetention(toLines(retention), retention)).toEqual(retention);
  });

  test('lines read as sentences', () => {
    expect(keepSentence({ retention: NONE }, english)).toBe('Every version is kept for ever.');
    expect(keepSentence(choices, english)).toBe(
      'Keep one an hour for 2 days, one a day for 2 months, one a week for 2 years and one a month for ever.',
    );
    expect(keepSentence({ retention: { ...NONE, counts: { last: 5 } } }, speechOf('de'))).toBe(
      'Behalte die neuesten 5.',
    );
  });

  test('a line with another beginning keeps its length only where that makes sense', () => {
    expect(withEvery({ every: 'day', lasts: span('days', 9) }, 'week').lasts).toEqual(span('days', 9));
    expect(withEvery({ every: 'day', lasts: span('days', 9) }, 'newest').lasts).toEqual({
      kind: 'count',
      count: 10,
    });
    expect(withEvery({ every: 'newest', lasts: { kind: 'count', count: 3 } }, 'version').lasts).toEqual(
      span('days', 30),
    );
    expect(nextEvery(USUAL_LINES)).toBe('year');
  });

  test('the picture keeps the newest of each hour, day and week, so far back as the rule reaches', () => {
    const { lanes, total } = retentionPicture(USUAL_LINES, NOW_MS);
    expect(lanes.map(({ agesMs }) => agesMs.length)).toEqual([49, 62, 105, 73]);
    expect(total).toBeLessThan(49 + 62 + 105 + 73);
    for (const { agesMs } of lanes) expect(agesMs[0]).toBe(0);
  });

  test('near times get more room, and nothing falls off the picture', () => {
    const places = [0, 3_600_000, 86_400_000, PICTURE_MS, PICTURE_MS * 2].map(placeOfAge);
    expect(places[0]).toBe(0);
    expect(places.slice(3)).toEqual([1, 1]);
    expect(places[2]).toBeGreaterThan(0.15);
  });
});

describe('what is copied', () => {
  const out = withFolder(choices, '/home/me/a [1]', false, 'linux');

  test('a folder is left out by its own pattern, literally, and taken back in', () => {
    expect(out.exclusions.patterns).toEqual(['/home/me/a \\[1\\]']);
    expect(withFolder(out, '/home/me/a [1]', true, 'linux').exclusions.patterns).toEqual([]);
    expect(withFolder(choices, 'C:\\a[1]', false, 'win32').exclusions.patterns).toEqual(['C:\\a[[]1]']);
  });

  test('what another rule leaves out is taken back in by name; leaving it out again drops that', () => {
    const back = withFolder(choices, '/home/me/.cache', true, 'linux');
    expect(back.exclusions.patterns).toEqual(['!/home/me/.cache']);
    expect(withFolder(back, '/home/me/.cache', false, 'linux').exclusions.patterns).toEqual([
      '/home/me/.cache',
    ]);
  });

  test('a folder whose name is no text cannot be named by a pattern', () => {
    expect(withFolder(choices, { base64: '/w==' }, false, 'linux')).toBe(choices);
  });

  test('patterns as lines: empty ones say nothing, foreign ones are carried along', () => {
    const { text, foreign } = patternLines(['*.iso', { base64: '/w==' }, 'tmp']);
    expect(text).toBe('*.iso\ntmp');
    expect(toPatterns(`${text}\n\n  node_modules `, foreign)).toEqual([
      { base64: '/w==' },
      '*.iso',
      'tmp',
      'node_modules',
    ]);
  });
});

describe('when', () => {
  test.each([
    [5 * 60_000, 5, 'minutes'],
    [3_600_000, 1, 'hours'],
    [90 * 60_000, 90, 'minutes'],
    [86_400_000, 24, 'hours'],
    [3 * 86_400_000, 3, 'days'],
  ])('%i ms are %i %s', (ageMs, amount, unit) => {
    expect(splitAge(ageMs)).toEqual({ amount, unit });
  });

  test('in one sentence', () => {
    expect(whenSentence({ schedule: { isWatching: false, fixedTimes: [] } }, english)).toMatch(
      /^Nothing is planned/,
    );
    const schedule = { isWatching: false, fixedTimes: [{ minuteOfDay: 390, weekdays: [5, 1] as (1 | 5)[] }] };
    expect(whenSentence({ schedule }, english)).toBe('Mon and Fri at 06:30.');
    expect(daysWords([1, 2, 3, 4, 5, 6, 7], speechOf('de'))).toBe('jeden Tag');
  });
});
