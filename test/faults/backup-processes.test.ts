/**
 * The built product saving under real trouble: killed and interrupted, a full disk, damage in the repository, a file it
 * may not read, somebody else's lock. Each gets its sentence and exit code, and nothing that was saved is lost.
 */
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { isRoot } from '#test/support/as-nobody.ts';
import { giveCheapKeyAt } from '#test/support/cheap-key.ts';
import {
  lastMessage,
  PRODUCT_PASSWORD,
  runProgram,
  tidemark,
  type ProductRun,
} from '#test/support/product.ts';
import { NO_RESTIC, resticPrograms } from '#test/support/restic.ts';
import { smallDiskObstacle, withSmallDisk } from '#test/support/small-disk.ts';

const MIB = 1 << 20;
const NOBODY = 65534;
const [RESTIC] = resticPrograms().slice(-1);
const obstacle = await smallDiskObstacle();
const needsRoot = isRoot ? '' : ' (skipped: needs root)';
const needsDisk = obstacle === undefined ? '' : ` (skipped: ${obstacle})`;
const needsRestic = RESTIC === undefined ? ` (skipped: ${NO_RESTIC})` : '';

/** A repository that was just made; each test gets a copy. */
const fresh = fs.mkdtempSync(join(tmpdir(), 'tidemark-fresh-'));
let folder = '';
let source = '';
let repository = '';

beforeAll(async () => {
  await succeeds(tidemark(['-r', join(fresh, 'repository'), 'init']));
  await giveCheapKeyAt(join(fresh, 'repository'), PRODUCT_PASSWORD);
});
afterAll(() => fs.rmSync(fresh, { recursive: true, force: true }));

beforeEach(() => {
  folder = fs.mkdtempSync(join(tmpdir(), 'tidemark-trouble-'));
  // For the run as another user.
  fs.chmodSync(folder, 0o755);
  source = join(folder, 'source');
  repository = join(folder, 'repository');
  fs.mkdirSync(source);
  copyFresh(repository);
});

afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

function copyFresh(to: string): void {
  fs.cpSync(join(fresh, 'repository'), to, { recursive: true });
}

async function succeeds(run: Promise<ProductRun>): Promise<ProductRun> {
  const { code, stdout, stderr } = await run;
  expect({ code, stderr }, stdout).toEqual({ code: 0, stderr: '' });
  return { code, stdout, stderr };
}

function ours(...args: string[]): Promise<ProductRun> {
  return tidemark(['-r', repository, ...args], { cwd: folder });
}

function theirs(...args: string[]): Promise<ProductRun> {
  const env = { RESTIC_PASSWORD: PRODUCT_PASSWORD };
  return runProgram(RESTIC!.path, ['-r', repository, '--no-cache', ...args], { env, cwd: folder });
}

function plant(count: number, sizeBytes: number, name = 'file'): void {
  for (let i = 0; i < count; i++)
    fs.writeFileSync(join(source, `${name}-${String(i)}`), randomBytes(sizeBytes));
}

function filesOf(kind: string): string[] {
  return fs
    .readdirSync(join(repository, kind), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /^[0-9a-f]{64}$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name));
}

function bytesOfPacks(): number {
  return filesOf('data').reduce((sum, path) => sum + fs.statSync(path).size, 0);
}

/** No stack, one sentence after the other, nothing of our source. */
function expectPlain({ stderr }: ProductRun, beginning: RegExp): void {
  expect(stderr).toMatch(beginning);
  expect(stderr).not.toMatch(/\n\s+at |\.ts:|\.mjs|Error:/);
}

async function untilThere(count: number): Promise<void> {
  while (filesOf('data').length < count) await new Promise((resolve) => setTimeout(resolve, 5));
}

