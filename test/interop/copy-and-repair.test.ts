/** Copies and repairs of the product and of restic, held against each other. */
import { spawnSync, type SpawnSyncReturns } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createSourceFiles } from '#files/open-files.ts';
import { keepCopy } from '#files/keep-copy.ts';
import { executeCheck } from '#operations/check/execute.ts';
import { executeCopy } from '#operations/copy/execute.ts';
import { DEFAULT_BATCH_BYTES, type CopyResult } from '#operations/copy/types.ts';
import { executeRepairIndex } from '#operations/repair-index/execute.ts';
import { executeRepairPacks } from '#operations/repair-packs/execute.ts';
import { initRepository } from '#repository/init-repository.ts';
import { createRepositoryPorts } from '#core/repository-ports.ts';
import { systemClock } from '#base/system-clock.ts';
import { LocalStorage } from '#storage/local/local-storage.ts';
import { giveCheapKey } from '#test/support/cheap-key.ts';
import { compareTrees } from '#test/support/compare-trees.ts';
import { backUp, openTestRepository, testPipeline } from '#test/support/engine.ts';
import { inThreadPipeline } from '#test/support/in-thread-pipeline.ts';
import { NO_RESTIC, newestRestic } from '#test/support/restic.ts';

const programs = newestRestic();
const base = mkdtempSync(join(tmpdir(), 'tidemark-interop-copy-'));
afterAll(() => rmSync(base, { recursive: true, force: true }));

if (programs.length === 0) test.skip(`restic, copies and repairs [skipped: ${NO_RESTIC}]`, () => undefined);

