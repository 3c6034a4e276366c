/**
 * Trying places out on real servers: what each kind can do, and that nothing is different there afterwards, whether there is
 * a repository or not. Buckets are in s3.test.ts.
 */
import { createHash, randomBytes } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { NO_RCLONE, NO_REST_SERVER, rcloneProgram, restServerProgram } from '#test/support/place-programs.ts';
import { PRODUCT_PASSWORD, runProgram } from '#test/support/product.ts';
import { rcloneEnvironment } from '#test/support/rclone-places.ts';
import { startRestServer, type RestServerProcess } from '#test/support/rest-server.ts';
import { NO_RESTIC, newestRestic } from '#test/support/restic.ts';
import { sftpEnvironment } from '#test/support/sftp-places.ts';
import { sftpServerObstacle, startSftpServer, type SftpServer } from '#test/support/sftp-server.ts';
import { startTcpProxy } from '#test/support/tcp-proxy.ts';
import { testLocation } from '#test/support/trial-engine.ts';

const [restic] = newestRestic();
const restServer = restServerProgram();
const rclone = rcloneProgram();
const noSftp = sftpServerObstacle();

const worked = { kind: 'worked' };
const ALL_WORKED = { lists: worked, writes: worked, readsBack: worked, removes: worked, left: null };
const speed = { bytes: expect.any(Number), ms: expect.any(Number), isSlower: false };

let work: string;
let env: Record<string, string>;
/** Made by restic. */
let repository: string;

