/** What other processes do to a repository on the disk: die in the middle, race, lack permissions, get errors from the kernel. */
import { execFileSync, spawn, spawnSync, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { chmod, readdir, utimes } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { systemClock } from '#base/system-clock.ts';
import { removeStaleTemporaryFiles } from '#storage/local/stale-temporary-files.ts';
import { sha256 } from '#test/support/sha256.ts';
import { makeLocalPlace, type LocalPlace } from '#test/support/storage-places.ts';

const CHILD = join(import.meta.dirname, '../support/storage-child.ts');
const NOBODY = '65534';
const isRoot = process.getuid?.() === 0;

let place: LocalPlace;

beforeEach(async () => {
  place = await makeLocalPlace();
  await place.storage.create();
});

afterEach(async () => {
  await place.storage.close();
  await place.dispose();
});

function start(command: string): ChildProcessWithoutNullStreams {
  return spawn(process.execPath, [CHILD, place.folder, command], { stdio: 'pipe' });
}

async function linesOf(child: ChildProcessWithoutNullStreams): Promise<Record<string, unknown>[]> {
  const lines: Record<string, unknown>[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    // A killed process may leave half a line.
    if (line.endsWith('}')) lines.push(JSON.parse(line) as Record<string, unknown>);
  }
  return lines;
}

async function temporaryFiles(): Promise<string[]> {
  const names = await readdir(place.folder, { recursive: true });
  return names.filter((name) => name.includes('.tmp-'));
}

test('killed while saving: each name is absent or complete, what was reported is there, the janitor clears up', async () => {
  const snapshots = join(place.folder, 'snapshots');
  for (let round = 0; round < 10; round++) {
    const before = (await temporaryFiles()).length;
    const child = start('saveForever');
    const lines = linesOf(child);
    const exit = once(child, 'exit');
    await once(child.stdout, 'data');
    while ((await readdir(snapshots)).filter((name) => name.startsWith('.tmp-')).length === before) continue;
    // A little later each round, so that the blow meets writing, flushing and naming.
    for (let turn = 0; turn < round * 20; turn++) await new Promise((go) => setImmediate(go));
    child.kill('SIGKILL');
    expect(await exit).toEqual([null, 'SIGKILL']);
    const reported = (await lines).map((line) => line.saved as string);
    const listed = await place.storage.list('snapshot');
    expect(listed.map((entry) => entry.name)).toEqual(expect.arrayContaining(reported));
    for (const { name } of listed) {
      expect(sha256(await place.storage.load('snapshot', name))).toBe(name);
      await place.storage.remove('snapshot', name);
    }
  }
  const left = await temporaryFiles();
  // A round without a left-over was killed between saves; ten such rounds would have proved nothing.
  expect(left.length).toBeGreaterThan(0);
  expect(await removeStaleTemporaryFiles(place.folder, systemClock)).toBe(0);
  expect(await temporaryFiles()).toEqual(left);
  for (const path of left) await utimes(join(place.folder, path), 0, 0);
  expect(await removeStaleTemporaryFiles(place.folder, systemClock)).toBe(left.length);
  expect(await temporaryFiles()).toEqual([]);
});

test('of 8 processes that create the config exactly one wins', async () => {
  for (let round = 0; round < 3; round++) {
    const children = Array.from({ length: 8 }, () => start('raceForConfig'));
    const outputs = children.map(linesOf);
    await Promise.all(children.map((child) => once(child.stdout, 'data')));
    for (const child of children) child.stdin.write('go\n');
    const results = (await Promise.all(outputs)).map((lines) => lines.at(-1));
    const winners = results.filter((result) => result?.outcome === 'ok');
    const refused = results.filter((result) => result?.outcome === 'storage.alreadyExists');
    expect([winners.length, refused.length]).toEqual([1, 7]);
    expect(sha256(await place.storage.load('config', 'config'))).toBe(winners[0]?.sha256);
    expect(await temporaryFiles()).toEqual([]);
    await place.storage.remove('config', 'config');
  }
});

test('without permission: each call says so, what is allowed works', async () => {
  const bytes = Buffer.from('a key');
  await place.storage.save('key', sha256(bytes), bytes);
  // To somebody else all of it is readable except one pack folder and the key; nothing is writable.
  execFileSync('chmod', ['-R', 'a+rX,a-w', place.folder]);
  await chmod(dirname(place.folder), 0o755);
  await chmod(join(place.folder, 'keys', sha256(bytes)), 0o000);
  await chmod(join(place.folder, 'data', '7f'), 0o000);
  const uid = isRoot ? [NOBODY] : [];
  const output = execFileSync(process.execPath, [CHILD, place.folder, 'probe', ...uid], { encoding: 'utf8' });
  execFileSync('chmod', ['-R', 'u+rwX', place.folder]);
  expect(JSON.parse(output)).toEqual({
    save: 'storage.accessDenied',
    remove: 'storage.accessDenied',
    load: 'storage.accessDenied',
    list: 'storage.accessDenied',
    listOther: 'ok',
  });
});

/** strace makes the kernel's answer to chosen calls an error, in a process that is ours and unmodified. */
function straceObstacle(): string | undefined {
  const probe = spawnSync('strace', ['-f', '-o', '/dev/null', '-e', 'inject=rmdir:error=EIO', 'true']);
  if (probe.error !== undefined) return 'strace is not installed';
  return probe.status === 0 ? undefined : 'strace is not allowed here';
}

const obstacle = straceObstacle();

describe.skipIf(obstacle !== undefined)(
  `system calls that fail${obstacle === undefined ? '' : ` (${obstacle})`}`,
  () => {
    interface Result {
      readonly pack: string;
      readonly config: string;
      readonly refusesOverwrite: boolean;
      /** Names of all files there are afterwards. */
      readonly files: readonly string[];
    }

    const PACK = sha256(Buffer.from('saved by a child'));
    const SAVED = { pack: 'ok', config: 'ok', refusesOverwrite: true, files: [PACK, 'config'].sort() };

    /** Saves a pack and a config in a child whose calls of this name all fail. */
    async function saveWithFailing(calls: string, error: string): Promise<Result> {
      const output = execFileSync(
        'strace',
        [
          '-f',
          '--seccomp-bpf',
          '-o',
          '/dev/null',
          '-e',
          `trace=${calls}`,
          '-e',
          `inject=${calls}:error=${error}`,
        ].concat([process.execPath, CHILD, place.folder, 'saveOnce']),
        { encoding: 'utf8', env: { ...process.env, UV_USE_IO_URING: '0' } },
      );
      const lines = output.trim().split('\n');
      const result = Object.assign({}, ...lines.map((line) => JSON.parse(line) as object)) as Result;
      const entries = await readdir(place.folder, { recursive: true, withFileTypes: true });
      const files = entries.filter((entry) => entry.isFile()).map((entry) => entry.name);
      return { ...result, files: files.sort() };
    }

    test.each([
      ['flushing fails', 'fdatasync', 'EIO', 'storage.ioFailed'],
      ['the disk is full when flushing', 'fdatasync', 'ENOSPC', 'storage.full'],
      ['the quota is reached when writing', 'pwrite64', 'EDQUOT', 'storage.full'],
      ['the server forgot the file', 'pwrite64', 'ESTALE', 'storage.ioFailed'],
      ['the card is pulled out of its reader', 'pwrite64', 'ENOMEDIUM', 'storage.driveGone'],
      ['the name cannot be given', 'link,linkat', 'EIO', 'storage.ioFailed'],
    ])('%s: an error, no name, no left-over', async (_, calls, error, code) => {
      const result = await saveWithFailing(calls, error);
      expect(result).toEqual({ pack: code, config: code, refusesOverwrite: true, files: [] });
    });

    test('flushing the folder fails: an error, and a config takes its name back', async () => {
      const result = await saveWithFailing('fsync', 'EIO');
      expect([result.pack, result.config]).toEqual(['storage.ioFailed', 'storage.ioFailed']);
      expect(result.files).toEqual([PACK]);
    });

    test.each([
      ['files cannot be flushed', 'fdatasync', 'EOPNOTSUPP'],
      ['folders cannot be flushed', 'fsync', 'EINVAL'],
      ['a share refuses to flush folders', 'fsync', 'EACCES'],
      ['a share has no permissions', 'chmod,fchmodat', 'EPERM'],
    ])('%s: saved all the same', async (_, calls, error) => {
      expect(await saveWithFailing(calls, error)).toEqual(SAVED);
    });

    test.each(['EPERM', 'EOPNOTSUPP', 'EMLINK', 'ENOSYS'])(
      'no hard links (%s): renamed instead, and it says so',
      async (error) => {
        expect(await saveWithFailing('link,linkat', error)).toEqual({ ...SAVED, refusesOverwrite: false });
      },
    );
  },
);
