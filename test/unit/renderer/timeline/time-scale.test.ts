import { expect, test } from 'vitest';
import { bucketAt, bucketEdges, chooseStep, stepMs } from '#renderer/features/timeline/band/buckets.ts';
import { axisTicks, type AxisWords } from '#renderer/features/timeline/band/axis.ts';
import {
  clampRange,
  DAY_MS,
  fitRange,
  HOUR_MS,
  lengthOf,
  reveal,
  timeAt,
  wholeRange,
  xOf,
  zoomAt,
} from '#renderer/features/timeline/band/time-scale.ts';

const NOW_MS = new Date(2026, 10, 22, 12, 0).getTime();
const whole = wholeRange(NOW_MS - 400 * DAY_MS, NOW_MS);
const local = (...parts: [number, number, number?, number?, number?]): number => new Date(...parts).getTime();

test('pixels and moments lead back to each other', () => {
  const range = { fromMs: 1_000, toMs: 3_000 };
  expect(xOf(range, 400, 2_000)).toBe(200);
  expect(timeAt(range, 400, xOf(range, 400, 1_234))).toBeCloseTo(1_234);
});

test.each([0.5, 0.8, 1.25, 2])('zooming by %d keeps what is under the pointer', (factor) => {
  const range = { fromMs: NOW_MS - 60 * DAY_MS, toMs: NOW_MS - 30 * DAY_MS };
  const atMs = NOW_MS - 40 * DAY_MS;
  const zoomed = zoomAt(range, atMs, factor, whole);
  expect(lengthOf(zoomed)).toBeCloseTo(lengthOf(range) * factor, -2);
  expect(xOf(zoomed, 900, atMs)).toBeCloseTo(xOf(range, 900, atMs), 3);
});

test('zoom ends at an hour and at all there is', () => {
  let range = whole;
  for (let turn = 0; turn < 100; turn++) range = zoomAt(range, NOW_MS, 0.7, whole);
  expect(lengthOf(range)).toBeCloseTo(HOUR_MS, -1);
  for (let turn = 0; turn < 100; turn++) range = zoomAt(range, NOW_MS, 1.5, whole);
  expect(range.fromMs).toBeCloseTo(whole.fromMs, -1);
  expect(range.toMs).toBeCloseTo(whole.toMs, -1);
});

test('a range stays within the whole, with its length', () => {
  const range = clampRange({ fromMs: whole.toMs, toMs: whole.toMs + DAY_MS }, whole);
  expect(range).toEqual({ fromMs: whole.toMs - DAY_MS, toMs: whole.toMs });
});

test.each([
  ['the first minutes', 5 * 60_000],
  ['the first day', 20 * HOUR_MS],
  ['a year', 365 * DAY_MS],
])('of %s now stands at the right, with no more room after it than is needed', (_, ageMs) => {
  const range = wholeRange(NOW_MS - ageMs, NOW_MS);
  expect(lengthOf(range)).toBeGreaterThanOrEqual(HOUR_MS);
  expect(xOf(range, 1_000, NOW_MS)).toBeGreaterThan(960);
  expect(xOf(range, 1_000, NOW_MS)).toBeLessThan(1_000);
  expect(xOf(range, 1_000, NOW_MS - ageMs)).toBeGreaterThan(0);
});

test('where there is less than before the range is no longer than all there is; else it stays', () => {
  const hour = wholeRange(NOW_MS - HOUR_MS, NOW_MS);
  const fitted = fitRange({ fromMs: NOW_MS - 240 * DAY_MS, toMs: NOW_MS }, hour);
  expect(fitted.fromMs).toBeGreaterThanOrEqual(hour.fromMs);
  expect(fitted.toMs).toBeLessThanOrEqual(hour.toMs);
  const inside = { fromMs: NOW_MS - 9 * DAY_MS, toMs: NOW_MS - 2 * DAY_MS };
  expect(fitRange(inside, whole)).toBe(inside);
});

test('bringing into sight moves only what is out of it', () => {
  const range = { fromMs: NOW_MS - 20 * DAY_MS, toMs: NOW_MS - 10 * DAY_MS };
  expect(reveal(range, NOW_MS - 15 * DAY_MS, whole)).toBe(range);
  const moved = reveal(range, NOW_MS - 30 * DAY_MS, whole);
  expect(lengthOf(moved)).toBe(lengthOf(range));
  expect(moved.fromMs).toBeLessThan(NOW_MS - 30 * DAY_MS);
});

