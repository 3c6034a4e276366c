/** Restores that keep what they replace, and undos, stopped at every step that changes the disk. */
import { execFileSync, spawnSync, type SpawnSyncReturns } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { textToByteString } from '#base/byte-string.ts';
import { systemClock } from '#base/system-clock.ts';
import { machineIdentity } from '#core/machine-identity.ts';
import { createTargetFiles } from '#files/open-files.ts';
import type { TidemarkError } from '#base/errors.ts';
import type { TargetFiles } from '#files/port.ts';
import type { RestoreRule } from '#operations/restore/rules.ts';
import type { RestoreResult } from '#operations/restore/types.ts';
import { createPrimitives } from '#primitives/node-primitives.ts';
import { executeUndo } from '#operations/undo/execute.ts';
import type { Repository } from '#repository/repository.ts';
import { backUp, makeLocalRepository, makeMemoryRepository, TEST_PASSWORD } from '#test/support/engine.ts';
import { contentsOf, restore, undo, type RestoreOptions } from '#test/support/restore.ts';
import { smallDiskObstacle, withSmallDisk } from '#test/support/small-disk.ts';
import { steppingFiles } from '#test/support/stepping-files.ts';
import {
  changesSince,
  copyTree,
  lostOrHalf,
  makeSource,
  makeToday,
  restoreAs,
} from '#test/support/undo-world.ts';

/** Above the largest number that a process can have: such a process is dead when others look. */
const DEAD = { pid: 4_194_305 };
const CHILD = fileURLToPath(new URL('../support/undo-child.ts', import.meta.url));
const base = fs.mkdtempSync(join(tmpdir(), 'tidemark-undo-faults-'));
const source = join(base, 'source');
const before = join(base, 'before');
const target = join(base, 'target');
let snapshot = `latest:${source}`;
let repository: Repository;

beforeAll(async () => {
  makeSource(source);
  makeToday(before);
  ({ repository } = await makeMemoryRepository());
  const { snapshotId } = await backUp(repository, source);
  snapshot = `${snapshotId}:${source}`;
});
afterAll(() => fs.rmSync(base, { recursive: true, force: true }));

/** Nothing changes the disk from the given step on. */
class Stopped extends Error {}

function stoppingAt(step: number): { files: TargetFiles; stepsTaken: () => number } {
  let steps = 0;
  const files = steppingFiles(createTargetFiles(), () => {
    if (steps >= step) throw new Stopped();
    steps++;
  });
  return { files, stepsTaken: () => steps };
}

/** What differs from before after an undo; without the target's own time where the restore had not begun. */
async function changesAfterUndo(hadBegun = true): Promise<string[]> {
  let hasBegun = fs.existsSync(join(target, '.tidemark-undo'));
  try {
    if (hasBegun) expect((await undo(target)).result.isComplete).toBe(true);
  } catch (error) {
    expect(error).toMatchObject({ code: 'request.invalidInput' });
    const { what } = (error as TidemarkError<'request.invalidInput'>).data;
    hasBegun = what.includes('is taken back already') && fs.existsSync(join(target, '.tidemark-undo'));
  }
  return changesSince(before, target).filter(
    (line) => (hasBegun && hadBegun) || !line.startsWith('.: mtime'),
  );
}

const restoreInto = (
  at: string,
  overwrite: RestoreRule,
  files?: TargetFiles,
  job?: string,
): ReturnType<typeof restoreAs> =>
  restoreAs(repository, DEAD, {
    target: at,
    snapshot,
    overwrite,
    ...(files && { files }),
    ...(job === undefined ? {} : { job }),
  });

test.each([
  ['exact', 0, 2],
  ['exact', 1, 2],
  ['keep-both', 0, 4],
  ['replace-keep-current', 0, 5],
] as const)(
  'G1 a restore (%s) stopped at step %i and every %ith from there: nothing lost or half, and its undo brings everything back',
  async (overwrite, first, stride) => {
    for (let step = first; ; step += stride) {
      copyTree(before, target);
      const { files, stepsTaken } = stoppingAt(step);
      const end = await restoreInto(target, overwrite, files).catch((error: unknown) => error);
      const isWhole = !(end instanceof Error) && stepsTaken() < step;
      expect(lostOrHalf(before, source, target), `stopped at step ${step}`).toEqual([]);
      expect(await changesAfterUndo(), `undone after step ${step}`).toEqual([]);
      if (isWhole) {
        expect(step).toBeGreaterThan(40);
        return;
      }
    }
  },
);

