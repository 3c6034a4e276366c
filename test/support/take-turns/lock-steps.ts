/**
 * Turns in which the programs meet: one is stopped (SIGSTOP) while it holds its lock, and the other comes; one is killed
 * and leaves its lock. A lock of a living process is heeded and never removed; one of a dead process is removed by unlock.
 */
import type { ChildProcess } from 'node:child_process';
import { killAfterLock, untilLocked } from '#test/support/killed-run.ts';
import { takePicture } from '#test/support/picture.ts';
import { adoptBackup, backupTerms } from './keeping-steps.ts';
import type { ModelledRepository } from './modelled-repository.ts';
import type { TurnStep } from './take-turns.ts';
import type { TurnProgram } from './turn-program.ts';
import { expectCode, type TurnWorld } from './turn-world.ts';

/** Who needs the repository alone. Source: repository format, 13.2. */
const EXCLUSIVE: readonly (readonly string[])[] = [
  ['check'],
  ['prune', '--max-unused', '0'],
  ['forget', '--keep-last', '1', '--group-by', ''],
  ['tag', '--add', 'intruder'],
];

const meet: TurnStep = {
  name: 'meet at a lock',
  weight: 9,
  isPossible: ({ main, programs }) => main.versions.size > 0 && programs.length > 1,
  take: async (world) => {
    const { main } = world;
    const holder = world.program();
    const other = world.program((program) => program !== holder);
    const held = await holdLock(world, holder, main, world.pick(['exclusive', 'shared', 'shared']));
    if (held === undefined) return;
    try {
      if (world.chance(30)) {
        await world.succeed(other, main, ['unlock']);
        if (!main.filesOf('locks').includes(held.lock))
          throw new Error(`${other.name} removed the lock of ${holder.name}, which is alive`);
      }
      if (world.chance(50)) {
        const run = await world.run(other, main, world.pick(EXCLUSIVE));
        expectCode(run, other.lockedCode, `${other.name} beside ${holder.name}`);
      }
      const reading = ['stats', world.version(main).id];
      const run = await world.run(other, main, reading);
      expectCode(run, held.isExclusive ? other.lockedCode : 0, `${other.name} beside ${holder.name}`);
    } finally {
      await held.letGo();
    }
  },
};

interface HeldLock {
  readonly lock: string;
  readonly isExclusive: boolean;
  /** Lets the holder go on; it must succeed. */
  letGo(): Promise<void>;
}

/** Undefined when the run was over before it could be stopped. */
async function holdLock(
  world: TurnWorld,
  holder: TurnProgram,
  repository: ModelledRepository,
  kind: 'exclusive' | 'shared',
): Promise<HeldLock | undefined> {
  const isExclusive = kind === 'exclusive';
  const terms = backupTerms(world);
  const picture = takePicture(world.source.root);
  const args = isExclusive
    ? world.pick([['check'], ['prune', '--max-unused', '0'], ['repair-index']])
    : ['backup', ...terms.args, world.source.root];
  const wanted = args[0] === 'repair-index' ? holder.repairIndex : args;
  let ended = false;
  let child: ChildProcess | undefined;
  const running = world
    .run(holder, repository, wanted, { onStart: (started) => (child = started) })
    .finally(() => (ended = true));
  const finish = async (): Promise<void> => {
    expectCode(await running, 0, `${holder.name} ${wanted.join(' ')}`);
    if (!isExclusive && (await adoptBackup(world, repository, picture)) === undefined)
      throw new Error('the backup made no version');
  };
  const lock = await untilLocked(repository.folder, () => ended);
  child?.kill('SIGSTOP');
  const letGo = async (): Promise<void> => {
    child?.kill('SIGCONT');
    await finish();
  };
  if (lock === undefined || !repository.filesOf('locks').includes(lock)) {
    await letGo();
    return undefined;
  }
  world.note(`    ${holder.name} is stopped and holds ${kind} lock ${lock.slice(0, 8)}`);
  return { lock, isExclusive, letGo };
}

const killed: TurnStep = {
  name: 'killed',
  weight: 8,
  isPossible: ({ main }) => main.versions.size > 0 && main.versions.size < 12,
  take: async (world) => {
    const { main } = world;
    for (const line of world.source.mutate(3)) world.note(`    ${line}`);
    const program = world.program();
    const picture = takePicture(world.source.root);
    const args = world.pick([
      ['backup', ...backupTerms(world).args, world.source.root],
      ['prune', '--max-unused', '0'],
      [...program.repairIndex, '--read-all-packs'],
    ]);
    const { wasKilled } = await killAfterLock(main.folder, world.random.below(500), (onStart) =>
      world.run(program, main, args, { onStart }),
    );
    world.note(`    ${wasKilled ? 'killed' : 'ended before'}`);
    await world.succeed(world.program(), main, ['unlock']);
    await adoptBackup(world, main, picture);
  },
};

const staleLock: TurnStep = {
  name: 'stale lock',
  weight: 2,
  take: async (world) => {
    await world.main.plantStaleLock(world.chance(50));
    await world.succeed(world.program(), world.main, ['unlock']);
  },
};

export const lockSteps: readonly TurnStep[] = [meet, killed, staleLock];
