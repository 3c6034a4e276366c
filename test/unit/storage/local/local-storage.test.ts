import { execFileSync } from 'node:child_process';
import { chmod, mkdir, open, readdir, readlink, rename, rm, rmdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { systemClock } from '#base/system-clock.ts';
import { LocalStorage } from '#storage/local/local-storage.ts';
import { expectCode } from '#test/suites/storage-suite.ts';
import { sha256 } from '#test/support/sha256.ts';
import { FakeClock } from '#test/support/fake-clock.ts';
import { makeLocalPlace, type LocalPlace } from '#test/support/storage-places.ts';

const BYTES = Buffer.from('some pack');
const NAME = sha256(BYTES);

let place: LocalPlace;
let storage: LocalStorage;

beforeEach(async () => {
  place = await makeLocalPlace({ quick: true });
  storage = place.storage;
});

afterEach(async () => {
  await storage.close();
  await place.dispose();
});

async function modeOf(path: string): Promise<string> {
  return ((await stat(join(place.folder, path))).mode & 0o777).toString(8);
}

async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => !entry.isDirectory()).map((entry) => entry.name);
}

describe('top folder', () => {
  test('create makes the last part of the path only: a missing mount point stays missing', async () => {
    const below = new LocalStorage(join(place.folder, 'backups'), systemClock);
    await expectCode(below.create(), 'storage.unreachable');
    await expect(stat(place.folder)).rejects.toThrow('ENOENT');
  });

  test('a file is no place', async () => {
    await writeFile(place.folder, 'x');
    await expectCode(storage.open(), 'storage.unreachable');
    await expectCode(storage.create(), 'storage.unreachable');
  });

  test('a call before open is a bug', async () => {
    await expectCode(storage.save('pack', NAME, BYTES), 'internal.invariantBroken');
    await expectCode(storage.list('pack'), 'internal.invariantBroken');
  });

  test('once it is gone, nothing makes it anew and nothing counts as merely missing or empty', async () => {
    await storage.create();
    await storage.save('pack', NAME, BYTES);
    await rm(place.folder, { recursive: true });
    await expectGone();
    await expect(stat(place.folder)).rejects.toThrow('ENOENT');
  });

  test('C4 another folder at the same path is not written to', async () => {
    await storage.create();
    await rename(place.folder, `${place.folder}.away`);
    const other = new LocalStorage(place.folder, systemClock);
    await other.create();
    await expectGone();
    expect(await filesBelow(place.folder)).toEqual([]);
    await storage.open();
    await storage.save('pack', NAME, BYTES);
    expect(await filesBelow(place.folder)).toEqual([NAME]);
  });

  async function expectGone(): Promise<void> {
    await expectCode(storage.save('pack', NAME, BYTES), 'storage.driveGone');
    await expectCode(storage.save('config', 'config', BYTES), 'storage.driveGone');
    await expectCode(storage.load('pack', NAME), 'storage.driveGone');
    await expectCode(storage.load('pack', NAME, { offset: 0, length: 1 }), 'storage.driveGone');
    await expectCode(storage.stat('pack', NAME), 'storage.driveGone');
    await expectCode(storage.list('pack'), 'storage.driveGone');
    await expectCode(storage.list('config'), 'storage.driveGone');
    await expectCode(storage.remove('pack', NAME), 'storage.driveGone');
    await expectCode(storage.freeSpaceBytes(), 'storage.driveGone');
  }
});

