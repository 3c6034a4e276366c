/** How long a doubt about the clock lasts: looks every minute, by a clock that tests set. */
import { rmSync } from 'node:fs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ClockBelief } from '#services/routine/clock-belief.ts';
import { getSetting } from '#services/state/settings-table.ts';
import type { StateFile } from '#services/state/state-file.ts';
import { FakeClock } from '#test/support/fake-clock.ts';
import { MemoryStateDisk } from '#test/support/memory-state-disk.ts';
import { makeProfileFolder, openState } from '#test/support/state.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

let folder: string;
let clock: FakeClock;
let state: StateFile;
let belief: ClockBelief;

beforeEach(async () => {
  folder = makeProfileFolder();
  clock = new FakeClock({ autoAdvance: true });
  state = await openState(folder, { clock, disk: new MemoryStateDisk(folder) });
  belief = new ClockBelief(state, clock);
  await look(HOUR);
});
afterEach(async () => {
  await state.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Awake for so long. @returns what the last look doubts */
async function look(spanMs: number): Promise<string | undefined> {
  let kind: string | undefined;
  for (let passedMs = 0; passedMs < spanMs; passedMs += MINUTE) {
    await clock.sleep(MINUTE);
    kind = belief.look(clock.nowMs(), () => [])?.kind;
  }
  return kind;
}

test('more than a year in a drawer: believed after a week awake, counted over restarts and not in sleep', async () => {
  clock.jumpWall(400 * DAY);
  expect(await look(4 * DAY)).toBe('farAhead');
  // Some machines count sleep as time that passed.
  await clock.sleep(20 * DAY);
  expect(await look(DAY)).toBe('farAhead');
  belief = new ClockBelief(state, clock);
  expect(await look(DAY + 22 * HOUR)).toBe('farAhead');
  expect(await look(3 * HOUR)).toBeUndefined();
  // What is seen is noted again, for the next doubt.
  expect(state.read((reader) => getSetting(reader, 'lastSeenTimeMs'))).toBeGreaterThan(clock.nowMs() - DAY);
  expect(state.read((reader) => getSetting(reader, 'clockDoubt'))).toBeNull();
});

test('months ahead, believed, and back: doubted for a day', async () => {
  clock.jumpWall(100 * DAY);
  expect(await look(2 * HOUR)).toBeUndefined();
  clock.jumpWall(-100 * DAY);
  expect(await look(23 * HOUR)).toBe('behindLastSeen');
  expect(await look(2 * HOUR)).toBeUndefined();
  clock.jumpWall(400 * DAY);
  expect(await look(MINUTE)).toBe('farAhead');
});

test('a clock that goes on jumping back is not believed', async () => {
  clock.jumpWall(-10 * DAY);
  for (let days = 0; days < 5; days++) {
    expect(await look(20 * HOUR)).toBe('behindLastSeen');
    clock.jumpWall(-2 * HOUR);
  }
});

test('a jump that is put right leaves nothing behind', async () => {
  clock.jumpWall(20 * 365 * DAY);
  expect(await look(3 * DAY)).toBe('farAhead');
  clock.jumpWall(-20 * 365 * DAY);
  expect(await look(MINUTE)).toBeUndefined();
  clock.jumpWall(20 * 365 * DAY);
  expect(await look(6 * DAY)).toBe('farAhead');
});
