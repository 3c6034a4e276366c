/**
 * What a policy keeps, against a second implementation that shares no code and no idea with the first: it works on the
 * texts of times and on sets, one rule after the other, where the product walks once through numbers. Thousands of
 * random histories; TIDEMARK_RETENTION_RUNS asks for more.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseTime, parseZonedTime, type ZoneOffsets } from '#format/time.ts';
import { applyRetention, keepReasonText } from '#rules/retention.ts';
import type { CalendarUnit } from '#rules/calendar.ts';
import {
  parseKeepCount,
  parseRetentionSpan,
  type KeepUnit,
  type RetentionPolicy,
} from '#rules/retention-policy.ts';
import {
  historyArbitrary,
  placeZone,
  PLACES,
  policyArbitrary,
  type HistoryEntry,
} from '#test/support/random-history.ts';

const RUNS = Number(process.env['TIDEMARK_RETENTION_RUNS'] ?? 4000);
const NOW = '2026-03-29T00:30:00Z';

type Options = readonly (readonly [string, string])[];

/** The reasons of each kept one, by position in the history; the product's. */
function productVerdict(
  history: readonly HistoryEntry[],
  options: Options,
  zone: ZoneOffsets,
): Map<number, string[]> {
  const points = history.map(({ time, tags }, position) => ({ time: parseZonedTime(time), tags, position }));
  const verdict = applyRetention(points, toPolicy(options), { now: parseTime(NOW), zone });
  expect(verdict.keep.length + verdict.remove.length).toBe(history.length);
  return new Map(
    verdict.keep.map(({ point, reasons }) => [point.position, reasons.map(keepReasonText).toSorted()]),
  );
}

function toPolicy(options: Options): RetentionPolicy {
  const counts: Partial<Record<KeepUnit, number>> = {};
  const withinUnits: Partial<Record<CalendarUnit, ReturnType<typeof parseRetentionSpan>>> = {};
  const tagLists: string[][] = [];
  let within: ReturnType<typeof parseRetentionSpan> | undefined;
  for (const [option, value] of options) {
    const unit = option.split('-').at(-1)!;
    if (option === '--keep-tag') tagLists.push(value.split(','));
    else if (option === '--keep-within') within = parseRetentionSpan(option, value);
    else if (option.startsWith('--keep-within-'))
      withinUnits[unit as CalendarUnit] = parseRetentionSpan(option, value);
    else counts[unit as KeepUnit] = parseKeepCount(option, value);
  }
  return { counts, withinUnits, tagLists, ...(within === undefined ? {} : { within }) };
}

/** The slow one. `pickLimit` chooses where a span ends on a wall clock that shows that time twice or never. */
function slowVerdict(
  history: readonly HistoryEntry[],
  options: Options,
  zone: ZoneOffsets,
  pickLimit: 0 | 1,
): Map<number, string[]> {
  const order = history
    .map((_entry, position) => position)
    .sort((a, b) => {
      const difference = nanoseconds(history[b]!.time) - nanoseconds(history[a]!.time);
      return difference === 0n ? a - b : difference > 0n ? 1 : -1;
    });
  const reasons = new Map<number, string[]>();
  const add = (position: number, reason: string): void => {
    reasons.set(position, [...(reasons.get(position) ?? []), reason]);
  };
  const nowNs = nanoseconds(NOW);
  const newest = order.find((position) => nanoseconds(history[position]!.time) < nowNs);
  const isWithin = (position: number, span: string): boolean =>
    newest === undefined ||
    nanoseconds(history[position]!.time) > limitNs(history[newest]!.time, span, zone, pickLimit);
  /** Those that differ from their newer neighbour in the given text. */
  const firstOfEach = (positions: readonly number[], text: (position: number) => string): number[] =>
    positions.filter((position, rank) => rank === 0 || text(position) !== text(positions[rank - 1]!));
  const oldest = order.at(-1)!;

  for (const [option, value] of options) {
    const unit = option.split('-').at(-1)!;
    const name = (position: number): string =>
      unit === 'last' ? String(position) : bucketText(unit, history[position]!.time);
    if (option === '--keep-tag') {
      const wanted = value.split(',');
      for (const position of order) {
        const { tags } = history[position]!;
        const has = value === '' ? tags.length === 0 : wanted.every((tag) => tags.includes(tag));
        if (has) add(position, `has tags [${wanted.join(', ')}]`);
      }
    } else if (option === '--keep-within') {
      for (const position of order) if (isWithin(position, value)) add(position, `within ${value}`);
    } else if (option.startsWith('--keep-within-')) {
      const near = order.filter((position) => isWithin(position, value));
      const chosen = firstOfEach(near, name);
      for (const position of chosen) add(position, `${unit} within ${value}`);
      if (near.includes(oldest) && !chosen.includes(oldest)) add(oldest, `oldest ${unit} within ${value}`);
    } else {
      const most = value === 'unlimited' ? history.length + 1 : Number(value);
      const firsts = firstOfEach(order, name);
      for (const position of firsts.slice(0, most)) add(position, `${unit} snapshot`);
      if (firsts.length < most && !firsts.includes(oldest)) add(oldest, `oldest ${unit} snapshot`);
    }
  }
  return new Map([...reasons].map(([position, texts]) => [position, texts.sort()]));
}

