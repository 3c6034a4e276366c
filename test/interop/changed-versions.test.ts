/**
 * Tags, rewriting and repairing versions beside the real restic: on copies of one repository both make the same trees, and
 * restic's check is content with what we leave. Trees are compared with the current restic only: 0.14 cannot repair.
 */
import { spawnSync, type SpawnSyncReturns } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  cpSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { textToByteString, type ByteString } from '#base/byte-string.ts';
import { createSourceFiles } from '#files/open-files.ts';
import { executeRepairSnapshots } from '#operations/repair-snapshots/execute.ts';
import { executeRewrite } from '#operations/rewrite/execute.ts';
import { executeTag } from '#operations/tag.ts';
import { giveCheapKey } from '#test/support/cheap-key.ts';
import { backUp, makeLocalRepository, openTestRepository, testPipeline } from '#test/support/engine.ts';
import { extractFixture, FIXTURE_NAMES, loadExpected } from '#test/support/fixture-repository.ts';
import { NO_RESTIC, newestRestic } from '#test/support/restic.ts';

const programs = newestRestic();
const base = mkdtempSync(join(tmpdir(), 'tidemark-changed-versions-'));
const source = join(base, 'source');
afterAll(() => rmSync(base, { recursive: true, force: true }));

if (programs.length === 0) test.skip(`restic and changed versions [skipped: ${NO_RESTIC}]`, () => undefined);

/** Since 0.17 restic rewrites with summaries, since 0.16 it repairs. */
const isCurrent = (version: string): boolean => Number(version.split('.')[1]) >= 17;

interface Listed {
  readonly id: string;
  readonly tree: string;
  readonly tags?: readonly string[];
  readonly original?: string;
  readonly hostname: string;
  readonly time: string;
  readonly summary?: { readonly total_files_processed: number; readonly total_bytes_processed: number };
}

