/**
 * Both programs on the same tree: what the built product saves, the real restic checks and restores, and either one,
 * saving what the other has saved already, adds nothing. The tree holds every kind of entry. What stock restic itself
 * cannot do is listed in RESTIC_LIMITS with its reason; every other difference fails.
 */
import { existsSync, mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isRoot } from '#test/support/as-nobody.ts';
import { giveCheapKeyAt } from '#test/support/cheap-key.ts';
import { compareTrees } from '#test/support/compare-trees.ts';
import {
  lastMessage,
  PRODUCT_PASSWORD,
  runProgram,
  tidemark,
  type ProductOptions,
  type ProductRun,
} from '#test/support/product.ts';
import { NO_RESTIC, resticPrograms, type ResticProgram } from '#test/support/restic.ts';
import { buildZoo, removeTree } from '#test/support/tree-zoo.ts';

const PROGRAMS = resticPrograms();
/** Ids of trees are compared with versions that store what Tidemark stores: attributes of links and raw link targets (0.16). */
const CURRENT = PROGRAMS.filter((program) => isAtLeast(program, '0.19'));

interface Limit {
  /** The version that knows better. */
  readonly until?: string;
  readonly difference: RegExp;
  readonly why: string;
}

const RESTIC_LIMITS: readonly Limit[] = [
  {
    difference: /^times\/year-2440[^:]*: mtime /,
    why: 'restores times as 64-bit nanoseconds, so up to 2262',
  },
  {
    until: '0.16',
    difference: /^attributes\/file: attribute trusted\.link missing /,
    why: 'sets attributes of a symbolic link on what it points to',
  },
  {
    until: '0.16',
    difference: /^attributes\/(?:dangling-)?link: attribute trusted\.link /,
    why: 'does not restore attributes of symbolic links',
  },
  {
    until: '0.16',
    difference: /^links\/non-utf8-target: target /,
    why: 'keeps targets of symbolic links as text',
  },
  { until: '0.15', difference: /^sparse\/[^:]*: disk space /, why: 'has no --sparse' },
  {
    difference: /^sparse\/(?:hole-at-end|hole-in-middle|many-holes): disk space /,
    why: 'makes holes of chunks that are zero as a whole',
  },
];

/** Sources lie right below the root, so that no folder above them changes between two backups. */
const SOURCES_BASE = isRoot ? '/' : tmpdir();

/** Repositories wait for the disk with every file; what is compared is the tree. */
const REPOSITORIES_BASE = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();

let sources = '';
let folder = '';
let repositories = '';
/** Every kind of entry. */
let zoo = '';
/** Without the paths beyond 4096 bytes, which restic can neither read nor write. */
let shallow = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tidemark-zoo-'));
  repositories = mkdtempSync(join(REPOSITORIES_BASE, 'tidemark-zoo-'));
  sources = mkdtempSync(join(SOURCES_BASE, 'tidemark-zoo-source-'));
  zoo = join(sources, 'zoo');
  shallow = join(sources, 'shallow');
  buildZoo(zoo, { asRoot: isRoot });
  buildZoo(shallow, { asRoot: isRoot, omit: ['deep'] });
  mkdirSync(join(sources, 'docs/deep/er'), { recursive: true });
  writeFileSync(join(sources, 'docs/letter.txt'), 'dear tide\n');
  writeFileSync(join(sources, 'docs/deep/er/still.txt'), 'deeper\n');
  mkdirSync(join(sources, 'beside/docs'), { recursive: true });
  writeFileSync(join(sources, 'beside/docs/other.txt'), 'another folder of that name\n');
  symlinkSync('docs', join(sources, 'link-to-docs'));
  symlinkSync('nowhere', join(sources, 'dangling'));
});

afterAll(() => {
  // Paths this long only `rm` can take away.
  removeTree(sources);
  removeTree(folder);
  removeTree(repositories);
});

function isAtLeast({ version }: ResticProgram, other: string): boolean {
  return version.localeCompare(other, 'en', { numeric: true }) >= 0;
}

let places = 0;

function freshPlace(): string {
  const place = join(folder, `place-${String(places++)}`);
  mkdirSync(place);
  return place;
}

function ours(
  repository: string,
  args: readonly string[],
  options: ProductOptions = {},
): Promise<ProductRun> {
  return tidemark(['-r', repository, ...args], options);
}

function theirs(
  program: ResticProgram,
  repository: string,
  args: readonly string[],
  options: ProductOptions = {},
): Promise<ProductRun> {
  const env = { RESTIC_PASSWORD: PRODUCT_PASSWORD, ...options.env };
  return runProgram(program.path, ['-r', repository, '--no-cache', ...args], { ...options, env });
}

async function succeeds(run: Promise<ProductRun>): Promise<ProductRun> {
  const { code, stdout, stderr } = await run;
  expect({ code, stderr }, stdout).toEqual({ code: 0, stderr: '' });
  return { code, stdout, stderr };
}

