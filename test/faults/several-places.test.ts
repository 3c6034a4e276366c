/**
 * One backup into several places, on the built product: read once, each place by itself, absent, full and half copied ones
 * caught up. The two repositories are made once; each test gets copies, empty ones or such that have a version already.
 */
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { execFileSync } from 'node:child_process';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { giveCheapKey } from '#test/support/cheap-key.ts';
import { compareTrees } from '#test/support/compare-trees.ts';
import { openTestRepository } from '#test/support/engine.ts';
import {
  PRODUCT_PASSWORD,
  lastMessage,
  runProgram,
  tidemark,
  type ProductRun,
} from '#test/support/product.ts';
import { resticPrograms } from '#test/support/restic.ts';
import { smallDiskObstacle, withSmallDisk } from '#test/support/small-disk.ts';

const base = mkdtempSync(path.join(tmpdir(), 'tidemark-several-'));
const source = path.join(base, 'source');
const MADE = { first: path.join(base, 'made first'), second: path.join(base, 'made second') };
const FILLED = { first: path.join(base, 'filled first'), second: path.join(base, 'filled second') };
const obstacle = await smallDiskObstacle();
const restic = resticPrograms().at(-1);
const hasStrace = spawnable('strace');
let number = 0;
let first: string;
let second: string;
let filling: ProductRun;

beforeAll(async () => {
  mkdirSync(path.join(source, 'deep'), { recursive: true });
  for (let i = 0; i < 20; i++) writeFileSync(path.join(source, 'deep', `small ${i}`), randomBytes(1000 + i));
  writeFileSync(path.join(source, 'large'), randomBytes(3 << 20));
  expect((await tidemark(['-r', MADE.first, '-r', MADE.second, 'init'])).code).toBe(0);
  for (const place of [MADE.first, MADE.second])
    await giveCheapKey(await openTestRepository(place, PRODUCT_PASSWORD), PRODUCT_PASSWORD);
  for (const which of ['first', 'second'] as const) copyFolder(MADE[which], FILLED[which]);
  filling = await backup([FILLED.first, FILLED.second]);
});
beforeEach(() => {
  number++;
  first = path.join(base, `first ${number}`);
  second = path.join(base, `second ${number}`);
});
afterAll(() => rmSync(base, { recursive: true, force: true }));

function copyFolder(from: string, to: string): void {
  cpSync(from, to, { recursive: true, preserveTimestamps: true });
}

function take(made: typeof MADE): void {
  copyFolder(made.first, first);
  copyFolder(made.second, second);
}

function backup(places: readonly string[], ...more: string[]): Promise<ProductRun> {
  return tidemark([...places.flatMap((place) => ['-r', place]), 'backup', source, ...more]);
}

/** The newest version of a place, restored, is as the sources are now. */
async function expectWhole(place: string): Promise<void> {
  const target = path.join(base, `restored ${number}`);
  const run = await tidemark(['-r', place, 'restore', `latest:${source}`, '--target', target]);
  expect(run.code, run.stderr).toBe(0);
  expect(compareTrees(source, target, { ignore: ['root'] })).toEqual([]);
  rmSync(target, { recursive: true, force: true });
}

async function expectClean(place: string): Promise<void> {
  const env = { RESTIC_PASSWORD: PRODUCT_PASSWORD, TIDEMARK_PASSWORD: PRODUCT_PASSWORD };
  const args = ['-r', place, 'check', '--read-data'];
  const run = await (restic === undefined
    ? tidemark(args, { env })
    : runProgram(restic.path, ['--no-cache', ...args], { env }));
  expect(run.code, run.stderr).toBe(0);
}

/** Not those that are only being written. */
function versionCount(place: string): number {
  return readdirSync(path.join(place, 'snapshots')).filter((name) => !name.startsWith('.tmp-')).length;
}

