/** The core as a window uses it, over the real engine and real folders: from the first place to a new computer. */
import { hostname } from 'node:os';
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, truncateSync } from 'node:fs';
import { accessTo } from '#services/places/place-access.ts';
import { samplePlace } from '#test/support/state.ts';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { CoreWorld } from '#test/support/core-world.ts';

let world: CoreWorld;
beforeEach(async () => {
  world = new CoreWorld();
  world.write('home/letter.txt', 'first words');
  world.write('home/sub/other.txt', 'others');
  await world.start();
});
afterEach(() => world.remove());

const restoreAll = {
  paths: [] as string[],
  target: null,
  rule: 'replace-keep-current' as const,
};

test('a place, a plan, a version, a mistake, putting back, and taking that back', async () => {
  const { placeId, recoveryCode } = await world.addPlace();
  expect(recoveryCode).toMatch(/^([0-9A-Z]{5}-){7}[0-9A-Z]{5}$/);
  const planId = await world.addPlan([world.at('home')], [placeId]);
  const saved = await world.run({ kind: 'backup', planId, placeId });
  expect(saved).toMatchObject({ state: 'done', error: null, result: { filesNew: 2, leftOut: 0 } });
  const { snapshotId } = saved.result as { snapshotId: string };
  expect((await world.mirror()).health).toMatchObject({ copies: [{ planId, placeId }] });

  world.write('home/letter.txt', 'spoilt');
  const preview = await world.calls['restore.prepare']({ placeId, snapshotId, ...restoreAll });
  expect(preview).toMatchObject({ updated: 1, unchanged: 1, hasRoom: true });
  const back = await world.run({ kind: 'restore', placeId, snapshotId, ...restoreAll });
  expect(back).toMatchObject({ state: 'done', result: { filesUpdated: 1 } });
  expect(readFileSync(world.at('home/letter.txt'), 'utf8')).toBe('first words');

  const { undoId, target } = back.result as { undoId: string; target: string };
  const undone = await world.run({ kind: 'undo', folder: target, undoId });
  expect(undone).toMatchObject({ state: 'done', result: { isComplete: true } });
  expect(readFileSync(world.at('home/letter.txt'), 'utf8')).toBe('spoilt');
});

test('a second place cuts files as the first one does', async () => {
  const polynomialOf = async (name: string): Promise<bigint> => {
    const { recoveryCode } = await world.addPlace(name);
    return (await world.openPlace(name, recoveryCode)).config.chunkerPolynomial;
  };
  expect(await polynomialOf('first')).toBe(await polynomialOf('second'));
});

test('two places of a new plan: the second one waits for the first and reads no file anew', async () => {
  const [near, other] = [await world.addPlace('near'), await world.addPlace('other')];
  const planId = await world.addPlan([world.at('home')], [near.placeId, other.placeId]);
  const jobs = await Promise.all(
    [near, other].map(({ placeId }) => world.run({ kind: 'backup', planId, placeId })),
  );
  expect(jobs.map(({ result }) => result)).toMatchObject([
    { filesNew: 2 },
    { filesNew: 0, filesUnmodified: 2 },
  ]);
});

describe('a place that comes later', () => {
  let planId: string;
  let firstVersion: string;
  let second: Awaited<ReturnType<CoreWorld['addPlace']>>;
  const saveToSecond = () => world.run({ kind: 'backup', planId, placeId: second.placeId });
  const originals = async () => {
    const repository = await world.openPlace('second', second.recoveryCode);
    const { snapshots } = await repository.snapshots.loadAll();
    return snapshots.flatMap(({ snapshot }) => snapshot.original ?? []);
  };

  beforeEach(async () => {
    const { placeId: first } = await world.addPlace('first');
    planId = await world.addPlan([world.at('home')], [first]);
    const saved = await world.run({ kind: 'backup', planId, placeId: first });
    firstVersion = (saved.result as { snapshotId: string }).snapshotId;
    second = await world.addPlace('second');
    const { id, createdAtMs, changedAtMs, pause, ...choices } = (await world.mirror()).plans[0]!;
    expect([createdAtMs, changedAtMs, pause]).toHaveLength(3);
    await world.calls['plans.put']({ id, choices: { ...choices, placeIds: [first, second.placeId] } });
    world.write('home/new.txt', 'only here');
  });

  test('is brought what another one has, and reads only what is new since', async () => {
    expect(await saveToSecond()).toMatchObject({
      state: 'done',
      result: { filesNew: 1, filesUnmodified: 2, isBrought: true },
    });
    expect(await originals()).toEqual([firstVersion]);
    // Up to date now: nothing is brought.
    expect(await saveToSecond()).toMatchObject({
      state: 'done',
      result: { filesUnmodified: 3, isBrought: false },
    });
    expect(await originals()).toEqual([firstVersion]);
  });

  test.each([
    ['is away', () => renameSync(world.at('first'), world.at('away'))],
    [
      'is damaged',
      () => {
        const data = readdirSync(world.at('first/data'), { recursive: true, withFileTypes: true });
        for (const file of data.filter((each) => each.isFile()))
          truncateSync(`${file.parentPath}/${file.name}`, 10);
      },
    ],
  ])('reads everything itself where the other one %s', async (_how, harm) => {
    harm();
    expect(await saveToSecond()).toMatchObject({ state: 'done', result: { filesNew: 3 } });
    expect(await originals()).toEqual([]);
  });
});

