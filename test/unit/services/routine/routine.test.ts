/** The routine alive, in fake time over a real queue and state: scenarios B1 to B7 as they reach a person. */
import { rmSync } from 'node:fs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { groupsOf, KIT_GROUP, makeRecoveryCode } from '#contract/recovery-code.ts';
import { noteKitFound, noteKitProven } from '#services/routine/known-kits.ts';
import { BY_PERSON } from '#services/jobs/job-queue.ts';
import { listPlaces } from '#services/state/places-table.ts';
import { putSetting } from '#services/state/settings-table.ts';
import { DAY, HOUR, MINUTE, RoutineWorld, START, worldPlan } from '#test/support/routine-world.ts';
import { makeProfileFolder, toPlanId } from '#test/support/state.ts';

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

const PLAN = worldPlan('p', ['usb']);

test('a new plan is saved at once, then every hour', async () => {
  await world.boot({ plans: [PLAN], places: ['usb'] });
  await world.pass(3 * HOUR);
  expect(world.backups()).toEqual([
    'p to usb by schedule at 0',
    'p to usb by schedule at 60',
    'p to usb by schedule at 120',
    'p to usb by schedule at 180',
  ]);
  expect(world.routine.health.state).toBe('protected');
});

test('B1, B3: three weeks asleep are caught up by one run, and said to be missed', async () => {
  await world.boot({ plans: [PLAN], places: ['usb'] });
  await world.pass(10 * MINUTE);
  await world.sleepMachine(21 * DAY);
  await world.pass(30 * MINUTE);
  expect(world.woke).toBe(1);
  const [, ...after] = world.backups();
  expect(after).toHaveLength(1);
  expect(after[0]).toMatch(/by catchUp/);
});

test('B2: after waking the place is not there for a while: probed ever more rarely, no alarm, saved when it is back', async () => {
  await world.boot({ plans: [PLAN], places: ['usb'] });
  await world.pass(10 * MINUTE);
  world.away.add('usb');
  await world.sleepMachine(9 * HOUR);
  const before = world.probes.length;
  await world.pass(20 * MINUTE, 15_000);
  const gaps = world.probes.slice(before).map(({ atMs }, at, all) => atMs - (all[at - 1]?.atMs ?? atMs));
  expect(gaps.length).toBeGreaterThan(3);
  expect(gaps.length).toBeLessThan(9);
  expect(world.backups()).toHaveLength(1);
  expect(world.told).toEqual([]);
  expect(world.routine.waiting).toMatchObject([{ wait: 'placeAway' }]);
  world.away.clear();
  world.routine.machineChanged('drives');
  await world.pass(MINUTE);
  expect(world.backups()).toHaveLength(2);
});

test('soon after waking and after a start every place is looked at, also where nothing is due', async () => {
  const presence = (): string[] =>
    world.routine.presence.statesOf(world.state.read(listPlaces)).map((place) => place.presence);
  await world.boot({ plans: [PLAN], places: ['usb', 'unused'] });
  expect(presence()).toContain('unknown');
  await world.pass(5 * MINUTE);
  expect(presence()).toEqual(['present', 'present']);
  await world.sleepMachine(10 * MINUTE);
  expect(presence()).toEqual(['unknown', 'unknown']);
  world.away.add('unused');
  await world.pass(5 * MINUTE);
  expect(world.backups()).toHaveLength(1);
  expect(presence().toSorted()).toEqual(['absent', 'present']);
});

test('B4: a jump to 2038 and back costs one run more and hides none', async () => {
  await world.boot({ plans: [PLAN], places: ['usb'] });
  await world.pass(10 * MINUTE);
  const yearsMs = Date.UTC(2038, 0, 1) - START;
  world.clock.jumpWall(yearsMs);
  await world.pass(10 * MINUTE, 15_000);
  world.clock.jumpWall(-yearsMs);
  await world.pass(2 * HOUR);
  const late = world.runs.filter(({ kind, atMs }) => kind === 'backup' && atMs > START + yearsMs);
  expect(late).toHaveLength(1);
  const right = world.runs.filter(({ kind, atMs }) => kind === 'backup' && atMs < START + yearsMs);
  expect(right.length).toBeGreaterThanOrEqual(3);
  // Nothing is removed while the clock is in doubt.
  const removing = world.runs.filter(({ kind }) => kind === 'thinOut' || kind === 'cleanUp');
  expect(removing.filter(({ atMs }) => atMs > START + yearsMs)).toEqual([]);
});

