/**
 * The programs take turns on one repository: chance from a seed decides who does what. After every step the repository has
 * exactly the versions, keys and locks that the model says; at intervals and at the end every program finds it sound and
 * every version restores equal.
 */
import type { TurnProgram } from './turn-program.ts';
import { TurnWorld } from './turn-world.ts';
import { keepingSteps } from './keeping-steps.ts';
import { lockSteps } from './lock-steps.ts';
import { upkeepSteps } from './upkeep-steps.ts';

export interface TurnStep {
  readonly name: string;
  /** How often, compared with the others. */
  readonly weight: number;
  /** Absent: always. */
  isPossible?(world: TurnWorld): boolean;
  take(world: TurnWorld): Promise<void>;
}

export interface TurnsTaken {
  readonly steps: Readonly<Record<string, number>>;
  readonly journal: readonly string[];
}

export interface TurnsOptions {
  /** Empty, and left full. */
  readonly folder: string;
  readonly seed: number;
  readonly steps: number;
  /** Steps between two proofs of everything. */
  readonly proveEvery: number;
}

const STEPS: readonly TurnStep[] = [...keepingSteps, ...upkeepSteps, ...lockSteps];

/** Throws with the seed and all that was done when something is not as it must be. */
export async function takeTurns(
  programs: readonly TurnProgram[],
  { folder, seed, steps, proveEvery }: TurnsOptions,
): Promise<TurnsTaken> {
  const world = await TurnWorld.create(folder, seed, programs);
  const taken: Record<string, number> = {};
  try {
    for (let number = 1; number <= steps; number++) {
      const step = chooseStep(world, number);
      world.note(`${number}. ${step.name}`);
      taken[step.name] = (taken[step.name] ?? 0) + 1;
      await step.take(world);
      for (const repository of [world.main, world.second]) repository.assertAsModelled();
      if (number % proveEvery === 0 || number === steps) await prove(world);
    }
  } catch (error) {
    const all = world.journal.join('\n');
    throw new Error(`seed ${seed}: ${error instanceof Error ? error.message : String(error)}\n${all}`, {
      cause: error,
    });
  }
  return { steps: taken, journal: world.journal };
}

function chooseStep(world: TurnWorld, number: number): TurnStep {
  if (number === 1) return STEPS[0]!;
  const possible = STEPS.filter((step) => step.isPossible?.(world) ?? true);
  let left = world.random.below(possible.reduce((sum, { weight }) => sum + weight, 0));
  return possible.find(({ weight }) => (left -= weight) < 0)!;
}

/** Every program reads all data of both repositories; one of them restores each version. */
async function prove(world: TurnWorld): Promise<void> {
  world.note('  proof of everything');
  for (const repository of [world.main, world.second]) {
    for (const program of world.programs) await world.succeed(program, repository, ['check', '--read-data']);
    let turn = world.random.below(world.programs.length);
    for (const version of repository.versions.values())
      await world.assertRestores(world.programs[turn++ % world.programs.length]!, repository, version);
  }
}
