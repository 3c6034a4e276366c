/** The first backup of much: something can be got back long before it ends, and nothing is called safe sooner. */
import { readdirSync, readFileSync, truncateSync } from 'node:fs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { systemClock } from '#base/system-clock.ts';
import { CoreWorld } from '#test/support/core-world.ts';

let world: CoreWorld;
let placeId: string;
let planId: string;
beforeEach(async () => {
  world = new CoreWorld();
  world.write('home/letter.txt', 'dear reader');
  world.write('home/film.mkv', '');
  truncateSync(world.at('home/film.mkv'), 65_000_000);
  await world.start();
  ({ placeId } = await world.addPlace());
  planId = await world.addPlan([world.at('home')], [placeId]);
});
afterEach(() => world.remove());

/** Lets the version of a part through, and holds the whole one until it is told to go on. */
function holdWhole(): () => void {
  const { promise, resolve } = Promise.withResolvers<void>();
  let saved = 0;
  world.hold = (method, type) =>
    method === 'save' && type === 'snapshot' && ++saved > 1 ? promise : undefined;
  return resolve;
}

const points = () => world.calls['browse.points']({ placeId });
const newestSafe = async (): Promise<unknown> => (await world.mirror()).health.copies[0]?.newestAtMs ?? null;

test('a letter is got back while the film is still on its way', async () => {
  const goOn = holdWhole();
  const whole = world.run({ kind: 'backup', planId, placeId });
  await expect.poll(async () => (await points()).length, { timeout: 20_000 }).toBe(1);
  const [part] = await points();
  expect(part).toMatchObject({ isPart: true, series: planId, summary: { totalFilesProcessed: 1 } });
  // Not one copy of all yet: a look at everything that is due changes nothing of that.
  await world.calls['pause.set']({ untilMs: 1 });
  for (let turn = 0; turn < 20; turn++) {
    await systemClock.sleep(50);
    expect(await newestSafe()).toBeNull();
  }

  const restored = await world.run({
    kind: 'restore',
    placeId,
    snapshotId: part!.snapshotId,
    paths: [world.at('home/letter.txt')],
    target: world.at('back'),
    rule: 'replace-keep-current',
  });
  expect(restored).toMatchObject({ state: 'done', error: null });
  expect(readFileSync(world.at('back/letter.txt'), 'utf8')).toBe('dear reader');

  goOn();
  expect(await whole).toMatchObject({ state: 'done', result: { filesNew: 2 } });
  expect(await newestSafe()).toBeGreaterThan(0);
  await world.run({ kind: 'readHistory', placeId });
  expect((await points()).map(({ isPart }) => isPart)).toEqual([true, false]);
});

test('only ahead of the first: not once more after one that was cut off, nor later', async () => {
  const goOn = holdWhole();
  const job = world.run({ kind: 'backup', planId, placeId });
  await expect.poll(async () => (await points()).length, { timeout: 20_000 }).toBe(1);
  const { jobs } = await world.mirror();
  const running = jobs.find(({ kind, state }) => kind === 'backup' && state === 'running');
  await world.calls['jobs.cancel']({ jobId: running!.id });
  goOn();
  expect((await job).state).toBe('cancelled');
  world.hold = () => undefined;
  expect(await world.run({ kind: 'backup', planId, placeId })).toMatchObject({ state: 'done' });
  expect(await world.run({ kind: 'backup', planId, placeId })).toMatchObject({ state: 'done' });
  expect(readdirSync(world.at('drive/snapshots'))).toHaveLength(3);
});