describe.skipIf(restic === undefined)(`trying places out (${restic?.version ?? NO_RESTIC})`, () => {
  const runRestic = async (...args: string[]) => {
    const run = await runProgram(restic!.path, ['-r', repository, '--no-cache', ...args], {
      env: { RESTIC_PASSWORD: PRODUCT_PASSWORD },
    });
    expect(`${run.stdout}${run.stderr} code ${String(run.code)}`).toMatch(/code 0$/);
    return run.stdout;
  };

  beforeAll(async () => {
    work = mkdtempSync(path.join(tmpdir(), 'tidemark-trial-'));
    env = { XDG_STATE_HOME: work, XDG_CACHE_HOME: work, HOME: work, PATH: process.env['PATH'] ?? '' };
    repository = path.join(work, 'repository');
    await runRestic('init');
    await runRestic('backup', import.meta.filename);
  });
  afterAll(() => rmSync(work, { recursive: true, force: true }));

  test('a folder, with a repository, empty, with other files, and none yet', async () => {
    const before = allIn(work);
    const found = await testLocation(repository, env);
    expect(found.probe).toMatchObject({ kind: 'repository', freeBytes: expect.any(Number) });
    expect(found.trial).toMatchObject({
      ...ALL_WORKED,
      keeping: { kind: 'nothing' },
      upload: { ...speed, bytes: 4 << 20 },
      download: { ...speed, bytes: 4 << 20 },
    });
    expect(Math.abs(found.trial.clockAheadMs!)).toBeLessThan(1000);
    expect(allIn(work)).toEqual(before);

    for (const [name, kind] of [
      ['missing', 'missing'],
      ['empty', 'empty'],
      ['others', 'otherFiles'],
    ] as const) {
      const folder = path.join(work, 'folders', name);
      mkdirSync(kind === 'missing' ? path.dirname(folder) : folder, { recursive: true });
      if (kind === 'otherFiles') writeFileSync(path.join(folder, 'letter.txt'), 'Dear');
      const seen = allIn(work);
      const { probe, trial } = await testLocation(folder, env);
      expect(probe).toMatchObject({ kind, freeBytes: expect.any(Number) });
      expect(trial).toMatchObject(ALL_WORKED);
      expect(allIn(work)).toEqual(seen);
    }
  });

  test('what a killed trial leaves is nothing to restic', async () => {
    const copy = path.join(work, 'killed');
    cpSync(repository, copy, { recursive: true });
    writeFileSync(path.join(copy, '.tmp-0-0123456789ab'), 'left');
    // Of a strict REST server: named by its hash, in no index.
    const bytes = randomBytes(1024);
    const name = createHash('sha256').update(bytes).digest('hex');
    mkdirSync(path.join(copy, 'data', name.slice(0, 2)), { recursive: true });
    writeFileSync(path.join(copy, 'data', name.slice(0, 2), name), bytes);
    const own = repository;
    repository = copy;
    try {
      expect(await runRestic('check')).toContain('no errors were found');
      await runRestic('backup', import.meta.filename);
      await runRestic('prune');
      expect(existsSync(path.join(copy, 'data', name.slice(0, 2), name))).toBe(false);
    } finally {
      repository = own;
    }
  });

  describe.skipIf(noSftp !== undefined)(`SSH (${noSftp ?? 'sshd'})`, () => {
    let server: SftpServer;
    beforeAll(async () => void (server = await startSftpServer()));
    afterAll(() => server.close());

    const at = (folder: string, port = server.port) =>
      testLocation(`sftp://${server.user}@127.0.0.1:${String(port)}/${folder}`, {
        ...env,
        ...sftpEnvironment(server),
      });

    test('with a repository, and none yet', async () => {
      const folder = path.join(work, 'ssh');
      cpSync(repository, path.join(folder, 'place'), { recursive: true });
      const before = allIn(folder);
      for (const [name, kind] of [
        ['place', 'repository'],
        ['new', 'missing'],
      ] as const) {
        const { probe, trial } = await at(path.join(folder, name));
        expect(probe).toMatchObject({ kind, freeBytes: expect.any(Number) });
        expect(trial).toMatchObject({
          ...ALL_WORKED,
          keeping: { kind: 'nothing' },
          upload: speed,
          download: speed,
        });
        expect(Math.abs(trial.clockAheadMs!)).toBeLessThan(2000);
        expect(allIn(folder)).toEqual(before);
      }
    });

    test('a slow line: what it carries is told, and the rest is not waited for', async () => {
      const folder = path.join(work, 'slow');
      mkdirSync(folder);
      const up = { bytesPerSecond: 300_000 };
      const proxy = await startTcpProxy({ targetPort: server.port, up });
      server.know('ed25519', server.port, proxy.port);
      try {
        const { trial } = await at(folder, proxy.port);
        expect(trial).toMatchObject(ALL_WORKED);
        const { bytes, ms, isSlower } = trial.upload!;
        expect({ bytes, isSlower }).toEqual({ bytes: 256 << 10, isSlower: false });
        expect((bytes / ms) * 1000).toBeGreaterThan(150_000);
        expect((bytes / ms) * 1000).toBeLessThan(400_000);
      } finally {
        proxy.close();
      }
      expect(readdirSync(folder)).toEqual([]);
    });
  });

  describe.skipIf(restServer === undefined)(`rest-server (${restServer ?? NO_REST_SERVER})`, () => {
    const withServer = async (args: string[], work_: (server: RestServerProcess) => Promise<void>) => {
      const folder = mkdtempSync(path.join(work, 'rest-'));
      cpSync(repository, path.join(folder, 'place'), { recursive: true });
      const server = await startRestServer(restServer!, { folder, args: ['--no-auth', ...args] });
      try {
        await work_(server);
      } finally {
        await server.stop();
      }
    };
    const at = ({ port }: RestServerProcess, name: string) =>
      testLocation(`rest:http://localhost:${String(port)}/${name}/`, env);

    test('with a repository, and none yet', () =>
      withServer([], async (server) => {
        const before = allIn(server.folder);
        const { probe, trial } = await at(server, 'place');
        expect(probe).toMatchObject({ kind: 'repository', freeBytes: null });
        expect(trial).toMatchObject({
          ...ALL_WORKED,
          keeping: { kind: 'nothing' },
          upload: { ...speed, bytes: 4 << 20 },
          download: { ...speed, bytes: 4 << 20 },
        });
        expect(Math.abs(trial.clockAheadMs!)).toBeLessThan(2000);
        expect(await at(server, 'new')).toMatchObject({
          probe: { kind: 'missing' },
          trial: { writes: { kind: 'notTried' }, left: null, clockAheadMs: expect.any(Number) },
        });
        expect(allIn(server.folder)).toEqual(before);
      }));

    test('append-only: nothing is written that would stay', () =>
      withServer(['--append-only'], async (server) => {
        const before = allIn(server.folder);
        const { trial } = await at(server, 'place');
        expect(trial).toMatchObject({
          lists: worked,
          writes: { kind: 'notTried' },
          readsBack: worked,
          removes: { kind: 'failed', error: { code: 'storage.removalRefused', data: { keptUntil: null } } },
          keeping: { kind: 'everything', untilMs: null },
          upload: null,
          download: null,
          left: null,
        });
        expect(allIn(server.folder)).toEqual(before);
      }));
  });

  test.skipIf(rclone === undefined)(
    `rclone, with a repository, and none yet (${rclone ?? NO_RCLONE})`,
    async () => {
      const folder = path.join(work, 'rclone');
      cpSync(repository, path.join(folder, 'place'), { recursive: true });
      const before = allIn(folder);
      const at = (name: string) =>
        testLocation(`rclone:disk:${folder}/${name}`, { ...env, ...rcloneEnvironment(rclone!) });
      const { probe, trial } = await at('place');
      expect(probe).toMatchObject({ kind: 'repository', freeBytes: null });
      expect(trial).toMatchObject({
        ...ALL_WORKED,
        keeping: { kind: 'nothing' },
        upload: speed,
        download: speed,
        // Its answers are dated by this computer.
        clockAheadMs: null,
      });
      // An empty remote looks like one that is not there, and writing would make it.
      expect(await at('new')).toMatchObject({ trial: { lists: worked, writes: { kind: 'notTried' } } });
      expect(existsSync(path.join(folder, 'new'))).toBe(false);
      expect(allIn(folder)).toEqual(before);
    },
  );
});

/** Paths with sizes, folders too. */
function allIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => {
      const found = statSync(path.join(folder, name));
      return `${name} ${found.isDirectory() ? 'folder' : String(found.size)}`;
    })
    .filter((line) => !line.startsWith('tidemark') && !line.startsWith('.cache'))
    .sort();
}