test('B4: a clock that was months ahead and was believed is not called wrong for months once it is right', async () => {
  await world.boot({ plans: [PLAN], places: ['usb'] });
  await world.pass(10 * MINUTE);
  world.clock.jumpWall(100 * DAY);
  await world.pass(2 * HOUR);
  world.clock.jumpWall(-100 * DAY);
  await world.pass(2 * HOUR);
  expect(world.routine.health.problems).toMatchObject([{ code: 'clockDoubtful' }]);
  await world.pass(DAY, 10 * MINUTE);
  expect(world.routine.health.state).toBe('protected');
});

test('B5: a fixed time comes once on the day that the clocks change', async () => {
  // Berlin loses the hour from 2:00 to 3:00 on 29 March 2026.
  const start = Date.UTC(2026, 2, 28, 12);
  world.clock.jumpWall(start - START);
  const nightly = worldPlan('n', ['usb'], {
    schedule: { fixedTimes: [{ minuteOfDay: 150 }], isWatching: false },
    createdAtMs: start - DAY,
  });
  await world.boot({ plans: [nightly], places: ['usb'] });
  await world.pass(1.6 * DAY, 10 * MINUTE);
  const hours = world.runs
    .filter(({ kind }) => kind === 'backup')
    .map(({ atMs }) => new Date(atMs).toISOString());
  expect(hours).toEqual(['2026-03-28T12:00:00.000Z', '2026-03-29T01:00:00.000Z', '2026-03-30T00:30:00.000Z']);
});

test('B6: on battery a running backup rests and goes on with the mains; the person’s own does not rest', async () => {
  world.backupMs = 30 * MINUTE;
  const careful = worldPlan('p', ['usb'], { conditions: { ...PLAN.conditions, mainsOnly: true } });
  await world.boot({ plans: [careful], places: ['usb'] });
  await world.pass(5 * MINUTE);
  world.machine = { ...world.machine, power: 'battery' };
  world.routine.machineChanged('power');
  await world.pass(5 * MINUTE);
  expect(world.queue.active()).toMatchObject([{ row: { state: 'paused', wait: 'onBattery' } }]);
  const [job] = world.queue.active();
  await world.queue.add(job!.request, 'person');
  await world.pass(40 * MINUTE);
  expect(world.queue.active()).toEqual([]);
  world.machine = { ...world.machine, power: 'mains' };
  world.routine.machineChanged('power');
  await world.pass(40 * MINUTE);
  // The next one an hour after that, not when the mains came back.
  expect(world.backups()).toEqual([
    'p to usb by schedule at 0',
    'p to usb by person at 10',
    'p to usb by schedule at 70',
  ]);
});

test('a backup that the person let rest rests through restarts and power cuts, until the person goes on', async () => {
  world.backupMs = 30 * MINUTE;
  const careful = worldPlan('p', ['usb'], { conditions: { ...PLAN.conditions, mainsOnly: true } });
  await world.boot({ plans: [careful], places: ['usb'] });
  await world.pass(5 * MINUTE);
  const [job] = world.queue.active();
  await world.queue.rest(job!.row.id, BY_PERSON);
  // Conditions come and go meanwhile: it stays the person's.
  world.machine = { ...world.machine, power: 'battery' };
  world.routine.machineChanged('power');
  await world.pass(5 * MINUTE);
  world.machine = { ...world.machine, power: 'mains' };
  const resting = [{ row: { id: job!.row.id, state: 'paused', wait: BY_PERSON } }];
  await world.quit();
  await world.boot();
  await world.pass(2 * HOUR);
  expect(world.queue.active()).toMatchObject(resting);
  await world.powerFails(DAY);
  await world.boot();
  await world.pass(2 * HOUR);
  expect(world.queue.active()).toMatchObject(resting);
  expect(world.backups()).toHaveLength(1);
  await world.queue.resume(job!.row.id);
  await world.pass(40 * MINUTE);
  expect(world.backups()).toHaveLength(2);
});