/** By hand: 1, which is every step of a second run after every step of a first one. */
const STOP_EVERY = Number(process.env['TIDEMARK_STOP_EVERY'] ?? '31');

test.each(['exact', 'keep-both', 'replace-keep-current'] as const)(
  'G1 a restore (%s) stopped at any step goes on and is stopped again: nothing lost or half, and one undo brings everything back',
  async (overwrite) => {
    const written = ({ files }: RestoreResult): number => files.restored + files.updated + files.beside;
    copyTree(before, target);
    const once = await restoreInto(target, overwrite);
    const { '.tidemark-undo': _undo, ...whole } = contentsOf(target);
    const names = Object.keys(whole).filter((name) => !name.startsWith('.tidemark-undo/'));
    for (let step = 0, isWhole = false; !isWhole; step += STOP_EVERY) {
      for (let next = 0, isNextWhole = false; !isNextWhole; next += STOP_EVERY) {
        const where = `stopped at step ${step}, then ${next}`;
        copyTree(before, target);
        let hadBegun = true;
        const stops = [stoppingAt(step), stoppingAt(next)] as const;
        for (const { files } of stops) {
          await restoreInto(target, overwrite, files, 'job').catch((error: unknown) => error);
          const names = Object.keys(contentsOf(target));
          const isBegun = names.some((name) => name.endsWith('/record'));
          // Between making the folder and the record, the time of the target is not remembered yet.
          if (names.includes('.tidemark-undo') && !isBegun) hadBegun = false;
          expect(lostOrHalf(before, source, target), where).toEqual([]);
        }
        [isWhole, isNextWhole] = stops.map((stop, at) => stop.stepsTaken() < [step, next][at]!) as [
          boolean,
          boolean,
        ];
        if (next % 2 === 0) {
          const last = await restoreInto(target, overwrite, undefined, 'job');
          expect(last.problems, where).toEqual(once.problems);
          expect(written(last), where).toBe(written(once));
          expect(last.files.removed, where).toBe(once.files.removed);
          const now = contentsOf(target);
          expect(Object.fromEntries(names.map((name) => [name, now[name]])), where).toEqual(
            Object.fromEntries(names.map((name) => [name, whole[name]])),
          );
          expect(JSON.stringify(Object.keys(now)), where).not.toContain('.tidemark-restore-');
        }
        expect(await changesAfterUndo(hadBegun), where).toEqual([]);
      }
    }
  },
);

test('G1 an undo stopped at any step: nothing lost, and the next one finishes it', async () => {
  for (let step = 0; ; step++) {
    copyTree(before, target);
    await restoreInto(target, 'exact');
    const { files, stepsTaken } = stoppingAt(step);
    const parts = {
      files,
      clock: systemClock,
      identity: machineIdentity(),
      primitives: createPrimitives(),
    };
    const end = await executeUndo(parts, { folder: textToByteString(target), force: false }).catch(
      (error: unknown) => error,
    );
    expect(lostOrHalf(before, source, target), `stopped at step ${step}`).toEqual([]);
    expect(await changesAfterUndo(), `undone after step ${step}`).toEqual([]);
    if (!(end instanceof Error) && stepsTaken() < step) {
      expect(step).toBeGreaterThan(15);
      return;
    }
  }
});

/** By hand: every step. */
const KILL_EVERY = Number(process.env['TIDEMARK_KILL_EVERY'] ?? '17');

test('a restore process killed at some steps: the same, and a further restore goes on where it was', async () => {
  const folder = join(base, 'repository');
  const saved = await makeLocalRepository(folder);
  await backUp(saved, source);
  const latest = `latest:${source}`;
  const kill = (step: number): SpawnSyncReturns<string> =>
    spawnSync(process.execPath, [CHILD, folder, TEST_PASSWORD, latest, target, 'exact', String(step)], {
      encoding: 'utf8',
    });
  let kills = 0;
  for (let step = 3; ; step += KILL_EVERY) {
    copyTree(before, target);
    const { signal, stdout, stderr } = kill(step);
    expect(lostOrHalf(before, source, target), `killed at step ${step}`).toEqual([]);
    if (signal === null) {
      expect(Number(stdout), stderr).toBeGreaterThan(40);
      break;
    }
    kills++;
    const hasBegun = Object.keys(contentsOf(target)).some((name) => name.endsWith('/record'));
    if (kills % 2 === 0) {
      await restoreAs(saved, {}, { target, snapshot: latest, overwrite: 'exact' });
      expect(contentsOf(target)).toMatchObject(contentsOf(source));
      expect(JSON.stringify(Object.keys(contentsOf(target)))).not.toContain('.tidemark-restore-');
      expect((await undo(target)).result.isComplete).toBe(true);
    }
    expect(await changesAfterUndo(hasBegun), `undone after a kill at step ${step}`).toEqual([]);
  }
  expect(kills).toBeGreaterThan(2);
});

