/**
 * The same snapshots, the same arguments: `tidemark forget --dry-run --json` and the real restic must keep and remove
 * the same ones for the same reasons. Repositories of random histories, each asked many random policies
 * (TIDEMARK_FORGET_REPOSITORIES, TIDEMARK_FORGET_POLICIES and TIDEMARK_FORGET_SEED say how many and which).
 */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import type { BlobId } from '#base/ids.ts';
import { parseTime } from '#format/time.ts';
import { forget } from '#hosts/cli/engine/call-forget.ts';
import { compareInstants } from '#rules/calendar.ts';
import { giveCheapKey } from '#test/support/cheap-key.ts';
import { runCli } from '#test/support/cli-run.ts';
import { makeLocalRepository, TEST_PASSWORD } from '#test/support/engine.ts';
import {
  historyArbitrary,
  PLACES,
  policyArbitrary,
  type HistoryEntry,
} from '#test/support/random-history.ts';
import { NO_RESTIC, resticPrograms, type ResticProgram } from '#test/support/restic.ts';

const execFileAsync = promisify(execFile);

const REPOSITORIES = Number(process.env['TIDEMARK_FORGET_REPOSITORIES'] ?? 2);
const POLICIES = Number(process.env['TIDEMARK_FORGET_POLICIES'] ?? 12);
const SEED = Number(process.env['TIDEMARK_FORGET_SEED'] ?? Math.floor(Math.random() * 2 ** 31));

/** In one repository. */
const HISTORIES = 6;

const PROGRAMS = resticPrograms();
const base = mkdtempSync(join(tmpdir(), 'tidemark-forget-'));
const zoneBefore = process.env['TZ'];

afterEach(() => {
  if (zoneBefore === undefined) delete process.env['TZ'];
  else process.env['TZ'] = zoneBefore;
});
afterAll(() => rmSync(base, { recursive: true, force: true }));

/** Several histories in one; those of the same instant in two of them could be of different zones or tags. */
function withoutAccidentalTwins(histories: readonly (readonly HistoryEntry[])[]): HistoryEntry[] {
  const taken = new Set<string>();
  return histories.flatMap((history) => {
    const instants = history.map(({ time }) => JSON.stringify(parseTime(time)));
    const kept = history.filter((_entry, position) => !taken.has(instants[position]!));
    for (const instant of instants) taken.add(instant);
    return kept;
  });
}

async function makeRepository(folder: string, history: readonly HistoryEntry[]): Promise<void> {
  const repository = await makeLocalRepository(folder);
  await giveCheapKey(repository, TEST_PASSWORD);
  for (const [position, entry] of history.entries()) {
    await repository.snapshots.save({
      ...entry,
      // Nothing of a forget looks into it.
      tree: 'ab'.repeat(32) as BlobId,
      username: 'tester',
      // Tells two apart that agree in everything else.
      uid: position + 1,
      gid: 0,
      excludes: [],
    });
  }
  await repository.storage.close();
}

interface Group {
  readonly keep: readonly string[];
  readonly remove: readonly string[];
  readonly reasons: readonly string[];
}

interface JsonSnapshot {
  readonly id: string;
  readonly time: string;
}

interface JsonGroup {
  readonly host: string;
  readonly paths: unknown;
  readonly tags: unknown;
  readonly keep: readonly JsonSnapshot[] | null;
  readonly remove: readonly JsonSnapshot[] | null;
  readonly reasons:
    readonly { readonly snapshot: JsonSnapshot; readonly matches: readonly string[] }[] | null;
}

/**
 * By group. Snapshots are named by their time: of two at the same instant either may go, in restic by chance, but as
 * many must.
 */
function readGroups(stdout: string): Record<string, Group> {
  // Nothing at all when the filter lets nothing through.
  const groups = JSON.parse(stdout.trim() === '' ? '[]' : stdout) as JsonGroup[];
  return Object.fromEntries(
    groups.map(({ host, paths, tags, keep, remove, reasons }) => [
      JSON.stringify([host, paths, tags]),
      {
        keep: (keep ?? []).map(nameOf),
        remove: (remove ?? []).map(nameOf),
        reasons: (reasons ?? []).map(({ snapshot, matches }) => `${nameOf(snapshot)}: ${matches.join(', ')}`),
      },
    ]),
  );
}

/** restic writes a time anew, we give it as it is stored. */
function nameOf({ time }: JsonSnapshot): string {
  return time.replace('+00:00', 'Z');
}

type Answer = Record<string, Group> | 'refused';

async function askRestic(program: ResticProgram, folder: string, args: readonly string[]): Promise<Answer> {
  const env = { ...process.env, RESTIC_PASSWORD: TEST_PASSWORD };
  const all = ['-r', folder, '--no-cache', '--no-lock', 'forget', '--dry-run', '--json', ...args];
  try {
    const { stdout } = await execFileAsync(program.path, all, { env, maxBuffer: 1 << 28 });
    return readGroups(stdout);
  } catch (error) {
    if ((error as { code?: unknown }).code === 1) return 'refused';
    throw error;
  }
}