test('a backup that a condition held goes on after a restart, and says what holds it now', async () => {
  world.backupMs = 30 * MINUTE;
  const careful = worldPlan('p', ['usb'], { conditions: { ...PLAN.conditions, mainsOnly: true } });
  await world.boot({ plans: [careful], places: ['usb'] });
  await world.pass(5 * MINUTE);
  world.machine = { ...world.machine, power: 'battery' };
  await world.pass(5 * MINUTE);
  await world.quit();
  await world.boot();
  expect(world.queue.active()).toMatchObject([{ row: { state: 'paused', wait: 'onBattery' } }]);
  world.machine = { ...world.machine, isBatteryLow: true };
  await world.pass(5 * MINUTE);
  expect(world.queue.active()).toMatchObject([{ row: { state: 'paused', wait: 'lowBattery' } }]);
  world.machine = { ...world.machine, power: 'mains', isBatteryLow: false };
  await world.pass(5 * MINUTE);
  expect(world.queue.active()).toMatchObject([{ row: { state: 'running', wait: null } }]);
});

test('B7: on a metered line the cloud waits and the drive goes on', async () => {
  world.machine = { ...world.machine, network: 'metered' };
  const plan = worldPlan('p', ['usb', 'cloud'], { conditions: { ...PLAN.conditions, avoidMetered: true } });
  await world.boot({ plans: [plan], places: ['usb'], clouds: ['cloud'] });
  await world.pass(10 * MINUTE);
  expect(world.backups()).toEqual(['p to usb by schedule at 0']);
  expect(world.routine.waiting).toMatchObject([{ placeId: 'cloud', wait: 'meteredNetwork' }]);
  world.machine = { ...world.machine, network: 'unmetered' };
  world.routine.machineChanged('network');
  await world.pass(10 * MINUTE);
  expect(world.backups().some((text) => text.startsWith('p to cloud'))).toBe(true);
});

test('the power fails in mid-run: taken up at the next start, once', async () => {
  world.backupMs = 30 * MINUTE;
  await world.boot({ plans: [PLAN], places: ['usb'] });
  await world.pass(5 * MINUTE);
  await world.powerFails(10 * MINUTE);
  await world.boot();
  await world.pass(20 * MINUTE);
  expect(world.backups()).toEqual(['p to usb by schedule at 0', 'p to usb by retry at 15']);
});

test('failures are tried again ever more rarely and never end the schedule', async () => {
  world.failing.set('usb', 'storage.full');
  await world.boot({ plans: [PLAN], places: ['usb'] });
  await world.pass(4 * HOUR);
  const tries = world.backups().length;
  expect(tries).toBeGreaterThan(4);
  expect(tries).toBeLessThan(12);
  // Each problem is told once, however often a try fails.
  const shown = world.told.filter(([, isOver]) => !isOver).map(([key]) => key);
  expect(shown.length).toBeGreaterThan(0);
  expect(new Set(shown).size).toBe(shown.length);
  world.failing.clear();
  await world.pass(2 * HOUR);
  expect(world.routine.health.state).toBe('protected');
  expect(world.told.at(-1)?.[1]).toBe(true);
});

test('what failed for want of a password comes at once when it was typed', async () => {
  world.failing.set('usb', 'repository.secretNeeded');
  await world.boot({ plans: [PLAN], places: ['usb'] });
  await world.pass(5.5 * MINUTE, MINUTE / 2);
  const tries = world.backups().length;
  world.failing.clear();
  const [place] = world.state.read(listPlaces);
  await world.routine.wasUnlocked(place!);
  await world.settle();
  expect(world.backups()).toHaveLength(tries + 1);
  await world.pass(10 * MINUTE);
  expect(world.routine.health.state).toBe('protected');
});

test('a pause holds everything that happens by itself, and ends by itself', async () => {
  await world.boot({ plans: [PLAN], places: ['usb'] });
  await world.pass(30 * MINUTE);
  const nowMs = world.clock.nowMs();
  await world.state.commit((writer) =>
    putSetting(writer, 'pause', { sinceMs: nowMs, untilMs: nowMs + 2 * HOUR }),
  );
  world.routine.poke();
  await world.pass(3 * HOUR);
  expect(world.backups()).toEqual([
    'p to usb by schedule at 0',
    'p to usb by catchUp at 150',
    'p to usb by schedule at 210',
  ]);
});