function nanoseconds(time: string): bigint {
  const fraction = /\.(\d+)/.exec(time)?.[1] ?? '';
  const whole = Date.parse(time.replace(/\.\d+/, ''));
  return BigInt(whole) * 1_000_000n + BigInt(fraction.padEnd(9, '0'));
}

/** The beginning of the text is what the clock on the wall showed. */
function bucketText(unit: string, time: string): string {
  switch (unit) {
    case 'hourly':
      return time.slice(0, 13);
    case 'daily':
      return time.slice(0, 10);
    case 'monthly':
      return time.slice(0, 7);
    case 'yearly':
      return time.slice(0, 4);
    default: {
      const day = new Date(`${time.slice(0, 10)}T00:00:00Z`);
      while (day.getUTCDay() !== 1) day.setUTCDate(day.getUTCDate() - 1);
      return `week from ${day.toISOString().slice(0, 10)}`;
    }
  }
}

function limitNs(time: string, span: string, zone: ZoneOffsets, pick: 0 | 1): bigint {
  const part = (unit: string): number => Number(new RegExp(`(\\d+)${unit}`).exec(span)?.[1] ?? 0);
  const fractionNs = nanoseconds(time) % 1_000_000_000n;
  const wall = new Date(`${time.slice(0, 19)}Z`);
  wall.setUTCFullYear(
    wall.getUTCFullYear() - part('y'),
    wall.getUTCMonth() - part('m'),
    wall.getUTCDate() - part('d'),
  );
  const wallSec = wall.getTime() / 1000;
  const offset = Date.parse(`${time.slice(0, 19)}Z`) / 1000 - Number(nanoseconds(time) / 1_000_000_000n);
  const isOfZone =
    !time.endsWith('Z') && zone.offsetSecondsAt(Number(nanoseconds(time) / 1_000_000_000n)) === offset;
  let candidates = [wallSec - offset];
  if (isOfZone) {
    const nearby = [-86_400, 86_400].map((shift) => zone.offsetSecondsAt(wallSec + shift));
    const offsets = [...new Set(nearby)];
    const exact = offsets
      .map((each) => wallSec - each)
      .filter((sec) => sec + zone.offsetSecondsAt(sec) === wallSec);
    candidates = exact.length === 1 ? exact : offsets.map((each) => wallSec - each);
  }
  const sec = candidates[Math.min(pick, candidates.length - 1)]!;
  return BigInt(sec - part('h') * 3600) * 1_000_000_000n + fractionNs;
}

const byPosition = (verdict: Map<number, string[]>): [number, string[]][] =>
  [...verdict].sort(([a], [b]) => a - b);

describe('a policy', () => {
  it(`keeps what a second implementation keeps, for the same reasons (${RUNS} histories)`, () => {
    const zones = PLACES.map(placeZone);
    fc.assert(
      fc.property(
        historyArbitrary({ hosts: 1 }),
        policyArbitrary,
        fc.constantFrom(...zones),
        (history, options, zone) => {
          const found = byPosition(productVerdict(history, options, zone));
          const first = byPosition(slowVerdict(history, options, zone, 0));
          const second = byPosition(slowVerdict(history, options, zone, 1));
          expect([first, second]).toContainEqual(found);
        },
      ),
      { numRuns: RUNS },
    );
  });

  it('keeps more, never less, when a count is raised', () => {
    const units = ['last', 'hourly', 'daily', 'weekly', 'monthly', 'yearly'] as const;
    fc.assert(
      fc.property(
        historyArbitrary({ hosts: 1 }),
        fc.constantFrom(...units),
        fc.integer({ min: 1, max: 12 }),
        (history, unit, count) => {
          const kept = (number: number): Set<number> =>
            new Set(productVerdict(history, [[`--keep-${unit}`, String(number)]], placeZone('UTC')).keys());
          const more = kept(count + 1);
          const less = [...kept(count)];
          // The oldest one stands in only while the count is not used up.
          const missing = less.filter((position) => !more.has(position));
          expect(missing).toEqual([]);
        },
      ),
      { numRuns: Math.min(RUNS, 1000) },
    );
  });

  it('does not depend on the order in which snapshots are listed', () => {
    fc.assert(
      fc.property(historyArbitrary({ hosts: 1 }), policyArbitrary, (history, options) => {
        const texts = (list: readonly HistoryEntry[]): string[] =>
          [...productVerdict(list, options, placeZone('UTC')).keys()]
            .map((position) => list[position]!.time)
            .sort();
        const distinct = [...new Map(history.map((entry) => [nanoseconds(entry.time), entry])).values()];
        expect(texts(distinct.toReversed())).toEqual(texts(distinct));
      }),
      { numRuns: Math.min(RUNS, 500) },
    );
  });
});
