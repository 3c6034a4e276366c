/** Restores that are killed, run out of space, are stopped, or lack permissions. */
import { spawnSync, type SpawnSyncReturns } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { TidemarkError } from '#base/errors.ts';
import type { RestoreResult } from '#operations/restore/types.ts';
import type { Repository } from '#repository/repository.ts';
import { isRoot } from '#test/support/as-nobody.ts';
import { compareTrees } from '#test/support/compare-trees.ts';
import { backUp, makeLocalRepository, TEST_PASSWORD } from '#test/support/engine.ts';
import { FaultStorage } from '#test/support/fault-storage.ts';
import { problemsOf, restore } from '#test/support/restore.ts';
import { smallDiskObstacle, withSmallDisk } from '#test/support/small-disk.ts';

const CHILD = fileURLToPath(new URL('../support/restore-child.ts', import.meta.url));
const NOBODY = 65534;
const base = fs.mkdtempSync(join(tmpdir(), 'tidemark-restore-faults-'));
const source = join(base, 'source');
const target = join(base, 'target');
const folder = join(base, 'repository');
const snapshot = `latest:${source}`;
let repository: Repository;

beforeAll(async () => {
  fs.chmodSync(base, 0o755);
  for (let i = 0; i < 40; i++) {
    fs.mkdirSync(join(source, `d${i}`), { recursive: true });
    for (let j = 0; j < 10; j++) fs.writeFileSync(join(source, `d${i}`, `f${j}`), randomBytes(500 + 977 * j));
  }
  fs.writeFileSync(join(source, 'd7', 'large'), randomBytes(30_000_000));
  fs.linkSync(join(source, 'd0', 'f1'), join(source, 'd39', 'linked'));
  fs.symlinkSync('nowhere', join(source, 'd3', 'link'));
  fs.chmodSync(join(source, 'd5', 'f5'), 0o400);
  fs.chmodSync(join(source, 'd6'), 0o500);
  repository = await makeLocalRepository(folder);
  await backUp(repository, source);
});
beforeEach(() => fs.rmSync(target, { recursive: true, force: true }));
afterAll(() => fs.rmSync(base, { recursive: true, force: true }));

function restoreInChild(options: { uid?: number; killAfter?: number } = {}): SpawnSyncReturns<string> {
  const { uid = '', killAfter = '' } = options;
  const args = [CHILD, folder, TEST_PASSWORD, snapshot, target, String(uid), String(killAfter)];
  return spawnSync(process.execPath, args, { encoding: 'utf8', maxBuffer: 1 << 26 });
}

const isTemporary = (name: string): boolean => name.includes('.tidemark-restore-');

function namesIn(at: string): string[] {
  return fs.readdirSync(at, { recursive: true, encoding: 'utf8' });
}

/** Every file under its final name has the source's content, mode and time. Returns how many there are. */
function expectOnlyWholeFiles(at: string): number {
  let files = 0;
  for (const name of namesIn(at)) {
    const stat = fs.lstatSync(join(at, name));
    if (!stat.isFile() || isTemporary(name)) continue;
    const original = fs.lstatSync(join(source, name));
    expect([stat.mode, stat.mtimeMs, stat.size]).toEqual([original.mode, original.mtimeMs, original.size]);
    expect(fs.readFileSync(join(at, name)).equals(fs.readFileSync(join(source, name)))).toBe(true);
    files++;
  }
  return files;
}

test.each([1, 15, 60, 200, 400])(
  'G1 killed after %i files: no half file under a final name, and the next run does only the rest',
  async (killAfter) => {
    expect(restoreInChild({ killAfter }).signal).toBe('SIGKILL');
    const there = expectOnlyWholeFiles(target);
    const result = await restore(repository, target, { snapshot });
    expect(result.problems).toEqual([]);
    expect(result.files.unchanged).toBeGreaterThanOrEqual(there);
    expect(result.files.restored + result.files.unchanged).toBe(403);
    expect(compareTrees(source, target, { ignore: ['root'] })).toEqual([]);
  },
);

