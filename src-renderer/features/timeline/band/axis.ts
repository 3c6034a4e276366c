/**
 * The words under the band: times of day, weekdays near now, dates further back, as few as have room. Pure but for the
 * time zone of this computer.
 */
import { bucketEdges, stepMs, type Step } from './buckets.ts';
import { DAY_MS, lengthOf, xOf } from './time-scale.ts';
import type { TimeRange } from '../view-store.ts';

export interface Tick {
  readonly atMs: number;
  readonly xPx: number;
  readonly text: string;
  /** A day among hours, a year among months. */
  readonly isMajor: boolean;
}

/** So much room has every word at least. */
const ROOM_PX = 92;

const TICK_STEPS: readonly Step[] = (
  [
    ['minute', [5, 10, 15, 30]],
    ['hour', [1, 2, 3, 6, 12]],
    ['day', [1, 2]],
    ['week', [1, 2]],
    ['month', [1, 2, 3, 6]],
    ['year', [1, 2, 5, 10]],
  ] as const
).flatMap(([unit, counts]) => counts.map((count) => ({ unit, count })));

export interface AxisWords {
  clock(atMs: number): string;
  /** "3 Nov", with the year where it is another than now's. */
  day(atMs: number, nowMs: number): string;
  weekday(atMs: number): string;
  month(atMs: number): string;
  year(atMs: number): string;
  readonly today: string;
  readonly yesterday: string;
}

export function axisTicks(
  range: TimeRange,
  widthPx: number,
  nowMs: number,
  words: AxisWords,
): readonly Tick[] {
  const pxPerMs = widthPx / lengthOf(range);
  const step = TICK_STEPS.find((one) => stepMs(one) * pxPerMs >= ROOM_PX) ?? { unit: 'year', count: 10 };
  const ticks: Tick[] = [];
  for (const atMs of bucketEdges(range, step)) {
    const xPx = xOf(range, widthPx, atMs);
    if (xPx < 0 || xPx > widthPx) continue;
    ticks.push({ atMs, xPx, ...nameTick(atMs, step, nowMs, words) });
  }
  return ticks;
}

function nameTick(
  atMs: number,
  { unit }: Step,
  nowMs: number,
  words: AxisWords,
): Pick<Tick, 'text' | 'isMajor'> {
  const date = new Date(atMs);
  const isMidnight = date.getHours() === 0 && date.getMinutes() === 0;
  switch (unit) {
    case 'second':
    case 'minute':
    case 'hour':
      return isMidnight
        ? { text: dayWord(atMs, nowMs, words), isMajor: true }
        : { text: words.clock(atMs), isMajor: false };
    case 'day':
    case 'week':
      return { text: dayWord(atMs, nowMs, words), isMajor: date.getDate() === 1 };
    case 'month':
      return date.getMonth() === 0
        ? { text: words.year(atMs), isMajor: true }
        : { text: words.month(atMs), isMajor: false };
    case 'year':
      return { text: words.year(atMs), isMajor: false };
  }
}

/** "today", "yesterday", "Tue" within the last week, then dates. */
function dayWord(atMs: number, nowMs: number, words: AxisWords): string {
  const daysAgo = Math.round((startOfDay(nowMs) - startOfDay(atMs)) / DAY_MS);
  if (daysAgo === 0) return words.today;
  if (daysAgo === 1) return words.yesterday;
  if (daysAgo > 1 && daysAgo < 7) return words.weekday(atMs);
  return words.day(atMs, nowMs);
}

export function startOfDay(atMs: number): number {
  return new Date(atMs).setHours(0, 0, 0, 0);
}