describe('layout', () => {
  beforeEach(() => storage.create());

  test('folders and files are where restic has them, for the owner only', async () => {
    expect((await readdir(place.folder)).sort()).toEqual(['data', 'index', 'keys', 'locks', 'snapshots']);
    expect(await readdir(join(place.folder, 'data'))).toHaveLength(256);
    await storage.save('config', 'config', BYTES);
    await storage.save('pack', NAME, BYTES);
    for (const folder of ['', 'data', 'data/00', 'data/ff', 'keys']) expect(await modeOf(folder)).toBe('700');
    expect(await modeOf('config')).toBe('400');
    expect(await modeOf(`data/${NAME.slice(0, 2)}/${NAME}`)).toBe('400');
  });

  test('a config that its group may read makes all new files and folders so', async () => {
    await storage.save('config', 'config', BYTES);
    await chmod(join(place.folder, 'config'), 0o440);
    await rmdir(join(place.folder, 'data', NAME.slice(0, 2)));
    await storage.open();
    const umaskBefore = process.umask(0o007);
    try {
      await storage.save('pack', NAME, BYTES);
    } finally {
      process.umask(umaskBefore);
    }
    expect(await modeOf(`data/${NAME.slice(0, 2)}/${NAME}`)).toBe('440');
    expect(await modeOf(`data/${NAME.slice(0, 2)}`)).toBe('770');
  });

  test('a missing folder lists as empty and is made when something is saved into it', async () => {
    await rm(join(place.folder, 'data'), { recursive: true });
    await rm(join(place.folder, 'keys'), { recursive: true });
    expect(await storage.list('pack')).toEqual([]);
    expect(await storage.list('key')).toEqual([]);
    await storage.save('pack', NAME, BYTES);
    await storage.save('key', NAME, BYTES);
    expect(await readdir(join(place.folder, 'data'))).toEqual([NAME.slice(0, 2)]);
    expect(await storage.list('key')).toEqual([{ name: NAME, sizeBytes: BYTES.length }]);
    expect(await modeOf('data')).toBe('700');
  });

  test('a folder or a stray file where something else belongs', async () => {
    await mkdir(join(place.folder, 'index', NAME));
    await writeFile(join(place.folder, 'data', 'zz'), 'x');
    await rmdir(join(place.folder, 'data', '11'));
    await writeFile(join(place.folder, 'data', '11'), 'x');
    expect(await storage.list('index')).toEqual([]);
    expect(await storage.list('pack')).toEqual([]);
    await expectCode(storage.load('index', NAME), 'storage.objectMissing');
    await expectCode(storage.load('index', NAME, { offset: 0, length: 1 }), 'storage.objectMissing');
    await expectCode(storage.stat('index', NAME), 'storage.objectMissing');
  });

  test('no temporary file stays behind, whether saved, stored already, refused or cancelled', async () => {
    await storage.save('config', 'config', BYTES);
    await expectCode(storage.save('config', 'config', BYTES), 'storage.alreadyExists');
    await storage.save('pack', NAME, BYTES);
    await storage.save('pack', NAME, BYTES);
    const controller = new AbortController();
    const large = new Uint8Array(128 << 20);
    const saving = storage.save('snapshot', NAME, large, controller.signal);
    while ((await readdir(join(place.folder, 'snapshots'))).length === 0) continue;
    controller.abort();
    await expectCode(saving, 'job.cancelled');
    expect((await filesBelow(place.folder)).sort()).toEqual([NAME, 'config'].sort());
  });

  test('a read-only file can be removed', async () => {
    await storage.save('snapshot', NAME, BYTES);
    await storage.remove('snapshot', NAME);
    expect(await readdir(join(place.folder, 'snapshots'))).toEqual([]);
  });

  test('without hard links it does not claim to win races for the config', async () => {
    expect(storage.capabilities.refusesOverwrite).toBe(true);
    expect(
      new LocalStorage(place.folder, systemClock, { hardLinks: false }).capabilities.refusesOverwrite,
    ).toBe(false);
  });

  test('free space is that of the disk', async () => {
    const line = execFileSync('df', ['-B1', '--output=avail', place.folder], { encoding: 'utf8' });
    const expected = Number(line.trim().split('\n').at(-1));
    expect(Math.abs(((await storage.freeSpaceBytes()) ?? 0) - expected)).toBeLessThan(expected / 2);
  });
});

