/**
 * Calendar arithmetic for retention: which hour, day, week, month and year a stored time belongs to by the clock that
 * was read when it was written, and going back by years, months, days and hours. Reads no clock and no time zone
 * database; the zone is handed in. Source: repository format, 15; Go's time.AddDate and time.Date, which restic uses.
 */
import {
  civilFromDays,
  daysFromCivil,
  type Instant,
  type ZonedTime,
  type ZoneOffsets,
} from '#format/time.ts';

export type CalendarUnit = 'hourly' | 'daily' | 'weekly' | 'monthly' | 'yearly';

/** Calendar years, months and days, and hours of 3600 seconds; whole numbers from 0 on. */
export interface CalendarSpan {
  readonly years: number;
  readonly months: number;
  readonly days: number;
  readonly hours: number;
}

const DAY_SECONDS = 86_400;
/** 1970-01-01 was a Thursday: the fourth day of an ISO week, which starts on Monday. */
const EPOCH_WEEKDAY = 3;

export function compareInstants(a: Instant, b: Instant): number {
  return a.sec - b.sec || a.nsec - b.nsec;
}

/** A number per hour, day, ISO week, month or year; equal for two times exactly when their clocks showed the same one. */
export function calendarNumber(unit: CalendarUnit, time: ZonedTime): number {
  const localSec = time.sec + time.offsetSec;
  const days = Math.floor(localSec / DAY_SECONDS);
  switch (unit) {
    case 'hourly':
      return Math.floor(localSec / 3600);
    case 'daily':
      return days;
    case 'weekly':
      return Math.floor((days + EPOCH_WEEKDAY) / 7);
    case 'monthly': {
      const { year, month } = civilFromDays(days);
      return year * 12 + month;
    }
    case 'yearly':
      return civilFromDays(days).year;
  }
}

/**
 * `span` before `time`: years, months and days on the calendar of the place where the time was written, then hours.
 * A day that its month does not have counts on into the next month. The place is `zone` when the clocks there showed
 * the time's own offset at that moment, else that offset stays.
 */
export function subtractSpan(time: ZonedTime, span: CalendarSpan, zone: ZoneOffsets): Instant {
  const localSec = time.sec + time.offsetSec;
  const days = Math.floor(localSec / DAY_SECONDS);
  const { year, month, day } = civilFromDays(days);
  const months = year * 12 + (month - 1) - span.years * 12 - span.months;
  const firstOfMonth = daysFromCivil(Math.floor(months / 12), (((months % 12) + 12) % 12) + 1, 1);
  const earlierDays = firstOfMonth + (day - 1) - span.days;
  const earlierLocalSec = earlierDays * DAY_SECONDS + (localSec - days * DAY_SECONDS);
  const isOfZone = !time.isUtc && zone.offsetSecondsAt(time.sec) === time.offsetSec;
  const sec = isOfZone
    ? instantOfWallClock(earlierLocalSec, zone)
    : earlierLocalSec - (time.isUtc ? 0 : time.offsetSec);
  return { sec: sec - span.hours * 3600, nsec: time.nsec };
}

/** Of a time that the clocks show twice or not at all, the one that Go's time.Date gives. */
function instantOfWallClock(localSec: number, zone: ZoneOffsets): number {
  const guess = zone.offsetSecondsAt(localSec);
  return guess === 0 ? localSec : localSec - zone.offsetSecondsAt(localSec - guess);
}
