/** Server programs for tests of places: named by the environment, as `npm test` does, else looked for on PATH. */
import { spawnSync } from 'node:child_process';

/** Undefined: not on this machine. @throws Error when the environment names one that does not run */
export function restServerProgram(): string | undefined {
  return findProgram('TIDEMARK_TEST_REST_SERVER', ['restic-rest-server', 'rest-server'], '--version');
}

/** As `restServerProgram`. */
export function rcloneProgram(): string | undefined {
  return findProgram('TIDEMARK_TEST_RCLONE', ['rclone'], 'version');
}

export const NO_REST_SERVER = 'no rest-server on this machine (TIDEMARK_TEST_REST_SERVER, PATH)';
export const NO_RCLONE = 'no rclone on this machine (TIDEMARK_TEST_RCLONE, PATH)';

function findProgram(variable: string, names: readonly string[], check: string): string | undefined {
  const named = process.env[variable];
  const runs = (program: string): boolean => spawnSync(program, [check], { stdio: 'ignore' }).status === 0;
  if (named) {
    if (!runs(named)) throw new Error(`${variable} names ${named}, which does not run`);
    return named;
  }
  return names.find(runs);
}
