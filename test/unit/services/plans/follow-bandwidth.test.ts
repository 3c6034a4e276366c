/** The limit of the hour holds while a backup runs, and follows the clock, the zone and the end of the run. */
import { expect, test } from 'vitest';
import { followBandwidth } from '#services/plans/follow-bandwidth.ts';
import { FakeClock } from '#test/support/fake-clock.ts';

const HOURS = [
  { fromMinute: 8 * 60, toMinute: 18 * 60, bytesPerSecond: 500_000 },
  { fromMinute: 12 * 60, toMinute: 13 * 60, bytesPerSecond: 100_000 },
];
const MINUTE = 60_000;

function follow(hours: typeof HOURS) {
  const clock = new FakeClock({ startMs: Date.UTC(2026, 0, 15, 7, 50) });
  const told: (number | undefined)[] = [];
  const state = { zone: 'UTC' };
  const end = followBandwidth(hours, {
    clock,
    zone: () => state.zone,
    limit: (bytesPerSecond) => {
      told.push(bytesPerSecond);
      return Promise.resolve();
    },
  });
  return { clock, told, state, end };
}

test('it is told when it begins, changes with the hour, and is taken back', async () => {
  const { clock, told, end } = follow(HOURS);
  const stop = await end;
  expect(told).toEqual([undefined]);
  await clock.advance(11 * MINUTE);
  expect(told).toEqual([undefined, 500_000]);
  await clock.advance(4 * 60 * MINUTE);
  expect(told).toEqual([undefined, 500_000, 100_000]);
  await clock.advance(60 * MINUTE);
  await stop();
  expect(told).toEqual([undefined, 500_000, 100_000, 500_000, undefined]);
  await clock.advance(24 * 60 * MINUTE);
  expect(told).toHaveLength(5);
});

test('a clock that is set and another zone are noticed', async () => {
  const { clock, told, state, end } = follow(HOURS);
  const stop = await end;
  clock.jumpWall(60 * MINUTE);
  await clock.advance(MINUTE);
  state.zone = 'America/New_York';
  await clock.advance(MINUTE);
  expect(told).toEqual([undefined, 500_000, undefined]);
  await stop();
});

test('a plan without limits asks for nothing', async () => {
  const { clock, told, end } = follow([]);
  await (
    await end
  )();
  expect(told).toEqual([]);
  expect(clock.sleeperCount).toBe(0);
});