test('what is kept survives a restart, and the place opens by itself', async () => {
  const { placeId } = await world.addPlace();
  const planId = await world.addPlan([world.at('home')], [placeId]);
  await world.run({ kind: 'backup', planId, placeId });
  await world.stop();
  await world.start();
  const mirror = await world.mirror();
  expect(mirror.plans).toMatchObject([{ id: planId, name: 'Letters' }]);
  expect(await world.run({ kind: 'backup', planId, placeId })).toMatchObject({
    state: 'done',
    result: { filesUnmodified: 2, bytesAdded: expect.any(Number) as number },
  });
});

test('what the keychain has not answered yet when it ends is no fault', async () => {
  await world.addPlace();
  await world.stop();
  const asked = Promise.withResolvers<void>();
  world.keychain.get = () => {
    asked.resolve();
    return new Promise(() => undefined);
  };
  world.log.length = 0;
  await world.start();
  await asked.promise;
  await world.stop();
  expect(world.log.filter((line) => line.startsWith('error'))).toEqual([]);
});

test('the recovery code is proven on the place; another one is not', async () => {
  const { placeId, recoveryCode } = await world.addPlace();
  const wrong = recoveryCode.replace(/^...../, 'AAAAA');
  await expect(world.calls['places.proveRecovery']({ placeId, code: wrong })).rejects.toMatchObject({
    code: expect.stringMatching(/^(request.invalidInput|repository.wrongPassword)$/) as string,
  });
  expect((await world.mirror()).places).toMatchObject([{ isRecoveryProven: false }]);
  await world.calls['places.proveRecovery']({
    placeId,
    code: recoveryCode.toLowerCase().replaceAll('-', ' '),
  });
  expect((await world.mirror()).places).toMatchObject([{ isRecoveryProven: true, secret: 'remembered' }]);
});

test('one group shows that the kit is at hand: that of an older kit does not, and a restart forgets nothing', async () => {
  const { placeId, recoveryCode: old } = await world.addPlace();
  const find = (code: string, group = 5): Promise<{ isRight: boolean; nextMs: number | null }> =>
    world.calls['places.findKit']({ placeId, group: code.split('-')[group - 1]!.toLowerCase() });
  await expect(find(old)).rejects.toMatchObject({ code: 'request.invalidInput' });
  await world.calls['places.proveRecovery']({ placeId, code: old });
  const { isRight, nextMs } = await find(old);
  expect(isRight).toBe(true);
  expect(nextMs! - Date.now()).toBeGreaterThan(29 * 86_400_000);
  // Mistyped, or another group than the one that was asked for.
  await expect(find(old, 4)).rejects.toMatchObject({ code: 'request.invalidInput' });
  const { recoveryCode } = await world.calls['places.renewRecovery']({ placeId });
  await world.calls['places.proveRecovery']({ placeId, code: recoveryCode! });
  await world.stop();
  await world.start();
  expect(await find(old)).toEqual({ isRight: false, nextMs: null });
  expect(await find(recoveryCode!)).toMatchObject({ isRight: true });
});

test('what is set beyond the address stays with the place, and only what may be kept', async () => {
  const options = { 's3.region': 'eu-central-1', 's3.storage-class': 'COLD' };
  const location = world.at('drive');
  const { placeId } = await world.calls['places.create']({ name: 'Drive', location, options });
  await world.stop();
  await world.start();
  const optionsNow = async (): Promise<unknown> => (await world.mirror()).places[0]?.options;
  expect(await optionsNow()).toEqual(options);
  await world.calls['places.move']({ placeId, location, options: { 's3.region': 'here' } });
  expect(await optionsNow()).toEqual({ 's3.region': 'here' });
  const wrong = { placeId, location, options: { 's3.bucket-lookup': 'sideways' } };
  await expect(world.calls['places.move'](wrong)).rejects.toMatchObject({ code: 'request.invalidInput' });
  // Whoever could write into settings that travel must not choose what is started here.
  const evil = {
    ...samplePlace(),
    address: { location, options: { 'rclone.program': 'rm', 's3.region': 7 } },
  };
  expect(accessTo(evil)).not.toHaveProperty('options');
});

