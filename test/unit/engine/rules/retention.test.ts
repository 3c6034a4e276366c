import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isTidemarkError } from '#base/errors.ts';
import type { BlobId } from '#base/ids.ts';
import type { Snapshot } from '#format/snapshot.ts';
import { parseTime, parseZonedTime, utcZone, type ZoneOffsets } from '#format/time.ts';
import { calendarNumber, subtractSpan } from '#rules/calendar.ts';
import { doubtClock, isFutureDated } from '#rules/clock-doubt.ts';
import { BRAKE_LIMITS, brakeRemoval, type BrakePoint, type SpareReason } from '#rules/retention-brake.ts';
import {
  EMPTY_POLICY,
  formatSpan,
  isEmptyPolicy,
  parseKeepCount,
  parseRetentionSpan,
  type RetentionPolicy,
} from '#rules/retention-policy.ts';
import { applyRetention, keepReasonText } from '#rules/retention.ts';
import { groupSnapshots, parseGrouping, seriesKey, seriesTag } from '#rules/snapshot-groups.ts';
import { placeZone } from '#test/support/random-history.ts';

const isInvalid = expect.toSatisfy((error: unknown) => isTidemarkError(error, 'request.invalidInput'));
const DAY_MS = 86_400_000;

/** Times of those kept, with why. */
function keep(
  times: readonly string[],
  policy: Partial<RetentionPolicy>,
  { now = '2030-01-01T00:00:00Z', zone = utcZone }: { now?: string; zone?: ZoneOffsets } = {},
): Record<string, string[]> {
  const points = times.map((time) => ({ time: parseZonedTime(time), tags: [], text: time }));
  const verdict = applyRetention(points, { ...EMPTY_POLICY, ...policy }, { now: parseTime(now), zone });
  return Object.fromEntries(
    verdict.keep.map(({ point, reasons }) => [point.text, reasons.map(keepReasonText)]),
  );
}

const span = (text: string) => parseRetentionSpan('--keep-within', text);

describe('policies', () => {
  it.each([
    ['7', 7],
    ['0', 0],
    ['unlimited', Infinity],
    ['-1', Infinity],
  ])('a count of %s', (text, count) => expect(parseKeepCount('--keep-last', text)).toBe(count));

  it.each(['', '-2', '1.5', 'x', ' 7', '1e3', 'Unlimited'])('no count: "%s"', (text) => {
    expect(() => parseKeepCount('--keep-last', text)).toThrow(isInvalid);
  });

  it.each([
    ['1y5m7d2h', '1y5m7d2h'],
    [' 3d ', '3d'],
    ['2h7d', '7d2h'],
    ['1y2y', '2y'],
    ['0d', ''],
    ['', ''],
  ])('a time of "%s"', (text, canonical) => expect(formatSpan(span(text))).toBe(canonical));

  it.each(['5', 'd5', '-3d', '1.5d', '3D', '1w', '3d x', 'unlimited'])('no time: "%s"', (text) => {
    expect(() => span(text)).toThrow(isInvalid);
  });

  it('are empty when no rule is in use', () => {
    expect(isEmptyPolicy({ counts: { last: 0 }, within: span('0d'), withinUnits: {}, tagLists: [] })).toBe(
      true,
    );
    expect(isEmptyPolicy({ ...EMPTY_POLICY, counts: { daily: 1 } })).toBe(false);
    expect(isEmptyPolicy({ ...EMPTY_POLICY, withinUnits: { weekly: span('1d') } })).toBe(false);
    expect(isEmptyPolicy({ ...EMPTY_POLICY, tagLists: [['']] })).toBe(false);
  });
});

