/**
 * The real restic programs on this machine, for tests that compare with them. `TIDEMARK_TEST_RESTIC` lists programs
 * (separated as PATH is); otherwise the `restic` on PATH counts. `npm test` sets it to the system's restic and to
 * the current one, when it could get that. Versions differ in what they write, so run a comparison with each.
 */
import { spawnSync } from 'node:child_process';
import path from 'node:path';

export interface ResticProgram {
  readonly path: string;
  /** As in `0.19.1`. */
  readonly version: string;
}

/** Why there is no restic; a test skipped for this names it. */
export const NO_RESTIC = 'no restic program on this machine (TIDEMARK_TEST_RESTIC, PATH)';

/**
 * Oldest first, each version once.
 * @throws Error when TIDEMARK_TEST_RESTIC names a program that does not run: a typing error must not skip tests.
 */
export function resticPrograms(): ResticProgram[] {
  const listed = (process.env['TIDEMARK_TEST_RESTIC'] ?? '')
    .split(path.delimiter)
    .filter((name) => name !== '');
  const found = new Map<string, ResticProgram>();
  for (const program of listed.length > 0 ? listed : ['restic']) {
    const version = versionOf(program);
    if (version !== undefined) {
      if (!found.has(version)) found.set(version, { path: program, version });
    } else if (listed.length > 0) {
      throw new Error(`TIDEMARK_TEST_RESTIC names ${program}, which does not run`);
    }
  }
  return [...found.values()].sort((a, b) => a.version.localeCompare(b.version, 'en', { numeric: true }));
}

/** The newest one, for what takes long and does not differ between versions; all with `TIDEMARK_TEST_ALL_RESTICS`. */
export function newestRestic(): ResticProgram[] {
  const all = resticPrograms();
  return process.env['TIDEMARK_TEST_ALL_RESTICS'] === undefined ? all.slice(-1) : all;
}

function versionOf(program: string): string | undefined {
  const { stdout } = spawnSync(program, ['version'], { encoding: 'utf8' });
  return /^restic (\d+\.\d+\.\d+)/.exec(stdout ?? '')?.[1];
}