describe('ended from outside', () => {
  it('A1 killed in the middle of a first backup again and again, it loses nothing and sends nothing twice', async () => {
    const totalBytes = 135 * MIB;
    plant(30, totalBytes / 30);
    const kept: number[] = [];
    for (const packs of [1, 3, 5]) {
      const run = tidemark(['-r', repository, 'backup', 'source'], {
        cwd: folder,
        onStart: (child) => void untilThere(packs).then(() => child.kill('SIGKILL')),
      });
      expect((await run).code).toBeNull();
      kept.push(bytesOfPacks());
      if (RESTIC !== undefined) {
        const check = await theirs('check', '--no-lock', '--read-data');
        expect(check.code, check.stderr).toBe(0);
      }
    }
    expect(kept[2]).toBeGreaterThan(kept[0]!);
    await succeeds(ours('backup', 'source'));
    // Whoever was killed left a lock, which a backup passes by.
    await succeeds(ours('unlock'));
    expect(filesOf('locks')).toEqual([]);
    // Sealing costs 32 bytes a chunk and a header; nothing is there twice but what was in open packs.
    expect(bytesOfPacks()).toBeLessThan(totalBytes * 1.01 + MIB);
    await succeeds(ours('check', '--read-data'));
    await succeeds(ours('restore', 'latest', '--target', join(folder, 'back')));
    for (const name of fs.readdirSync(source))
      expect(
        fs.readFileSync(join(folder, 'back/source', name)).equals(fs.readFileSync(join(source, name))),
      ).toBe(true);
  }, 120_000);

  it('A4, A6 interrupted, it stops with 130, leaves no lock and no snapshot, and goes on from there', async () => {
    plant(15, 8 * MIB);
    let stoppedAt = 0;
    const run = await tidemark(['-r', repository, 'backup', 'source'], {
      cwd: folder,
      onStart: (child) =>
        void untilThere(2).then(() => {
          stoppedAt = performance.now();
          child.kill('SIGINT');
        }),
    });
    expect(stoppedAt).toBeGreaterThan(0);
    expect(run.code).toBe(130);
    expectPlain(run, /^Stopping\. .*\nStopped as you asked\. /);
    expect(filesOf('locks')).toEqual([]);
    expect(filesOf('snapshots')).toEqual([]);
    const before = bytesOfPacks();
    const rest = lastMessage(await succeeds(ours('backup', '--json', 'source')), 'summary');
    expect(Number(rest['data_added_packed'])).toBeLessThan(120 * MIB - before + 2 * MIB);
    expect(bytesOfPacks()).toBeLessThan(120 * MIB * 1.01 + MIB);
    await succeeds(ours('check', '--read-data'));
  }, 60_000);
});

describe('a disk that fills up', () => {
  it.skipIf(obstacle !== undefined)(
    `C5 gets its sentence; earlier snapshots stay whole, and what was sent is not sent again${needsDisk}`,
    async () => {
      await withSmallDisk({ kind: 'ext4', mib: 96 }, async (disk) => {
        repository = join(disk, 'repository');
        copyFresh(repository);
        plant(4, MIB, 'early');
        await succeeds(ours('backup', 'source'));
        plant(11, 4 * MIB);
        fs.writeFileSync(join(disk, 'other'), Buffer.alloc(45 * MIB));
        const full = await ours('backup', 'source');
        expect(full.code).toBe(1);
        expectPlain(full, /^\S+ is full\. What was saved before is safe\. /);
        expect(filesOf('snapshots')).toHaveLength(1);
        expect(filesOf('locks')).toEqual([]);
        const sentBytes = bytesOfPacks() - 4 * MIB;
        expect(sentBytes).toBeGreaterThan(10 * MIB);
        await succeeds(ours('check', '--read-data'));
        await succeeds(ours('restore', 'latest', '--target', join(folder, 'back')));
        expect(fs.readdirSync(join(folder, 'back/source'))).toHaveLength(4);
        fs.rmSync(join(disk, 'other'));
        await succeeds(ours('backup', 'source'));
        expect(bytesOfPacks()).toBeLessThan(48 * MIB * 1.01 + MIB);
        await succeeds(ours('check', '--read-data'));
      });
    },
    60_000,
  );
});

