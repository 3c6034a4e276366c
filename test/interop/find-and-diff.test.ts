/**
 * The same repository searched and compared by restic and by the command line: trees that mutate at random, every answer
 * held against restic's, lines, messages and counts. TIDEMARK_DIFF_SEED says which trees; it is printed when a test fails.
 */
import { spawnSync } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  cpSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { connectEngine } from '#hosts/cli/engine/connect-engine.ts';
import { giveCheapKeyAt } from '#test/support/cheap-key.ts';
import { runCli } from '#test/support/cli-run.ts';
import { runProgram } from '#test/support/product.ts';
import { NO_RESTIC, newestRestic } from '#test/support/restic.ts';

const SEED = Number(process.env['TIDEMARK_DIFF_SEED'] ?? 20_261_122);
const VERSIONS = 4;

const programs = newestRestic();
const base = mkdtempSync(join(tmpdir(), 'tidemark-find-'));
const source = join(base, 'source');
const folder = join(base, 'repository');
const env = { ...process.env, RESTIC_PASSWORD: 'x', RESTIC_CACHE_DIR: join(base, 'cache'), TZ: 'UTC' };
afterAll(() => rmSync(base, { recursive: true, force: true }));

if (programs.length === 0) test.skip(`find and diff [skipped: ${NO_RESTIC}]`, () => undefined);

/** Park and Miller's numbers, from 0 to below `limit`. */
let state = SEED;
function random(limit: number): number {
  state = (state * 48_271) % 2_147_483_647;
  return state % limit;
}

const pick = <T>(items: readonly T[]): T => items[random(items.length)]!;
const NAMES = ['a', 'b', 'B', 'c.txt', 'C.TXT', 'd e', 'é', 'x[1]', 'notes.txt', 'same', 'lib', 'z'];
const CONTENTS = ['', 'one', 'two', 'three '.repeat(500), 'x'.repeat(3000)];

function foldersIn(root: string): string[] {
  const inner = readdirSync(root).filter((name) => lstatSync(join(root, name)).isDirectory());
  return [root, ...inner.flatMap((name) => foldersIn(join(root, name)))];
}

/** Links that lead nowhere are there too. */
function isThere(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}

function mutate(): void {
  const parent = pick(foldersIn(source));
  const path = join(parent, pick(NAMES));
  const old = pick(readdirSync(parent).concat(pick(NAMES)));
  const existing = isThere(join(parent, old)) ? join(parent, old) : undefined;
  const target = join(pick(foldersIn(source)), pick(NAMES));
  switch (random(10)) {
    case 0:
    case 1:
    case 2:
      if (!isThere(path)) writeFileSync(path, pick(CONTENTS));
      break;
    case 3:
      if (!isThere(path)) mkdirSync(path);
      break;
    case 4:
      if (!isThere(path)) symlinkSync(pick(NAMES), path);
      break;
    case 5:
      if (existing !== undefined && lstatSync(existing).isFile()) appendFileSync(existing, 'more');
      break;
    case 6:
      if (existing !== undefined) rmSync(existing, { recursive: true });
      break;
    case 7:
      if (existing !== undefined && !isThere(target) && !target.startsWith(`${existing}/`))
        renameSync(existing, target);
      break;
    case 8:
      if (existing === undefined || lstatSync(existing).isSymbolicLink()) break;
      if (random(2) === 0) chmodSync(existing, pick([0o700, 0o755, 0o777]));
      else utimesSync(existing, random(1e9), random(1e9));
      break;
    case 9:
      if (existing !== undefined && lstatSync(existing).isDirectory() && !isThere(target))
        if (!target.startsWith(`${existing}/`)) cpSync(existing, target, { recursive: true });
      break;
  }
}

async function tidemark(args: readonly string[]): Promise<string> {
  const engine = connectEngine();
  const options = { engine, env: { TIDEMARK_PASSWORD: 'x' } };
  const run = await runCli(['-r', folder, '--no-lock', ...args], options);
  expect([run.code, run.stderr]).toEqual([0, '']);
  return run.stdout;
}

let snapshots: string[] = [];
/** Each version with the next one, one pair backwards, and the outermost. */
let pairs: (readonly [string, string])[] = [];

beforeAll(async () => {
  const newest = programs.at(-1);
  if (newest === undefined) return;
  mkdirSync(source);
  const run = (...args: string[]): string =>
    spawnSync(newest.path, ['-r', folder, ...args], { env, encoding: 'utf8' }).stdout;
  run('init');
  await giveCheapKeyAt(folder, 'x');
  for (let version = 0; version < VERSIONS; version++) {
    for (let step = 0; step < 100; step++) mutate();
    run('backup', source);
  }
  const listed = JSON.parse(run('snapshots', '--json')) as { id: string; time: string }[];
  snapshots = listed.sort((a, b) => a.time.localeCompare(b.time)).map(({ id }) => id);
  expect(snapshots).toHaveLength(VERSIONS);
  const [first, second] = snapshots as [string, string];
  const next = snapshots.slice(1).map((id, i) => [snapshots[i]!, id] as const);
  pairs = [...next, [second, first], [first, snapshots.at(-1)!]];
});

