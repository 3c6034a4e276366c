/**
 * What became of each of the last 84 days, for the calendar strip: versions made, a failure, nothing, or no sign of life.
 * Pure. Days are those of this computer's time zone.
 */
import type { JobValue } from '../../text/job-titles.ts';

export const WEEKS = 12;
const DAYS = WEEKS * 7;

export interface CalendarDay {
  /** Noon of it, so that no change of clocks moves it to another day. */
  readonly noonMs: number;
  readonly kind: 'versions' | 'failed' | 'none' | 'off' | 'before' | 'future';
  readonly versions: number;
  /** Something did not succeed, whatever else went. */
  readonly hasFailure: boolean;
  /** Monday is 0. */
  readonly weekday: number;
  readonly week: number;
}

export interface CalendarFacts {
  /** Of all plans in all places, at whatever moments. */
  readonly versionsMs: readonly number[];
  readonly jobs: readonly Pick<JobValue, 'kind' | 'state' | 'queuedAtMs' | 'endedAtMs'>[];
  /** When the log says that anything happened. */
  readonly signsMs: readonly number[];
  /** When the first thing was protected; null: nothing is. */
  readonly sinceMs: number | null;
}

/** Whole weeks, the last one being that of now; days to come are `future`. */
export function calendarDays(facts: CalendarFacts, nowMs: number): readonly CalendarDay[] {
  const versions = countByDay(facts.versionsMs);
  const failures = new Set(
    facts.jobs.flatMap((job) =>
      job.kind === 'backup' && job.state === 'failed' ? [dayKey(job.endedAtMs ?? job.queuedAtMs)] : [],
    ),
  );
  const signs = new Set([
    ...facts.signsMs.map(dayKey),
    ...facts.jobs.map(({ queuedAtMs }) => dayKey(queuedAtMs)),
  ]);
  const firstVersionMs = facts.versionsMs.reduce((least, each) => Math.min(least, each), Infinity);
  const sinceKey = dayKey(Math.min(facts.sinceMs ?? nowMs, firstVersionMs));
  const todayKey = dayKey(nowMs);
  const today = new Date(nowMs);
  const weekdayNow = (today.getDay() + 6) % 7;
  return Array.from({ length: DAYS }, (_, position) => {
    const noon = new Date(
      today.getFullYear(),
      today.getMonth(),
      today.getDate() - weekdayNow - (WEEKS - 1) * 7 + position,
      12,
    );
    const key = dayKey(noon.getTime());
    const made = versions.get(key) ?? 0;
    return {
      noonMs: noon.getTime(),
      kind: kindOf(key, { made, failures, signs, sinceKey, todayKey }),
      versions: made,
      hasFailure: failures.has(key),
      weekday: position % 7,
      week: Math.floor(position / 7),
    };
  });
}

interface DayFacts {
  readonly made: number;
  readonly failures: ReadonlySet<number>;
  readonly signs: ReadonlySet<number>;
  readonly sinceKey: number;
  readonly todayKey: number;
}

function kindOf(key: number, { made, failures, signs, sinceKey, todayKey }: DayFacts): CalendarDay['kind'] {
  if (key > todayKey) return 'future';
  if (made > 0) return 'versions';
  if (failures.has(key)) return 'failed';
  if (key < sinceKey) return 'before';
  return signs.has(key) || key === todayKey ? 'none' : 'off';
}

function countByDay(momentsMs: readonly number[]): ReadonlyMap<number, number> {
  const counts = new Map<number, number>();
  for (const atMs of momentsMs) counts.set(dayKey(atMs), (counts.get(dayKey(atMs)) ?? 0) + 1);
  return counts;
}

/** Grows with the days: 20261128. */
function dayKey(atMs: number): number {
  const day = new Date(atMs);
  return day.getFullYear() * 10_000 + (day.getMonth() + 1) * 100 + day.getDate();
}
