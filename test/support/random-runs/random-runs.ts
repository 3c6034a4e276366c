/**
 * Random runs against the model. A run is a list of actions, each with a seed of its own, so that a failing one can be cut
 * down: actions are left out as long as it still fails.
 */
import fs from 'node:fs';
import { join } from 'node:path';
import { SeededRandom } from '#test/bench/seeded-random.ts';
import type { MemoryRepository } from '#test/support/engine.ts';
import { RUN_ACTIONS, type RunActionName } from './run-actions.ts';
import { RunWorld } from './run-world.ts';

export interface PlannedAction {
  readonly name: RunActionName;
  readonly seed: number;
}

export type RunPlan = readonly PlannedAction[];

export interface RunFailure {
  /** How many actions it took. */
  readonly actions: number;
  readonly message: string;
  readonly notes: readonly string[];
}

const NAMES = Object.keys(RUN_ACTIONS) as RunActionName[];

export function planRun(seed: number, actions: number): RunPlan {
  // Seeds that lie close together give other numbers from the first one on.
  const random = new SeededRandom(Math.imul(seed, 0x9e3779b1));
  const total = NAMES.reduce((sum, name) => sum + RUN_ACTIONS[name].weight, 0);
  return Array.from({ length: actions }, () => {
    let left = random.below(total);
    return { name: NAMES.find((name) => (left -= RUN_ACTIONS[name].weight) < 0)!, seed: random.next() };
  });
}

/** Undefined when everything went as the model says. */
export async function performRun(
  base: string,
  empty: MemoryRepository,
  plan: RunPlan,
): Promise<RunFailure | undefined> {
  // Always the same folder: its name is in what is saved.
  const folder = join(base, 'run');
  fs.rmSync(folder, { recursive: true, force: true });
  const world = new RunWorld(folder, empty.repository, empty.storage.fork());
  let actions = 0;
  try {
    for (const { name, seed } of plan) {
      actions++;
      world.notes.push(`${actions}. ${name}`);
      world.random = new SeededRandom(seed);
      world.source.random = world.random;
      await RUN_ACTIONS[name].act(world);
      world.assertListed();
    }
    world.notes.push('proof at the end');
    await world.prove();
    return undefined;
  } catch (error) {
    const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return { actions, message, notes: world.notes };
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

/** A shorter plan that fails as well. Tries at most so many runs. */
export async function shrinkRun(
  base: string,
  empty: MemoryRepository,
  plan: RunPlan,
  mostRuns: number,
): Promise<{ readonly plan: RunPlan; readonly failure: RunFailure | undefined }> {
  let best = plan;
  let failure: RunFailure | undefined;
  let runs = 0;
  for (let size = best.length >> 1; size >= 1; size = size === 1 ? 0 : (size + 1) >> 1) {
    for (let start = 0; start < best.length && runs < mostRuns;) {
      const shorter = best.toSpliced(start, size);
      runs++;
      const found = await performRun(base, empty, shorter);
      if (found === undefined) start += size;
      else {
        failure = found;
        best = shorter.slice(0, found.actions);
      }
    }
  }
  return { plan: best, failure };
}