describe.each(programs)(`restic $version, trees of seed ${SEED}`, ({ path: restic, version }) => {
  const isOld = version.startsWith('0.14.');

  /** What restic and the product print. */
  async function both(...args: string[]): Promise<{ theirs: string; ours: string }> {
    const resticArgs = ['-r', folder, '--no-lock', ...args];
    const ownArgs = args[0] === 'diff' ? [...args, '--no-renames'] : args;
    const [theirs, ours] = await Promise.all([runProgram(restic, resticArgs, { env }), tidemark(ownArgs)]);
    expect([theirs.code, theirs.stderr]).toEqual([0, '']);
    return { theirs: theirs.stdout, ours };
  }

  function lines(text: string): string[] {
    return text.split('\n').filter((line) => line !== '' && !line.startsWith('repository '));
  }

  test('diff prints the same lines', async () => {
    for (const [from, to] of isOld ? pairs.slice(-1) : pairs) {
      const { theirs, ours } = await both('diff', from, to, '--metadata');
      expect(lines(ours)).toEqual(lines(theirs));
      expect(lines(theirs).length).toBeGreaterThan(20);
    }
  });

  test('diff --json tells the same messages', async () => {
    const [from, to] = pairs.at(-1)!;
    const { theirs, ours } = await both('diff', '--json', from, to);
    expect(ours).toBe(theirs);
    // restic compares folders since 0.16.
    if (isOld) return;
    const inFolder = await both('diff', '--json', `${from}:${source}`, `${to}:${source}`);
    expect(inFolder.ours).toBe(inFolder.theirs);
    expect(inFolder.ours).not.toBe(ours);
  });

  interface Matches {
    readonly snapshot: string;
    readonly hits: number;
    readonly matches: readonly Record<string, unknown>[];
  }

  /** 0.14 leaves out inodes, and takes the snapshots as they come. */
  function comparable(json: string): Matches[] {
    const parsed = JSON.parse(json.slice(json.indexOf('['))) as Matches[];
    if (!isOld) return parsed;
    return parsed
      .map((one) => ({
        ...one,
        matches: one.matches.map(({ inode: _inode, device: _device, ...match }) => match),
      }))
      .sort((a, b) => a.snapshot.localeCompare(b.snapshot));
  }

  const SEARCHES = [
    ['*.txt', 'lib'],
    ['*.txt', '-i', '--reverse'],
    ['a/**/same', 'é', 'x\\[1\\]'],
    ['**'],
    ['SOURCE/*/b', 'SOURCE/lib/**', 'not there'],
    ['*', '--oldest', '1990-01-01', '--newest', '2010-06-15 12:00:00'],
    ['not there'],
  ];
  // 0.14 cannot turn the order around, and remembers a folder in which nothing matched: at other paths it passes it over too.
  const searches = isOld ? [SEARCHES[0]!, SEARCHES[3]!] : SEARCHES;

  test.each(searches.map((search) => [search]))('find --json %j', async (search) => {
    const args = search.map((arg) => arg.replace('SOURCE', source));
    const { theirs, ours } = await both('find', '--json', ...args);
    expect(comparable(ours)).toEqual(comparable(theirs));
    expect(comparable(theirs).length > 0).toBe(search[0] !== 'not there');
  });

  function objects(json: string): string[] {
    const parsed = JSON.parse(json.slice(json.indexOf('['))) as unknown[];
    return parsed.map((one) => JSON.stringify(one)).sort();
  }

  // 0.14 takes the snapshots as they come, and does not look at roots.
  if (isOld) return;

  test('find prints the same lines, and the same uses of trees and packs', async () => {
    const names = await both('find', '*.txt');
    expect(lines(names.ours)).toEqual(lines(names.theirs));
    const [newest] = snapshots.slice(-1) as [string];
    const tree = JSON.parse(await tidemark(['cat', 'tree', newest])) as { nodes: { subtree: string }[] };
    const { subtree } = tree.nodes[0]!;
    const trees = await both('find', '--json', '--tree', subtree, '--snapshot', newest);
    expect(objects(trees.ours)).toEqual(objects(trees.theirs));
    expect(objects(trees.ours)).toHaveLength(1);
    const folders = readdirSync(join(folder, 'data'));
    const packs = folders.flatMap((name) => readdirSync(join(folder, 'data', name)));
    const uses = await both('find', '--json', '--pack', ...packs);
    // restic stops at the first use of each tree once it has met as many as it looks for.
    const isBlob = (text: string): boolean => text.includes('"blob"');
    expect(objects(uses.ours).filter(isBlob)).toEqual(objects(uses.theirs).filter(isBlob));
    expect(objects(uses.ours)).toEqual(expect.arrayContaining(objects(uses.theirs)));
    expect(objects(uses.ours).filter(isBlob).length).toBeGreaterThan(10);
  });
});