describe("refused with restic's exit codes", () => {
  it('no repository', async () => {
    const run = await tidemark(['-r', join(folder, 'nowhere'), 'backup', source]);
    expect(run.code).toBe(10);
    expectPlain(run, /nowhere cannot be reached \(there is no such folder\)\. /);
    const empty = await tidemark(['-r', source, 'backup', source]);
    expect(empty.code).toBe(10);
    expectPlain(empty, /^There is no repository at /);
    expect(fs.existsSync(join(folder, 'nowhere'))).toBe(false);
  });

  it('F4 a wrong password', async () => {
    const run = await tidemark(['-r', repository, 'backup', source], { env: { TIDEMARK_PASSWORD: 'wrong' } });
    expect(run.code).toBe(12);
    expectPlain(run, /^The password does not open /);
  });

  it('a missing source', async () => {
    const run = await ours('backup', 'source', 'missing');
    expect(run.code).toBe(1);
    expectPlain(run, /missing is not there\. Nothing was saved this time\. /);
    expect(filesOf('snapshots')).toEqual([]);
  });

  it.skipIf(RESTIC === undefined)(`a repository that restic holds alone${needsRestic}`, async () => {
    plant(1, 10);
    // A check of restic's holds the lock; a fifo as its password file keeps it there, a copy of its lock does as well.
    const lock = await heldByRestic();
    const run = await ours('backup', 'source');
    expect(run.code).toBe(11);
    expectPlain(run, /^The repository is in use by .+@.+ \(process \d+\) since .*\. Nothing was changed\. /);
    expect(filesOf('snapshots')).toEqual([]);
    fs.rmSync(lock);
    await succeeds(ours('backup', 'source'));
  });

  /** Stops restic while it holds the repository exclusively, and keeps its lock. */
  async function heldByRestic(): Promise<string> {
    plant(40, 100_000, 'more');
    await succeeds(theirs('backup', '-q', 'source'));
    for (const path of filesOf('snapshots')) fs.rmSync(path);
    const run = theirs('prune');
    let kept = '';
    while (kept === '') {
      const [lock] = filesOf('locks');
      if (lock !== undefined) {
        try {
          fs.linkSync(lock, join(folder, 'lock'));
          kept = lock;
        } catch {
          // It was just being made or removed.
        }
      }
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    await run;
    fs.linkSync(join(folder, 'lock'), kept);
    return kept;
  }
});

describe('what cannot be read', () => {
  it.skipIf(!isRoot)(`D4 is listed, the rest is saved, the exit code is 3${needsRoot}`, async () => {
    plant(3, 100);
    for (const name of ['closed', 'closed/inner']) fs.mkdirSync(join(source, name));
    fs.writeFileSync(join(source, 'closed/inner/x'), 'x');
    fs.chmodSync(join(source, 'closed'), 0o700);
    fs.chmodSync(join(source, 'file-1'), 0o600);
    fs.cpSync(repository, join(folder, 'theirs'), { recursive: true });
    await runProgram('chown', ['-R', String(NOBODY), join(folder, 'theirs')]);
    repository = join(folder, 'theirs');
    const asNobody = { cwd: folder, uid: NOBODY };
    const run = await tidemark(['-r', repository, 'backup', 'source'], asNobody);
    expect(run.code).toBe(3);
    expect(
      run.stderr
        .split('\n')
        .filter((line) => line.startsWith('Not read: '))
        .sort(),
    ).toEqual(
      [
        `Not read: source/closed (you have no permission for it)`,
        `Not read: source/file-1 (you have no permission for it)`,
      ].map((line) => expect.stringContaining(line.slice(10, 25))),
    );
    expect(run.stderr).toMatch(/2 files or folders could not be read; everything else is saved/);
    const listing = await tidemark(['-r', repository, 'ls', 'latest'], asNobody);
    expect(listing.stdout).toContain('/source/file-0');
    expect(listing.stdout).not.toContain('file-1');
    // Once more: nothing else has changed, and each is named once.
    const again = await tidemark(['-r', repository, 'backup', 'source'], asNobody);
    expect(again.code).toBe(3);
    expect(again.stderr.match(/Not read/g)).toHaveLength(2);
  });

  it.skipIf(!isRoot)(
    `no unchanged file is opened, and a folder that is closed now is named once${needsRoot}`,
    async () => {
      plant(2, 100);
      fs.chmodSync(join(source, 'file-1'), 0o600);
      fs.mkdirSync(join(source, 'closed'), { mode: 0o700 });
      fs.writeFileSync(join(source, 'closed/x'), 'x');
      await succeeds(ours('backup', 'source'));
      await runProgram('chown', ['-R', String(NOBODY), repository]);
      const run = await tidemark(['-r', repository, 'backup', '--json', 'source'], {
        cwd: folder,
        uid: NOBODY,
      });
      expect(run.code).toBe(3);
      expect(lastMessage(run, 'summary')).toMatchObject({ files_unmodified: 2, data_blobs: 0 });
      expect(run.stderr.match(/"message_type":"error"/g)).toHaveLength(1);
    },
  );
});

describe('damage in the repository', () => {
  beforeEach(async () => {
    plant(5, MIB);
    await succeeds(ours('backup', 'source'));
  });

  function flip(path: string, at: (size: number) => number): void {
    const bytes = fs.readFileSync(path);
    const offset = at(bytes.length);
    bytes[offset]! ^= 1;
    fs.chmodSync(path, 0o600);
    fs.writeFileSync(path, bytes);
  }

  const middle = (size: number): number => size >> 1;
  const largest = (): string => filesOf('data').sort((a, b) => fs.statSync(b).size - fs.statSync(a).size)[0]!;

  it.each<[string, () => void]>([
    ['a flipped bit in a pack', () => flip(largest(), middle)],
    ['a flipped bit in the index', () => flip(filesOf('index')[0]!, middle)],
    ['a flipped bit in the snapshot', () => flip(filesOf('snapshots')[0]!, middle)],
    ['a pack cut short', () => fs.truncateSync(largest(), 2 * MIB)],
    ['a missing pack', () => fs.rmSync(largest())],
    ['a missing index', () => fs.rmSync(filesOf('index')[0]!)],
  ])(
    '%s is found by check and by restore; nothing wrong is restored',
    async (_name, damage) => {
      damage();
      const check = await ours('check', '--read-data');
      expect(check.code, check.stdout).toBe(1);
      expectPlain(check, /./);
      const target = join(folder, 'back');
      const restored = await ours('restore', 'latest', '--target', target);
      expect(restored.code, restored.stdout).toBe(1);
      expectPlain(restored, /./);
      const there = fs.existsSync(join(target, 'source')) ? fs.readdirSync(join(target, 'source')) : [];
      for (const name of there)
        expect(
          fs.readFileSync(join(target, 'source', name)).equals(fs.readFileSync(join(source, name))),
        ).toBe(true);
    },
    30_000,
  );
});
