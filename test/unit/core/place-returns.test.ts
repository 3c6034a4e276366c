/** A place that goes away while something holds it alone, and comes back while the application still runs. */
import { readdirSync, renameSync } from 'node:fs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { CoreWorld } from '#test/support/core-world.ts';

let world: CoreWorld;
let placeId: string;
let planId: string;
beforeEach(async () => {
  world = new CoreWorld();
  world.write('home/letter.txt', 'dear reader');
  await world.start();
  ({ placeId } = await world.addPlace());
  planId = await world.addPlan([world.at('home')], [placeId]);
  expect(await world.run({ kind: 'backup', planId, placeId })).toMatchObject({ state: 'done' });
});
afterEach(() => world.remove());

test('what it left there holds up nothing', async () => {
  await world.run({ kind: 'readHistory', placeId });
  const { promise, resolve } = Promise.withResolvers<void>();
  const reached = Promise.withResolvers<void>();
  world.hold = (method, type) => {
    if (method !== 'load' || type !== 'pack') return undefined;
    reached.resolve();
    return promise;
  };
  const verifying = world.run({ kind: 'verify', placeId, part: 1, of: 1 });
  await reached.promise;
  expect(readdirSync(world.at('drive/locks'))).toHaveLength(1);
  renameSync(world.at('drive'), world.at('pulled out'));
  resolve();
  expect((await verifying).state).toBe('failed');
  renameSync(world.at('pulled out'), world.at('drive'));
  world.hold = () => undefined;
  expect(await world.run({ kind: 'backup', planId, placeId })).toMatchObject({ state: 'done', error: null });
});
