/**
 * What is kept, as lines of a sentence: "Keep one a day for 2 months". Reads a rule of the contract into lines and writes
 * lines back; a line that no sentence of the editor says is carried along untouched. Pure.
 */
import type { PlanChoices } from '../../core-link/plan-choices.ts';

export type Retention = PlanChoices['retention'];
export type Every = 'version' | 'hour' | 'day' | 'week' | 'month' | 'year' | 'newest';
export type SpanUnit = 'hours' | 'days' | 'months' | 'years';

export type Duration =
  | { readonly kind: 'ever' }
  /** As many as so many. */
  | { readonly kind: 'count'; readonly count: number }
  /** More than one part only where another program wrote it so. */
  | { readonly kind: 'span'; readonly parts: readonly (readonly [SpanUnit, number])[] };

export interface KeepLine {
  readonly every: Every;
  readonly lasts: Duration;
}

const UNITS = ['hourly', 'daily', 'weekly', 'monthly', 'yearly'] as const;
const EVERY = ['hour', 'day', 'week', 'month', 'year'] as const;
const SPAN_UNITS: readonly SpanUnit[] = ['years', 'months', 'days', 'hours'];

/** Hours for 2 days, days for 2 months, weeks for 2 years, then months for ever. */
export const USUAL_LINES: readonly KeepLine[] = [
  { every: 'hour', lasts: span('days', 2) },
  { every: 'day', lasts: span('months', 2) },
  { every: 'week', lasts: span('years', 2) },
  { every: 'month', lasts: { kind: 'ever' } },
];

export function span(unit: SpanUnit, amount: number): Duration {
  return { kind: 'span', parts: [[unit, amount]] };
}

/** The finest first. Empty: everything is kept. */
export function toLines({ counts, within, withinUnits }: Retention): readonly KeepLine[] {
  const lines: KeepLine[] = [];
  const all = partsOf(within);
  if (all.length > 0) lines.push({ every: 'version', lasts: { kind: 'span', parts: all } });
  const { last } = counts;
  if (last === 'all') lines.push({ every: 'version', lasts: { kind: 'ever' } });
  else if (last !== undefined && last > 0)
    lines.push({ every: 'newest', lasts: { kind: 'count', count: last } });
  for (const [at, unit] of UNITS.entries()) {
    const every = EVERY[at] as Every;
    const parts = partsOf(withinUnits[unit]);
    if (parts.length > 0) lines.push({ every, lasts: { kind: 'span', parts } });
    const count = counts[unit];
    if (count === 'all') lines.push({ every, lasts: { kind: 'ever' } });
    else if (count !== undefined && count > 0) lines.push({ every, lasts: { kind: 'count', count } });
  }
  return lines;
}

/** Of two lines that say the same in different lengths, the later one counts. */
export function toRetention(lines: readonly KeepLine[], { tagLists }: Retention): Retention {
  const counts: Record<string, number | 'all'> = {};
  const withinUnits: Record<string, Record<string, number>> = {};
  let within: Record<string, number> | undefined;
  for (const { every, lasts } of lines) {
    const unit = UNITS[EVERY.indexOf(every as (typeof EVERY)[number])];
    const inCounts = unit ?? 'last';
    if (lasts.kind === 'ever') counts[inCounts] = 'all';
    else if (lasts.kind === 'count') counts[inCounts] = lasts.count;
    else if (unit === undefined) within = Object.fromEntries(lasts.parts);
    else withinUnits[unit] = Object.fromEntries(lasts.parts);
  }
  return { counts, withinUnits, tagLists, ...(within === undefined ? {} : { within }) };
}

/** Which kinds of duration a sentence about it may have. */
export function durationsOf(every: Every): readonly Duration['kind'][] {
  if (every === 'newest') return ['count'];
  return every === 'version' ? ['span', 'ever'] : ['span', 'ever', 'count'];
}

/** The line with another beginning; its length is kept where it still makes sense. */
export function withEvery(line: KeepLine, every: Every): KeepLine {
  if (durationsOf(every).includes(line.lasts.kind)) return { every, lasts: line.lasts };
  return { every, lasts: every === 'newest' ? { kind: 'count', count: 10 } : span('days', 30) };
}

/** The first beginning that no line has yet. */
export function nextEvery(lines: readonly KeepLine[]): Every {
  const used = new Set(lines.map(({ every }) => every));
  const order: readonly Every[] = ['day', 'week', 'month', 'year', 'hour', 'version', 'newest'];
  return order.find((every) => !used.has(every)) ?? 'day';
}

function partsOf(given: Retention['within']): readonly (readonly [SpanUnit, number])[] {
  return SPAN_UNITS.flatMap((unit) => {
    const amount = given?.[unit] ?? 0;
    return amount > 0 ? [[unit, amount] as const] : [];
  });
}
