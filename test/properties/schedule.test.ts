/**
 * The schedule in random lives: sleep, power cuts, zones, wrong clocks, places that come and go, failures. Each life is
 * compared run by run with the slow second implementation, and held to what the page on the schedule promises.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { due } from '#services/scheduler/due.ts';
import { MAX_LOOK_MS } from '#services/scheduler/schedule-limits.ts';
import type { RunRecord, ScheduleFacts, Weekday } from '#services/scheduler/schedule-types.ts';
import { offsetSecAt } from '#services/scheduler/zone-time.ts';
import { liveScheduleWorld } from '#test/support/schedule/live-schedule-world.ts';
import {
  DAY_MS,
  HOUR_MS,
  isAwake,
  isInside,
  MINUTE_MS,
  scheduledPlan,
  type ScheduleWorld,
  type Span,
  type WorldRun,
} from '#test/support/schedule/schedule-world.ts';
import { slowSchedule } from '#test/support/schedule/slow-schedule.ts';

/** Lives per property, more or less by what they cost; TIDEMARK_SCHEDULE_RUNS asks for more. */
const RUNS = Number(process.env['TIDEMARK_SCHEDULE_RUNS'] ?? 50);
/** The same lives every time, so that a change is what turns a test red; others are asked for by TIDEMARK_SCHEDULE_SEED. */
fc.configureGlobal({ seed: Number(process.env['TIDEMARK_SCHEDULE_SEED'] ?? 20_261_122) });
const PATIENCE_MS = 240_000;
const LIFE_DAYS = 6;
/** Both changes of the clocks in Europe, one in America, one of half an hour in Australia, and a plain week. */
const STARTS = ['2026-03-26', '2026-10-22', '2026-10-29', '2026-10-01', '2026-06-10'].map((day) =>
  Date.parse(`${day}T10:00:00Z`),
);
const ZONES = [
  'Europe/Berlin',
  'America/New_York',
  'Australia/Lord_Howe',
  'Pacific/Kiritimati',
  'Pacific/Pago_Pago',
  'Asia/Kathmandu',
  'UTC',
];

const minutes = (most: number): fc.Arbitrary<number> =>
  fc.integer({ min: 1, max: most }).map((count) => count * MINUTE_MS);

const spansArbitrary = (startMs: number, most: number, longestMinutes: number): fc.Arbitrary<Span[]> =>
  fc.array(
    fc
      .tuple(minutes(LIFE_DAYS * 1440), minutes(longestMinutes))
      .map(([afterMs, longMs]) => ({ fromMs: startMs + afterMs, toMs: startMs + afterMs + longMs })),
    { maxLength: most },
  );

const fixedArbitrary = fc.record({
  minuteOfDay: fc.oneof(fc.integer({ min: 0, max: 1439 }), fc.integer({ min: 0, max: 210 })),
  weekdays: fc.option(
    fc.uniqueArray(fc.integer({ min: 1, max: 7 }) as fc.Arbitrary<Weekday>, { minLength: 1, maxLength: 6 }),
    { nil: [1, 2, 3, 4, 5, 6, 7] as Weekday[] },
  ),
});

const scheduleArbitrary = fc.oneof(
  fc.record({ maxAgeMs: fc.constantFrom(15 * MINUTE_MS, HOUR_MS, 6 * HOUR_MS, DAY_MS) }),
  fc.record({ fixedTimes: fc.array(fixedArbitrary, { minLength: 1, maxLength: 2 }) }),
  fc.record({
    maxAgeMs: fc.constantFrom(HOUR_MS, DAY_MS),
    fixedTimes: fc.array(fixedArbitrary, { minLength: 1, maxLength: 2 }),
  }),
);

const conditionsArbitrary = fc.oneof(
  fc.constant({}),
  fc.record({
    mainsOnly: fc.boolean(),
    quietHours: fc.array(
      fc.record({
        fromMinute: fc.integer({ min: 0, max: 1439 }),
        toMinute: fc.integer({ min: 0, max: 1439 }),
      }),
      { maxLength: 2 },
    ),
  }),
);

