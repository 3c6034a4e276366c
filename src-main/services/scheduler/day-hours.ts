/**
 * Hours of the day by the clock on the wall: whether a moment lies in them, and when that changes. On days of 23 and
 * 25 hours they follow the wall, so they are an hour shorter or longer. Pure.
 */
import { nextFixedTime } from './next-fixed-time.ts';
import type { BandwidthHours, DayHours, Moment } from './schedule-types.ts';
import { previousWeekday, wallTimeAt } from './zone-time.ts';

const MINUTE_MS = 60_000;
const DAY_MINUTES = 1440;
/** Hours that follow each other without a gap for longer than this are looked at again later. */
const MOST_JOINED = 14;

export function isWithinHours(hours: DayHours, { nowMs, zone }: Moment): boolean {
  const { minuteOfDay, weekday } = wallTimeAt(zone, nowMs);
  const beginsOn = (day: typeof weekday): boolean =>
    hours.weekdays === undefined || hours.weekdays.length === 0 || hours.weekdays.includes(day);
  const { fromMinute, toMinute } = hours;
  if (fromMinute < toMinute) return minuteOfDay >= fromMinute && minuteOfDay < toMinute && beginsOn(weekday);
  if (minuteOfDay >= fromMinute) return beginsOn(weekday);
  return minuteOfDay < toMinute && beginsOn(previousWeekday(weekday));
}

/** The first moment outside of all given hours; undefined: now is outside. */
export function endOfHours(all: readonly DayHours[], moment: Moment): number | undefined {
  let endMs: number | undefined;
  for (let joined = 0; joined < MOST_JOINED; joined += 1) {
    const at = { nowMs: endMs ?? moment.nowMs, zone: moment.zone };
    const around = all.find((hours) => isWithinHours(hours, at));
    if (around === undefined) return endMs;
    endMs = endOfOne(around, at);
  }
  return endMs;
}

export interface Bandwidth {
  /** Bytes a second to the place and from it; absent: no limit. */
  readonly up?: number;
  readonly down?: number;
  /** When another answer may hold. */
  readonly untilMs: number;
}

/** The tightest limits that hold now. */
export function bandwidthAt(all: readonly BandwidthHours[], moment: Moment): Bandwidth {
  const active = all.filter((hours) => isWithinHours(hours, moment));
  const changes = all.map((hours) =>
    active.includes(hours) ? endOfOne(hours, moment) : beginOf(hours, moment),
  );
  const up = tightest(active.filter(({ direction }) => direction !== 'down'));
  const down = tightest(active.filter(({ direction }) => direction === 'down'));
  return {
    untilMs: Math.min(Number.POSITIVE_INFINITY, ...changes),
    ...(up === undefined ? {} : { up }),
    ...(down === undefined ? {} : { down }),
  };
}

function tightest(hours: readonly BandwidthHours[]): number | undefined {
  return hours.length === 0 ? undefined : Math.min(...hours.map(({ bytesPerSecond }) => bytesPerSecond));
}

function beginOf({ fromMinute, weekdays = [] }: DayHours, { nowMs, zone }: Moment): number {
  return nextFixedTime({ minuteOfDay: fromMinute, weekdays }, nowMs, zone);
}

/**
 * By the calendar, or by counting minutes if that comes first and is right: of an hour that the clocks show twice the
 * calendar knows the first end only.
 */
function endOfOne(hours: DayHours, { nowMs, zone }: Moment): number {
  const calendarMs = nextFixedTime({ minuteOfDay: hours.toMinute }, nowMs, zone);
  const { wallMs, minuteOfDay } = wallTimeAt(zone, nowMs);
  const minutes = (hours.toMinute - minuteOfDay + DAY_MINUTES) % DAY_MINUTES || DAY_MINUTES;
  const countedMs = nowMs - (wallMs % MINUTE_MS) + minutes * MINUTE_MS;
  return countedMs < calendarMs && !isWithinHours(hours, { nowMs: countedMs, zone }) ? countedMs : calendarMs;
}