describe('what is kept', () => {
  it('B5: a day is the day of the clock that was read, also with 23 and 25 hours', () => {
    const spring = ['2024-03-31T00:30:00+01:00', '2024-03-31T23:30:00+02:00', '2024-04-01T00:00:00+02:00'];
    const autumn = ['2024-10-27T00:10:00+02:00', '2024-10-27T23:50:00+01:00', '2024-10-28T00:00:00+01:00'];
    expect(Object.keys(keep(spring, { counts: { daily: 2 } }))).toEqual([spring[2], spring[1]]);
    expect(Object.keys(keep(autumn, { counts: { daily: 2 } }))).toEqual([autumn[2], autumn[1]]);
    // The hour that comes twice is one hour by the clock.
    const twice = ['2024-10-27T02:30:00+02:00', '2024-10-27T02:10:00+01:00', '2024-10-27T00:00:00+02:00'];
    expect(Object.keys(keep(twice, { counts: { hourly: 2 } }))).toEqual([twice[1], twice[2]]);
  });

  it('B3: days without a point do not use up the count', () => {
    const times = ['2024-01-01T10:00:00Z', '2024-01-02T10:00:00Z', '2024-06-01T10:00:00Z'];
    expect(Object.keys(keep(times, { counts: { daily: 3 } }))).toHaveLength(3);
  });

  it('the oldest stands in while a count is not used up', () => {
    const times = ['2024-05-03T00:00:00Z', '2024-05-02T00:00:00Z', '2024-05-01T00:00:00Z'];
    expect(keep(times, { counts: { monthly: 2 } })).toEqual({
      [times[0]!]: ['monthly snapshot'],
      [times[2]!]: ['oldest monthly snapshot'],
    });
    expect(Object.keys(keep(times, { counts: { monthly: 1 } }))).toEqual([times[0]]);
  });

  it('within: exact to the nanosecond, and not the limit itself', () => {
    const times = [
      '2024-05-02T00:00:00.000000001Z',
      '2024-05-01T00:00:00.000000002Z',
      '2024-05-01T00:00:00.000000001Z',
    ];
    expect(Object.keys(keep(times, { within: span('1d') }))).toEqual(times.slice(0, 2));
  });

  it('within: counts back from the newest that is not in the future', () => {
    const times = [
      '2038-01-19T03:14:08Z',
      '2024-05-02T00:00:00Z',
      '2024-05-01T12:00:00Z',
      '2024-04-01T00:00:00Z',
    ];
    expect(Object.keys(keep(times, { within: span('1d') }))).toEqual(times.slice(0, 3));
    expect(Object.keys(keep(times.slice(0, 1), { within: span('1d') }))).toEqual(times.slice(0, 1));
  });

  it.each([
    ['2024-03-31T12:00:00Z', '1m', '2024-03-02T12:00:00Z'],
    ['2024-02-29T12:00:00Z', '1y', '2023-03-01T12:00:00Z'],
    ['2024-01-15T12:00:00Z', '13m', '2022-12-15T12:00:00Z'],
    ['2024-01-15T12:00:00Z', '400d1h', '2022-12-11T11:00:00Z'],
    // By the calendar of the place: half a year back the clocks showed another offset.
    ['2024-07-15T12:00:00+02:00', '6m', '2024-01-15T11:00:00Z'],
    ['2024-07-15T12:00:00+05:00', '6m', '2024-01-15T07:00:00Z'],
    // A time that the clocks never showed, and one that they showed twice.
    ['2024-06-30T02:30:00+02:00', '91d', '2024-03-31T01:30:00Z'],
    ['2024-11-27T02:30:00+01:00', '31d', '2024-10-27T01:30:00Z'],
  ])('%s less %s is %s in Berlin', (time, text, expected) => {
    const { sec } = subtractSpan(parseZonedTime(time), span(text), placeZone('Europe/Berlin'));
    expect(new Date(sec * 1000).toISOString().replace('.000', '')).toBe(expected);
  });

  it('a time written with Z is of no place, also where clocks agree with it', () => {
    const london = placeZone('Europe/London');
    const halfYear = span('6m');
    const back = (time: string): number => subtractSpan(parseZonedTime(time), halfYear, london).sec * 1000;
    expect(back('2024-01-15T12:00:00Z')).toBe(Date.parse('2023-07-15T12:00:00Z'));
    expect(back('2024-01-15T12:00:00+00:00')).toBe(Date.parse('2023-07-15T11:00:00Z'));
  });

  it('weeks are those of ISO: they start on Monday and do not break at a new year', () => {
    const week = (day: string): number => calendarNumber('weekly', parseZonedTime(`${day}T12:00:00Z`));
    expect(week('2020-12-28')).toBe(week('2021-01-03'));
    expect(week('2021-01-04')).toBe(week('2021-01-03') + 1);
    expect(week('1969-12-28')).toBe(week('1969-12-29') - 1);
  });
});

