/**
 * The routine alive through a written year: queue, state on a disk and all. Each of its runs is compared with what the slow
 * schedule, which knows nothing of the product, says must happen. By default four weeks in which all of it
 * happens; `LIVING_YEAR=1` lives through the whole year.
 */
import { rmSync } from 'node:fs';
import { beforeAll, afterAll, describe, expect, it } from 'vitest';
import { liveRoutineWorld } from '#test/support/live-routine-world.ts';
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
import { makeProfileFolder } from '#test/support/state.ts';

const at = (text: string): number => Date.parse(text);
const span = (from: string, to: string): Span => ({ fromMs: at(from), toMs: at(to) });

/** What happens in the year and, closer together, in the weeks. */
const YEAR = {
  start: at('2026-01-01T08:00:00Z'),
  end: at('2027-01-01T08:00:00Z'),
  nightMs: 14 * HOUR_MS + 17 * MINUTE_MS,
  threeWeeks: span('2026-07-04T17:20:00Z', '2026-07-25T19:00:00Z'),
  powerCuts: [
    span('2026-03-25T05:30:00Z', '2026-03-25T06:11:00Z'),
    span('2026-09-03T05:29:00Z', '2026-09-03T05:33:00Z'),
  ],
  driveAway: [
    span('2026-02-03T09:31:00Z', '2026-02-13T18:24:00Z'),
    span('2026-10-20T09:31:00Z', '2026-10-27T09:44:00Z'),
  ],
  serverAway: [span('2026-06-10T12:05:00Z', '2026-06-10T12:45:00Z')],
  clockErrors: [
    { ...span('2026-04-11T12:00:00Z', '2026-04-11T13:17:00Z'), byMs: 12 * 365 * DAY_MS },
    { ...span('2026-05-07T09:00:00Z', '2026-05-07T20:00:00Z'), byMs: -5 * HOUR_MS },
    { ...span('2026-11-07T12:00:00Z', '2026-11-07T16:17:00Z'), byMs: 12 * 365 * DAY_MS },
  ],
};
const WEEKS: typeof YEAR = {
  start: at('2026-03-28T12:00:00Z'),
  end: at('2026-04-23T12:00:00Z'),
  nightMs: 14 * HOUR_MS + 17 * MINUTE_MS,
  threeWeeks: span('2026-04-01T15:20:00Z', '2026-04-22T13:00:00Z'),
  powerCuts: [span('2026-03-31T12:40:00Z', '2026-03-31T13:11:00Z')],
  driveAway: [span('2026-03-29T09:31:00Z', '2026-03-30T16:44:00Z')],
  serverAway: [span('2026-03-30T14:05:00Z', '2026-03-30T14:45:00Z')],
  clockErrors: [{ ...span('2026-04-01T11:00:00Z', '2026-04-01T12:17:00Z'), byMs: 12 * 365 * DAY_MS }],
};
const isWhole = process.env['LIVING_YEAR'] !== undefined;
const LIFE = isWhole ? YEAR : WEEKS;
const PATIENCE_MS = isWhole ? 3_600_000 : 120_000;

/** Asleep for most of the day, as a laptop is; awake every tenth night, and in those in which the clocks change. */
function nights(): Span[] {
  const isAwake = (day: number, fromMs: number): boolean =>
    (isWhole && day % 10 === 2) ||
    ['2026-03-28', '2026-10-24'].includes(new Date(fromMs).toISOString().slice(0, 10));
  return Array.from({ length: 365 }, (_, day) => ({
    day,
    fromMs: YEAR.start + day * DAY_MS + 10 * HOUR_MS + 10 * MINUTE_MS,
  }))
    .filter(({ day, fromMs }) => !isAwake(day, fromMs) && fromMs > LIFE.start && fromMs < LIFE.end)
    .map(({ fromMs }) => ({ fromMs, toMs: fromMs + LIFE.nightMs }))
    .filter(({ fromMs, toMs }) => toMs < LIFE.threeWeeks.fromMs || fromMs > LIFE.threeWeeks.toMs);
}