async function newRepository(version: '1' | '2' = '2'): Promise<string> {
  const repository = join(repositories, String(places++));
  await succeeds(ours(repository, ['init', '--repository-version', version]));
  await giveCheapKeyAt(repository, PRODUCT_PASSWORD);
  return repository;
}

const NOTHING_ADDED = { data_blobs: 0, tree_blobs: 0, data_added: 0 };

async function summaryOf(run: Promise<ProductRun>): Promise<Record<string, unknown>> {
  return lastMessage(await succeeds(run), 'summary');
}

describe('the whole zoo', () => {
  it('D7, D8 comes back as it was, and saving it again adds nothing', async () => {
    const repository = await newRepository();
    await succeeds(ours(repository, ['backup', zoo]));
    const target = freshPlace();
    await succeeds(ours(repository, ['restore', 'latest', '--target', target]));
    expect(compareTrees(zoo, join(target, zoo), { ignore: ['sockets'] })).toEqual([]);
    await succeeds(ours(repository, ['check', '--read-data']));
    const again = await summaryOf(ours(repository, ['backup', '--json', '--force', zoo]));
    expect(again).toMatchObject({ ...NOTHING_ADDED, files_unmodified: 0 });
    const unchanged = await summaryOf(ours(repository, ['backup', '--json', zoo]));
    expect(unchanged).toMatchObject({ ...NOTHING_ADDED, files_new: 0, files_changed: 0, dirs_changed: 0 });
  }, 120_000);
});

describe.each(PROGRAMS)('with restic $version', (program) => {
  const limits = RESTIC_LIMITS.filter(({ until }) => until === undefined || !isAtLeast(program, until));

  it.each(['1', '2'] as const)(
    'a repository of version %s is clean and restores alike',
    async (version) => {
      const repository = await newRepository(version);
      await succeeds(ours(repository, ['backup', shallow]));
      await succeeds(theirs(program, repository, ['check', '--read-data']));
      const target = freshPlace();
      const sparse = isAtLeast(program, '0.15') ? ['--sparse'] : [];
      const restored = await theirs(program, repository, [
        'restore',
        'latest',
        '--target',
        target,
        ...sparse,
      ]);
      const differences = compareTrees(shallow, join(target, shallow), { ignore: ['sockets'] });
      expect(
        differences.filter((line) => !limits.some(({ difference }) => difference.test(line))),
        restored.stderr,
      ).toEqual([]);
      // A list that is longer than needed would hide differences.
      if (isRoot)
        expect(limits.filter(({ difference }) => !differences.some((line) => difference.test(line)))).toEqual(
          [],
        );
      const ownTarget = freshPlace();
      await succeeds(ours(repository, ['restore', 'latest', '--target', ownTarget]));
      expect(compareTrees(shallow, join(ownTarget, shallow), { ignore: ['sockets'] })).toEqual([]);
    },
    120_000,
  );

  it('its own repository is read and restored', async () => {
    const repository = join(repositories, String(places++));
    await succeeds(theirs(program, repository, ['init', '-q']));
    await giveCheapKeyAt(repository, PRODUCT_PASSWORD);
    await succeeds(theirs(program, repository, ['backup', '-q', shallow]));
    await succeeds(ours(repository, ['check', '--read-data']));
    const target = freshPlace();
    await succeeds(ours(repository, ['restore', 'latest', '--target', target]));
    const lost = isAtLeast(program, '0.16')
      ? []
      : [/: attribute trusted\.link /, /^links\/non-utf8-target: /];
    const differences = compareTrees(shallow, join(target, shallow), { ignore: ['sockets'] });
    expect(differences.filter((line) => !lost.some((pattern) => pattern.test(line)))).toEqual([]);
    // What that program did not store is not taken over as if there were none.
    await succeeds(ours(repository, ['backup', shallow]));
    const laterTarget = freshPlace();
    await succeeds(ours(repository, ['restore', 'latest', '--target', laterTarget]));
    expect(compareTrees(shallow, join(laterTarget, shallow), { ignore: ['sockets'] })).toEqual([]);
  }, 120_000);
});

/** Targets as typed, and where. */
const TARGETS: readonly {
  readonly name: string;
  readonly cwd?: string;
  readonly targets: readonly string[];
}[] = [
  ...(isRoot ? [{ name: 'an absolute path', targets: ['SOURCES/docs'] }] : []),
  { name: 'a relative path', targets: ['docs'] },
  { name: 'a relative path with ./', targets: ['./docs'] },
  { name: 'a relative path with odd slashes', targets: ['docs//deep/./er/../'] },
  { name: 'a folder beside', cwd: 'beside', targets: ['../docs'] },
  { name: 'the working folder', cwd: 'docs', targets: ['.'] },
  { name: 'the folder above', cwd: 'docs/deep/er', targets: ['..'] },
  { name: 'several', targets: ['docs/letter.txt', 'beside'] },
  { name: 'one inside the other', targets: ['docs', 'docs/deep'] },
  { name: 'one around the other', targets: ['docs/deep', 'docs'] },
  { name: 'the same twice', targets: ['docs', 'docs'] },
  { name: 'two of one name', targets: ['docs', 'SOURCES/beside/../beside/docs', 'beside/docs'] },
  { name: 'two of one name from above', cwd: 'beside', targets: ['docs', '../docs'] },
  { name: 'a symbolic link', targets: ['link-to-docs'] },
  { name: 'a symbolic link with a slash', targets: ['link-to-docs/'] },
  { name: 'a dangling symbolic link', targets: ['dangling'] },
  { name: 'a file below a symbolic link', targets: ['link-to-docs/letter.txt'] },
  { name: 'a folder below a symbolic link', targets: ['link-to-docs/deep'] },
];