describe.each(programs)('restic $version', ({ path: restic, version }) => {
  const top = join(base, version);
  const source = join(top, 'source');
  const theirs = join(top, 'theirs');
  const ours = join(top, 'ours');
  const env = {
    ...process.env,
    RESTIC_PASSWORD: 'x',
    RESTIC_FROM_PASSWORD_COMMAND: 'echo x',
    RESTIC_CACHE_DIR: join(base, 'cache'),
  };

  function run(at: string, ...args: readonly string[]): SpawnSyncReturns<string> {
    return spawnSync(restic, ['-r', at, ...args], { env, encoding: 'utf8', maxBuffer: 1 << 28 });
  }

  function snapshotsOf(at: string): Record<string, unknown>[] {
    return JSON.parse(run(at, 'snapshots', '--json').stdout) as Record<string, unknown>[];
  }

  async function copy(from: string, to: string): Promise<CopyResult> {
    const parts = {
      source: await openTestRepository(from, 'x'),
      destination: await openTestRepository(to, 'x'),
      pipeline: testPipeline,
    };
    return executeCopy(parts, {
      ids: [],
      filter: {},
      compression: 'auto',
      sourceNoLock: false,
      batchBytes: DEFAULT_BATCH_BYTES,
    });
  }

  async function expectWhole(at: string): Promise<void> {
    const check = run(at, 'check', '--read-data');
    expect([check.status, check.stdout]).toEqual([0, expect.stringContaining('no errors were found')]);
    const parts = { repository: await openTestRepository(at, 'x'), pipeline: inThreadPipeline };
    expect((await executeCheck(parts, { readData: 'all', noLock: true })).errors).toEqual([]);
  }

  /** Without what a copy changes or drops, and what restic adds when it lists. */
  function essence(snapshot: Record<string, unknown>): Record<string, unknown> {
    const { id: _id, short_id: _shortId, parent: _parent, original: _original, ...rest } = snapshot;
    return rest;
  }

  beforeAll(async () => {
    mkdirSync(join(source, 'deep', 'er'), { recursive: true });
    writeFileSync(join(source, 'text'), 'all work and no play '.repeat(5000));
    writeFileSync(join(source, 'deep', 'er', 'large'), randomBytes(3_000_000));
    writeFileSync(join(source, 'empty'), '');
    expect(run(theirs, 'init').status).toBe(0);
    await giveCheapKey(await openTestRepository(theirs, 'x'), 'x');
    expect(run(theirs, 'backup', '--tag', 'a,b', '--exclude', '*.tmp', source).status).toBe(0);
    writeFileSync(join(source, 'text'), 'changed');
    await backUp(await openTestRepository(theirs, 'x'), source);
    const { config } = await openTestRepository(theirs, 'x');
    const ports = createRepositoryPorts(new LocalStorage(ours, systemClock));
    const { chunkerPolynomial } = config;
    const made = await initRepository(ports, Buffer.from('x'), { version: 2, chunkerPolynomial });
    await giveCheapKey(made, 'x');
  });

  test('what we copied restic finds copied, and the other way round', async () => {
    expect((await copy(theirs, ours)).copied).toHaveLength(2);
    await expectWhole(ours);
    expect(snapshotsOf(ours).map(essence)).toEqual(snapshotsOf(theirs).map(essence));
    const before = readdirSync(join(ours, 'snapshots'));
    expect(run(ours, 'copy', '--from-repo', theirs).status).toBe(0);
    expect(readdirSync(join(ours, 'snapshots'))).toEqual(before);

    const third = join(top, 'third');
    expect(run(third, 'init', '--from-repo', ours, '--copy-chunker-params').status).toBe(0);
    await giveCheapKey(await openTestRepository(third, 'x'), 'x');
    expect(run(third, 'copy', '--from-repo', ours).status).toBe(0);
    for (const from of [ours, theirs])
      expect(await copy(from, third)).toMatchObject({ copied: [], skipped: [{}, {}], blobs: 0 });
    // Back to the beginning.
    expect((await copy(third, theirs)).skipped).toHaveLength(2);

    const target = join(top, 'restored');
    expect(run(ours, 'restore', 'latest', '--target', target).status).toBe(0);
    expect(compareTrees(source, join(target, source), { ignore: ['root'] })).toEqual([]);
  });

  test('with the same chunker parameters nothing is stored twice', async () => {
    const packs = (): number => readdirSync(join(ours, 'data'), { recursive: true }).length;
    const before = packs();
    expect(run(ours, 'backup', join(source, 'deep')).status).toBe(0);
    // At most one pack of folders that are new.
    expect(packs() - before).toBeLessThanOrEqual(2);
  });

  test('an index that we repaired is right for restic', async () => {
    const at = join(top, 'index');
    cpSync(theirs, at, { recursive: true });
    const [first, ...others] = readdirSync(join(at, 'index'));
    chmodSync(join(at, 'index', first!), 0o600);
    writeFileSync(join(at, 'index', first!), 'damaged');
    for (const name of others.slice(1)) rmSync(join(at, 'index', name));
    const repository = await openTestRepository(at, 'x');
    const parts = { repository, pipeline: inThreadPipeline, keepCopy: () => Promise.resolve() };
    const result = await executeRepairIndex(parts, { readAllPacks: true, dryRun: false });
    expect(result.damagedIndexFiles).toEqual([first]);
    await expectWhole(at);
    // Restic's own repair finds nothing more to describe.
    const repair = version.startsWith('0.14') ? ['rebuild-index'] : ['repair', 'index'];
    expect(run(at, ...repair).status).toBe(0);
    await expectWhole(at);
  });

  test('a damaged pack: restic loses and keeps what we do', async () => {
    const damaged = join(top, 'damaged');
    cpSync(theirs, damaged, { recursive: true });
    const pack = largestPack(damaged);
    const bytes = readFileSync(pack.path);
    bytes[1000]! ^= 1;
    chmodSync(pack.path, 0o600);
    writeFileSync(pack.path, bytes);
    const kept = join(top, 'kept');
    mkdirSync(kept);
    const parts = {
      repository: await openTestRepository(damaged, 'x'),
      pipeline: inThreadPipeline,
      files: createSourceFiles(),
      keepCopy: (name: string, copied: Uint8Array) => keepCopy(kept, name, copied),
    };
    const result = await executeRepairPacks(parts, { packs: [pack.id], dryRun: false });
    expect(result).toMatchObject({ lostBlobs: 1, packs: [{ state: 'damaged' }] });
    expect(readFileSync(join(kept, `pack-${pack.id}`)).equals(bytes)).toBe(true);
    const check = run(damaged, 'check', '--read-data');
    // Nothing but the missing piece.
    expect(check.status).toBe(1);
    expect(`${check.stdout}${check.stderr}`).not.toMatch(/pack [0-9a-f]+.*(damaged|contains|does not)/i);
    // What is still on the disk heals it.
    expect(run(damaged, 'backup', '--force', source).status).toBe(0);
    await expectWhole(damaged);
  });

  function largestPack(at: string): { readonly id: string; readonly path: string } {
    const found = readdirSync(join(at, 'data'), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.length > 10)
      .map((name) => ({ id: name.slice(3), path: join(at, 'data', name) }));
    return found.toSorted(
      (one, other) => readFileSync(other.path).length - readFileSync(one.path).length,
    )[0]!;
  }
});
