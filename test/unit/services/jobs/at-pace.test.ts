/** A job at a place keeps to the limits of all plans that save there, as they are now, and gives them back when it ends. */
import fs from 'node:fs';
import { expect, test } from 'vitest';
import type { BandwidthHours } from '#services/scheduler/schedule-types.ts';
import { atPace } from '#services/jobs/kinds/at-pace.ts';
import type { JobRun } from '#services/jobs/job-work.ts';
import type { WorkParts } from '#services/jobs/kinds/work-parts.ts';
import { putPlan } from '#services/state/plans-table.ts';
import { FakeClock } from '#test/support/fake-clock.ts';
import { makeProfileFolder, openState, samplePlan, toJobId, toPlaceId } from '#test/support/state.ts';

const ALWAYS = { fromMinute: 0, toMinute: 0 };

test('the tightest of the plans of the place, both ways; a changed plan counts for what is under way', async () => {
  const folder = makeProfileFolder();
  const clock = new FakeClock();
  const state = await openState(folder);
  const put = (id: string, placeId: string, bandwidth: readonly BandwidthHours[]): Promise<unknown> => {
    const { conditions } = samplePlan();
    const changes = { placeIds: [toPlaceId(placeId)], conditions: { ...conditions, bandwidth } };
    return state.commit((writer) => putPlan(writer, samplePlan(id, changes)));
  };
  await put('plan-1', 'place-1', [
    { ...ALWAYS, bytesPerSecond: 500 },
    { ...ALWAYS, bytesPerSecond: 90, direction: 'down' },
  ]);
  await put('plan-2', 'place-1', [{ ...ALWAYS, bytesPerSecond: 70 }]);
  await put('plan-3', 'place-2', [{ ...ALWAYS, bytesPerSecond: 1 }]);
  const told: unknown[] = [];
  const limit = async (asked: unknown): Promise<void> => void told.push(asked);
  const engine = { calls: { 'place.limit': limit } } as unknown as WorkParts['engine'];
  const { promise, resolve } = Promise.withResolvers<undefined>();
  const work = atPace({ state, engine, clock, zone: () => 'UTC' }, async () => {
    await promise;
    return { hasExceptions: false, result: null };
  });
  const run = { id: toJobId('job-1') } as JobRun;
  const working = work({ placeId: toPlaceId('place-1') }, run);
  await clock.advance(0);
  const asked = { placeId: 'place-1', holder: 'job-1' };
  expect(told).toEqual([{ ...asked, up: 70, down: 90 }]);
  await put('plan-2', 'place-1', []);
  await clock.advance(15_000);
  expect(told.slice(1)).toEqual([{ ...asked, up: 500, down: 90 }]);
  resolve(undefined);
  await working;
  expect(told.slice(2)).toEqual([{ ...asked, up: null, down: null }]);
  expect(clock.sleeperCount).toBe(0);
  await state.close();
  fs.rmSync(folder, { recursive: true, force: true });
});