/** @param lies whether clocks are set wrong */
function lifeArbitrary(lies: boolean): fc.Arbitrary<ScheduleWorld> {
  return fc.constantFrom(...STARTS).chain((startMs) =>
    fc
      .record({
        schedules: fc.array(fc.tuple(scheduleArbitrary, conditionsArbitrary), { minLength: 1, maxLength: 2 }),
        asleep: spansArbitrary(startMs, 4, 1440),
        off: spansArbitrary(startMs, 2, 2000),
        onBattery: spansArbitrary(startMs, 2, 600),
        absent: spansArbitrary(startMs, 2, 1000),
        failing: spansArbitrary(startMs, 2, 700),
        errors: spansArbitrary(startMs, lies ? 2 : 0, 800),
        byMinutes: fc.array(
          fc.oneof(fc.integer({ min: -400, max: 400 }), fc.constantFrom(-3, 3, -6 * 525_600, 12 * 525_600)),
          { minLength: 2, maxLength: 2 },
        ),
        zones: fc.array(fc.tuple(minutes(LIFE_DAYS * 1440), fc.constantFrom(...ZONES)), { maxLength: 2 }),
        firstZone: fc.constantFrom(...ZONES),
        runMinutes: fc.integer({ min: 1, max: 40 }),
      })
      .map(({ schedules, absent, failing, errors, byMinutes, zones, firstZone, ...rest }) => ({
        ...rest,
        startMs,
        endMs: startMs + LIFE_DAYS * DAY_MS,
        plans: schedules.map(([schedule, conditions], position) =>
          scheduledPlan(`plan${position}`, ['here'], schedule, conditions),
        ),
        places: [{ id: 'here', absent: separate(absent), failing }],
        clockErrors: separate(errors).map((span, position) => ({
          ...span,
          byMs: byMinutes[position]! * MINUTE_MS,
        })),
        zones: [
          { fromMs: startMs, zone: firstZone },
          ...zones.map(([afterMs, zone]) => ({ fromMs: startMs + afterMs, zone })),
        ].sort((a, b) => a.fromMs - b.fromMs),
      })),
  );
}

/** Overlapping ones are left out: a clock is wrong in one way at a time. */
function separate(spans: readonly Span[]): Span[] {
  const sorted = [...spans].sort((a, b) => a.fromMs - b.fromMs);
  return sorted.filter((span, position) => sorted.slice(0, position).every(({ toMs }) => toMs < span.fromMs));
}

/** Found by chance: the run that would have shown the clock's error was held back until the wrong times had come. */
const CLOCK_SET_BACK_WHILE_RESTING: ScheduleWorld = {
  startMs: 1_793_268_000_000,
  endMs: 1_793_786_400_000,
  plans: [scheduledPlan('plan0', ['here'], { maxAgeMs: HOUR_MS, fixedTimes: [{ minuteOfDay: 0 }] })],
  places: [{ id: 'here', absent: [], failing: [{ fromMs: 1_793_268_060_000, toMs: 1_793_268_240_000 }] }],
  asleep: [],
  off: [],
  onBattery: [],
  clockErrors: [{ fromMs: 1_793_268_060_000, toMs: 1_793_276_820_000, byMs: 151 * MINUTE_MS }],
  zones: [{ fromMs: 1_793_268_000_000, zone: 'Europe/Berlin' }],
  runMinutes: 1,
};

/** Found by chance: the clocks of one zone skip a time of day that those of another had shown the day before. */
const SKIPPED_TIME_SEEN_ELSEWHERE: ScheduleWorld = {
  startMs: 1_774_519_200_000,
  endMs: 1_775_037_600_000,
  plans: [scheduledPlan('plan0', ['here'], { fixedTimes: [{ minuteOfDay: 145 }] })],
  places: [{ id: 'here', absent: [], failing: [] }],
  asleep: [],
  off: [],
  onBattery: [],
  clockErrors: [],
  zones: [
    { fromMs: 1_774_519_200_000, zone: 'Pacific/Kiritimati' },
    { fromMs: 1_774_731_300_000, zone: 'Europe/Berlin' },
    { fromMs: 1_774_751_520_000, zone: 'Pacific/Kiritimati' },
  ],
  runMinutes: 1,
};