describe('groups', () => {
  const make = (hostname: string, paths: string[], tags: string[]): { snapshot: Snapshot } => ({
    snapshot: {
      time: '2024-01-01T00:00:00Z',
      tree: 'ab'.repeat(32) as BlobId,
      hostname,
      paths,
      tags,
      username: '',
      uid: 0,
      gid: 0,
      excludes: [],
    },
  });
  const snapshots = [
    make('a', ['/x', '/y'], [seriesTag('one'), 'p']),
    make('b', ['/x'], [seriesTag('one')]),
    make('a', ['/y', '/x'], ['q', 'p']),
    make('a', ['/y', '/x'], ['p', 'q']),
  ];
  const keys = (fields: string) => groupSnapshots(snapshots, parseGrouping(fields)).map(({ key }) => key);

  it('by host and paths, in whatever order they were given', () => {
    expect(keys('host,paths')).toEqual([
      { hostname: 'a', paths: ['/x', '/y'] },
      { hostname: 'b', paths: ['/x'] },
    ]);
    expect(keys('tag')).toHaveLength(3);
    expect(keys('')).toEqual([{}]);
  });

  it('by series: a new folder or another name of the machine starts no new one', () => {
    expect(keys('series')).toEqual([{ series: 'one' }, { hostname: 'a', paths: ['/x', '/y'] }]);
    expect(seriesKey(snapshots[0]!.snapshot)).toBe(seriesKey(snapshots[1]!.snapshot));
    expect(seriesKey(snapshots[2]!.snapshot)).toBe(seriesKey(snapshots[3]!.snapshot));
    expect(seriesKey(make('a', [], ['tidemark-series=']).snapshot)).toBe('["a",[]]');
    const merged = [seriesTag('two'), seriesTag('one')];
    expect(seriesKey(make('a', [], merged).snapshot)).toBe(
      seriesKey(make('b', [], merged.toReversed()).snapshot),
    );
  });

  it('by nothing else', () => {
    expect(() => parseGrouping('host,user')).toThrow(isInvalid);
    expect(() => parseGrouping('constructor')).toThrow(isInvalid);
  });
});

describe('a clock in doubt (B4)', () => {
  const nowMs = Date.parse('2026-11-22T12:00:00Z');
  const points = [nowMs - 40 * DAY_MS, nowMs - 2 * DAY_MS, nowMs - 1000];

  it.each<[string, { nowMs: number; lastSeenMs?: number }, number[], string | undefined]>([
    ['nothing speaks against it', { nowMs }, points, undefined],
    ['nothing is known', { nowMs }, [], undefined],
    ['three weeks without a point', { nowMs: nowMs + 21 * DAY_MS }, points, undefined],
    ['set back by an hour', { nowMs: nowMs - 3_600_000 }, points, undefined],
    ['behind the newest by two days', { nowMs: nowMs - 2 * DAY_MS }, points, 'behindNewestPoint'],
    [
      'a point of 2038 and nobody who saw the clock',
      { nowMs },
      [...points, Date.UTC(2038)],
      'behindNewestPoint',
    ],
    [
      'the same, but the clock was seen',
      { nowMs, lastSeenMs: nowMs - DAY_MS },
      [...points, Date.UTC(2038)],
      undefined,
    ],
    ['behind what was seen', { nowMs, lastSeenMs: nowMs + 2 * DAY_MS }, points, 'behindLastSeen'],
    ['years ahead of what was seen', { nowMs, lastSeenMs: nowMs - 400 * DAY_MS }, points, 'farAhead'],
    [
      'in 2038, with a first point of then',
      { nowMs: Date.UTC(2038) },
      [...points, Date.UTC(2038) - 1000],
      'farAhead',
    ],
    [
      'two years later, with points of two days',
      { nowMs: nowMs + 800 * DAY_MS },
      [...points, nowMs + 798 * DAY_MS],
      undefined,
    ],
  ])('%s', (_name, witnesses, pointsMs, kind) => {
    expect(doubtClock(witnesses, pointsMs)?.kind).toBe(kind);
  });

  it('a point of the future is one that is more than an hour ahead', () => {
    expect(isFutureDated(nowMs + 3_600_000, nowMs)).toBe(false);
    expect(isFutureDated(nowMs + 3_600_001, nowMs)).toBe(true);
  });
});

