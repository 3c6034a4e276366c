/**
 * What the clocks on the wall show in a named zone. Knows the zones by the runtime's own table (Intl) and nothing
 * else; reads no clock. Formatters are kept, because making one costs more than all else here.
 */
import type { Weekday } from './schedule-types.ts';

/** A reading of the clock on the wall. */
export interface WallTime {
  /** As if the reading were UTC: milliseconds since 1970, for comparing readings with each other only. */
  readonly wallMs: number;
  readonly minuteOfDay: number;
  readonly weekday: Weekday;
}

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const DAY_MINUTES = 1440;

const formatters = new Map<string, Intl.DateTimeFormat>();

function formatterOf(zone: string): Intl.DateTimeFormat {
  let formatter = formatters.get(zone);
  if (formatter === undefined) {
    formatter = new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      calendar: 'iso8601',
      numberingSystem: 'latn',
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
    formatters.set(zone, formatter);
  }
  return formatter;
}

/** The zone itself, or UTC for a name that the system does not know: a schedule in UTC is better than none. */
export function knownZone(zone: string): string {
  try {
    formatterOf(zone);
    return zone;
  } catch (error) {
    if (error instanceof RangeError) return 'UTC';
    throw error;
  }
}

/** East of UTC, as `RunRecord.offsetSec` wants it. */
export function offsetSecAt(zone: string, atMs: number): number {
  const fields = new Map(
    formatterOf(knownZone(zone))
      .formatToParts(atMs)
      .map(({ type, value }) => [type, Number(value)]),
  );
  const field = (type: Intl.DateTimeFormatPartTypes): number => fields.get(type) ?? 0;
  const wallMs = Date.UTC(
    field('year'),
    field('month') - 1,
    field('day'),
    field('hour'),
    field('minute'),
    field('second'),
  );
  return Math.round(wallMs / 1000) - Math.floor(atMs / 1000);
}

export function wallTimeAt(zone: string, atMs: number): WallTime {
  const wallMs = atMs + offsetSecAt(zone, atMs) * 1000;
  const days = Math.floor(wallMs / DAY_MS);
  const minuteOfDay = Math.floor((wallMs - days * DAY_MS) / MINUTE_MS) % DAY_MINUTES;
  return { wallMs, minuteOfDay, weekday: weekdayOf(days) };
}

/** 1970-01-01 was a Thursday. */
function weekdayOf(daysSinceEpoch: number): Weekday {
  return (((((daysSinceEpoch + 3) % 7) + 7) % 7) + 1) as Weekday;
}

export function previousWeekday(weekday: Weekday): Weekday {
  return (weekday === 1 ? 7 : weekday - 1) as Weekday;
}
