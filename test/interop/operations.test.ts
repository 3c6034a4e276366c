/** The same repository looked at by restic and by the product: check, stats, ls, cat, dump, and locks both ways. */
import { spawn, spawnSync, type SpawnSyncReturns } from 'node:child_process';
import { once } from 'node:events';
import {
  cpSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { textToByteString, toDisplay } from '#base/byte-string.ts';
import { catObject, type CatKind } from '#operations/cat.ts';
import { executeCheck } from '#operations/check/execute.ts';
import type { CheckResult } from '#operations/check/types.ts';
import { executeDump } from '#operations/dump.ts';
import { listSnapshot } from '#operations/ls.ts';
import { loadStats, type StatsMode } from '#operations/stats.ts';
import { giveCheapKeyAt } from '#test/support/cheap-key.ts';
import { backUp, openTestRepository, testPipeline } from '#test/support/engine.ts';
import { NO_RESTIC, newestRestic } from '#test/support/restic.ts';

const programs = newestRestic();
const base = mkdtempSync(join(tmpdir(), 'tidemark-interop-'));
const source = join(base, 'source');
afterAll(() => rmSync(base, { recursive: true, force: true }));

if (programs.length === 0) test.skip(`restic and the operations [skipped: ${NO_RESTIC}]`, () => undefined);

describe.each(programs)('restic $version', ({ path: restic, version }) => {
  const folder = join(base, `repository-${version}`);
  const env = { ...process.env, RESTIC_PASSWORD: 'x', RESTIC_CACHE_DIR: join(base, 'cache') };

  function run(at: string, ...args: string[]): SpawnSyncReturns<string> {
    return spawnSync(restic, ['-r', at, ...args], { env, encoding: 'utf8', maxBuffer: 1 << 28 });
  }

  /** Parses the last line that is JSON. */
  function json(at: string, ...args: string[]): Record<string, unknown> {
    const lines = run(at, '--json', ...args)
      .stdout.trim()
      .split('\n');
    return JSON.parse(lines.at(-1)!) as Record<string, unknown>;
  }

  async function check(at: string): Promise<CheckResult> {
    const repository = await openTestRepository(at, 'x');
    return executeCheck({ repository, pipeline: testPipeline }, { readData: 'all', noLock: false });
  }

  beforeAll(async () => {
    rmSync(source, { recursive: true, force: true });
    mkdirSync(join(source, 'deep', 'er'), { recursive: true });
    writeFileSync(join(source, 'text'), 'all work and no play '.repeat(5000));
    writeFileSync(join(source, 'deep', 'same text'), 'all work and no play '.repeat(5000));
    writeFileSync(join(source, 'deep', 'er', 'large'), randomBytes(4_000_000));
    writeFileSync(join(source, 'empty'), '');
    linkSync(join(source, 'text'), join(source, 'deep', 'hard'));
    expect(run(folder, 'init').status).toBe(0);
    await giveCheapKeyAt(folder, 'x');
    expect(run(folder, 'backup', source).status).toBe(0);
    writeFileSync(join(source, 'text'), 'changed');
    await backUp(await openTestRepository(folder, 'x'), source);
    writeFileSync(join(source, 'more'), randomBytes(1000));
    expect(run(folder, 'backup', source).status).toBe(0);
  });

  test('both find a repository that both wrote whole', async () => {
    expect((await check(folder)).errors).toEqual([]);
    const theirs = run(folder, 'check', '--read-data');
    expect([theirs.status, theirs.stdout]).toEqual([0, expect.stringContaining('no errors were found')]);
  });

  test.each(['restore-size', 'files-by-contents', 'blobs-per-file', 'raw-data'] as StatsMode[])(
    'stats %s',
    async (mode) => {
      // What a path has in several snapshots counts by the order they come in, which restic leaves to chance.
      for (const ids of mode === 'blobs-per-file' ? [['latest']] : [[], ['latest']]) {
        const theirs = json(folder, 'stats', '--mode', mode, ...ids);
        const ours = await loadStats(await openTestRepository(folder, 'x'), mode, { ids });
        expect(ours.totalSize).toBe(theirs['total_size']);
        expect(ours.totalFileCount).toBe(theirs['total_file_count'] ?? 0);
        expect(ours.totalBlobCount).toBe(theirs['total_blob_count'] ?? 0);
        // restic tells these since 0.15.
        const uncompressed = theirs['total_uncompressed_size'];
        if (uncompressed === undefined) continue;
        expect(ours.totalUncompressedSize).toBe(uncompressed);
        expect(ours.compressedUncompressedSize! / ours.compressedSize!).toBeCloseTo(
          theirs['compression_ratio'] as number,
          10,
        );
      }
    },
  );

  test.each(['', '--recursive'])('ls lists the same paths in the same order %s', async (flag) => {
    for (const paths of [[], [source], [join(source, 'deep')]]) {
      const theirs = run(folder, 'ls', '--quiet', ...(flag === '' ? [] : [flag]), 'latest', ...paths);
      const ours: string[] = [];
      const request = {
        snapshot: 'latest',
        paths: paths.map(textToByteString),
        recursive: flag === '--recursive',
      };
      for await (const listed of listSnapshot(await openTestRepository(folder, 'x'), request))
        if (listed.kind === 'entry') ours.push(toDisplay(listed.path));
      const listedByThem = theirs.stdout.split('\n').filter((line) => line.startsWith('/'));
      expect(ours).toEqual(listedByThem);
      expect(ours.length).toBeGreaterThan(0);
    }
  });

  test.each(['masterkey', 'config', 'snapshot', 'key', 'index'] as CatKind[])('cat %s', async (kind) => {
    const places: Partial<Record<CatKind, string>> = { snapshot: 'snapshots', key: 'keys', index: 'index' };
    const place = places[kind];
    const id = place === undefined ? undefined : readdirSync(join(folder, place))[0]!;
    const theirs = run(folder, 'cat', kind, ...(id === undefined ? [] : [id])).stdout;
    const repository = await openTestRepository(folder, 'x');
    const ours = await catObject(repository, { kind, ...(id === undefined ? {} : { id }) });
    const text = Buffer.from(ours).toString();
    // Fields that an older restic does not know it leaves out.
    if (kind === 'snapshot') expect(JSON.parse(text)).toMatchObject(JSON.parse(theirs) as object);
    else expect(text.trim()).toBe(theirs.trim());
  });

  test('dump gives the same file', async () => {
    const path = join(source, 'deep', 'er', 'large');
    const theirs = spawnSync(restic, ['-r', folder, 'dump', 'latest', path], { env, maxBuffer: 1 << 28 });
    const parts: Uint8Array[] = [];
    const request = { snapshot: 'latest', path: textToByteString(path), archive: 'tar' } as const;
    await executeDump(await openTestRepository(folder, 'x'), request, async (part) => void parts.push(part));
    expect(Buffer.concat(parts).equals(theirs.stdout)).toBe(true);
  });

  describe('both find the same damage', () => {
    /** The one with the file that does not compress. A lost tree makes restic 0.14 try again for minutes. */
    const largestPack = (at: string): string =>
      readdirSync(join(at, 'data'))
        .flatMap((prefix) =>
          readdirSync(join(at, 'data', prefix)).map((name) => join(at, 'data', prefix, name)),
        )
        .toSorted((one, other) => statSync(other).size - statSync(one).size)[0]!;
    const first = (at: string, kind: string): string => join(kind, readdirSync(join(at, kind))[0]!);

    function replace(file: string, change: (bytes: Buffer) => Buffer): void {
      const bytes = spawnSync('cat', [file], { maxBuffer: 1 << 28 }).stdout;
      rmSync(file);
      writeFileSync(file, change(bytes));
    }

    const flip = (at: number) => (bytes: Buffer) => {
      bytes[at < 0 ? bytes.length + at : at]! ^= 0x10;
      return bytes;
    };

    test.each([
      ['a missing pack', (at: string) => rmSync(largestPack(at))],
      ['a cut pack', (at: string) => replace(largestPack(at), (bytes) => bytes.subarray(0, -9))],
      ['a bit in a blob', (at: string) => replace(largestPack(at), flip(30))],
      ['a bit in a header', (at: string) => replace(largestPack(at), flip(-20))],
      ['a bit in a header length', (at: string) => replace(largestPack(at), flip(-3))],
      ['a missing index file', (at: string) => rmSync(join(at, first(at, 'index')))],
      ['a bit in an index file', (at: string) => replace(join(at, first(at, 'index')), flip(60))],
      ['a bit in a snapshot', (at: string) => replace(join(at, first(at, 'snapshots')), flip(60))],
      [
        'a snapshot that is empty',
        (at: string) => replace(join(at, first(at, 'snapshots')), () => Buffer.alloc(0)),
      ],
    ])('%s', async (_what, damage) => {
      const copy = join(base, 'damaged');
      rmSync(copy, { recursive: true, force: true });
      cpSync(folder, copy, { recursive: true });
      damage(copy);
      const ours = await check(copy);
      expect(ours.errorCount).toBeGreaterThan(0);
      // Reading a pack that is not there, restic tries again for most of a minute.
      const readData = ours.errors.some(({ code }) => code === 'packMissing') ? [] : ['--read-data'];
      expect(run(copy, 'check', ...readData).status).not.toBe(0);
    });
  });

  describe('locks', () => {
    test('E10 ours is heeded by restic', async () => {
      const repository = await openTestRepository(folder, 'x');
      const lock = await repository.lock({ exclusive: true });
      try {
        const refused = run(folder, 'backup', source);
        expect(refused.status).not.toBe(0);
        expect(refused.stderr).toContain('already locked');
        expect(run(folder, 'list', 'locks').stdout.trim()).toBe(lock.id);
      } finally {
        await lock.release();
      }
      expect(run(folder, 'backup', source).status).toBe(0);
    });

    test('E10 restic’s is heeded by ours, shared and exclusive', async () => {
      // A backup from a pipe that stays open holds its shared lock.
      const backup = spawn(restic, ['-r', folder, 'backup', '--stdin'], {
        env,
        stdio: ['pipe', 'ignore', 'ignore'],
      });
      const ended = once(backup, 'exit');
      try {
        while (readdirSync(join(folder, 'locks')).length === 0)
          await new Promise((resolve) => setTimeout(resolve, 50));
        await expect(check(folder)).rejects.toMatchObject({
          code: 'repository.locked',
          data: { pid: backup.pid, exclusive: false, stale: false },
        });
        const shared = await (await openTestRepository(folder, 'x')).lock({ exclusive: false });
        await shared.release();
      } finally {
        backup.stdin.end('done');
        await ended;
      }
      expect((await check(folder)).errors).toEqual([]);
    });
  });
});