test('the watcher’s wish is run where nothing holds it', async () => {
  await world.boot({ plans: [worldPlan('p', ['usb', 'nas'])], places: ['usb', 'nas'] });
  await world.pass(20 * MINUTE);
  world.away.add('nas');
  world.routine.machineChanged('drives');
  await world.settle();
  await world.routine.wantRun(toPlanId('p'));
  await world.pass(10 * MINUTE);
  expect(world.backups().filter((text) => text.includes('watcher'))).toEqual(['p to usb by watcher at 20']);
});

test('C1: what a drive took along is run when it is back, though nothing is due yet', async () => {
  const plan = worldPlan('p', ['usb'], { schedule: { maxAgeMs: DAY, fixedTimes: [], isWatching: true } });
  await world.boot({ plans: [plan], places: ['usb'] });
  await world.pass(20 * MINUTE);
  const request = { kind: 'backup', planId: plan.id, placeId: plan.placeIds[0]! } as const;
  await world.queue.add(request, 'person');
  await world.pass(2 * MINUTE);
  world.away.add('usb');
  await world.pass(30 * MINUTE);
  expect(world.backups()).toHaveLength(2);
  world.away.clear();
  world.routine.machineChanged('drives');
  await world.pass(10 * MINUTE);
  expect(world.backups().slice(2)).toEqual(['p to usb by retry at 52']);

  // Changes that were seen while it was away.
  world.away.add('usb');
  world.routine.machineChanged('drives');
  await world.pass(MINUTE);
  await world.routine.wantRun(plan.id);
  await world.pass(30 * MINUTE);
  expect(world.backups()).toHaveLength(3);
  world.away.clear();
  world.routine.machineChanged('drives');
  await world.pass(10 * MINUTE);
  expect(world.backups().slice(3)).toEqual(['p to usb by watcher at 93']);
  await world.pass(2 * HOUR);
  expect(world.backups()).toHaveLength(4);
});

test('places are kept in order between the backups: history, settings, a slice of proof each day', async () => {
  await world.boot({ plans: [PLAN], places: ['usb'] });
  await world.pass(1.1 * DAY, 10 * MINUTE);
  const upkeep = world.runs.filter(({ kind }) => kind !== 'backup').map(({ kind }) => kind);
  expect(upkeep.filter((kind) => kind === 'verify')).toHaveLength(2);
  expect(upkeep).toContain('saveSettings');
  expect(upkeep).toContain('thinOut');
  expect(upkeep).toContain('readHistory');
  // What failed is not tried at every look.
  expect(upkeep.length).toBeLessThan(60);
});

test('the recovery kit is asked for after a month, told once, over restarts too, and after the answer not for months', async () => {
  const byHand = worldPlan('p', ['usb'], {
    schedule: { fixedTimes: [], isWatching: false } as never,
    createdAtMs: START - DAY,
  });
  await world.boot({ plans: [byHand], places: ['usb'] });
  const place = world.state.read(listPlaces)[0]!;
  await world.state.commit((writer) => noteKitProven(writer, place, '', START));
  const asked = (): boolean => world.routine.health.problems.some(({ code }) => code === 'kitToFind');
  const told = (): number => world.told.filter(([key, isOver]) => key === 'kitToFind' && !isOver).length;
  await world.sleepMachine(29 * DAY);
  expect([asked(), told()]).toEqual([false, 0]);
  await world.sleepMachine(DAY);
  expect([asked(), told()]).toEqual([true, 1]);
  await world.quit();
  await world.boot();
  await world.sleepMachine(DAY);
  expect([asked(), told()]).toEqual([true, 1]);
  await world.state.commit((writer) => noteKitFound(writer, place, groupFive(), world.clock.nowMs()));
  world.routine.poke();
  await world.pass(MINUTE);
  expect([asked(), told()]).toEqual([false, 1]);
  await world.sleepMachine(55 * DAY);
  expect(asked()).toBe(false);
  await world.sleepMachine(8 * DAY);
  expect([asked(), told()]).toEqual([true, 2]);
});

/** Of some code. */
function groupFive(): string {
  return groupsOf(makeRecoveryCode((length) => new Uint8Array(length).fill(7)))[KIT_GROUP - 1]!.reveal();
}
