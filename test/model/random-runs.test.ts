/**
 * Random runs of everything that happens to a repository, against a model of what must be restorable: changes, backups
 * with and without hints, forget, prune, restores and their undo, kills at any call to the store, jumps of the clock, sleep in
 * mid-work, second clients. By hand: `RANDOM_RUNS_SECONDS=600 RANDOM_RUNS_SEED=1000 vitest run test/model`. A failure prints
 * its seed and the shortest run found that fails as well; seeds that once failed are kept below.
 */
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeMemoryRepository, type MemoryRepository } from '#test/support/engine.ts';
import {
  performRun,
  planRun,
  shrinkRun,
  type RunFailure,
  type RunPlan,
} from '#test/support/random-runs/random-runs.ts';

/** With the number of actions it took. */
const KEPT_SEEDS: readonly (readonly [seed: number, actions: number])[] = [];
const FIRST_SEED = Number(process.env['RANDOM_RUNS_SEED'] ?? 1);
const SECONDS = Number(process.env['RANDOM_RUNS_SECONDS'] ?? 0);
const ACTIONS = Number(process.env['RANDOM_RUNS_ACTIONS'] ?? 40);
/** Without a time given. */
const RUNS = 12;
const SHRINKING_RUNS = 60;

let base = '';
let empty: MemoryRepository;

beforeAll(async () => {
  base = fs.mkdtempSync(join(fs.existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'tidemark-random-'));
  empty = await makeMemoryRepository();
});

afterAll(() => fs.rmSync(base, { recursive: true, force: true }));

test.each(KEPT_SEEDS)(
  'seed %i, which once failed',
  async (seed, actions) => expectGood(seed, actions),
  120_000,
);

test(
  'what must be restorable is, whatever happens',
  async () => {
    const endMs = performance.now() + SECONDS * 1000;
    let runs = 0;
    for (; SECONDS > 0 ? performance.now() < endMs : runs < RUNS; runs++)
      await expectGood(FIRST_SEED + runs, ACTIONS);
    if (SECONDS > 0) console.log(`${runs} runs of ${ACTIONS} actions, seeds from ${FIRST_SEED}`);
  },
  120_000 + 2000 * SECONDS,
);

async function expectGood(seed: number, actions: number): Promise<void> {
  const plan = planRun(seed, actions);
  const failure = await performRun(base, empty, plan);
  if (failure === undefined) return;
  const cut = plan.slice(0, failure.actions);
  const shrunk = await shrinkRun(base, empty, cut, SHRINKING_RUNS);
  expect.fail(report(seed, failure, shrunk.plan, shrunk.failure ?? failure));
}

function report(seed: number, first: RunFailure, plan: RunPlan, { message, notes }: RunFailure): string {
  return [
    `seed ${seed} fails after ${first.actions} actions: ${first.message.split('\n')[0]}`,
    `and so do these ${plan.length}: ${JSON.stringify(plan)}`,
    ...notes,
    message,
  ].join('\n');
}