test('both have the same version, data shared alike, and restic finds them whole', async () => {
  expect([filling.code, filling.stderr]).toEqual([0, '']);
  expect(filling.stdout).toContain('1 snapshot copied');
  take(FILLED);
  for (const place of [first, second]) {
    await expectWhole(place);
    await expectClean(place);
  }
  // Cut alike: a backup of the second place by itself finds nothing new.
  const again = await tidemark(['-r', second, 'backup', source, '--force', '--json']);
  expect(lastMessage(again, 'summary')).toMatchObject({ data_blobs: 0 });
});

test.skipIf(!hasStrace)(
  `the sources are read once${hasStrace ? '' : ' (SKIPPED: needs strace)'}`,
  async () => {
    take(MADE);
    const trace = path.join(base, 'trace');
    const args = ['-f', '--seccomp-bpf', '-e', 'trace=open,openat,openat2', '-o', trace, 'bin/tidemark'];
    const run = await runProgram('strace', [...args, '-r', first, '-r', second, 'backup', source], {
      cwd: path.resolve(import.meta.dirname, '../..'),
      env: { TIDEMARK_PASSWORD: PRODUCT_PASSWORD },
    });
    expect(run.code, run.stderr).toBe(0);
    const opened = readFileSync(trace, 'utf8')
      .split('\n')
      .filter((line) => line.includes('small 7"') && !line.includes('ENOENT'));
    expect(opened).toHaveLength(1);
    expect(versionCount(second)).toBe(1);
  },
);

test('an absent place holds up nothing, is told, and is brought all it missed', async () => {
  take(FILLED);
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
  expect(versionCount(second)).toBe(4);
});

test('where the first place is absent, the next one takes the backup, and the first is brought it later', async () => {
  take(MADE);
  renameSync(first, `${first} away`);
  const run = await backup([first, second]);
  expect(run.code).toBe(3);
  expect(run.stderr).toContain(`Not in ${first}`);
  expect(versionCount(second)).toBe(1);
  renameSync(`${first} away`, first);
  expect((await backup([second, first])).code).toBe(0);
  await expectWhole(first);
});

test.each([
  ['after the first place has the version', () => versionCount(first) > 0],
  ['while the second one is brought it', () => hasFiles(path.join(second, 'data'))],
])('killed %s: the next run brings the rest, both are whole', async (_when, isMoment) => {
  take(MADE);
  const killed = await tidemark(['-r', first, '-r', second, 'backup', source], {
    onStart: (child) => {
      const timer = setInterval(() => {
        if (isMoment()) child.kill('SIGKILL');
      }, 2);
      child.once('exit', () => clearInterval(timer));
    },
  });
  expect(killed.code).toBeNull();
  expect([versionCount(first), versionCount(second)]).toEqual([1, 0]);
  writeFileSync(path.join(source, 'changed'), randomBytes(1000));
  const run = await backup([first, second]);
  expect(run.code, run.stderr).toBe(0);
  await expectWhole(second);
  for (const place of [first, second]) {
    await expectClean(place);
    expect(readdirSync(path.join(place, 'locks')).filter((name) => !name.startsWith('.tmp-'))).toEqual([]);
  }
});

test('what lies in the sources is told once, as ever', async () => {
  take(MADE);
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
  take(MADE);
  await giveCheapKey(await openTestRepository(second, PRODUCT_PASSWORD), 'another');
  const run = await backup([first, second]);
  expect(run.code).toBe(3);
  expect(run.stderr).toContain(`Not in ${second}`);
  const files = [PRODUCT_PASSWORD, 'another'].map((password, i) => {
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
        take(MADE);
        writeFileSync(path.join(source, 'larger'), randomBytes(6 << 20));
        const run = await backup([first, second]);
        expect(run.code).toBe(3);
        expect(run.stderr).toContain(`Not in ${second}`);
        execFileSync('mount', ['-o', 'remount,size=64m', disk]);
        expect((await backup([first, second])).code).toBe(0);
        await expectWhole(second);
        rmSync(path.join(source, 'larger'));
      });
    });
  },
);

function hasFiles(folder: string): boolean {
  return readdirSync(folder, { recursive: true, withFileTypes: true }).some((each) => each.isFile());
}

function spawnable(program: string): boolean {
  try {
    execFileSync(program, ['-V'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