describe.each(CURRENT)('trees as those of restic $version', (program) => {
  it.each(['1', '2'] as const)(
    'neither adds anything to the other in version %s',
    async (version) => {
      const first = await newRepository(version);
      await succeeds(ours(first, ['backup', 'shallow'], { cwd: sources }));
      const after = await summaryOf(
        theirs(program, first, ['backup', '--json', 'shallow'], { cwd: sources }),
      );
      expect(after).toMatchObject(NOTHING_ADDED);
      const forced = ['backup', '--json', '--force', 'shallow'];
      expect(await summaryOf(theirs(program, first, forced, { cwd: sources }))).toMatchObject(NOTHING_ADDED);

      const second = join(repositories, String(places++));
      await succeeds(theirs(program, second, ['init', '-q', '--repository-version', version]));
      await giveCheapKeyAt(second, PRODUCT_PASSWORD);
      await succeeds(theirs(program, second, ['backup', '-q', 'shallow'], { cwd: sources }));
      const own = await summaryOf(ours(second, ['backup', '--json', 'shallow'], { cwd: sources }));
      expect(own).toMatchObject({ ...NOTHING_ADDED, files_new: 0, files_changed: 0, dirs_changed: 0 });
      expect(await summaryOf(ours(second, forced, { cwd: sources }))).toMatchObject(NOTHING_ADDED);
    },
    120_000,
  );

  it('targets of every form make the same tree', async () => {
    const repository = await newRepository();
    const made = [];
    for (const { name, cwd = '.', targets } of TARGETS) {
      const args = ['backup', '--json', ...targets.map((target) => target.replace('SOURCES', sources))];
      const options = { cwd: join(sources, cwd) };
      const summaries = await Promise.all([
        summaryOf(ours(repository, args, options)),
        summaryOf(theirs(program, repository, args, options)),
      ]);
      made.push({ name, targets, ids: summaries.map((summary) => summary['snapshot_id']) });
    }
    const listing = await succeeds(theirs(program, repository, ['snapshots', '--json']));
    const snapshots = JSON.parse(listing.stdout) as readonly ListedSnapshot[];
    const different = made
      .map(({ ids, ...target }) => ({
        ...target,
        found: ids.map((id) => snapshots.find((one) => one.id === id)),
      }))
      .filter(({ found: [own, other] }) => own?.tree !== other?.tree || pathsOf(own) !== pathsOf(other));
    expect(made).toHaveLength(TARGETS.length);
    expect(different).toEqual([]);
  }, 240_000);

  // In Kolkata 1902 lies before whole minutes: there restic stores another instant (repository format, 11.3).
  it.each([
    ['Europe/Berlin', ['shallow/times', 'docs'], NOTHING_ADDED],
    ['America/New_York', ['shallow/times', 'docs'], NOTHING_ADDED],
    ['Asia/Kolkata', ['shallow/links', 'docs'], NOTHING_ADDED],
    ['Asia/Kolkata', ['shallow/times', 'docs'], { data_blobs: 0, files_new: 0, tree_blobs: 3 }],
  ])(
    'in the zone %s %s too',
    async (zone, targets, expected) => {
      const repository = await newRepository();
      const options = { cwd: sources, env: { TZ: zone } };
      await succeeds(ours(repository, ['backup', ...targets], options));
      const args = ['backup', '--json', ...targets];
      expect(await summaryOf(theirs(program, repository, args, options))).toMatchObject(expected);
    },
    60_000,
  );

  it('a clock in another zone reads no file again', async () => {
    const repository = await newRepository();
    await succeeds(ours(repository, ['backup', 'docs'], { cwd: sources, env: { TZ: 'Europe/Berlin' } }));
    const away = { cwd: sources, env: { TZ: 'America/New_York' } };
    const summary = await summaryOf(ours(repository, ['backup', '--json', 'docs'], away));
    expect(summary).toMatchObject({ files_changed: 0, files_unmodified: 2, data_blobs: 0 });
  });
});

/** restic repeats and sorts them. */
function pathsOf(snapshot: ListedSnapshot | undefined): string {
  return [...new Set(snapshot?.paths)].sort().join(' ');
}

interface ListedSnapshot {
  readonly id: string;
  readonly tree: string;
  readonly paths: readonly string[];
}

if (PROGRAMS.length === 0) it.skip(`both programs on one tree (skipped: ${NO_RESTIC})`, () => undefined);
if (CURRENT.length === 0)
  it.skip('the same tree ids as restic (skipped: no restic of version 0.19 or later)', () => undefined);
