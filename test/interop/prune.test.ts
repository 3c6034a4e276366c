/** restic and the product prune one repository in turn: what either leaves is whole for the other, and locks are respected. */
import { randomBytes } from 'node:crypto';
import { spawn, spawnSync, type SpawnSyncReturns } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, describe, expect, test } from 'vitest';
import { executeCheck } from '#operations/check/execute.ts';
import { prune } from '#operations/prune/run.ts';
import { DEFAULT_PRUNE_REQUEST, type PruneResult } from '#operations/prune/types.ts';
import { giveCheapKeyAt } from '#test/support/cheap-key.ts';
import { compareTrees } from '#test/support/compare-trees.ts';
import { backUp, openTestRepository, testPipeline } from '#test/support/engine.ts';
import { NO_RESTIC, resticPrograms } from '#test/support/restic.ts';

const programs = resticPrograms();
const base = mkdtempSync(join(tmpdir(), 'tidemark-interop-prune-'));
afterAll(() => rmSync(base, { recursive: true, force: true }));

if (programs.length === 0) test.skip(`restic and prune [skipped: ${NO_RESTIC}]`, () => undefined);

/** The old format with the oldest program only: what differs does not hang on the program. */
const shapes = programs.flatMap((program, i) =>
  (i === 0 ? [1, 2] : [2]).map((format) => ({ ...program, format })),
);

describe.each(shapes)('restic $version, format $format', ({ path: restic, version, format }) => {
  const folder = join(base, `repository-${version}-${format}`);
  const source = join(base, `source-${version}-${format}`);
  const env = { ...process.env, RESTIC_PASSWORD: 'x', RESTIC_CACHE_DIR: join(base, 'cache') };

  function run(...args: string[]): SpawnSyncReturns<string> {
    return spawnSync(restic, ['-r', folder, ...args], { env, encoding: 'utf8', maxBuffer: 1 << 28 });
  }

  function succeed(...args: string[]): string {
    const { status, stdout, stderr } = run(...args);
    expect([status, stderr], args.join(' ')).toEqual([0, expect.anything()]);
    return stdout;
  }

  async function pruneOurs(): Promise<PruneResult> {
    const parts = { repository: await openTestRepository(folder, 'x'), pipeline: testPipeline };
    return prune(parts, { ...DEFAULT_PRUNE_REQUEST, maxUnused: { kind: 'bytes', bytes: 0 } });
  }

  function snapshots(): { readonly id: string; readonly tags?: readonly string[] }[] {
    return JSON.parse(succeed('snapshots', '--json')) as { id: string; tags?: string[] }[];
  }

  /** Snapshots are tagged with the state of the source that they hold. */
  async function assertWhole(): Promise<void> {
    const theirs = run('check', '--read-data');
    expect([theirs.status, theirs.stdout]).toEqual([0, expect.stringContaining('no errors were found')]);
    const repository = await openTestRepository(folder, 'x');
    const request = { readData: 'all', noLock: false } as const;
    const ours = await executeCheck({ repository, pipeline: testPipeline }, request);
    expect([...ours.errors, ...ours.hints]).toEqual([]);
    for (const { id, tags } of snapshots()) {
      const target = join(base, 'restored');
      rmSync(target, { recursive: true, force: true });
      succeed('restore', id, '--target', target);
      expect(
        compareTrees(join(base, `state-${version}-${format}-${tags![0]!}`), join(target, source)),
      ).toEqual([]);
    }
  }

  test('E10 prune in turn', async () => {
    succeed('init', '--repository-version', String(format));
    await giveCheapKeyAt(folder, 'x');
    mkdirSync(join(source, 'deep', 'er'), { recursive: true });
    for (let state = 0; state < 4; state++) {
      writeFileSync(join(source, `large-${state}`), randomBytes(3_000_000));
      writeFileSync(join(source, 'deep', 'changing'), `${'words and words '.repeat(20_000)}${String(state)}`);
      for (let i = 0; i < 20; i++)
        writeFileSync(join(source, 'deep', 'er', String(i % (state + 10))), randomBytes(10_000));
      rmSync(join(source, `large-${state - 2}`), { force: true });
      spawnSync('cp', [
        '-a',
        '--no-target-directory',
        source,
        join(base, `state-${version}-${format}-${state}`),
      ]);
      if (state % 2 === 0) succeed('backup', '--tag', String(state), source);
      else await backUp(await openTestRepository(folder, 'x'), source, { tags: [String(state)] });
    }
    const [first, , third] = snapshots().map(({ id }) => id);
    succeed('forget', first!);
    const ours = await pruneOurs();
    expect(ours.removedPacks).toBeGreaterThan(0);
    expect(ours.repackedPacks).toBeGreaterThan(0);
    await assertWhole();
    // There is nothing left for the other.
    expect(run('prune', '--max-unused', '0', '--dry-run').stdout).toMatch(/to delete: +0 blobs/);
    succeed('forget', third!);
    succeed('prune', '--max-unused', '0');
    const nothing = await pruneOurs();
    expect([nothing.removedPacks, nothing.stats.unused.blobs]).toEqual([0, 0]);
    await assertWhole();
  }, 120_000);

  test('E10 a backup of the other is waited for', async () => {
    const packs = readdirSync(join(folder, 'data'), { recursive: true }).length;
    const child = spawn(restic, ['-r', folder, 'backup', '--stdin'], {
      env,
      stdio: ['pipe', 'ignore', 'ignore'],
    });
    const ended = new Promise((resolve) => child.on('exit', resolve));
    try {
      while (readdirSync(join(folder, 'locks')).length === 0) await sleep(20);
      await expect(pruneOurs()).rejects.toMatchObject({ code: 'repository.locked' });
      expect(readdirSync(join(folder, 'data'), { recursive: true }).length).toBe(packs);
    } finally {
      child.stdin.end('text');
      await ended;
    }
  }, 60_000);
});
