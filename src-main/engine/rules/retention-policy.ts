/**
 * What is kept, as a person asks for it: so many of each kind, everything within a time, everything with a tag.
 * Values, parsing and wording only; `retention.ts` applies them. Source: restic's manual, "forget".
 */
import { TidemarkError } from '#base/errors.ts';
import type { CalendarSpan, CalendarUnit } from './calendar.ts';

/** In the order in which restic applies and names them. */
export const CALENDAR_UNITS: readonly CalendarUnit[] = ['hourly', 'daily', 'weekly', 'monthly', 'yearly'];

export type KeepUnit = 'last' | CalendarUnit;

export const KEEP_UNITS: readonly KeepUnit[] = ['last', ...CALENDAR_UNITS];

export interface RetentionPolicy {
  /** How many of each; absent or 0: the rule is not in use; Infinity: all. */
  readonly counts: Readonly<Partial<Record<KeepUnit, number>>>;
  /** Everything so far back from the newest. */
  readonly within?: CalendarSpan;
  /** One of each unit, so far back from the newest. */
  readonly withinUnits: Readonly<Partial<Record<CalendarUnit, CalendarSpan>>>;
  /** Snapshots with all tags of one of the lists; an empty tag stands for a snapshot without tags. */
  readonly tagLists: readonly (readonly string[])[];
}

export const EMPTY_POLICY: RetentionPolicy = { counts: {}, withinUnits: {}, tagLists: [] };

/** No rule is in use, so that nothing would be kept. */
export function isEmptyPolicy({ counts, within, withinUnits, tagLists }: RetentionPolicy): boolean {
  return (
    Object.values(counts).every((count) => count === 0) &&
    isEmptySpan(within) &&
    Object.values(withinUnits).every(isEmptySpan) &&
    tagLists.length === 0
  );
}

export function isEmptySpan(span: CalendarSpan | undefined): boolean {
  return span === undefined || (!span.years && !span.months && !span.days && !span.hours);
}

/** `7`, `unlimited` or `-1`. @param option for the sentence. @throws request.invalidInput */
export function parseKeepCount(option: string, text: string): number {
  if (text === 'unlimited' || text === '-1') return Infinity;
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new TidemarkError('request.invalidInput', {
    what: `${option} ${text}`,
    reason: 'give a whole number from 0 on, or "unlimited"',
  });
}

const SPAN_UNITS = { y: 'years', m: 'months', d: 'days', h: 'hours' } as const;

/** `1y5m7d2h`; of a unit that is named twice the last counts. @throws request.invalidInput */
export function parseRetentionSpan(option: string, text: string): CalendarSpan {
  const trimmed = text.trim();
  const span = { years: 0, months: 0, days: 0, hours: 0 };
  if (!/^(?:\d{1,6}[ymdh])*$/.test(trimmed)) {
    throw new TidemarkError('request.invalidInput', {
      what: `${option} ${text}`,
      reason: 'write years, months, days and hours like 1y5m7d2h',
    });
  }
  for (const [, number, unit] of trimmed.matchAll(/(\d+)([ymdh])/g))
    span[SPAN_UNITS[unit as keyof typeof SPAN_UNITS]] = Number(number);
  return span;
}

export function formatSpan({ years, months, days, hours }: CalendarSpan): string {
  const parts = [
    [years, 'y'],
    [months, 'm'],
    [days, 'd'],
    [hours, 'h'],
  ] as const;
  return parts.map(([number, unit]) => (number === 0 ? '' : `${number}${unit}`)).join('');
}