const obstacle = await smallDiskObstacle();
const unlessDisk = obstacle === undefined ? '' : ` (SKIPPED: ${obstacle})`;
describe.skipIf(obstacle !== undefined)(`a full disk${unlessDisk}`, () => {
  test.each(['ext4', 'tmpfs'] as const)(
    'G2 %s: stops, keeps what is whole, leaves nothing half',
    async (kind) => {
      await withSmallDisk({ kind, mib: 20 }, async (disk) => {
        const at = join(disk, 'target');
        await expect(restore(repository, at, { snapshot, ignoreSpace: true })).rejects.toMatchObject({
          code: 'files.noSpace',
          retry: 'afterUser',
        });
        expectOnlyWholeFiles(at);
        expect(namesIn(at).filter(isTemporary)).toEqual([]);
      });
    },
  );
  test('no more inodes', async () => {
    await withSmallDisk({ kind: 'tmpfs', mib: 64, inodes: 60 }, async (disk) => {
      await expect(restore(repository, disk, { snapshot })).rejects.toMatchObject({ code: 'files.noSpace' });
      expectOnlyWholeFiles(disk);
      expect(namesIn(disk).filter(isTemporary)).toEqual([]);
    });
  });
});

test('A4 cancelled in the midst of a large file: within two seconds, and nothing half is left', async () => {
  const controller = new AbortController();
  const started = performance.now();
  let cancelledAt = Infinity;
  const observer = {
    onProgress: ({ bytesRestored }: { bytesRestored: number }): void => {
      if (bytesRestored < 2_000_000 || cancelledAt < Infinity) return;
      cancelledAt = performance.now() - started;
      controller.abort();
    },
  };
  const run = restore(repository, target, { snapshot, observer, signal: controller.signal });
  await expect(run).rejects.toMatchObject({ code: 'job.cancelled' });
  expectOnlyWholeFiles(target);
  expect(namesIn(target).filter(isTemporary)).toEqual([]);
});

test('G7 the storage goes away in the midst of it: the error says so, and nothing half is left', async () => {
  const gone = new TidemarkError('storage.unreachable', { location: 'there', reason: 'gone' });
  const storage = new FaultStorage(repository.storage);
  storage.plan('load', { kind: 'fail', error: gone }, { type: 'pack', skip: 4, times: Infinity });
  await expect(restore(repository, target, { snapshot, storage })).rejects.toBe(gone);
  storage.assertAllReached();
  expect(expectOnlyWholeFiles(target)).toBeLessThan(402);
  expect(namesIn(target).filter(isTemporary)).toEqual([]);
});

test('G4 a pack that is cut short costs the files behind the cut only', async () => {
  const storage = new FaultStorage(repository.storage);
  const rangeInvalid = new TidemarkError('storage.rangeInvalid', {
    kind: 'pack',
    name: 'x',
    offset: 0,
    length: 1,
  });
  storage.plan('load', { kind: 'fail', error: rangeInvalid }, { type: 'pack', skip: 3 });
  const result = await restore(repository, target, { snapshot, storage });
  // Asked for by itself, each blob was there after all.
  expect(result.problems).toEqual([]);
  expect(compareTrees(source, target, { ignore: ['root'] })).toEqual([]);
});

describe.runIf(isRoot)(`as somebody without rights${isRoot ? '' : ' (SKIPPED: needs root)'}`, () => {
  test('everything is there, what could not be given is told', () => {
    fs.mkdirSync(target);
    fs.chownSync(target, NOBODY, NOBODY);
    fs.chmodSync(folder, 0o755);
    openUp(folder);
    const result = JSON.parse(restoreInChild({ uid: NOBODY }).stdout) as RestoreResult;
    expect(result.problems).toEqual([]);
    expect(result.files.restored).toBe(403);
    expect(new Set(result.warnings.map(({ problem }) => problem.what))).toEqual(new Set(['owner']));
    expect(compareTrees(source, target, { ignore: ['root', 'owners'] })).toEqual([]);
  });
  test('a target that may not be written', () => {
    openUp(folder);
    fs.mkdirSync(target, { mode: 0o755 });
    const result = JSON.parse(restoreInChild({ uid: NOBODY }).stdout) as RestoreResult;
    expect(result.problemCounts.failed).toBe(40);
    expect(problemsOf(result)[0]).toBe('/d0 failed EACCES');
    fs.rmdirSync(target);
    expect(JSON.parse(restoreInChild({ uid: NOBODY }).stdout)).toEqual({ code: 'files.targetNotWritable' });
  });
});

/** For reading by anybody. */
function openUp(at: string): void {
  for (const name of ['', ...namesIn(at)]) {
    const path = join(at, name);
    fs.chmodSync(path, fs.statSync(path).isDirectory() ? 0o755 : 0o644);
  }
}
