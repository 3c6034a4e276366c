/** Naming and keeping versions, rules that heed it, and erasing from all of them, as a window asks for it. */
import { readdirSync, readFileSync, renameSync } from 'node:fs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { CoreWorld } from '#test/support/core-world.ts';

let world: CoreWorld;
let placeId: string;
let planId: string;
beforeEach(async () => {
  world = new CoreWorld();
  world.write('home/letter.txt', 'first words');
  world.write('home/secret/plan.txt', 'a secret that nobody shall read');
  await world.start();
  ({ placeId } = await world.addPlace());
  planId = await world.addPlan([world.at('home')], [placeId]);
});
afterEach(() => world.remove());

async function backUp(words: string): Promise<string> {
  world.write('home/letter.txt', words);
  const job = await world.run({ kind: 'backup', planId, placeId });
  expect(job).toMatchObject({ state: 'done', error: null });
  return (job.result as { snapshotId: string }).snapshotId;
}

const pointsNow = () => world.calls['browse.points']({ placeId });

test('a version is named and kept for ever, is where it was in time, and rules know it', async () => {
  const ids = [await backUp('1'), await backUp('2')];
  await world.run({ kind: 'readHistory', placeId });
  const name = 'Before the move, 100 %';
  const mark = { kind: 'label', placeId, snapshotId: ids[0]!, keepForEver: true, label: name } as const;
  const marked = await world.run(mark);
  expect(marked).toMatchObject({ state: 'done', error: null });
  const { snapshotId } = marked.result as { snapshotId: string };
  expect(snapshotId).not.toBe(ids[0]);
  const points = await pointsNow();
  expect(points).toMatchObject([
    { snapshotId, original: ids[0], series: planId, isKept: true, label: name },
    { snapshotId: ids[1], isKept: false, label: null },
  ]);
  const retention = { counts: { last: 1 }, withinUnits: {}, tagLists: [] };
  expect(await world.calls['plans.previewRetention']({ planId, retention })).toMatchObject([
    { placeId, keeps: 2, removes: [], removesLater: [] },
  ]);

  const unmark = { ...mark, snapshotId, keepForEver: false, label: '' };
  const last = ((await world.run(unmark)).result as { snapshotId: string }).snapshotId;
  expect((await pointsNow())[0]).toMatchObject({ snapshotId: last, isKept: false, label: null });
  // Nothing asked for: the version stays what it is.
  const nothing = { ...mark, snapshotId: last, keepForEver: null, label: null };
  expect((await world.run(nothing)).result).toEqual({ snapshotId: last });
  expect(readdirSync(world.at('drive/snapshots'))).toEqual(expect.arrayContaining([last, ids[1]]));
});

test('what is erased is in no version and nowhere in the place any more, and the rest is', async () => {
  await backUp('one');
  const newest = await backUp('two');
  await world.run({ kind: 'readHistory', placeId });
  const path = world.at('home/secret');
  const ask = { placeId, series: planId, paths: [path] };
  expect(await world.calls['erase.prepare'](ask)).toEqual({
    versions: 2,
    files: 1,
    bytes: 31,
    undeletableUntilMs: null,
  });
  await expect(
    world.calls['erase.prepare']({ ...ask, paths: [world.at('home/never')] }),
  ).rejects.toMatchObject({ code: 'files.pathNotInSnapshot' });

  const erased = await world.run({ kind: 'erase', ...ask });
  expect(erased).toMatchObject({ state: 'done', error: null, result: { versions: 2, refused: 0, files: 2 } });
  await expect
    .poll(async () => (await pointsNow()).map(({ snapshotId }) => snapshotId))
    .not.toContain(newest);

  const check = await world.run({ kind: 'verify', placeId, part: 1, of: 1 });
  expect(check).toMatchObject({ state: 'done', result: { errorCount: 0 } });
  await expect.poll(async () => (await pointsNow()).map(({ state }) => state)).toEqual(['known', 'known']);
  const last = (await pointsNow()).at(-1)!.snapshotId;
  const folder = await world.calls['browse.folder']({
    placeId,
    snapshotId: last,
    folder: world.at('home'),
    deleted: 'all',
  });
  expect(folder).toMatchObject({ kind: 'folder', entries: [{ label: 'letter.txt' }] });
  // With nothing to erase the place is not written to.
  const again = await world.run({ kind: 'erase', ...ask });
  expect(again).toMatchObject({ state: 'done', result: { versions: 0 } });
  expect(readFileSync(world.at('home/secret/plan.txt'), 'utf8')).toBe('a secret that nobody shall read');
});

test('a place that keeps what is removed says until when, before something is erased and in health after', async () => {
  const untilMs = Date.now() + 30 * 86_400_000;
  await backUp('one');
  await backUp('two');
  await world.run({ kind: 'readHistory', placeId });
  const ask = { placeId, series: planId, paths: [world.at('home/secret')] };
  world.keepsUntilMs = untilMs;
  expect(await world.calls['erase.prepare'](ask)).toMatchObject({ versions: 2, undeletableUntilMs: untilMs });
  const codes = async (): Promise<unknown[]> =>
    (await world.mirror()).health.problems.filter(({ code }) => code === 'placeKeeps');
  expect(await codes()).toEqual([]);
  expect(await world.run({ kind: 'erase', ...ask })).toMatchObject({ state: 'done' });
  await expect.poll(codes).toMatchObject([{ level: 'quiet', placeIds: [placeId], untilMs }]);

  renameSync(world.at('drive'), world.at('away'));
  // What the catalogue knows is told all the same.
  const letters = { ...ask, paths: [world.at('home/letter.txt')] };
  expect(await world.calls['erase.prepare'](letters)).toMatchObject({ undeletableUntilMs: null });
  renameSync(world.at('away'), world.at('drive'));
});