test('D1: an emptied folder makes no version, and the person is told', async () => {
  const { placeId } = await world.addPlace();
  const planId = await world.addPlan([world.at('home')], [placeId], {
    schedule: { maxAgeMs: 3_600_000, fixedTimes: [], isWatching: false },
  });
  await world.run({ kind: 'backup', planId, placeId });
  rmSync(world.at('home/letter.txt'));
  rmSync(world.at('home/sub'), { recursive: true });
  const refused = await world.run({ kind: 'backup', planId, placeId });
  expect(refused).toMatchObject({ state: 'failed', error: { code: 'files.sourceEmpty' } });
  await expect
    .poll(async () => (await world.mirror()).health.problems.map(({ errorCode }) => errorCode))
    .toContain('files.sourceEmpty');
  // Meant so: the person says it.
  expect(await world.run({ kind: 'backup', planId, placeId, allowEmptySource: true })).toMatchObject({
    state: 'done',
  });
});

test('C3, C4: a place that is gone, and another one in its stead, are told apart and written to by nobody', async () => {
  const { placeId } = await world.addPlace();
  const other = await world.addPlace('other');
  const planId = await world.addPlan([world.at('home')], [placeId]);
  await world.run({ kind: 'backup', planId, placeId });
  const { renameSync, mkdirSync, readdirSync } = await import('node:fs');
  renameSync(world.at('drive'), world.at('kept'));
  mkdirSync(world.at('drive'));
  expect(await world.run({ kind: 'backup', planId, placeId })).toMatchObject({
    state: 'failed',
    error: { code: expect.stringMatching(/^(repository.notFound|storage.unreachable)$/) as string },
  });
  expect(readdirSync(world.at('drive'))).toEqual([]);
  rmSync(world.at('drive'), { recursive: true });
  await world.calls['places.remove']({ placeId: other.placeId });
  renameSync(world.at('other'), world.at('drive'));
  const wrong = await world.run({ kind: 'backup', planId, placeId });
  expect(wrong).toMatchObject({ state: 'failed', error: { code: 'storage.wrongDrive' } });
  expect(readdirSync(world.at('drive/snapshots'))).toEqual([]);
});

test('a new computer takes over with nothing but the place and the code, and sends nothing again', async () => {
  const { placeId, recoveryCode } = await world.addPlace();
  const planId = await world.addPlan([world.at('home')], [placeId]);
  const { result: first } = await world.run({ kind: 'backup', planId, placeId });
  await world.run({ kind: 'backup', planId, placeId });
  world.system = { name: 'Ubuntu', version: '24.10' };
  const { result: updated } = await world.run({ kind: 'backup', planId, placeId });
  const systems = await world.calls['browse.systems']({});
  expect(systems).toEqual([
    { hostname: hostname(), sinceMs: (first as { timeMs: number }).timeMs, name: 'Ubuntu', version: '24.04' },
    {
      hostname: hostname(),
      sinceMs: (updated as { timeMs: number }).timeMs,
      name: 'Ubuntu',
      version: '24.10',
    },
  ]);
  expect(await world.run({ kind: 'saveSettings', placeId })).toMatchObject({ state: 'done' });
  await world.stop();

  await world.start('new profile');
  expect(existsSync(world.at('new profile/state.db'))).toBe(true);
  const found = await world.calls['adopt.look']({ location: world.at('drive'), password: recoveryCode });
  expect(found).toMatchObject([{ planNames: ['Letters'], placeNames: ['drive'] }]);
  const taken = await world.calls['adopt.take']({
    location: world.at('drive'),
    password: recoveryCode,
    snapshotId: found[0]!.snapshotId,
  });
  expect(taken).toMatchObject({ plans: 1, places: 1 });
  const mirror = await world.mirror();
  expect(mirror.plans).toMatchObject([{ id: planId }]);
  expect(mirror.places).toMatchObject([{ id: placeId }]);
  expect(await world.calls['browse.systems']({})).toEqual(systems);
  const next = await world.run({ kind: 'backup', planId, placeId });
  expect(next).toMatchObject({ state: 'done', result: { filesNew: 0, filesUnmodified: 2 } });
  await expect
    .poll(async () => (await world.mirror()).health.copies)
    .toMatchObject([{ planId, placeId, newestAtMs: expect.any(Number) as number }]);
});

