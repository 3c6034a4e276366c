/** What became of each day. Now is a Saturday, so that the last week has one day to come. */
import { expect, test } from 'vitest';
import { calendarDays, type CalendarFacts } from '#renderer/features/overview/calendar.ts';

const NOW_MS = new Date(2026, 10, 28, 14, 0).getTime();
const at = (daysAgo: number, hour = 12): number => new Date(2026, 10, 28 - daysAgo, hour).getTime();
const nothing: CalendarFacts = { versionsMs: [], jobs: [], signsMs: [], sinceMs: at(10) };
const kinds = (facts: Partial<CalendarFacts>): readonly string[] =>
  calendarDays({ ...nothing, ...facts }, NOW_MS).map(({ kind }) => kind);
/** Today stands at the 83rd place: one day of the week is to come. */
const TODAY = 82;

test('twelve whole weeks from a Monday on, today in the last', () => {
  const days = calendarDays(nothing, NOW_MS);
  expect(days).toHaveLength(84);
  expect(new Date(days[0]!.noonMs).getDay()).toBe(1);
  expect(new Date(days[TODAY]!.noonMs).getDate()).toBe(28);
  expect(days.map(({ kind }) => kind).slice(TODAY)).toEqual(['none', 'future']);
});

test('before anything was protected, then off', () => {
  expect(kinds({}).slice(TODAY - 11, TODAY)).toEqual(['before', ...Array<string>(10).fill('off')]);
});

test('versions count by day and outweigh a failure; a failure alone shows; signs of life are no version', () => {
  const failed = { kind: 'backup', state: 'failed', queuedAtMs: at(3), endedAtMs: at(3) } as const;
  const days = calendarDays(
    {
      ...nothing,
      versionsMs: [at(2, 1), at(2, 23), at(1)],
      jobs: [failed, { ...failed, queuedAtMs: at(1), endedAtMs: at(1) }],
      signsMs: [at(4)],
    },
    NOW_MS,
  );
  expect(days.slice(TODAY - 4, TODAY).map(({ kind, versions }) => [kind, versions])).toEqual([
    ['none', 0],
    ['failed', 0],
    ['versions', 2],
    ['versions', 1],
  ]);
});

test('a history that was taken over begins before the plan', () => {
  expect(kinds({ versionsMs: [at(20)] }).slice(TODAY - 21, TODAY - 18)).toEqual([
    'before',
    'versions',
    'off',
  ]);
});

test('across the end of summer time every day is there once', () => {
  const dates = calendarDays(nothing, NOW_MS).map(({ noonMs }) => new Date(noonMs).toDateString());
  expect(new Set(dates).size).toBe(84);
});
