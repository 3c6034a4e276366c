/** When runs were due and could not begin: noted once for each stretch of time, in fake time over a real state. */
import { rmSync } from 'node:fs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { DAY, HOUR, MINUTE, RoutineWorld, START, worldPlan } from '#test/support/routine-world.ts';
import { makeProfileFolder, toPlaceId, toPlanId } from '#test/support/state.ts';

let folder: string;
let world: RoutineWorld;

beforeEach(() => {
  folder = makeProfileFolder();
  world = new RoutineWorld(folder);
});
afterEach(async () => {
  await world.quit();
  expect(world.unexpected).toEqual([]);
  rmSync(folder, { recursive: true, force: true });
});

/** In minutes since the start; null: it goes on. */
function held(): (readonly [reason: string, from: number, to: number | null])[] {
  const minutes = (atMs: number): number => Math.round((atMs - START) / MINUTE);
  return world.routine.heldRuns
    .list(toPlanId('p'), toPlaceId('usb'))
    .map(({ reason, fromMs, toMs }) => [reason, minutes(fromMs), toMs === null ? null : minutes(toMs)]);
}

/** Back up once, then the drive goes. */
async function bootAndLeave(): Promise<void> {
  await world.boot({ plans: [worldPlan('p', ['usb'])], places: ['usb'] });
  await world.pass(10 * MINUTE);
  world.away.add('usb');
  world.routine.machineChanged('drives');
  await world.pass(MINUTE);
}

test('a place that is away for weeks is one stretch, from when the run was due until it began', async () => {
  await bootAndLeave();
  await world.pass(30 * MINUTE);
  expect(held()).toEqual([]);
  await world.pass(2 * DAY, 10 * MINUTE);
  expect(held()).toEqual([['placeAway', 60, null]]);
  world.away.clear();
  world.routine.machineChanged('drives');
  await world.pass(5 * MINUTE);
  const [[, , to] = [], ...more] = held();
  expect(more).toEqual([]);
  expect(to).toBeGreaterThanOrEqual(41 + 2 * 24 * 60);
  expect(to).toBeLessThanOrEqual(43 + 2 * 24 * 60);
});

test('while the machine sleeps or is off nothing is held', async () => {
  await bootAndLeave();
  await world.pass(109 * MINUTE);
  await world.sleepMachine(8 * HOUR);
  await world.pass(29 * MINUTE);
  await world.powerFails(8 * HOUR);
  await world.boot();
  await world.pass(30 * MINUTE);
  const stretches = held();
  expect(stretches.map(([reason]) => reason)).toEqual(['placeAway', 'placeAway', 'placeAway']);
  expect(stretches.map(([, from]) => from)).toEqual([60, 600, 1110]);
  // As of the last look before it slept.
  expect(stretches[0]?.[2]).toBe(119);
  // A power cut takes what was not noted yet, an hour at most.
  expect(stretches[1]?.[2]).toBeLessThanOrEqual(630);
  expect(stretches[2]?.[2]).toBeNull();
});

test('an orderly end keeps it to the minute', async () => {
  await bootAndLeave();
  await world.pass(80 * MINUTE);
  await world.quit();
  await world.boot();
  expect(held()).toEqual([['placeAway', 60, 91]]);
});

test('each reason is a stretch of its own; what only waits for a moment is none', async () => {
  await world.boot({
    plans: [
      worldPlan('p', ['usb'], {
        conditions: { mainsOnly: true, avoidMetered: false, quietHours: [], bandwidth: [] },
      }),
    ],
    places: ['usb'],
  });
  await world.pass(10 * MINUTE);
  world.machine = { ...world.machine, power: 'battery' };
  await world.pass(90 * MINUTE);
  world.machine = { ...world.machine, isBatteryLow: true };
  world.routine.machineChanged('power');
  await world.pass(20 * MINUTE);
  world.machine = { ...world.machine, power: 'mains', isBatteryLow: false };
  world.routine.machineChanged('power');
  await world.pass(70 * MINUTE);
  world.machine = { ...world.machine, power: 'battery' };
  await world.pass(MINUTE);
  world.machine = { ...world.machine, power: 'mains' };
  world.routine.machineChanged('power');
  await world.pass(5 * MINUTE);
  expect(held()).toEqual([
    ['onBattery', 60, 100],
    ['lowBattery', 100, 120],
  ]);
});

test('quiet hours are no gap: nothing should have run', async () => {
  await world.boot({
    plans: [
      worldPlan('p', ['usb'], {
        conditions: {
          mainsOnly: false,
          avoidMetered: false,
          // The world begins at nine in the morning there.
          quietHours: [{ fromMinute: 9 * 60 + 30, toMinute: 13 * 60 }],
          bandwidth: [],
        },
      }),
    ],
    places: ['usb'],
  });
  await world.pass(3 * HOUR);
  expect(world.routine.waiting).toMatchObject([{ wait: 'quietHours' }]);
  expect(held()).toEqual([]);
});

test('it is not saved at every look', async () => {
  await bootAndLeave();
  await world.pass(60 * MINUTE);
  let saves = 0;
  const commitSoon = world.state.commitSoon.bind(world.state);
  world.state.commitSoon = (change) => {
    saves++;
    return commitSoon(change);
  };
  await world.pass(12 * HOUR);
  // Every hour once for this, and twice for what else is kept; there are 720 looks.
  expect(saves).toBeLessThanOrEqual(40);
});