const asText = (run: WorldRun): string =>
  `${new Date(run.startMs).toISOString()} ${run.planId}${run.isMissed ? ' missed' : ''}`;

describe('the schedule of a random life', () => {
  it(
    'has exactly the runs that a look at every minute finds',
    () => {
      fc.assert(
        fc.property(fc.boolean().chain(lifeArbitrary), (world) => {
          expect(liveScheduleWorld(world).runs.map(asText).sort()).toEqual(
            slowSchedule(world).map(asText).sort(),
          );
        }),
        { numRuns: RUNS, examples: [[CLOCK_SET_BACK_WHILE_RESTING], [SKIPPED_TIME_SEEN_ELSEWHERE]] },
      );
    },
    PATIENCE_MS,
  );

  it(
    'is never older than asked while the machine is awake, the place is there and nothing fails',
    () => {
      const quietLife = lifeArbitrary(false).map((world) => ({
        ...world,
        onBattery: [],
        places: world.places.map((place) => ({ ...place, failing: [] })),
        plans: [scheduledPlan('plan0', ['here'], { maxAgeMs: HOUR_MS })],
      }));
      fc.assert(
        fc.property(quietLife, (world) => {
          const { runs } = liveScheduleWorld(world);
          const canRun = (atMs: number): boolean =>
            isAwake(world, atMs) && !isInside(world.places[0]!.absent, atMs);
          let couldSinceMs = world.startMs;
          let newestMs = Number.NEGATIVE_INFINITY;
          let oldestMs = 0;
          const limitMs = Math.max(HOUR_MS, world.runMinutes * MINUTE_MS);
          let next = 0;
          for (let atMs = world.startMs; atMs < world.endMs; atMs += MINUTE_MS) {
            if (!canRun(atMs)) couldSinceMs = atMs + MINUTE_MS;
            // A start counts once: the run that is in hand is the newest version in the making.
            while (next < runs.length && runs[next]!.startMs <= atMs) newestMs = runs[next++]!.startMs;
            if (atMs - couldSinceMs >= limitMs) oldestMs = Math.max(oldestMs, atMs - newestMs);
          }
          expect(oldestMs).toBeLessThanOrEqual(limitMs);
        }),
        { numRuns: Math.ceil(RUNS / 2) },
      );
    },
    PATIENCE_MS,
  );

  it(
    'never has two runs for one fixed time, wherever the machine travels, and at home no day without one',
    () => {
      const dailyLife = lifeArbitrary(false).chain((world) =>
        fixedArbitrary.map(({ minuteOfDay }) => ({
          ...world,
          off: [],
          asleep: minuteOfDay % 3 === 0 ? [] : world.asleep,
          zones: minuteOfDay % 3 === 0 ? world.zones.slice(0, 1) : world.zones,
          onBattery: [],
          places: [{ id: 'here', absent: [], failing: [] }],
          plans: [scheduledPlan('plan0', ['here'], { fixedTimes: [{ minuteOfDay }] })],
        })),
      );
      fc.assert(
        fc.property(dailyLife, (world) => {
          // The first one is the first version, not a slot's.
          const starts = liveScheduleWorld(world)
            .runs.slice(1)
            .map(({ startMs }) => startMs);
          const { minuteOfDay } = world.plans[0]!.schedule.fixedTimes[0]!;
          const days = starts.map((startMs) => slotDay(world, startMs, minuteOfDay));
          expect(new Set(days).size, days.join(' ')).toBe(days.length);
          expect(days).toEqual(days.toSorted());
          if (world.zones.length > 1 || world.asleep.length > 0) return;
          const dates = days.map((day) => Date.parse(day) / DAY_MS);
          expect(dates).toEqual(dates.map((_date, position) => dates[0]! + position));
          expect(dates.length).toBeGreaterThanOrEqual(LIFE_DAYS - 1);
        }),
        { numRuns: RUNS * 2, examples: [[SKIPPED_TIME_SEEN_ELSEWHERE]] },
      );
    },
    PATIENCE_MS,
  );
});

