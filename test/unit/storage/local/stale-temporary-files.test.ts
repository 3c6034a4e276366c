import { mkdir, readdir, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { removeStaleTemporaryFiles } from '#storage/local/stale-temporary-files.ts';
import { expectCode } from '#test/suites/storage-suite.ts';
import { FakeClock } from '#test/support/fake-clock.ts';
import { makeLocalPlace, type LocalPlace } from '#test/support/storage-places.ts';

const HOUR_MS = 3_600_000;
let place: LocalPlace;
let clock: FakeClock;

beforeEach(async () => {
  place = await makeLocalPlace({ quick: true });
  await place.storage.create();
  clock = new FakeClock();
});

afterEach(async () => {
  await place.storage.close();
  await place.dispose();
});

async function plant(path: string, ageHours: number): Promise<void> {
  const full = join(place.folder, path);
  await writeFile(full, 'left over');
  const time = new Date(clock.nowMs() - ageHours * HOUR_MS);
  await utimes(full, time, time);
}

async function remaining(): Promise<string[]> {
  const entries = await readdir(place.folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => entry.name)
    .sort();
}

test('removes its own files of more than a day, in every folder, and nothing else', async () => {
  await plant('.tmp-1-000000000001', 25);
  await plant('keys/.tmp-22-000000000002', 48);
  await plant('data/ab/.tmp-333-00000000000f', 24.01);
  await plant('data/ab/.tmp-4-000000000004', 23.9);
  await plant('index/.tmp-5-000000000005', -100);
  await plant('data/ab/.tmp-6-00000000000', 48);
  await plant('data/ab/.tmp-photos', 48);
  await plant(`data/ab/${'ab'.repeat(32)}`, 48);
  await plant(`data/ab/${'ab'.repeat(32)}-tmp-77`, 48);
  await mkdir(join(place.folder, 'data/ab/.tmp-8-000000000008'));
  await utimes(join(place.folder, 'data/ab/.tmp-8-000000000008'), 0, 0);
  expect(await removeStaleTemporaryFiles(place.folder, clock)).toBe(3);
  expect(await remaining()).toEqual([
    '.tmp-4-000000000004',
    '.tmp-5-000000000005',
    '.tmp-6-00000000000',
    '.tmp-photos',
    'ab'.repeat(32),
    `${'ab'.repeat(32)}-tmp-77`,
  ]);
  expect((await stat(join(place.folder, 'data/ab/.tmp-8-000000000008'))).isDirectory()).toBe(true);
});

test('can be cancelled', async () => {
  await plant('.tmp-1-000000000001', 25);
  await expectCode(removeStaleTemporaryFiles(place.folder, clock, AbortSignal.abort()), 'job.cancelled');
  expect(await remaining()).toEqual(['.tmp-1-000000000001']);
});

test('the storage does so when it is asked to', async () => {
  const path = join(place.folder, 'data/ab/.tmp-1-000000000001');
  await writeFile(path, 'left over');
  expect(await place.storage.removeLeftovers()).toBe(0);
  await utimes(path, 0, 0);
  expect(await place.storage.removeLeftovers()).toBe(1);
  expect(await remaining()).toEqual([]);
});
