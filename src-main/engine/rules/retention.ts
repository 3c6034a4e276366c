/**
 * Which points of one group a policy keeps, and why. Equal to restic 0.19, decision by decision; what is not restic's
 * (the brake on unattended runs) lies in `retention-brake.ts`. Pure: now and the zone are handed in.
 * Source: repository format, 15.
 */
import type { Instant, ZonedTime, ZoneOffsets } from '#format/time.ts';
import { calendarNumber, compareInstants, subtractSpan, type CalendarSpan } from './calendar.ts';
import type { CalendarUnit } from './calendar.ts';
import {
  CALENDAR_UNITS,
  formatSpan,
  isEmptySpan,
  KEEP_UNITS,
  type KeepUnit,
  type RetentionPolicy,
} from './retention-policy.ts';

export interface RetentionPoint {
  readonly time: ZonedTime;
  readonly tags: readonly string[];
}

export interface RetentionTerms {
  /** Points from now on are not the newest that the "within" rules count back from. */
  readonly now: Instant;
  /** Of this machine; see `subtractSpan`. */
  readonly zone: ZoneOffsets;
}

export type KeepReason =
  | { readonly kind: 'tags'; readonly tags: readonly string[] }
  | { readonly kind: 'within'; readonly span: CalendarSpan }
  /** `isOldest`: its day (week ...) has one already, but it reaches back furthest and the rule has room for it. */
  | { readonly kind: 'count'; readonly unit: KeepUnit; readonly isOldest: boolean }
  | {
      readonly kind: 'withinUnit';
      readonly unit: CalendarUnit;
      readonly span: CalendarSpan;
      readonly isOldest: boolean;
    };

export interface RetentionVerdict<Point> {
  /** Newest first, like `remove`; every point is in one of the two. */
  readonly keep: readonly { readonly point: Point; readonly reasons: readonly KeepReason[] }[];
  readonly remove: readonly Point[];
}

/** Points of one group, in any order; of equal times the earlier in the list counts as the newer one. */
export function applyRetention<Point extends RetentionPoint>(
  points: readonly Point[],
  policy: RetentionPolicy,
  terms: RetentionTerms,
): RetentionVerdict<Point> {
  const newestFirst = points.toSorted((a, b) => compareInstants(b.time, a.time));
  const rules = createRules(newestFirst, policy, terms);
  const keep: { point: Point; reasons: KeepReason[] }[] = [];
  const remove: Point[] = [];
  for (const [position, point] of newestFirst.entries()) {
    const isOldest = position === newestFirst.length - 1;
    const reasons = rules.flatMap((rule) => rule(point, isOldest) ?? []);
    if (reasons.length > 0) keep.push({ point, reasons });
    else remove.push(point);
  }
  return { keep, remove };
}

/** Says whether to keep the next older point; remembers what it kept. */
type Rule = (point: RetentionPoint, isOldest: boolean) => KeepReason | undefined;

/** In restic's order, which is the order of the reasons. */
function createRules(
  newestFirst: readonly RetentionPoint[],
  policy: RetentionPolicy,
  { now, zone }: RetentionTerms,
): Rule[] {
  const newest = newestFirst.find(({ time }) => compareInstants(time, now) < 0)?.time;
  const { within } = policy;
  return [
    ...policy.tagLists.map(tagRule),
    ...(within === undefined || isEmptySpan(within) ? [] : [withinRule(newest, within, zone)]),
    ...KEEP_UNITS.map((unit) => countRule(unit, policy.counts[unit] ?? 0)),
    ...CALENDAR_UNITS.flatMap((unit) => {
      const span = policy.withinUnits[unit];
      return span === undefined || isEmptySpan(span) ? [] : [withinUnitRule(newest, unit, span, zone)];
    }),
  ];
}

function tagRule(tags: readonly string[]): Rule {
  return (point) => (hasTags(point.tags, tags) ? { kind: 'tags', tags } : undefined);
}

function hasTags(present: readonly string[], wanted: readonly string[]): boolean {
  for (const tag of wanted) {
    if (tag === '' && present.length === 0) return true;
    if (!present.includes(tag)) return false;
  }
  return true;
}

function withinRule(newest: ZonedTime | undefined, span: CalendarSpan, zone: ZoneOffsets): Rule {
  const isWithin = reach(newest, span, zone);
  return ({ time }) => (isWithin(time) ? { kind: 'within', span } : undefined);
}

function countRule(unit: KeepUnit, count: number): Rule {
  let left = count;
  let lastNumber: number | undefined;
  return ({ time }, isOldest) => {
    if (left <= 0) return undefined;
    const number = unit === 'last' ? undefined : calendarNumber(unit, time);
    const isNew = number === undefined || number !== lastNumber;
    if (!isNew && !isOldest) return undefined;
    lastNumber = number;
    left--;
    return { kind: 'count', unit, isOldest: !isNew };
  };
}

function withinUnitRule(
  newest: ZonedTime | undefined,
  unit: CalendarUnit,
  span: CalendarSpan,
  zone: ZoneOffsets,
): Rule {
  const isWithin = reach(newest, span, zone);
  let lastNumber: number | undefined;
  return ({ time }, isOldest) => {
    if (!isWithin(time)) return undefined;
    const number = calendarNumber(unit, time);
    const isNew = number !== lastNumber;
    if (!isNew && !isOldest) return undefined;
    lastNumber = number;
    return { kind: 'withinUnit', unit, span, isOldest: !isNew };
  };
}

/** Where nothing but the future is there, nothing is too old. */
function reach(
  newest: ZonedTime | undefined,
  span: CalendarSpan,
  zone: ZoneOffsets,
): (time: ZonedTime) => boolean {
  if (newest === undefined) return () => true;
  const limit = subtractSpan(newest, span, zone);
  return (time) => compareInstants(time, limit) > 0;
}

/** In restic's words, as its JSON has them. */
export function keepReasonText(reason: KeepReason): string {
  switch (reason.kind) {
    case 'tags':
      return `has tags [${reason.tags.join(', ')}]`;
    case 'within':
      return `within ${formatSpan(reason.span)}`;
    case 'count':
      return `${reason.isOldest ? 'oldest ' : ''}${reason.unit} snapshot`;
    case 'withinUnit':
      return `${reason.isOldest ? 'oldest ' : ''}${reason.unit} within ${formatSpan(reason.span)}`;
  }
}