/** A named pipe without a writer: whoever opens it waits in the kernel, as on a dead network mount. */
describe('a disk that hangs', () => {
  let clock: FakeClock;
  let hanging: LocalStorage;
  let pipe: string;

  beforeEach(async () => {
    await storage.create();
    clock = new FakeClock();
    hanging = new LocalStorage(place.folder, clock);
    await hanging.open();
    pipe = join(place.folder, 'data', NAME.slice(0, 2), NAME);
    execFileSync('mkfifo', [pipe]);
  });

  afterEach(async () => {
    // Lets the call that was left behind end.
    await (await open(pipe, 'r+')).close();
    await hanging.close();
  });

  test('A4 a cancelled call is let go within a second', async () => {
    const controller = new AbortController();
    const settled = expectCode(hanging.load('pack', NAME, undefined, controller.signal), 'job.cancelled');
    await clock.advance(5000);
    controller.abort();
    await clock.advance(1000);
    await settled;
  });

  test('C2 without a signal it ends as a time-out, others go on', async () => {
    const loading = hanging.load('pack', NAME);
    const settled = expectCode(loading, 'storage.timeout');
    const other = sha256(Buffer.from('other'));
    await hanging.save('pack', other, Buffer.from('other'));
    for (let second = 0; second < 125; second++) await clock.advance(1000);
    await settled;
    expect(Buffer.from(await hanging.load('pack', other)).toString()).toBe('other');
  });
});

describe.skipIf(process.platform !== 'linux')('open files (seen in /proc, so on Linux only)', () => {
  async function openInFolder(): Promise<number> {
    let count = 0;
    for (const fd of await readdir('/proc/self/fd')) {
      const target = await readlink(`/proc/self/fd/${fd}`).catch(() => '');
      if (target.startsWith(place.folder)) count++;
    }
    return count;
  }

  async function readRangesOf(target: LocalStorage, packs: number): Promise<void> {
    for (let i = 0; i < packs; i++) {
      const bytes = Buffer.from(`pack ${String(i)}`);
      await target.save('pack', sha256(bytes), bytes);
      const range = { offset: 5, length: bytes.length - 5 };
      const loaded = await target.load('pack', sha256(bytes), range);
      expect(Buffer.from(loaded).toString()).toBe(String(i));
    }
  }

  test('packs read by ranges stay open, at most 32, until they are idle', async () => {
    await storage.create();
    const clock = new FakeClock();
    const watched = new LocalStorage(place.folder, clock);
    await watched.open();
    await readRangesOf(watched, 40);
    expect(await openInFolder()).toBe(32);
    await clock.advance(1000);
    await clock.advance(1000);
    await clock.advance(1000);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(await openInFolder()).toBe(0);
    expect(clock.sleeperCount).toBe(0);
    await watched.close();
  });

  test('close leaves nothing open', async () => {
    await storage.create();
    await readRangesOf(storage, 5);
    expect(await openInFolder()).toBe(5);
    await storage.close();
    expect(await openInFolder()).toBe(0);
  });

  test('whole files and failures leave nothing open', async () => {
    await storage.create();
    await storage.save('pack', NAME, BYTES);
    await storage.load('pack', NAME);
    await expectCode(storage.load('pack', NAME, { offset: 0, length: 1000 }), 'storage.rangeInvalid');
    await expectCode(storage.load('pack', sha256(Buffer.from('none'))), 'storage.objectMissing');
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(await openInFolder()).toBe(0);
  });
});

test('a range of a file that another program replaced by a longer one', async () => {
  await storage.create();
  await place.plantFile(`data/${NAME.slice(0, 2)}/${NAME}`, BYTES.subarray(0, 3));
  await storage.load('pack', NAME, { offset: 0, length: 3 });
  await place.plantFile(`data/${NAME.slice(0, 2)}/${NAME}`, BYTES);
  const loaded = await storage.load('pack', NAME, { offset: 2, length: BYTES.length - 2 });
  expect(Buffer.compare(loaded, BYTES.subarray(2))).toBe(0);
});
