/**
 * A year of one machine, in fake time: it sleeps every night, is away for three weeks, crosses both changes of the
 * clocks and an ocean, has its clock set wrong in both directions, loses power and places. Every run of the year is
 * compared with what a slow second implementation, which asks at every minute, says must have run.
 */
import { beforeAll, describe, expect, it } from 'vitest';
import { liveScheduleWorld } from '#test/support/schedule/live-schedule-world.ts';
import {
  DAY_MS,
  HOUR_MS,
  MINUTE_MS,
  scheduledPlan,
  type ScheduleWorld,
  type Span,
  type WorldRun,
} from '#test/support/schedule/schedule-world.ts';
import { slowSchedule } from '#test/support/schedule/slow-schedule.ts';

const at = (text: string): number => Date.parse(text);
const span = (from: string, to: string): Span => ({ fromMs: at(from), toMs: at(to) });

/** Half a million minutes, on machines that do other things as well. */
const PATIENCE_MS = 240_000;

const START = at('2026-01-01T08:00:00Z');
const END = at('2027-01-01T08:00:00Z');

/** Asleep from 23:10 UTC for seven and a half hours, except now and then. */
function nights(): Span[] {
  const spans: Span[] = [];
  for (let day = 0; day < 365; day += 1) {
    if (day % 6 === 5) continue;
    const fromMs = START + day * DAY_MS + 15 * HOUR_MS + 10 * MINUTE_MS;
    spans.push({ fromMs, toMs: fromMs + 7.5 * HOUR_MS });
  }
  return spans;
}

const WORLD: ScheduleWorld = {
  startMs: START,
  endMs: END,
  runMinutes: 7,
  plans: [
    scheduledPlan('hourly', ['drive', 'server'], { maxAgeMs: HOUR_MS }),
    scheduledPlan('nightly', ['server'], { fixedTimes: [{ minuteOfDay: 150 }] }),
    scheduledPlan(
      'office',
      ['drive'],
      { maxAgeMs: DAY_MS, fixedTimes: [{ minuteOfDay: 18 * 60, weekdays: [1, 2, 3, 4, 5] }] },
      { mainsOnly: true, quietHours: [{ fromMinute: 22 * 60, toMinute: 7 * 60 }] },
    ),
  ],
  places: [
    {
      id: 'drive',
      absent: [
        span('2026-02-03T09:30:00Z', '2026-02-05T18:20:00Z'),
        span('2026-09-01T00:00:00Z', '2026-10-01T12:00:00Z'),
      ],
      failing: [span('2026-05-11T10:00:00Z', '2026-05-12T16:00:00Z')],
    },
    {
      id: 'server',
      absent: [span('2026-04-10T12:05:00Z', '2026-04-10T12:45:00Z')],
      failing: [span('2026-11-02T00:00:00Z', '2026-11-02T03:30:00Z')],
    },
  ],
  asleep: nights(),
  off: [
    // Three weeks.
    span('2026-07-04T17:20:00Z', '2026-07-25T19:00:00Z'),
    // The power fails in the middle of runs.
    span('2026-03-10T10:03:00Z', '2026-03-10T10:30:00Z'),
    span('2026-06-01T12:00:00Z', '2026-06-01T12:01:00Z'),
  ],
  onBattery: [span('2026-08-03T15:00:00Z', '2026-08-06T20:00:00Z')],
  clockErrors: [
    { ...span('2026-02-10T12:00:00Z', '2026-02-10T13:17:00Z'), byMs: 12 * 365 * DAY_MS },
    { ...span('2026-02-20T12:00:00Z', '2026-02-20T17:00:00Z'), byMs: 3 * HOUR_MS },
    { ...span('2026-04-20T09:00:00Z', '2026-04-20T20:00:00Z'), byMs: -5 * HOUR_MS },
    { ...span('2026-06-15T09:00:00Z', '2026-06-17T20:00:00Z'), byMs: -6 * 365 * DAY_MS },
    { ...span('2026-12-01T09:00:00Z', '2026-12-02T09:00:00Z'), byMs: -3 * MINUTE_MS },
  ],
  zones: [
    { fromMs: START, zone: 'Europe/Berlin' },
    { fromMs: at('2026-05-20T13:00:00Z'), zone: 'America/New_York' },
    { fromMs: at('2026-05-28T23:00:00Z'), zone: 'Europe/Berlin' },
    { fromMs: at('2026-11-10T10:00:00Z'), zone: 'Australia/Lord_Howe' },
    { fromMs: at('2026-11-30T10:00:00Z'), zone: 'Europe/Berlin' },
  ],
};

describe('a year', () => {
  let runs: readonly WorldRun[] = [];
  let looks = 0;
  beforeAll(() => {
    ({ runs, looks } = liveScheduleWorld(WORLD));
  }, PATIENCE_MS);
  const inside = (from: string, to: string, planId: string, placeId: string): WorldRun[] =>
    runs.filter(
      (run) =>
        run.planId === planId && run.placeId === placeId && run.startMs >= at(from) && run.startMs < at(to),
    );

  it(
    'has exactly the runs that a look at every minute finds',
    () => {
      const text = (run: WorldRun): string =>
        `${new Date(run.startMs).toISOString()} ${run.planId} to ${run.placeId}${run.isMissed ? ' (missed)' : ''}`;
      expect(runs.map(text).sort()).toEqual(slowSchedule(WORLD).map(text).sort());
      expect(runs.length).toBeGreaterThan(9000);
    },
    PATIENCE_MS,
  );

  it('B3 ends three weeks off with one run of each plan in each place, marked as missed', () => {
    for (const [planId, placeId] of [
      ['hourly', 'drive'],
      ['hourly', 'server'],
      ['nightly', 'server'],
    ] as const) {
      const back = inside('2026-07-04T17:20:00Z', '2026-07-25T19:59:00Z', planId, placeId);
      expect(back.map(({ startMs, isMissed }) => [new Date(startMs).toISOString(), isMissed])).toEqual([
        ['2026-07-25T19:00:00.000Z', true],
      ]);
    }
  });

  it('B5 has one nightly run on the days of 23 and 25 hours and on each day of a journey', () => {
    for (const day of ['2026-03-29', '2026-10-25', '2026-05-20', '2026-05-21', '2026-05-28', '2026-05-29'])
      expect(inside(`${day}T00:00:00Z`, `${day}T23:59:00Z`, 'nightly', 'server'), day).toHaveLength(1);
  });

  it('B6 waits for mains and B2 for a place, and runs at once when they come', () => {
    expect(inside('2026-08-03T15:00:00Z', '2026-08-06T20:00:00Z', 'office', 'drive')).toEqual([]);
    expect(inside('2026-02-03T09:30:00Z', '2026-02-05T18:20:00Z', 'hourly', 'drive')).toEqual([]);
    expect(inside('2026-02-05T18:20:00Z', '2026-02-05T18:21:00Z', 'hourly', 'drive')).toHaveLength(1);
    expect(inside('2026-02-03T09:30:00Z', '2026-02-05T18:20:00Z', 'hourly', 'server').length).toBeGreaterThan(
      30,
    );
  });

  it('asks no more often than its runs and the quarter hours make necessary', () => {
    expect(looks).toBeLessThan(runs.length * 3 + (366 * DAY_MS) / (15 * MINUTE_MS));
  });
});