test('a bar is 4 to 14 pixels wide at every zoom and width', () => {
  for (const widthPx of [480, 760, 1224, 2300, 3600])
    for (let lengthMs = HOUR_MS; lengthMs < 25 * 365 * DAY_MS; lengthMs *= 1.07) {
      const px = (stepMs(chooseStep({ fromMs: 0, toMs: lengthMs }, widthPx)) / lengthMs) * widthPx;
      expect(px, `${lengthMs} ms on ${widthPx} px`).toBeGreaterThanOrEqual(4);
      expect(px).toBeLessThanOrEqual(14);
    }
});

test.each([
  [
    'hours',
    { unit: 'hour', count: 6 },
    local(2026, 2, 3, 13, 20),
    [local(2026, 2, 3, 12), local(2026, 2, 3, 18)],
  ],
  ['days', { unit: 'day', count: 1 }, local(2026, 2, 3, 13), [local(2026, 2, 3), local(2026, 2, 4)]],
  [
    'weeks from Monday',
    { unit: 'week', count: 1 },
    local(2026, 10, 22, 13),
    [local(2026, 10, 16), local(2026, 10, 23)],
  ],
  ['months', { unit: 'month', count: 3 }, local(2026, 1, 22), [local(2026, 0, 1), local(2026, 3, 1)]],
  ['years', { unit: 'year', count: 5 }, local(2026, 1, 22), [local(2025, 0, 1), local(2030, 0, 1)]],
  [
    'minutes',
    { unit: 'minute', count: 10 },
    local(2026, 1, 22, 8, 47),
    [local(2026, 1, 22, 8, 40), local(2026, 1, 22, 8, 50)],
  ],
] as const)('edges of %s are those of the calendar', (_name, step, fromMs, [first, second]) => {
  const edges = bucketEdges({ fromMs, toMs: fromMs + 3 * stepMs(step) }, step);
  expect(edges.slice(0, 2)).toEqual([first, second]);
  expect(edges[0]).toBeLessThanOrEqual(fromMs);
  expect(edges.at(-1)).toBeGreaterThanOrEqual(fromMs + 3 * stepMs(step));
});

test('bars stand still while the band moves', () => {
  for (const step of [
    { unit: 'day', count: 2 },
    { unit: 'week', count: 2 },
    { unit: 'minute', count: 5 },
  ] as const) {
    const one = bucketEdges({ fromMs: NOW_MS, toMs: NOW_MS + 40 * stepMs(step) }, step);
    const from = NOW_MS + 3.3 * stepMs(step);
    const other = bucketEdges({ fromMs: from, toMs: from + 20 * stepMs(step) }, step);
    expect(other.every((edge) => one.includes(edge))).toBe(true);
  }
});

test('the bar that a moment lies in', () => {
  const edges = [0, 10, 20, 30];
  expect([-1, 0, 9, 10, 29, 30].map((atMs) => bucketAt(edges, atMs))).toEqual([
    undefined,
    0,
    0,
    1,
    2,
    undefined,
  ]);
});

const words: AxisWords = {
  clock: (atMs) => `${new Date(atMs).getHours()}h`,
  day: (atMs) => `${new Date(atMs).getDate()}.${new Date(atMs).getMonth() + 1}`,
  weekday: () => 'weekday',
  month: (atMs) => `m${new Date(atMs).getMonth() + 1}`,
  year: (atMs) => String(new Date(atMs).getFullYear()),
  today: 'today',
  yesterday: 'yesterday',
};

test('the axis speaks in words near now, in dates further back', () => {
  const days = axisTicks({ fromMs: NOW_MS - 9 * DAY_MS, toMs: NOW_MS }, 1000, NOW_MS, words);
  expect(days.map(({ text }) => text)).toEqual([
    '14.11',
    '15.11',
    'weekday',
    'weekday',
    'weekday',
    'weekday',
    'weekday',
    'yesterday',
    'today',
  ]);
  const hours = axisTicks({ fromMs: NOW_MS - DAY_MS, toMs: NOW_MS }, 1000, NOW_MS, words);
  expect(hours.map(({ text }) => text)).toContain('today');
  expect(hours.map(({ text }) => text)).toContain('18h');
  const years = axisTicks({ fromMs: NOW_MS - 900 * DAY_MS, toMs: NOW_MS }, 1000, NOW_MS, words);
  expect(years.find(({ isMajor }) => isMajor)?.text).toMatch(/^202\d$/);
});

test('words of the axis never run into each other', () => {
  for (let lengthMs = HOUR_MS; lengthMs < 20 * 365 * DAY_MS; lengthMs *= 1.3) {
    const ticks = axisTicks({ fromMs: NOW_MS - lengthMs, toMs: NOW_MS }, 900, NOW_MS, words);
    for (const [at, tick] of ticks.entries())
      if (at > 0) expect(tick.xPx - (ticks[at - 1]?.xPx ?? 0)).toBeGreaterThan(80);
  }
});