test('commands around a backup: what they say is kept, one that fails stops it', async () => {
  const { placeId } = await world.addPlace();
  const command = (script: string, onFailure: 'stop' | 'goOn') => ({
    program: '/bin/sh',
    arguments: ['-c', script],
    timeoutMs: 10_000,
    onFailure,
  });
  const planId = await world.addPlan([world.at('home')], [placeId], {
    commands: {
      before: [command(`echo dumped > ${world.at('home/dump.sql')}; echo fine`, 'stop')],
      after: [command('echo oh no >&2; exit 3', 'goOn')],
    },
  });
  expect(await world.run({ kind: 'backup', planId, placeId })).toMatchObject({
    state: 'doneExcept',
    result: {
      filesNew: 3,
      commands: [
        { exitCode: 0, output: 'fine\n' },
        { exitCode: 3, output: 'oh no\n' },
      ],
    },
  });
  const { plans } = await world.mirror();
  const { id, pause: _p, createdAtMs: _c, changedAtMs: _m, ...choices } = plans[0]!;
  const before = [command('echo broken; exit 7', 'stop')];
  await world.calls['plans.put']({ id, choices: { ...choices, commands: { before, after: [] } } });
  expect(await world.run({ kind: 'backup', planId, placeId })).toMatchObject({
    state: 'failed',
    error: { code: 'plans.commandFailed', data: { exitCode: 7, output: 'broken' } },
  });
});

test('what cannot be kept is refused before it becomes part of a plan', async () => {
  const { placeId } = await world.addPlace();
  await expect(world.addPlan([world.at('home')], ['no such place'])).rejects.toMatchObject({
    code: 'request.notFound',
  });
  await expect(
    world.addPlan([world.at('home')], [placeId], {
      schedule: { maxAgeMs: 1_000, fixedTimes: [], isWatching: false },
    }),
  ).rejects.toMatchObject({ code: 'request.invalidInput' });
  expect((await world.mirror()).plans).toEqual([]);
});

test('windows hear of changes, with a revision that goes on', async () => {
  const seen: number[] = [];
  const stop = world.core.onMirrorChange((mirror) => seen.push(mirror.places.length));
  const before = (await world.mirror()).revision;
  await world.addPlace();
  await expect.poll(() => seen.at(-1)).toBe(1);
  stop();
  expect((await world.mirror()).revision).toBeGreaterThan(before);
});

test('looking around in time: what was there, what changed, what was deleted, found by its name', async () => {
  const { placeId } = await world.addPlace();
  const planId = await world.addPlan([world.at('home')], [placeId]);
  await world.run({ kind: 'backup', planId, placeId });
  world.write('home/letter.txt', 'second words, longer');
  rmSync(world.at('home/sub/other.txt'));
  await world.run({ kind: 'backup', planId, placeId });
  expect(await world.run({ kind: 'readHistory', placeId })).toMatchObject({ state: 'done', error: null });

  const points = await world.calls['browse.points']({ placeId });
  expect(points.map(({ state }) => state)).toEqual(['known', 'known']);
  const [first, second] = points;
  const { series } = first!;
  const before = await world.calls['browse.folder']({
    placeId,
    snapshotId: first!.snapshotId,
    folder: world.at('home/sub'),
  });
  expect(before).toMatchObject({ kind: 'folder', entries: [{ name: 'other.txt', kind: 'file' }] });
  const after = await world.calls['browse.folder']({
    placeId,
    snapshotId: second!.snapshotId,
    folder: world.at('home/sub'),
  });
  expect(after).toMatchObject({
    entries: [{ label: 'other.txt', deleted: { lastSeen: { snapshotId: first!.snapshotId } } }],
  });
  const path = world.at('home/letter.txt');
  const { items } = await world.calls['browse.versions']({ placeId, series, path });
  expect(items.map((item) => item.kind === 'version' && item.sizeBytes)).toEqual([20, 11]);

  const slices: string[][] = [];
  const end = await world.calls['browse.search'](
    { placeId, search: { text: 'OTHER', filters: { deleted: true } } },
    { onProgress: ({ results }) => slices.push(results.map(({ label }) => label)) },
  );
  expect(end).toEqual({ matched: 1, isCut: false });
  expect(slices.flat()).toEqual([expect.stringContaining('other.txt') as string]);
  const difference = await world.calls['browse.difference']({
    placeId,
    beforeId: first!.snapshotId,
    afterId: second!.snapshotId,
    folder: world.at('home'),
  });
  expect(difference.counts).toMatchObject({ added: 0, modified: 1, removed: 1 });
});

test('the log tells what happened and is whole', async () => {
  const { placeId } = await world.addPlace();
  const planId = await world.addPlan([world.at('home')], [placeId]);
  await world.run({ kind: 'backup', planId, placeId });
  const entries = await world.calls['activity.list']({ limit: 100, before: null });
  expect(entries.map(({ kind }) => kind)).toEqual(
    expect.arrayContaining(['placeAdded', 'planAdded', 'backupEnded']) as string[],
  );
  expect(await world.calls['activity.verify']({})).toMatchObject({ isIntact: true });
});
