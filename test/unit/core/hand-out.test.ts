/** What goes to other programs, through a core with a real place: files as they were, as a zip, and what is refused. */
import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { TidemarkError, type WireError } from '#base/errors.ts';
import { MOST_DRAGGED_BYTES } from '#contract/app/hand-out-calls.ts';
import { handOutFolder } from '#core/cache-folder.ts';
import { handOutWork } from '#services/jobs/kinds/hand-out-work.ts';
import type { WorkParts } from '#services/jobs/kinds/work-parts.ts';
import { CoreWorld } from '#test/support/core-world.ts';

let world: CoreWorld;
let cacheBefore: string | undefined;
beforeEach(async () => {
  world = new CoreWorld();
  cacheBefore = process.env['XDG_CACHE_HOME'];
  process.env['XDG_CACHE_HOME'] = world.at('cache');
  world.write('home/letter.txt', 'first');
  world.write('home/gone.txt', 'deleted later');
  world.write('home/photos/2024/one.jpg', 'x'.repeat(3_000));
  utimesSync(world.at('home/photos/2024/one.jpg'), 1_600_000_000, 1_600_000_000);
  await world.start();
});
afterEach(async () => {
  if (cacheBefore === undefined) delete process.env['XDG_CACHE_HOME'];
  else process.env['XDG_CACHE_HOME'] = cacheBefore;
  await world.remove();
});

interface Versions {
  readonly placeId: string;
  readonly first: string;
  readonly second: string;
}

async function makeVersions(): Promise<Versions> {
  const { placeId } = await world.addPlace();
  const planId = await world.addPlan([world.at('home')], [placeId]);
  const backUp = async (): Promise<string> =>
    ((await world.run({ kind: 'backup', planId, placeId, walkAll: true })).result as { snapshotId: string })
      .snapshotId;
  const first = await backUp();
  world.write('home/letter.txt', 'second');
  rmSync(world.at('home/gone.txt'));
  return { placeId, first, second: await backUp() };
}

const root = (): string => handOutFolder(world.at('profile'));

test('files and folders out of several versions, as they were, in a folder that is private and goes', async () => {
  const { placeId, first, second } = await makeVersions();
  const job = await world.run({
    kind: 'handOut',
    placeId,
    from: [
      { snapshotId: second, paths: [world.at('home/letter.txt'), world.at('home/photos')] },
      { snapshotId: first, paths: [world.at('home/gone.txt')] },
    ],
    zipName: null,
  });
  expect(job).toMatchObject({ state: 'done', result: { files: 3, lacking: 0 }, error: null });
  const files = await world.calls['handOut.files']({ jobId: job.id });
  const folder = path.join(root(), job.id);
  expect(files.toSorted()).toEqual(
    ['gone.txt', 'letter.txt', 'photos'].map((name) => path.join(folder, name)),
  );
  expect(readdirSync(folder).toSorted()).toEqual(['gone.txt', 'letter.txt', 'photos']);
  expect(readFileSync(path.join(folder, 'letter.txt'), 'utf8')).toBe('second');
  expect(readFileSync(path.join(folder, 'gone.txt'), 'utf8')).toBe('deleted later');
  const photo = path.join(folder, 'photos', '2024', 'one.jpg');
  expect(readFileSync(photo, 'utf8')).toBe('x'.repeat(3_000));
  expect(statSync(photo).mtimeMs).toBe(1_600_000_000_000);
  expect([statSync(root()).mode & 0o777, statSync(folder).mode & 0o777]).toEqual([0o700, 0o700]);
  // Of an older version of the same file, once more.
  const older = await world.run({
    kind: 'handOut',
    placeId,
    from: [{ snapshotId: first, paths: [world.at('home/letter.txt')] }],
    zipName: null,
  });
  const [letter] = await world.calls['handOut.files']({ jobId: older.id });
  expect(readFileSync(String(letter), 'utf8')).toBe('first');
  await world.stop();
  expect(existsSync(photo)).toBe(true);
  await world.start();
  expect(existsSync(root())).toBe(false);
  await expect(world.calls['handOut.files']({ jobId: job.id })).rejects.toMatchObject({
    code: 'request.notFound',
  });
});

