/** Turns that must leave every version as it is: prune, check, keys, repairs. */
import fs from 'node:fs';
import { join } from 'node:path';
import type { TurnStep } from './take-turns.ts';
import type { ModelledRepository } from './modelled-repository.ts';
import type { TurnWorld } from './turn-world.ts';

const prune: TurnStep = {
  name: 'prune',
  weight: 9,
  take: async (world) => {
    const args = ['prune', '--max-unused', world.pick(['0', '0', '5%', '20k', 'unlimited'])];
    if (world.chance(35)) args.push('--max-repack-size', world.pick(['100k', '1M']));
    if (world.chance(25)) args.push('--repack-small');
    if (world.chance(15)) args.push('--repack-uncompressed');
    await world.succeed(world.program(), either(world), args);
  },
};

const check: TurnStep = {
  name: 'check',
  weight: 5,
  take: async (world) => {
    const how = world.pick([[], ['--read-data'], ['--read-data-subset', '50%']]);
    await world.succeed(world.program(), either(world), ['check', ...how]);
  },
};

const addKey: TurnStep = {
  name: 'key add',
  weight: 2,
  isPossible: ({ main }) => main.passwords.size < 4,
  take: async (world) => {
    await withNewPassword(world, world.main, (file) =>
      world.succeed(world.program(), world.main, ['key', 'add', '--new-password-file', file]),
    );
  },
};

const changePassword: TurnStep = {
  name: 'key passwd',
  weight: 2,
  take: async (world) => {
    const { main } = world;
    const before = main.filesOf('keys');
    await withNewPassword(world, main, (file) =>
      world.succeed(world.program(), main, ['key', 'passwd', '--new-password-file', file]),
    );
    const after = main.filesOf('keys');
    const gone = before.filter((id) => !after.includes(id));
    if (gone.length !== 1) throw new Error(`a changed password takes ${gone.length} keys away`);
    main.passwords.delete(gone[0]!);
  },
};

/** The one key that `run` adds gets its password in the model. */
async function withNewPassword(
  world: TurnWorld,
  repository: ModelledRepository,
  run: (passwordFile: string) => Promise<unknown>,
): Promise<void> {
  const before = repository.filesOf('keys');
  const password = repository.freshPassword();
  const file = join(world.folder, 'new-password');
  fs.writeFileSync(file, password);
  await run(file);
  const added = repository.filesOf('keys').filter((id) => !before.includes(id));
  if (added.length !== 1) throw new Error(`${added.length} keys were added`);
  repository.passwords.set(added[0]!, password);
}

const removeKey: TurnStep = {
  name: 'key remove',
  weight: 2,
  isPossible: ({ main }) => main.passwords.size > 1,
  take: async (world) => {
    const { main } = world;
    const id = world.pick([...main.passwords.keys()]);
    const password = main.passwords.get(id)!;
    // Nobody may use it from now on, not even to remove it.
    main.passwords.delete(id);
    const program = world.program();
    await world.succeed(program, main, ['key', 'remove', id]);
    const refused = await program.run({ folder: main.folder, password }, ['snapshots']);
    if (refused.code === 0) throw new Error('a removed key still opens the repository');
  },
};

const repairIndex: TurnStep = {
  name: 'repair index',
  weight: 6,
  take: async (world) => {
    const repository = either(world);
    const files = repository.filesOf('index');
    if (files.length > 0 && world.chance(60)) {
      const lost = world.pick(files);
      world.note(`    the index file ${lost.slice(0, 8)} is lost`);
      fs.rmSync(join(repository.folder, 'index', lost));
    }
    const program = world.program();
    const how = world.chance(25) ? ['--read-all-packs'] : [];
    await world.succeed(program, repository, [...program.repairIndex, ...how]);
    await world.succeed(world.program(), repository, ['check']);
  },
};

const repairSnapshots: TurnStep = {
  name: 'repair snapshots',
  weight: 3,
  take: async (world) => {
    const program = world.program(({ can }) => can.repairSnapshots);
    await world.succeed(program, either(world), [
      'repair',
      'snapshots',
      ...(world.chance(50) ? ['--forget'] : []),
    ]);
  },
};

function either(world: TurnWorld): ModelledRepository {
  return world.chance(20) ? world.second : world.main;
}

export const upkeepSteps: readonly TurnStep[] = [
  prune,
  check,
  addKey,
  changePassword,
  removeKey,
  repairIndex,
  repairSnapshots,
];