const WORLD: ScheduleWorld = {
  startMs: LIFE.start,
  endMs: LIFE.end,
  runMinutes: 7,
  oneWriterPerPlace: true,
  plans: [
    scheduledPlan('hourly', ['drive', 'server'], { maxAgeMs: HOUR_MS }),
    scheduledPlan('nightly', ['server', 'drive'], { fixedTimes: [{ minuteOfDay: 150 }] }),
  ],
  places: [
    // What is under way when it goes away fails.
    { id: 'drive', absent: LIFE.driveAway, failing: LIFE.driveAway },
    { id: 'server', absent: LIFE.serverAway, failing: LIFE.serverAway },
  ],
  asleep: nights(),
  off: [LIFE.threeWeeks, ...LIFE.powerCuts],
  onBattery: [],
  clockErrors: LIFE.clockErrors,
  zones: [{ fromMs: LIFE.start, zone: 'Europe/Berlin' }],
};

const text = (run: WorldRun): string =>
  `${new Date(run.startMs).toISOString()} ${run.planId} to ${run.placeId}${run.isMissed ? ' (missed)' : ''}`;

describe(isWhole ? 'a living year' : 'four living weeks', () => {
  const folder = makeProfileFolder();
  let lived: Awaited<ReturnType<typeof liveRoutineWorld>>;
  beforeAll(async () => {
    lived = await liveRoutineWorld(WORLD, folder);
  }, PATIENCE_MS);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const inside = ({ fromMs, toMs }: Span, planId: string, placeId: string): string[] =>
    lived.runs
      .filter((run) => run.planId === planId && run.placeId === placeId)
      .filter((run) => run.startMs >= fromMs && run.startMs < toMs)
      .map(text);

  it(
    'has exactly the runs that a look at every minute finds',
    () => {
      expect(lived.unexpected).toEqual([]);
      expect(lived.runs.map(text).sort()).toEqual(slowSchedule(WORLD).map(text).sort());
      expect(lived.runs.length).toBeGreaterThan(isWhole ? 6_000 : 90);
    },
    PATIENCE_MS,
  );

  it('B3: catches up three weeks off with one run of each plan in each place', () => {
    const back = { fromMs: LIFE.threeWeeks.fromMs, toMs: LIFE.threeWeeks.toMs + 55 * MINUTE_MS };
    for (const plan of ['hourly', 'nightly'])
      for (const place of ['drive', 'server']) expect(inside(back, plan, place)).toHaveLength(1);
  });

  it('B5: has one nightly run in the night in which the clocks change', () => {
    for (const day of ['2026-03-29', '2026-10-25'])
      if (at(day) > LIFE.start && at(day) < LIFE.end)
        expect(inside(span(`${day}T00:00:00Z`, `${day}T08:00:00Z`), 'nightly', 'server'), day).toHaveLength(
          1,
        );
  });

  it('has nothing to a place while it is away, and something at once when it is back', () => {
    for (const away of LIFE.driveAway) {
      expect(inside(away, 'hourly', 'drive')).toEqual([]);
      // One that comes back at night is met in the morning.
      const night = WORLD.asleep.find(({ fromMs, toMs }) => away.toMs >= fromMs && away.toMs < toMs);
      const backMs = night?.toMs ?? away.toMs;
      expect(inside({ fromMs: backMs, toMs: backMs + MINUTE_MS }, 'hourly', 'drive')).toHaveLength(1);
      expect(inside(away, 'hourly', 'server').length).toBeGreaterThan(10);
    }
  });

  it('keeps places in order meanwhile', () => {
    for (const kind of ['verify', 'thinOut', 'cleanUp', 'saveSettings', 'readHistory'])
      expect(lived.upkeep.get(kind), kind).toBeGreaterThan(0);
  });
});