test('as a zip file, read by parts, until nobody needs it', async () => {
  const { placeId, first, second } = await makeVersions();
  const { id: jobId } = await world.run({
    kind: 'handOut',
    placeId,
    from: [
      { snapshotId: second, paths: [world.at('home/photos')] },
      { snapshotId: first, paths: [world.at('home/gone.txt')] },
    ],
    zipName: '../../Photos: all.zip',
  });
  const part = await world.calls['handOut.content']({ jobId, offset: 0, length: 4 << 20 });
  expect(part.name).toBe('Photos_ all.zip');
  const bytes = Buffer.from(part.base64, 'base64');
  expect(bytes.length).toBe(part.sizeBytes);
  const file = world.at('saved.zip');
  const middle = await world.calls['handOut.content']({ jobId, offset: 10, length: 5 });
  expect(Buffer.from(middle.base64, 'base64').equals(bytes.subarray(10, 15))).toBe(true);
  writeFileSync(file, bytes);
  mkdirSync(world.at('out'));
  execFileSync('python3', ['-m', 'zipfile', '-e', file, world.at('out')]);
  expect(readFileSync(world.at('out/gone.txt'), 'utf8')).toBe('deleted later');
  expect(readFileSync(world.at('out/photos/2024/one.jpg'), 'utf8')).toBe('x'.repeat(3_000));
  await world.calls['handOut.end']({ jobId });
  expect(readdirSync(root())).toEqual([]);
  await expect(world.calls['handOut.content']({ jobId, offset: 0, length: 1 })).rejects.toMatchObject({
    code: 'request.notFound',
  });
});

test('one file is opened by the host, and told where it cannot be; then nothing of it stays', async () => {
  const { placeId, first } = await makeVersions();
  const ready = async (name: string): Promise<string> =>
    (
      await world.run({
        kind: 'handOut',
        placeId,
        from: [{ snapshotId: first, paths: [world.at(name)] }],
        zipName: null,
      })
    ).id;
  const jobId = await ready('home/letter.txt');
  await expect(world.calls['handOut.open']({ jobId })).rejects.toMatchObject({ code: 'files.notOpened' });
  expect(readdirSync(root())).toEqual([]);
  await world.stop();
  const opened: string[] = [];
  await world.start('profile', { openFile: async (file) => void opened.push(file) });
  const again = await ready('home/letter.txt');
  await world.calls['handOut.open']({ jobId: again });
  expect(opened.map((file) => path.basename(file))).toEqual(['letter.txt']);
  expect(readFileSync(opened[0] ?? '', 'utf8')).toBe('first');
  await expect(world.calls['handOut.open']({ jobId })).rejects.toMatchObject({ code: 'request.notFound' });
  await world.stop();
  expect(existsSync(opened[0] ?? '')).toBe(false);
});

test('what is not there leaves nothing behind', async () => {
  const { placeId, first } = await makeVersions();
  for (const zipName of [null, 'a.zip']) {
    const from = [{ snapshotId: first, paths: [world.at('home/never.txt')] }];
    const job = await world.run({ kind: 'handOut', placeId, from, zipName });
    expect(job).toMatchObject({ state: 'failed', error: { code: 'files.pathNotInSnapshot' } });
  }
  expect(readdirSync(root())).toEqual([]);
});

/** Its parts as they are where nothing of them is real. */
function madeUpParts(bytesToWrite: number, cut: WireError | null) {
  const asked: string[] = [];
  const removed: string[] = [];
  const parts = {
    state: { read: () => ({ id: 'p', address: { location: '/x' }, repositoryId: null }) },
    engine: {
      calls: {
        'restore.prepare': async () => {
          asked.push('prepare');
          return { bytesToWrite };
        },
        restore: async () => {
          asked.push('restore');
          return { cut, filesRestored: 1, bytesRestored: 1, problems: 0 };
        },
      },
    },
    handOuts: {
      make: async () => '/private',
      settle: async () => void asked.push('settle'),
      files: async () => ['/private/x'],
      remove: async (id: string) => void removed.push(id),
    },
    note: () => undefined,
  } as unknown as WorkParts;
  const from = ['a', 'b'].map((sign) => ({ snapshotId: sign.repeat(64), paths: ['/x'] }));
  const request = { kind: 'handOut', placeId: 'p', from, zipName: null } as never;
  const run = { id: 'j', signal: new AbortController().signal } as never;
  return { asked, removed, work: () => handOutWork(parts)(request, run) };
}

test('too much to hold is refused before anything is written', async () => {
  const { asked, removed, work } = madeUpParts(MOST_DRAGGED_BYTES / 2 + 1, null);
  await expect(work()).rejects.toMatchObject({
    code: 'files.tooMuchToDrag',
    data: { bytes: MOST_DRAGGED_BYTES + 2, mostBytes: MOST_DRAGGED_BYTES },
  });
  expect([asked, removed]).toEqual([['prepare', 'prepare'], ['j']]);
});

test('what was cut short is not handed out', async () => {
  const cut = new TidemarkError('storage.unreachable', { location: '/x', reason: 'gone' }).toWire();
  const { asked, removed, work } = madeUpParts(1, cut);
  await expect(work()).rejects.toMatchObject({ code: 'storage.unreachable' });
  expect([asked, removed]).toEqual([['prepare', 'prepare', 'restore'], ['j']]);
  const whole = madeUpParts(1, null);
  expect(await whole.work()).toMatchObject({ hasExceptions: false, result: { files: 2, lacking: 0 } });
  expect(whole.removed).toEqual([]);
});
