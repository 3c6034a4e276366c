/**
 * restic and the built product take turns on one repository, a few random steps in every run and hundreds by hand:
 * `TAKE_TURNS_SEED=7 TAKE_TURNS_STEPS=200 vitest run test/interop/take-turns.test.ts`. A failure names its seed and all that
 * was done; seeds that once failed are kept below with the number of steps it took.
 */
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { NO_RESTIC } from '#test/support/restic.ts';
import { takeTurns } from '#test/support/take-turns/take-turns.ts';
import { turnPrograms } from '#test/support/take-turns/turn-program.ts';

const KEPT_SEEDS: readonly { readonly seed: number; readonly steps: number }[] = [];
const seed = process.env['TAKE_TURNS_SEED'];
const steps = Number(process.env['TAKE_TURNS_STEPS'] ?? 15);
const runs = seed === undefined ? [{ seed: 21, steps }, ...KEPT_SEEDS] : [{ seed: Number(seed), steps }];

const programs = turnPrograms();
const obstacle = programs.length > 1 ? '' : ` (skipped: ${NO_RESTIC})`;
const isKept = process.env['TAKE_TURNS_KEEP'] !== undefined;

test.skipIf(programs.length < 2).each(runs)(
  `E10 restic and tidemark take turns: seed $seed, $steps steps${obstacle}`,
  async (run) => {
    const base = fs.existsSync('/dev/shm') ? '/dev/shm' : tmpdir();
    const folder = fs.mkdtempSync(join(base, 'tidemark-turns-'));
    try {
      const startedMs = performance.now();
      const { steps: taken } = await takeTurns(programs, {
        folder,
        ...run,
        proveEvery: seed === undefined ? run.steps : 20,
      });

      console.log(
        `seed ${run.seed}: ${JSON.stringify(taken)} in ${Math.round(performance.now() - startedMs)} ms`,
      );
      expect(Object.values(taken).reduce((sum, count) => sum + count)).toBe(run.steps);
    } finally {
      if (!isKept) fs.rmSync(folder, { recursive: true, force: true });
    }
  },
  60_000 + 20_000 * steps,
);