async function askTidemark(folder: string, args: readonly string[]): Promise<Answer> {
  const { code, stdout } = await runCli(['--no-lock', 'forget', '--dry-run', '--json', ...args], {
    engine: { forget },
    env: { TIDEMARK_REPOSITORY: folder, TIDEMARK_PASSWORD: TEST_PASSWORD },
  });
  return code === 0 ? readGroups(stdout) : 'refused';
}

const argumentsArbitrary = fc
  .tuple(
    policyArbitrary,
    fc.oneof(
      fc.constant([]),
      fc
        .constantFrom('', 'host', 'tags', 'host,tags', 'paths', 'host,paths,tags')
        .map((by) => ['--group-by', by]),
    ),
    fc.oneof(
      { weight: 4, arbitrary: fc.constant([]) },
      {
        weight: 1,
        arbitrary: fc.constantFrom(
          ['--host', 'host0'],
          ['--tag', 'a'],
          ['--tag', 'a,b'],
          ['--path', '/home'],
        ),
      },
    ),
  )
  .map(([options, grouping, filter]) => [
    ...options.flatMap(([name, value]) => [name, value]),
    ...grouping,
    ...filter,
  ]);

/** Before 0.17. */
function isOld({ version }: ResticProgram): boolean {
  return version.localeCompare('0.17.0', 'en', { numeric: true }) < 0;
}

/** Old ones take no "unlimited", and remove a whole group without asking when a policy keeps nothing of it. */
function understands(program: ResticProgram, args: readonly string[]): boolean {
  return !isOld(program) || !(args.includes('unlimited') || args.includes('--keep-tag'));
}

/** Old ones do not keep the oldest of a group in place of those that a count still has room for. */
function comparable(program: ResticProgram, answer: Answer): Answer {
  if (answer === 'refused' || !isOld(program)) return answer;
  return Object.fromEntries(
    Object.entries(answer).map(([key, { keep, remove, reasons }]) => {
      const times = [...keep, ...remove].map((time) => parseTime(time));
      const oldest = times.reduce((a, b) => (compareInstants(a, b) < 0 ? a : b));
      const isYounger = (time: string): boolean => compareInstants(parseTime(time), oldest) > 0;
      return [
        key,
        {
          keep: keep.filter(isYounger),
          remove: remove.filter(isYounger),
          reasons: reasons.filter((reason) => isYounger(reason.split(': ')[0]!)),
        },
      ];
    }),
  );
}

/** What a run without `--dry-run` leaves, by what restic then lists. */
async function expectRealRunToLeaveWhatWasShown(folder: string): Promise<void> {
  const args = ['forget', '--json', '--keep-daily', '3', '--keep-within', '10d'];
  const env = { TIDEMARK_REPOSITORY: folder, TIDEMARK_PASSWORD: TEST_PASSWORD };
  const { code, stdout } = await runCli(args, { engine: { forget }, env });
  expect(code).toBe(0);
  const groups = JSON.parse(stdout) as JsonGroup[];
  expect(groups.some(({ remove }) => remove !== null)).toBe(true);
  const kept = groups.flatMap(({ keep }) => (keep ?? []).map(({ id }) => id));
  const { stdout: listed } = await execFileAsync(
    PROGRAMS[0]!.path,
    ['-r', folder, '--no-cache', 'snapshots', '--json'],
    { env: { ...process.env, RESTIC_PASSWORD: TEST_PASSWORD }, maxBuffer: 1 << 28 },
  );
  const left = (JSON.parse(listed) as JsonSnapshot[]).map(({ id }) => id);
  expect(left.toSorted()).toEqual(kept.toSorted());
}

describe.skipIf(PROGRAMS.length === 0)(PROGRAMS.length === 0 ? NO_RESTIC : 'forget --dry-run --json', () => {
  it.each(Array.from({ length: REPOSITORIES }, (_item, number) => number))(
    `equals restic's (repository %i, seed ${SEED})`,
    async (number) => {
      const folder = join(base, `repository-${number}`);
      const seed = SEED + number;
      const history = withoutAccidentalTwins(
        fc.sample(historyArbitrary({ hosts: 4 }), { seed, numRuns: HISTORIES }),
      );
      await makeRepository(folder, history);
      const questions = fc.sample(argumentsArbitrary, { seed, numRuns: POLICIES });
      let compared = 0;
      for (const [position, args] of questions.entries()) {
        const zone = PLACES[(position + number) % PLACES.length]!;
        process.env['TZ'] = zone;
        const found = await askTidemark(folder, args);
        for (const program of PROGRAMS.filter((each) => understands(each, args))) {
          const expected = await askRestic(program, folder, args);
          expect(
            { args, zone, answer: comparable(program, found) },
            `restic ${program.version}, seed ${SEED}`,
          ).toEqual({ args, zone, answer: comparable(program, expected) });
          compared++;
        }
      }
      expect(compared).toBeGreaterThan(0);
      await expectRealRunToLeaveWhatWasShown(folder);
    },
    600_000,
  );
});
