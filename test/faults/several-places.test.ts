/** One backup into several places, on the built product: read once, each place by itself, absent and full ones caught up. */
import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { execFileSync } from 'node:child_process';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { compareTrees } from '#test/support/compare-trees.ts';
import { lastMessage, runProgram, tidemark, type ProductRun } from '#test/support/product.ts';
import { resticPrograms } from '#test/support/restic.ts';
import { smallDiskObstacle, withSmallDisk } from '#test/support/small-disk.ts';

const base = mkdtempSync(path.join(tmpdir(), 'tidemark-several-'));
const source = path.join(base, 'source');
const obstacle = await smallDiskObstacle();
const restic = resticPrograms().at(-1);
const hasStrace = spawnable('strace');
let number = 0;
let first: string;
let second: string;

beforeEach(() => {
  rmSync(source, { recursive: true, force: true });
  mkdirSync(path.join(source, 'deep'), { recursive: true });
  for (let i = 0; i < 20; i++) writeFileSync(path.join(source, 'deep', `small ${i}`), randomBytes(1000 + i));
  writeFileSync(path.join(source, 'large'), randomBytes(3 << 20));
  number++;
  first = path.join(base, `first ${number}`);
  second = path.join(base, `second ${number}`);
});
afterAll(() => rmSync(base, { recursive: true, force: true }));

function backup(places: readonly string[], ...more: string[]): Promise<ProductRun> {
  return tidemark([...places.flatMap((place) => ['-r', place]), 'backup', source, ...more]);
}

async function init(...places: string[]): Promise<void> {
  expect((await tidemark([...places.flatMap((place) => ['-r', place]), 'init'])).code).toBe(0);
}

/** The newest version of a place, restored, is as the sources are now. */
async function expectWhole(place: string): Promise<void> {
  const target = path.join(base, `restored ${number}`);
  const run = await tidemark(['-r', place, 'restore', `latest:${source}`, '--target', target]);
  expect(run.code, run.stderr).toBe(0);
  expect(compareTrees(source, target, { ignore: ['root'] })).toEqual([]);
  rmSync(target, { recursive: true, force: true });
}

async function versionCount(place: string): Promise<number> {
  return (JSON.parse((await tidemark(['-r', place, 'snapshots', '--json'])).stdout) as unknown[]).length;
}

test('both have the same version, data shared alike, and restic finds them whole', async () => {
  await init(first, second);
  const run = await backup([first, second]);
  expect([run.code, run.stderr]).toEqual([0, '']);
  expect(run.stdout).toContain('1 snapshot copied');
  for (const place of [first, second]) {
    await expectWhole(place);
    if (restic === undefined) continue;
    const env = { RESTIC_PASSWORD: 'correct horse', RESTIC_CACHE_DIR: path.join(base, 'cache') };
    const checked = await runProgram(restic.path, ['-r', place, 'check', '--read-data'], { env });
    expect(checked.code, checked.stderr).toBe(0);
  }
  // Cut alike: a backup of the second place by itself finds nothing new.
  const again = await tidemark(['-r', second, 'backup', source, '--force', '--json']);
  expect(lastMessage(again, 'summary')).toMatchObject({ data_blobs: 0 });
});

test.skipIf(!hasStrace)(
  `the sources are read once${hasStrace ? '' : ' (SKIPPED: needs strace)'}`,
  async () => {
    await init(first, second);
    const trace = path.join(base, 'trace');
    const args = ['-f', '-e', 'trace=open,openat,openat2', '-o', trace, 'bin/tidemark'];
    const run = await runProgram('strace', [...args, '-r', first, '-r', second, 'backup', source], {
      cwd: path.resolve(import.meta.dirname, '../..'),
      env: { TIDEMARK_PASSWORD: 'correct horse' },
    });
    expect(run.code, run.stderr).toBe(0);
    const opened = readFileSync(trace, 'utf8')
      .split('\n')
      .filter((line) => line.includes('small 7"') && !line.includes('ENOENT'));
    expect(opened).toHaveLength(1);
    expect(await versionCount(second)).toBe(1);
  },
);

test('an absent place holds up nothing, is told, and is brought all it missed', async () => {
  await init(first, second);
  await backup([first, second]);
  renameSync(second, `${second} away`);
  for (const text of ['one', 'two']) {
    writeFileSync(path.join(source, 'changed'), text);
    const run = await backup([first, second]);
    expect(run.code).toBe(3);
    expect(run.stderr).toContain(`Not in ${second}`);
    expect(run.stderr).toContain('The backup is safe in the other places.');
  }
  renameSync(`${second} away`, second);
  writeFileSync(path.join(source, 'changed'), 'three');
  expect((await backup([first, second])).code).toBe(0);
  await expectWhole(second);
  expect(await versionCount(second)).toBe(4);
});

test('where the first place is absent, the next one takes the backup, and the first is brought it later', async () => {
  await init(first, second);
  renameSync(first, `${first} away`);
  const run = await backup([first, second]);
  expect(run.code).toBe(3);
  expect(run.stderr).toContain(`Not in ${first}`);
  expect(await versionCount(second)).toBe(1);
  renameSync(`${first} away`, first);
  expect((await backup([second, first])).code).toBe(0);
  await expectWhole(first);
});

test('what lies in the sources is told once, as ever', async () => {
  await init(first, second);
  const run = await tidemark(['-r', first, '-r', second, 'backup', path.join(base, 'nowhere')]);
  expect(run.code).toBe(1);
  expect(run.stderr.trimEnd().split('\n')).toHaveLength(1);
  expect(run.stderr).not.toContain('Not in');
});

test('no place at all: the first one says why', async () => {
  const run = await backup([first, second]);
  expect(run.code).toBe(10);
  expect(run.stderr).toContain(first);
});

test('a wrong password of one place is its own', async () => {
  await init(first);
  await tidemark(['-r', second, 'init'], { env: { TIDEMARK_PASSWORD: 'another' } });
  const run = await backup([first, second]);
  expect(run.code).toBe(3);
  expect(run.stderr).toContain(`Not in ${second}`);
  const files = ['correct horse', 'another'].map((password, i) => {
    const file = path.join(base, `password ${i}`);
    writeFileSync(file, password);
    return ['-p', file];
  });
  const own = await tidemark(['-r', first, '-r', second, ...files.flat(), 'backup', source]);
  expect([own.code, own.stderr]).toEqual([0, '']);
});

test('other commands ask for one place', async () => {
  const run = await tidemark(['-r', first, '-r', second, 'snapshots']);
  expect(run.code).toBe(1);
  expect(run.stderr).toContain('Only "backup" and "init" take several');
});

describe.skipIf(obstacle !== undefined)(
  `a full place${obstacle === undefined ? '' : ` (SKIPPED: ${obstacle})`}`,
  () => {
    test('stops alone; once there is room it is brought the rest', async () => {
      await withSmallDisk({ kind: 'tmpfs', mib: 4 }, async (disk) => {
        second = path.join(disk, 'repository');
        await init(first, second);
        writeFileSync(path.join(source, 'larger'), randomBytes(6 << 20));
        const run = await backup([first, second]);
        expect(run.code).toBe(3);
        expect(run.stderr).toContain(`Not in ${second}`);
        execFileSync('mount', ['-o', 'remount,size=64m', disk]);
        expect((await backup([first, second])).code).toBe(0);
        await expectWhole(second);
      });
    });
  },
);

function spawnable(program: string): boolean {
  try {
    execFileSync(program, ['-V'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