describe.each(programs)('restic $version', ({ path: restic, version }) => {
  const folder = join(base, `repository-${version}`);
  const env = { ...process.env, RESTIC_PASSWORD: 'x', RESTIC_CACHE_DIR: join(base, 'cache') };
  let copies = 0;

  function run(at: string, ...args: string[]): SpawnSyncReturns<string> {
    return spawnSync(restic, ['-r', at, '--no-cache', ...args], { env, encoding: 'utf8' });
  }

  function theirs(at: string, ...args: string[]): void {
    const { status, stderr } = run(at, ...args);
    expect([status, stderr]).toEqual([0, expect.any(String)]);
  }

  /** Oldest first, without what comes by chance. */
  function versions(at: string): Listed[] {
    const listed = JSON.parse(run(at, 'snapshots', '--json').stdout) as Listed[];
    return listed.toSorted((one, other) => (one.time + one.tree < other.time + other.tree ? -1 : 1));
  }

  const comparable = (at: string) =>
    versions(at).map(({ tree, tags, original, hostname, time, summary }) => ({
      tree,
      // Nobody minds their order.
      tags: tags?.toSorted(),
      original,
      hostname,
      time,
      counts: [summary?.total_files_processed, summary?.total_bytes_processed],
    }));

  function copyOf(original: string): string {
    const copy = join(base, `copy-${version}-${String(copies++)}`);
    cpSync(original, copy, { recursive: true });
    return copy;
  }

  function expectClean(at: string): void {
    const { status, stdout } = run(at, 'check', '--read-data');
    expect([status, stdout]).toEqual([0, expect.stringContaining('no errors were found')]);
  }

  async function rewrite(at: string, patterns: readonly string[], forget: boolean) {
    const repository = await openTestRepository(at, 'x');
    const exclude = { patterns: patterns.map(textToByteString) };
    return executeRewrite(
      { repository, pipeline: testPipeline },
      { snapshots: {}, exclude, forget, addSummary: false },
    );
  }

  async function repair(at: string, forget: boolean, paths: readonly ByteString[] = []) {
    const repository = await openTestRepository(at, 'x');
    const heal = paths.length === 0 ? {} : { heal: { repositories: [], paths } };
    return executeRepairSnapshots(
      { repository, pipeline: testPipeline, files: createSourceFiles() },
      { snapshots: {}, forget, ...heal },
    );
  }

  /** From the smallest to the largest. */
  function packsOf(at: string): string[] {
    return readdirSync(join(at, 'data'))
      .flatMap((part) => readdirSync(join(at, 'data', part)).map((name) => join('data', part, name)))
      .toSorted((one, other) => statSync(join(at, one)).size - statSync(join(at, other)).size);
  }

  beforeAll(async () => {
    rmSync(source, { recursive: true, force: true });
    mkdirSync(join(source, 'deep', 'er', 'secret'), { recursive: true });
    mkdirSync(join(source, 'only'), { recursive: true });
    writeFileSync(join(source, 'text'), 'all work and no play '.repeat(500));
    writeFileSync(join(source, 'deep', 'er', 'secret', 'x'), 'secret');
    writeFileSync(join(source, 'deep', 'er', 'large'), randomBytes(5_000_000));
    writeFileSync(join(source, 'only', 'it.tmp'), 'scratch');
    writeFileSync(Buffer.from(`${source}/deep/odd "name" \\ \xff<&>`, 'latin1'), 'odd');
    linkSync(join(source, 'text'), join(source, 'deep', 'hard'));
    symlinkSync('nowhere', join(source, 'link'));
    await giveCheapKey(await makeLocalRepository(folder, { password: 'x' }), 'x');
    theirs(folder, 'backup', '--tag', 'one', source);
    writeFileSync(join(source, 'text'), 'changed');
    await backUp(await openTestRepository(folder, 'x'), source);
    writeFileSync(join(source, 'deep', 'more'), randomBytes(1000));
    theirs(folder, 'backup', '--host', 'elsewhere', source);
  });

  test.each([[['secret', '*.tmp']], [['/**/deep/er', 'large', '!large', 'text']]])(
    'rewriting without %j makes the same versions, and none without need',
    async (patterns) => {
      for (const forget of isCurrent(version) ? [false, true] : [true]) {
        const [ours, other] = [copyOf(folder), copyOf(folder)];
        await rewrite(ours, patterns, forget);
        if (forget) expectClean(ours);
        if (!isCurrent(version)) continue;
        const excludes = patterns.flatMap((pattern) => ['--exclude', pattern]);
        theirs(other, 'rewrite', ...(forget ? ['--forget'] : []), ...excludes);
        expect(comparable(ours)).toEqual(comparable(other));
        // Both find nothing left to do where both have been.
        if (!forget) continue;
        const before = readdirSync(join(ours, 'snapshots'));
        theirs(ours, 'rewrite', '--forget', ...excludes);
        expect(readdirSync(join(ours, 'snapshots'))).toEqual(before);
        expect((await rewrite(other, patterns, true)).changed).toEqual([]);
      }
    },
    60_000,
  );

  test('tags are changed alike, and either goes on from the other', async () => {
    const [ours, other] = [copyOf(folder), copyOf(folder)];
    const change = { kind: 'change', add: ['x', 'y'], remove: ['one'] } as const;
    await executeTag(await openTestRepository(ours, 'x'), { change, snapshots: {} });
    theirs(other, 'tag', '--add', 'x,y', '--remove', 'one');
    expect(comparable(ours)).toEqual(comparable(other));
    theirs(ours, 'tag', '--set', 'z', '--host', 'elsewhere');
    const set = { kind: 'set', tags: ['z'] } as const;
    const snapshots = { filter: { hosts: ['elsewhere'] } };
    await executeTag(await openTestRepository(other, 'x'), { change: set, snapshots });
    expect(comparable(ours)).toEqual(comparable(other));
    expectClean(ours);
  });

  test.skipIf(!isCurrent(version))(
    'repairing makes the same versions, pack by pack [needs restic 0.17]',
    async () => {
      const all = packsOf(folder);
      // Contents of large files, lists of folders, and something of both sizes between.
      const packs = [all[0]!, all[Math.floor(all.length / 2)]!, all.at(-1)!];
      expect(new Set(packs).size).toBe(3);
      for (const pack of packs) {
        const [ours, other] = [copyOf(folder), copyOf(folder)];
        rmSync(join(ours, pack));
        rmSync(join(other, pack));
        await repair(ours, true);
        theirs(ours, 'repair', 'index');
        theirs(other, 'repair', 'index');
        theirs(other, 'repair', 'snapshots', '--forget');
        expect(comparable(ours), pack).toEqual(comparable(other));
        expectClean(ours);
        expect((await repair(other, true)).repairs).toEqual([]);
      }
    },
    120_000,
  );

  test.skipIf(!isCurrent(version))(
    'what live files give back, restic finds whole [needs restic 0.17]',
    async () => {
      const ours = copyOf(folder);
      rmSync(join(ours, packsOf(ours).at(-1)!));
      const { healedBlobs } = await repair(ours, true, [textToByteString(source)]);
      expect(healedBlobs).toBeGreaterThan(2);
      theirs(ours, 'repair', 'index');
      expectClean(ours);
      const target = join(base, `restored-${version}`);
      theirs(ours, 'restore', 'latest', '--target', target);
      expect(
        spawnSync('cmp', [join(target, source, 'deep/er/large'), join(source, 'deep/er/large')]).status,
      ).toBe(0);
    },
  );
});

describe.each(FIXTURE_NAMES)('%s', (name) => {
  const current = programs.filter(({ version }) => isCurrent(version)).at(-1);
  const [password] = loadExpected(name).passwords;

  test.skipIf(current === undefined)(
    'what old versions of restic wrote is rewritten, or refused where restic refuses',
    async () => {
      const folder = await extractFixture(name);
      await giveCheapKey(await openTestRepository(folder, password), password!);
      const copy = `${folder}-copy`;
      cpSync(folder, copy, { recursive: true });
      const env = { ...process.env, RESTIC_PASSWORD: password };
      const theirs = (at: string, ...args: string[]) =>
        spawnSync(current!.path, ['-r', at, '--no-cache', ...args], { env, encoding: 'utf8' });
      const parts = { repository: await openTestRepository(folder, password), pipeline: testPipeline };
      const exclude = { patterns: [textToByteString('*a*')] };
      const { changed, refused } = await executeRewrite(parts, {
        snapshots: {},
        exclude,
        forget: true,
        addSummary: false,
      });
      for (const { error } of refused) expect(error.code).toBe('integrity.treeForeign');
      const { status, stderr } = theirs(copy, 'rewrite', '--forget', '--exclude', '*a*');
      expect([status === 0, stderr]).toEqual([refused.length === 0, expect.any(String)]);
      if (status === 0) {
        expect(changed.length).toBeGreaterThan(0);
        const treesOf = (at: string) =>
          (JSON.parse(theirs(at, 'snapshots', '--json').stdout) as Listed[])
            .map(({ tree }) => tree)
            .toSorted();
        expect(treesOf(folder)).toEqual(treesOf(copy));
      }
      expect(theirs(folder, 'check').status).toBe(0);
      rmSync(copy, { recursive: true, force: true });
    },
  );
});