describe('the brake (I8)', () => {
  const point = (day: number, changes: Partial<BrakePoint> = {}): BrakePoint => ({
    time: { sec: day * 86_400, nsec: 0 },
    isComplete: true,
    isClean: true,
    isDoubtful: false,
    ...changes,
  });
  const days = (points: readonly BrakePoint[]): number[] => points.map(({ time }) => time.sec / 86_400);

  it('lets a fifth go, the oldest first, and the rest wait', () => {
    const points = Array.from({ length: 14 }, (_item, day) => point(day)).toReversed();
    const { remove, spared } = brakeRemoval(points, new Set(points.slice(2)), false);
    expect(days(remove)).toEqual([0, 1]);
    const reasons = new Map(points.map((each) => [each.time.sec / 86_400, spared.get(each)]));
    expect([13, 12, 11, 10, 2].map((day) => reasons.get(day))).toEqual([
      undefined,
      undefined,
      'newestComplete',
      'shareReached',
      'shareReached',
    ]);
  });

  it.each([4, 9, 10])('rounds the share down (%i points)', (count) => {
    const points = Array.from({ length: count }, (_item, day) => point(day));
    const { remove } = brakeRemoval(points, new Set(points), false);
    expect(remove).toHaveLength(Math.floor(count / 5));
  });

  it('does not reckon with unfinished ones, nor with forged ones that are not known as complete', () => {
    const own = Array.from({ length: 5 }, (_item, day) => point(day));
    const forged = Array.from({ length: 100 }, (_item, day) => point(10 + day, { isComplete: false }));
    const { remove, spared } = brakeRemoval([...own, ...forged], new Set(own), false);
    expect(days(remove)).toEqual([0]);
    expect(own.slice(2).map((each) => spared.get(each))).toEqual(Array(3).fill('newestComplete'));
  });

  it('keeps the last clean one, however old, when all later ones look wrong', () => {
    const points = Array.from({ length: 10 }, (_item, day) => point(day, { isClean: day === 0 }));
    const { remove, spared } = brakeRemoval(points, new Set(points.slice(0, 4)), false);
    expect([days(remove), spared.get(points[0]!)]).toEqual([[1, 2], 'lastClean']);
  });

  it('lets nothing go of a series on hold, and nothing of an impossible time', () => {
    const points = Array.from({ length: 10 }, (_item, day) => point(day, { isDoubtful: day === 9 }));
    expect(brakeRemoval(points, new Set(points), true).remove).toEqual([]);
    const { spared } = brakeRemoval(points, new Set(points), false);
    expect([spared.get(points[9]!), spared.get(points[8]!)]).toEqual(['doubtfulTime', 'newestComplete']);
  });

  it('holds its limits for any points, and lets everything that may go, go in time', () => {
    const flags = fc.record({
      day: fc.nat(30),
      c: fc.boolean(),
      l: fc.boolean(),
      d: fc.boolean(),
      p: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(flags, { maxLength: 40 }), (list) => {
        let points = list.map(({ day, c, l, d }) => point(day, { isComplete: c, isClean: l, isDoubtful: d }));
        let proposed = new Set(points.filter((_point, position) => list[position]!.p));
        for (;;) {
          const { remove, spared } = brakeRemoval(points, proposed, false);
          const gone = new Set(remove);
          const believed = points.filter(({ isDoubtful }) => !isDoubtful);
          const complete = believed.filter(({ isComplete }) => isComplete);
          expect(remove.length).toBeLessThanOrEqual(complete.length * BRAKE_LIMITS.share);
          expect(remove.every((each) => proposed.has(each) && !each.isDoubtful)).toBe(true);
          expect(remove.length + spared.size).toBe(proposed.size);
          const stay = complete.filter((each) => !gone.has(each));
          expect(stay.length).toBeGreaterThanOrEqual(Math.min(3, complete.length));
          const newest = (of: readonly BrakePoint[]): number => Math.max(...of.map(({ time }) => time.sec));
          if (complete.length > 0) expect(newest(stay)).toBe(newest(complete));
          const clean = (of: readonly BrakePoint[]): BrakePoint[] => of.filter(({ isClean }) => isClean);
          const cleanStay = clean(believed).filter((each) => !gone.has(each));
          expect(newest(cleanStay)).toBe(newest(clean(believed)));
          if (remove.length === 0) {
            // Whatever waits for its turn would get one if there were enough points for a share of one.
            const waiting = [...spared.values()].filter((reason: SpareReason) => reason === 'shareReached');
            if (complete.length >= 5) expect(waiting).toEqual([]);
            return;
          }
          points = points.filter((each) => !gone.has(each));
          proposed = new Set([...proposed].filter((each) => !gone.has(each)));
        }
      }),
      { numRuns: 300 },
    );
  });
});
