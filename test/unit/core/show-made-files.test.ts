/** What a job has made, shown by the host: where the core knows it to be, and only what a job has really made. */
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { CoreWorld } from '#test/support/core-world.ts';

let world: CoreWorld;
let shown: string[];
let placeId: string;
let snapshotId: string;

beforeEach(async () => {
  world = new CoreWorld();
  shown = [];
  world.write('home/letter.txt', 'first');
  world.write('home/photos/2024/one.jpg', 'x');
  world.write('home/photos/2025/two.jpg', 'y');
  await world.start('profile', { showInFolder: (file) => void shown.push(file) });
  ({ placeId } = await world.addPlace());
  const planId = await world.addPlan([world.at('home')], [placeId]);
  const job = await world.run({ kind: 'backup', planId, placeId, walkAll: true });
  ({ snapshotId } = job.result as { snapshotId: string });
});
afterEach(() => world.remove());

const restore = (paths: readonly string[], target: string | null, rule = 'replace-keep-current' as const) =>
  world.run({ kind: 'restore', placeId, snapshotId, paths: [...paths], target, rule });
const show = (jobId: string): Promise<boolean> => world.calls['host.showInFolder']({ jobId });

test('put back: the first that is there, else the folder it was in', async () => {
  rmSync(world.at('home/photos'), { recursive: true });
  const [one, two] = ['2024/one.jpg', '2025/two.jpg'].map((name) => world.at('home/photos', name));
  const job = await restore([one!, two!], null);
  expect([await show(job.id), shown]).toEqual([true, [one]]);
  rmSync(one!);
  expect([await show(job.id), shown.at(-1)]).toEqual([true, two]);
  rmSync(two!);
  expect([await show(job.id), shown.at(-1)]).toEqual([true, world.at('home/photos/2024')]);
  rmSync(world.at('home'), { recursive: true });
  expect(await show(job.id)).toBe(false);
});

test('a copy elsewhere: below the folder, from what the paths have in common', async () => {
  mkdirSync(world.at('out'));
  const both = await restore([world.at('home/photos'), world.at('home/letter.txt')], world.at('out'));
  expect([await show(both.id), shown]).toEqual([true, [world.at('out/photos')]]);
  const one = await restore([world.at('home/letter.txt')], world.at('out'));
  expect([await show(one.id), shown.at(-1)]).toEqual([true, world.at('out/letter.txt')]);
});

test('a zip file', async () => {
  const from = [{ snapshotId, paths: [world.at('home/photos')] }];
  const job = await world.run({ kind: 'export', placeId, from, target: world.at('photos.zip') });
  expect([await show(job.id), shown]).toEqual([true, [world.at('photos.zip')]]);
});

test('nothing that no job has made: a path that is in no version, another kind of job, no job at all', async () => {
  const other = world.at('home/other.txt');
  world.write('home/other.txt', 'never saved');
  const failed = await restore([other], null);
  expect(existsSync(other)).toBe(true);
  const [backup] = (await world.calls['jobs.list']({ limit: 100, beforeMs: null })).filter(
    ({ kind }) => kind === 'backup',
  );
  expect([await show(failed.id), await show(backup!.id), shown]).toEqual([false, false, []]);
  await expect(show('0'.repeat(32))).rejects.toMatchObject({ code: 'request.notFound' });
});

test('a host without a file manager shows nothing', async () => {
  rmSync(world.at('home/letter.txt'));
  const job = await restore([world.at('home/letter.txt')], null);
  await world.stop();
  await world.start();
  expect([await show(job.id), shown]).toEqual([false, []]);
});
