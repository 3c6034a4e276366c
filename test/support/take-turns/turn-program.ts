/**
 * One of the programs that take turns: the built product or a restic, called in the same way. Says what each can do;
 * everything else about them is the same on purpose.
 */
import type { ChildProcess } from 'node:child_process';
import { runProgram, tidemark, type ProductRun } from '#test/support/product.ts';
import { resticPrograms, type ResticProgram } from '#test/support/restic.ts';

/** A repository as somebody who has one of its passwords sees it. */
export interface Place {
  readonly folder: string;
  readonly password: string;
}

export interface TurnCall {
  /** Where `copy` and `init` read from. */
  readonly from?: Place;
  readonly onStart?: (child: ChildProcess) => void;
}

export interface TurnProgram {
  readonly name: string;
  readonly isOurs: boolean;
  /** The exit code of a run that met somebody else's lock. */
  readonly lockedCode: number;
  readonly can: Readonly<Record<'rewrite' | 'repairSnapshots' | 'hint' | 'forgetAsNow', boolean>>;
  /** The arguments of a repair of the index, whose name has changed. */
  readonly repairIndex: readonly string[];
  run(place: Place, args: readonly string[], call?: TurnCall): Promise<ProductRun>;
}

/** Ours first. */
export function turnPrograms(): TurnProgram[] {
  return [ourProgram, ...resticPrograms().map(theirProgram)];
}

const ourProgram: TurnProgram = {
  name: 'tidemark',
  isOurs: true,
  lockedCode: 11,
  can: { rewrite: true, repairSnapshots: true, hint: true, forgetAsNow: true },
  repairIndex: ['repair', 'index'],
  run: ({ folder, password }, args, { from, onStart } = {}) =>
    tidemark(['-r', folder, ...args], {
      env: {
        TIDEMARK_PASSWORD: password,
        ...(from === undefined
          ? {}
          : { TIDEMARK_FROM_REPOSITORY: from.folder, TIDEMARK_FROM_PASSWORD: from.password }),
      },
      ...(onStart === undefined ? {} : { onStart }),
    }),
};

function theirProgram({ path, version }: ResticProgram): TurnProgram {
  const isAtLeast = (minor: number): boolean => Number(version.split('.')[1]) >= minor;
  return {
    name: `restic ${version}`,
    isOurs: false,
    lockedCode: isAtLeast(17) ? 11 : 1,
    can: {
      rewrite: isAtLeast(15),
      repairSnapshots: isAtLeast(16),
      hint: false,
      // 0.16 began to keep the oldest snapshot as well.
      forgetAsNow: isAtLeast(16),
    },
    repairIndex: isAtLeast(16) ? ['repair', 'index'] : ['rebuild-index'],
    run: ({ folder, password }, args, { from, onStart } = {}) =>
      runProgram(path, ['-r', folder, '--no-cache', ...args], {
        env: {
          RESTIC_PASSWORD: password,
          ...(from === undefined
            ? {}
            : { RESTIC_FROM_REPOSITORY: from.folder, RESTIC_FROM_PASSWORD: from.password }),
        },
        ...(onStart === undefined ? {} : { onStart }),
      }),
  };
}