const obstacle = await smallDiskObstacle();
describe.skipIf(obstacle !== undefined)(
  `disks${obstacle === undefined ? '' : ` (SKIPPED: ${obstacle})`}`,
  () => {
    const many = join(base, 'many');
    const snapshotOfMany = `latest:${many}`;
    beforeAll(async () => {
      for (let i = 0; i < 60; i++) {
        fs.mkdirSync(join(many, `d${i % 6}`), { recursive: true });
        fs.writeFileSync(join(many, `d${i % 6}`, `f${i}`), randomBytes(200_000));
      }
      await backUp(repository, many);
    });
    const fill = (disk: string): void => {
      fs.mkdirSync(join(disk, 'd0'));
      for (let i = 0; i < 60; i += 6) fs.writeFileSync(join(disk, 'd0', `f${i}`), randomBytes(20_000));
    };
    const restoreMany = (disk: string, changes: RestoreOptions = {}): ReturnType<typeof restore> =>
      restore(repository, disk, { snapshot: snapshotOfMany, overwrite: 'replace-keep-current', ...changes });

    test('G2 too little room is told before anything is touched', async () => {
      await withSmallDisk({ kind: 'tmpfs', mib: 6 }, async (disk) => {
        fill(disk);
        const found = contentsOf(disk);
        await expect(restoreMany(disk)).rejects.toMatchObject({
          code: 'files.notEnoughRoom',
          data: { neededBytes: 12_000_000 },
        });
        expect(contentsOf(disk)).toEqual(found);
        // Room for what is missing is enough.
        for (let i = 0; i < 60; i++)
          if (i % 6 > 0) {
            fs.mkdirSync(join(disk, `d${i % 6}`), { recursive: true });
            if (i < 12) fs.copyFileSync(join(many, `d${i % 6}`, `f${i}`), join(disk, `d${i % 6}`, `f${i}`));
          }
        const include = { patterns: ['f0', 'f1', 'f6', 'f7'].map(textToByteString) };
        expect((await restoreMany(disk, { include })).problems).toEqual([]);
      });
    });
    test.each(['ext4', 'tmpfs'] as const)(
      '%s runs full: it stops, and the undo needs no room',
      async (kind) => {
        await withSmallDisk({ kind, mib: kind === 'ext4' ? 12 : 6 }, async (disk) => {
          fill(disk);
          const found = contentsOf(disk);
          await expect(restoreMany(disk, { ignoreSpace: true })).rejects.toMatchObject({
            code: 'files.noSpace',
          });
          expect((await undo(disk)).result.isComplete).toBe(true);
          const { '.tidemark-undo': _undo, ...now } = contentsOf(disk);
          expect(
            Object.fromEntries(Object.entries(now).filter(([name]) => !name.startsWith('.tidemark-undo/'))),
          ).toEqual(found);
        });
      },
    );
    test('another file system below: what is kept stays on it, and comes back', async () => {
      copyTree(before, target);
      await withSmallDisk({ kind: 'tmpfs', mib: 4 }, async (disk) => {
        execFileSync('cp', ['-a', `${target}/a/.`, disk]);
        fs.rmSync(join(target, 'a'), { recursive: true });
        fs.mkdirSync(join(target, 'a'));
        execFileSync('mount', ['--bind', disk, join(target, 'a')]);
        try {
          const result = await restore(repository, target, { snapshot, overwrite: 'exact' });
          expect(result.problems).toEqual([]);
          expect(fs.readFileSync(join(target, 'a', 'replaced'), 'utf8')).toBe('saved');
          expect(fs.readdirSync(join(target, 'a', '.tidemark-undo'))).toContain(result.undoId);
          expect((await undo(target)).result.isComplete).toBe(true);
          expect(contentsOf(join(target, 'a'))).toEqual(contentsOf(join(before, 'a')));
        } finally {
          execFileSync('umount', [join(target, 'a')]);
        }
      });
    });
  },
);