/** The local date of the latest passing of the time of day before a start. */
function slotDay(world: ScheduleWorld, startMs: number, minuteOfDay: number): string {
  const zone = world.zones.findLast(({ fromMs }) => fromMs <= startMs)!.zone;
  const localMs = startMs + offsetSecAt(zone, startMs) * 1000;
  return new Date(localMs - minuteOfDay * MINUTE_MS).toISOString().slice(0, 10);
}

const NOW = Date.parse('2026-10-25T00:10:00Z');

const factsArbitrary: fc.Arbitrary<ScheduleFacts> = fc
  .record({
    schedules: fc.array(fc.tuple(scheduleArbitrary, conditionsArbitrary), { minLength: 1, maxLength: 3 }),
    pastRuns: fc.array(
      fc.record({
        plan: fc.integer({ min: 0, max: 2 }),
        agoMs: fc.integer({ min: -40 * MINUTE_MS, max: 3 * DAY_MS }),
        longMs: fc.integer({ min: 0, max: HOUR_MS }),
        outcome: fc.constantFrom('complete', 'complete', 'failed', 'interrupted', 'cancelled', undefined),
        retry: fc.constantFrom('later', 'afterUser'),
      }),
      { maxLength: 12 },
    ),
    presence: fc.constantFrom('present', 'absent', 'unknown'),
    sinceAgoMs: fc.integer({ min: -HOUR_MS, max: DAY_MS }),
    probedAgoMs: fc.option(fc.integer({ min: 0, max: HOUR_MS }), { nil: undefined }),
    pauseForMs: fc.option(fc.integer({ min: 1, max: HOUR_MS }), { nil: undefined }),
    power: fc.constantFrom('mains', 'battery'),
  })
  .map(({ schedules, pastRuns, presence, sinceAgoMs, probedAgoMs, pauseForMs, power }) => ({
    plans: schedules.map(([schedule, conditions], position) =>
      scheduledPlan(`plan${position}`, ['here'], schedule, conditions),
    ),
    places: [
      {
        id: 'here',
        isRemote: true,
        presence,
        sinceMs: NOW - sinceAgoMs,
        ...(probedAgoMs === undefined ? {} : { probedAtMs: NOW - probedAgoMs }),
      },
    ],
    history: pastRuns.map(({ plan, agoMs, longMs, outcome, retry }): RunRecord => ({
      planId: `plan${plan}`,
      placeId: 'here',
      startedAtMs: NOW - agoMs,
      offsetSec: 7200,
      ...(outcome === undefined ? {} : { end: { atMs: NOW - agoMs + longMs, outcome, retry } }),
    })),
    machine: {
      power,
      isBatteryLow: false,
      network: 'unmetered',
      ...(pauseForMs === undefined ? {} : { pause: { sinceMs: NOW - HOUR_MS, untilMs: NOW + pauseForMs } }),
    },
  }));

describe('the next look', () => {
  it(
    'is later than now, within the limit, and nothing falls due before it',
    () => {
      const zone = 'Europe/Berlin';
      fc.assert(
        fc.property(factsArbitrary, (facts) => {
          const first = due(facts, { nowMs: NOW, zone });
          expect(first.nextLookMs).toBeGreaterThan(NOW);
          expect(first.nextLookMs).toBeLessThanOrEqual(NOW + MAX_LOOK_MS);
          const wanted = ({ due: runs, probe }: typeof first): string[] => [
            ...runs.map((run) => run.planId),
            ...probe,
          ];
          const known = wanted(first);
          const beforeMs = first.nextLookMs - 1;
          for (let atMs = NOW; atMs <= beforeMs; atMs += Math.max(1, Math.min(7919, beforeMs - atMs))) {
            const news = wanted(due(facts, { nowMs: atMs, zone })).filter((each) => !known.includes(each));
            expect(news, new Date(atMs).toISOString()).toEqual([]);
          }
        }),
        { numRuns: RUNS * 5 },
      );
    },
    PATIENCE_MS,
  );
});
