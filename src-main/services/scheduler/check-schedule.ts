/**
 * Refuses a schedule that could not be kept, before it becomes part of a plan, so that looking at what is due never
 * meets one. Also says what a schedule promises. Pure.
 */
import { TidemarkError } from '#base/errors.ts';
import { MIN_MAX_AGE_MS } from './schedule-limits.ts';
import type { DayHours, FixedTime, RunConditions, Schedule } from './schedule-types.ts';

const DAY_MS = 86_400_000;
const DAY_MINUTES = 1440;
const WEEK_DAYS = 7;
/** Longer than a century is a mistyped number. */
const MOST_MAX_AGE_MS = 36_525 * DAY_MS;

/** @throws request.invalidInput naming what cannot be */
export function checkSchedule(schedule: Schedule, conditions: RunConditions): void {
  const { maxAgeMs, fixedTimes } = schedule;
  if (maxAgeMs !== undefined && !(maxAgeMs >= MIN_MAX_AGE_MS && maxAgeMs <= MOST_MAX_AGE_MS))
    refuse('the greatest age of a version', `choose at least ${MIN_MAX_AGE_MS / 60_000} minutes`);
  for (const fixed of fixedTimes) checkDays('a time of day', [fixed.minuteOfDay], fixed.weekdays);
  for (const hours of [...conditions.quietHours, ...conditions.bandwidth])
    checkDays('hours of the day', [hours.fromMinute, hours.toMinute], hours.weekdays);
  for (const { bytesPerSecond } of conditions.bandwidth)
    if (!(bytesPerSecond > 0)) refuse('a bandwidth', 'choose more than 0, or quiet hours');
}

/**
 * How old the newest version gets if everything goes as planned; undefined: nothing is promised. Quiet hours and days
 * of 25 hours are not counted in.
 */
export function promisedAgeMs({ maxAgeMs, fixedTimes }: Schedule): number | undefined {
  const gaps = fixedTimes.length === 0 ? [] : [longestGapMs(fixedTimes)];
  const promises = maxAgeMs === undefined ? gaps : [...gaps, maxAgeMs];
  return promises.length === 0 ? undefined : Math.min(...promises);
}

function longestGapMs(fixedTimes: readonly FixedTime[]): number {
  const minutes = fixedTimes
    .flatMap(({ minuteOfDay, weekdays = [] }) =>
      (weekdays.length === 0 ? [1, 2, 3, 4, 5, 6, 7] : weekdays).map(
        (weekday) => (weekday - 1) * DAY_MINUTES + minuteOfDay,
      ),
    )
    .sort((a, b) => a - b);
  const weekLater = minutes[0]! + WEEK_DAYS * DAY_MINUTES;
  const gaps = minutes.map((minute, position) => (minutes[position + 1] ?? weekLater) - minute);
  return Math.max(...gaps) * 60_000;
}

function checkDays(what: string, minutes: readonly number[], weekdays: DayHours['weekdays'] = []): void {
  if (!minutes.every((minute) => Number.isInteger(minute) && minute >= 0 && minute < DAY_MINUTES))
    refuse(what, 'choose between 00:00 and 23:59');
  if (!weekdays.every((weekday) => Number.isInteger(weekday) && weekday >= 1 && weekday <= WEEK_DAYS))
    refuse(what, 'weekdays count from 1 for Monday to 7 for Sunday');
}

function refuse(what: string, reason: string): never {
  throw new TidemarkError('request.invalidInput', { what, reason });
}
