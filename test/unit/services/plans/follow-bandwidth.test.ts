/** The limits of the hour hold while a job runs, and follow the clock, the zone, the plans and the end of the run. */
import { expect, test } from 'vitest';
import type { BandwidthHours } from '#services/scheduler/schedule-types.ts';
import { followBandwidth } from '#services/plans/follow-bandwidth.ts';
import { FakeClock } from '#test/support/fake-clock.ts';

const HOURS: readonly BandwidthHours[] = [
  { fromMinute: 8 * 60, toMinute: 18 * 60, bytesPerSecond: 500_000 },
  { fromMinute: 12 * 60, toMinute: 13 * 60, bytesPerSecond: 100_000 },
];
const MINUTE = 60_000;

function follow(hours: readonly BandwidthHours[]) {
  const clock = new FakeClock({ startMs: Date.UTC(2026, 0, 15, 7, 50) });
  const told: (number | string | undefined)[] = [];
  const state = { zone: 'UTC', hours };
  const end = followBandwidth({
    clock,
    zone: () => state.zone,
    hours: () => state.hours,
    limit: ({ up, down }) => {
      told.push(down === undefined ? up : `${up ?? 'any'} up, ${down} down`);
      return Promise.resolve();
    },
  });
  return { clock, told, state, end };
}

test('it is told when it begins, changes with the hour, and is taken back', async () => {
  const { clock, told, end } = follow(HOURS);
  const stop = await end;
  expect(told).toEqual([]);
  await clock.advance(11 * MINUTE);
  expect(told).toEqual([500_000]);
  await clock.advance(4 * 60 * MINUTE);
  expect(told).toEqual([500_000, 100_000]);
  await clock.advance(60 * MINUTE);
  await stop();
  expect(told).toEqual([500_000, 100_000, 500_000, undefined]);
  await clock.advance(24 * 60 * MINUTE);
  expect(told).toHaveLength(4);
});

test('a clock that is set and another zone are noticed', async () => {
  const { clock, told, state, end } = follow(HOURS);
  const stop = await end;
  clock.jumpWall(60 * MINUTE);
  await clock.advance(MINUTE);
  state.zone = 'America/New_York';
  await clock.advance(MINUTE);
  expect(told).toEqual([500_000, undefined]);
  await stop();
});

test('without limits nothing is told, until there is one', async () => {
  const { clock, told, state, end } = follow([]);
  const stop = await end;
  await clock.advance(30 * MINUTE);
  expect(told).toEqual([]);
  state.hours = [{ fromMinute: 0, toMinute: 0, bytesPerSecond: 70_000, direction: 'down' }];
  await clock.advance(MINUTE);
  expect(told).toEqual(['any up, 70000 down']);
  await stop();
  expect(told).toEqual(['any up, 70000 down', undefined]);
  expect(clock.sleeperCount).toBe(0);
});
