/**
 * The built product killed (SIGKILL) at random moments of its work. After each kill every version that was there is
 * there, the repository is sound, the next run of the same person needs no unlocking and ends well, and the next prune
 * leaves nothing over. A dozen kills in every run; by hand `KILLED_RUNS=200 vitest run test/faults/killed-processes.test.ts`.
 */
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  expectDone,
  KILLED_OPERATIONS,
  KillRange,
  product,
  type KilledOperation,
} from '#test/support/killed-operations.ts';
import { killAfterLock } from '#test/support/killed-run.ts';
import { comparePictures, takePicture, withoutEntries, type Picture } from '#test/support/picture.ts';
import { PRODUCT_PASSWORD, runProgram } from '#test/support/product.ts';
import { resticPrograms } from '#test/support/restic.ts';

/** Shared out among the operations; a restore comes last. */
const KILLS = Number(process.env['KILLED_RUNS'] ?? 12);
const KINDS = KILLED_OPERATIONS.length + 1;
const isByHand = process.env['KILLED_RUNS'] !== undefined;
const TIME_LIMIT_MS = 60_000 + 30_000 * roundsOf(0);

let base = '';
let range: KillRange;
const kills: Record<string, number> = {};

beforeAll(async () => {
  base = fs.mkdtempSync(join(fs.existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'tidemark-killed-'));
  range = await KillRange.create(base);
});

afterAll(() => {
  fs.rmSync(base, { recursive: true, force: true });
  if (isByHand) console.log(`kills: ${JSON.stringify(kills)}`);
});

function roundsOf(kind: number): number {
  return Math.floor((KILLS + KINDS - 1 - kind) / KINDS);
}

/** In slices of the whole work, so that few rounds too meet its beginning and its end. */
function momentOf(round: number, rounds: number, workedMs: number): number {
  return ((round + Math.random()) / rounds) * workedMs;
}

describe.each(KILLED_OPERATIONS)('$name', (operation) => {
  const rounds = roundsOf(KILLED_OPERATIONS.indexOf(operation));

  test(
    `loses nothing when it is killed, ${rounds} times`,
    async () => {
      const outcome = await range.reference(operation);
      for (let round = 0; round < rounds; round++) {
        const delayMs = momentOf(round, rounds, outcome.workedMs);
        const place = range.makePlace(operation);
        const { run, wasKilled } = await range.run(operation, place, delayMs);
        if (wasKilled) kills[operation.name] = (kills[operation.name] ?? 0) + 1;
        else expectDone(run, operation.name);
        const at = `killed ${delayMs.toFixed(0)} ms after its lock`;
        // An index that was lost before is not there again before the repair has ended.
        if (operation.prepare === undefined)
          expect(await range.wrongAfterKill(operation, place, outcome), at).toEqual([]);
        await expectResticAgrees(operation, place[operation.writes]);
        const cutOff = range.cutOffLocks(operation, place);
        expectDone(await product(place, operation.writes, operation.args(place)), `the next run, ${at},`);
        expect(await range.wrongAfterNextRun(operation, place, outcome, cutOff), at).toEqual([]);
        expect(await range.leftAfterPrune(operation, place), at).toEqual([]);
        fs.rmSync(place.folder, { recursive: true });
      }
    },
    TIME_LIMIT_MS,
  );
});

/** Reads everything with the newest restic, where there is one. */
async function expectResticAgrees(operation: KilledOperation, folder: string): Promise<void> {
  const restic = resticPrograms().at(-1);
  if (restic === undefined || operation.prepare !== undefined || !isByHand) return;
  const args = ['-r', folder, '--no-cache', '--no-lock', 'check', '--read-data'];
  expectDone(
    await runProgram(restic.path, args, { env: { RESTIC_PASSWORD: PRODUCT_PASSWORD } }),
    'restic check',
  );
}

describe('restore into a folder in use', () => {
  const prune = KILLED_OPERATIONS[1]!;
  const rounds = roundsOf(KINDS - 1);

  test(
    `can be undone, or ended by the next one, when it is killed, ${rounds} times`,
    async () => {
      const reference = range.makePlace(prune);
      const target = (place: typeof reference): string => join(place.folder, 'present');
      const args = (place: typeof reference): string[] => [
        'restore',
        'latest:/source',
        '--target',
        target(place),
        '--overwrite',
        'exact',
      ];
      plantPresent(reference.source, target(reference));
      const before = picture(target(reference));
      const { run, workedMs } = await killAfterLock(reference.repository, undefined, (onStart) =>
        product(reference, 'repository', args(reference), onStart),
      );
      expectDone(run, 'restore');
      const after = picture(target(reference));
      expect(comparePictures(before, after).length).toBeGreaterThan(10);
      for (let round = 0; round < rounds; round++) {
        const delayMs = momentOf(round, rounds, workedMs);
        const place = range.makePlace(prune);
        plantPresent(place.source, target(place));
        const present = picture(target(place));
        const { wasKilled } = await killAfterLock(place.repository, delayMs, (onStart) =>
          product(place, 'repository', args(place), onStart),
        );
        if (wasKilled) kills['restore'] = (kills['restore'] ?? 0) + 1;
        const at = `killed ${delayMs.toFixed(0)} ms after its lock`;
        if (round % 2 === 0) {
          expectDone(await product(place, 'repository', args(place)), `the next restore, ${at},`);
          expect(comparePictures(after, picture(target(place))), at).toEqual([]);
          expectDone(await product(place, 'repository', ['undo', '--target', target(place)]), `undo, ${at},`);
        }
        const undo = await product(place, 'repository', ['undo', '--target', target(place)]);
        // Killed before it began, there is nothing to take back.
        if (undo.code !== 0) expect(undo.stderr).toMatch(/taken back already|no restore/);
        expect(comparePictures(present, picture(target(place))), at).toEqual([]);
        fs.rmSync(place.folder, { recursive: true });
      }
    },
    TIME_LIMIT_MS,
  );

  /** The source as it is now: newer than every version, partly the same. */
  function plantPresent(source: string, target: string): void {
    fs.cpSync(source, target, { recursive: true, preserveTimestamps: true, verbatimSymlinks: true });
  }

  /** Without the folder itself, whose time changes, and without what is kept to undo. */
  function picture(folder: string): Picture {
    const whole = withoutEntries(takePicture(folder), (path) => path.startsWith('.tidemark'));
    return new Map([...whole].filter(([path]) => path !== '.'));
  }
});

test('the kills met the work', () => {
  expect(Object.values(kills).reduce((sum, count) => sum + count, 0)).toBeGreaterThan(KILLS / 3);
});
