/**
 * How time is cut into the bars of the heat lane: minutes, hours, days, weeks, months of the person's own calendar, as
 * many as make a bar 4 to 14 px wide. Edges depend on the calendar alone, so bars stand still while the band moves. Pure.
 */
import { DAY_MS, HOUR_MS, lengthOf } from './time-scale.ts';
import type { TimeRange } from '../view-store.ts';

export type StepUnit = 'second' | 'minute' | 'hour' | 'day' | 'week' | 'month' | 'year';
export interface Step {
  readonly unit: StepUnit;
  readonly count: number;
}

export const NARROWEST_PX = 4;
export const WIDEST_PX = 14;
/** Of those that fit, the one nearest to this: thick enough to be hit. */
const BEST_PX = 10;

const UNIT_MS: Readonly<Record<StepUnit, number>> = {
  second: 1_000,
  minute: 60_000,
  hour: HOUR_MS,
  day: DAY_MS,
  week: 7 * DAY_MS,
  month: 30.44 * DAY_MS,
  year: 365.25 * DAY_MS,
};

/** Each at most 3.5 times the one before: whatever the zoom, one of them fits. */
const STEPS: readonly Step[] = (
  [
    ['second', [5, 10, 20, 30]],
    ['minute', [1, 2, 5, 10, 15, 30]],
    ['hour', [1, 2, 3, 6, 12]],
    ['day', [1, 2]],
    ['week', [1, 2]],
    ['month', [1, 2, 3, 6]],
    ['year', [1, 2, 5, 10]],
  ] as const
).flatMap(([unit, counts]) => counts.map((count) => ({ unit, count })));

export function stepMs({ unit, count }: Step): number {
  return UNIT_MS[unit] * count;
}

export function chooseStep(range: TimeRange, widthPx: number): Step {
  const pxPerMs = widthPx / lengthOf(range);
  const fitting = STEPS.filter((step) => {
    const px = stepMs(step) * pxPerMs;
    return px >= NARROWEST_PX && px <= WIDEST_PX;
  });
  const away = (step: Step): number => Math.abs(Math.log((stepMs(step) * pxPerMs) / BEST_PX));
  const [first, ...others] = fitting;
  if (first === undefined) return { unit: 'year', count: 10 };
  return others.reduce((best, step) => (away(step) < away(best) ? step : best), first);
}

/** From the last edge not after the range begins to the first one not before it ends. */
export function bucketEdges(range: TimeRange, step: Step): readonly number[] {
  const edges: number[] = [];
  const isShort = step.unit === 'second' || step.unit === 'minute';
  const next = isShort ? everyFixed(range.fromMs, stepMs(step)) : everyCalendar(range.fromMs, step);
  for (let edgeMs = next(); ; edgeMs = next()) {
    const last = edges.at(-1);
    // Where clocks are set back or forward an hour has no edge of its own.
    if (last === undefined || edgeMs > last) edges.push(edgeMs);
    if (edgeMs >= range.toMs && edges.length > 1) return edges;
  }
}

/** Offsets of time zones are whole quarters of an hour: so long from midnight is so long from an hour. */
function everyFixed(fromMs: number, lengthMs: number): () => number {
  const shiftMs = new Date(fromMs).getTimezoneOffset() * 60_000;
  let at = Math.floor((fromMs - shiftMs) / lengthMs);
  return () => at++ * lengthMs + shiftMs;
}

function everyCalendar(fromMs: number, { unit, count }: Step): () => number {
  const date = new Date(fromMs);
  const [year, month, day] = [date.getFullYear(), date.getMonth(), date.getDate()];
  let turn = 0;
  switch (unit) {
    case 'hour': {
      const hour = Math.floor(date.getHours() / count) * count;
      return () => new Date(year, month, day, hour + turn++ * count).getTime();
    }
    case 'day': {
      // Counted from a fixed day, so that pairs of days stay pairs.
      const first = day - (dayNumber(year, month, day) % count);
      return () => new Date(year, month, first + turn++ * count).getTime();
    }
    case 'week': {
      const monday = dayNumber(year, month, day) - ((dayNumber(year, month, day) + 3) % 7);
      const weekNumber = Math.floor((monday + 3) / 7);
      const first = day - (dayNumber(year, month, day) - monday) - (weekNumber % count) * 7;
      return () => new Date(year, month, first + turn++ * count * 7).getTime();
    }
    case 'month': {
      const first = Math.floor(month / count) * count;
      return () => new Date(year, first + turn++ * count, 1).getTime();
    }
    case 'year': {
      const first = Math.floor(year / count) * count;
      return () => new Date(first + turn++ * count, 0, 1).getTime();
    }
    default:
      throw new RangeError(`no calendar of ${unit}s`);
  }
}

/** Days since 1 January 1970, a Thursday, whatever the time zone. */
function dayNumber(year: number, month: number, day: number): number {
  return Math.round(Date.UTC(year, month, day) / DAY_MS);
}

/** The bar that a moment lies in: index of its first edge; undefined beside all. */
export function bucketAt(edges: readonly number[], atMs: number): number | undefined {
  let low = 0;
  let high = edges.length - 1;
  if (high < 1 || atMs < (edges[0] ?? 0) || atMs >= (edges[high] ?? 0)) return undefined;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if ((edges[middle] ?? 0) <= atMs) low = middle;
    else high = middle;
  }
  return low;
}

/** Edges of what is asked for: a half more at both ends, so that moving a little asks nothing. */
export function askedEdges(range: TimeRange, step: Step): readonly number[] {
  const moreMs = lengthOf(range) / 2;
  return bucketEdges({ fromMs: range.fromMs - moreMs, toMs: range.toMs + moreMs }, step);
}
