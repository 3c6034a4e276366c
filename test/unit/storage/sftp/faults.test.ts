/** What goes wrong on the way to an SSH server, and on it: a real OpenSSH behind a link that misbehaves as told. */
import { chmodSync, chownSync, readdirSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { mkdir, stat } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { isTidemarkError, type TidemarkError } from '#base/errors.ts';
import { systemClock } from '#base/system-clock.ts';
import { RetryStorage } from '#storage/decorators/retry-storage.ts';
import type { SftpOptions } from '#storage/sftp/connect-sftp.ts';
import { SftpStorage } from '#storage/sftp/sftp-storage.ts';
import { makeSftpPlace, sftpEnvironment, type SftpPlace } from '#test/support/sftp-places.ts';
import {
  passwordObstacle,
  sftpServerObstacle,
  startSftpServer,
  type SftpServer,
} from '#test/support/sftp-server.ts';
import { sha256 } from '#test/support/sha256.ts';
import { remountReadOnly, smallDiskObstacle, withSmallDisk } from '#test/support/small-disk.ts';
import { startTcpProxy, type CutKind, type TcpProxy } from '#test/support/tcp-proxy.ts';

const obstacle = sftpServerObstacle();
const noDisk = obstacle ?? (await smallDiskObstacle());
const noPasswords = obstacle ?? passwordObstacle();
const MIB = 1 << 20;

async function failureOf(work: Promise<unknown>): Promise<TidemarkError> {
  const outcome = await work.then(
    () => new Error('no failure'),
    (error: unknown) => error,
  );
  if (!isTidemarkError(outcome)) throw outcome;
  return outcome;
}

function makeBytes(sizeBytes: number, seed = 0): { bytes: Buffer; name: string } {
  const bytes = Buffer.alloc(sizeBytes, `${String(seed)} some bytes, not all alike.`);
  return { bytes, name: sha256(bytes) };
}

async function tookMs(work: Promise<unknown>): Promise<number> {
  const startedMs = performance.now();
  await work.catch(() => undefined);
  return performance.now() - startedMs;
}

describe.skipIf(obstacle !== undefined)(`faults of SSH servers (${obstacle ?? 'OpenSSH'})`, () => {
  let server: SftpServer;
  let proxy: TcpProxy;
  let place: SftpPlace;

  beforeAll(async () => {
    server = await startSftpServer();
  });

  afterAll(async () => server.close());

  beforeEach(async () => {
    proxy = await startTcpProxy({ targetPort: server.port });
    server.know('ed25519', proxy.port);
    place = await makeSftpPlace(server, { port: proxy.port });
    await place.storage.create();
  });

  afterEach(async () => {
    proxy.close();
    await place.storage.close();
    await place.dispose();
  });

  /** Another storage on the same folder. */
  function again(options: Partial<SftpOptions> = {}, port = proxy.port): SftpStorage {
    return new SftpStorage(
      { kind: 'sftp', host: '127.0.0.1', port, user: server.user, path: place.folder },
      { clock: systemClock, env: sftpEnvironment(server), ...options },
    );
  }

  function temporaryFiles(): string[] {
    return readdirSync(place.folder, { recursive: true, encoding: 'utf8' }).filter((each) =>
      each.includes('.tmp-'),
    );
  }

  describe('cut connections', () => {
    const SIZE = 3 * MIB;
    const UPLOAD_CUTS: readonly (readonly [string, number, CutKind])[] = [
      ['at the beginning', 0, 'reset'],
      ['after a byte', 1, 'reset'],
      ['in the middle', SIZE / 2, 'reset'],
      ['in the middle, properly', SIZE / 2, 'end'],
      ['near the end', SIZE - 1000, 'reset'],
      ['while it is flushed and named', SIZE + 3000, 'end'],
    ];

    test.each(UPLOAD_CUTS)(
      '10: an upload cut %s is absent or whole, and the next one succeeds',
      async (_title, at, kind) => {
        const { bytes, name } = makeBytes(SIZE);
        const cut = proxy.cutAfter('up', at, kind);
        const failure = await place.storage.save('pack', name, bytes).then(
          () => undefined,
          (error: unknown) => error,
        );
        await cut;
        if (failure !== undefined)
          expect(failure).toMatchObject({ code: 'storage.unreachable', retry: 'later' });
        const listed = await place.storage.list('pack');
        if (listed.length > 0) expect(listed).toEqual([{ name, sizeBytes: SIZE }]);
        await place.storage.save('pack', name, bytes);
        expect(Buffer.compare(await place.storage.load('pack', name), bytes)).toBe(0);
      },
    );

    test.each([
      ['at the beginning', 0, 'reset'],
      ['in the middle', SIZE / 2, 'reset'],
      ['in the middle, properly', SIZE / 2, 'end'],
    ] as const)('10: a download cut %s fails whole, and the next one succeeds', async (_title, at, kind) => {
      const { bytes, name } = makeBytes(SIZE);
      await place.storage.save('pack', name, bytes);
      void proxy.cutAfter('down', at, kind);
      const failure = await failureOf(place.storage.load('pack', name));
      expect(failure).toMatchObject({ code: 'storage.unreachable', retry: 'later' });
      expect(Buffer.compare(await place.storage.load('pack', name), bytes)).toBe(0);
    });

    test('19: many calls that lose their connection together share one new one, and succeed when repeated', async () => {
      const retrying = new RetryStorage(place.storage, {
        clock: systemClock,
        random: () => 0.5,
        budget: { firstDelayMs: 10, maxDelayMs: 100, totalMs: 10_000 },
      });
      const files = Array.from({ length: 20 }, (_, i) => makeBytes(200_000, i));
      const before = proxy.connectionCount;
      void proxy.cutAfter('up', 2_000_000);
      await Promise.all(files.map(({ bytes, name }) => retrying.save('pack', name, bytes)));
      expect(await place.storage.list('pack')).toHaveLength(20);
      expect(proxy.connectionCount).toBe(before + 1);
    });

    test('21: a connection lost while nothing was asked is made anew by the next call', async () => {
      const before = proxy.connectionCount;
      server.signalConnections('SIGKILL');
      while (proxy.openConnections > 0) await new Promise((resolve) => setTimeout(resolve, 10));
      await place.storage.list('key');
      expect(proxy.connectionCount).toBe(before + 1);
    });

    test('24: a call on a connection that has just died ends at once', async () => {
      proxy.refuse();
      proxy.cut();
      expect(await tookMs(place.storage.list('key'))).toBeLessThan(1000);
      expect(await tookMs(place.storage.list('key'))).toBeLessThan(1000);
      await proxy.listen();
      await place.storage.list('key');
    });

    test('12: a server killed in the middle of saves: absent or whole; restarted, all goes on', async () => {
      const files = Array.from({ length: 8 }, (_, i) => makeBytes(MIB, i));
      const retrying = new RetryStorage(place.storage, {
        clock: systemClock,
        random: () => 0.5,
        budget: { firstDelayMs: 50, maxDelayMs: 200, totalMs: 20_000 },
      });
      const killed = proxy.cutAfter('up', 3 * MIB).then(() => server.kill());
      const saving = Promise.all(files.map(({ bytes, name }) => retrying.save('pack', name, bytes)));
      await killed;
      await server.start();
      await saving;
      for (const { bytes, name } of files)
        expect(Buffer.compare(await place.storage.load('pack', name), bytes)).toBe(0);
    });
  });

  describe('silence', () => {
    const IMPATIENT = { stallTimeoutMs: 400, connectTimeoutMs: 600 } as const;

    test.each(['up', 'down'] as const)(
      '20: a black hole in mid-%sload ends the call after the time-out',
      async (way) => {
        const storage = again(IMPATIENT);
        const { bytes, name } = makeBytes(8 * MIB);
        if (way === 'down') await storage.save('pack', name, bytes);
        await storage.open();
        proxy.shape(way, { bytesPerSecond: 4 * MIB });
        const working = way === 'up' ? storage.save('pack', name, bytes) : storage.load('pack', name);
        setTimeout(() => proxy.blackHole(true), 200);
        const startedMs = performance.now();
        expect(await failureOf(working)).toMatchObject({ code: 'storage.timeout', retry: 'later' });
        expect(performance.now() - startedMs).toBeLessThan(3000);
        proxy.blackHole(false);
        proxy.shape(way, {});
        await storage.save('pack', name, bytes);
        expect(await storage.list('pack')).toEqual([{ name, sizeBytes: bytes.length }]);
        await storage.close();
      },
    );

    test('20: a black hole at the connection ends the call after the time-out', async () => {
      const storage = again(IMPATIENT);
      proxy.blackHole(true);
      expect(await failureOf(storage.open())).toMatchObject({ code: 'storage.timeout', retry: 'later' });
      proxy.blackHole(false);
      await storage.open();
      await storage.close();
    });

    test('20: a server that hangs with its connection open ends the call after the time-out', async () => {
      const storage = again({ ...IMPATIENT, keepAliveMs: 100_000 });
      await storage.open();
      server.signalConnections('SIGSTOP');
      try {
        expect(await failureOf(storage.list('key'))).toMatchObject({
          code: 'storage.timeout',
          retry: 'later',
        });
      } finally {
        server.signalConnections('SIGCONT');
      }
      await storage.close();
    });

    test('20: an idle connection into a black hole is noticed by its signs of life', async () => {
      const storage = again({ keepAliveMs: 50 });
      await storage.open();
      proxy.blackHole(true);
      await new Promise((resolve) => setTimeout(resolve, 600));
      proxy.blackHole(false);
      const before = proxy.connectionCount;
      await storage.open();
      expect(proxy.connectionCount).toBe(before + 1);
      await storage.close();
    });

    test('20: a slow transfer that moves on is not ended', async () => {
      const storage = again(IMPATIENT);
      await storage.open();
      const { bytes, name } = makeBytes(2 * MIB);
      proxy.shape('up', { bytesPerSecond: MIB });
      const startedMs = performance.now();
      await storage.save('pack', name, bytes);
      expect(performance.now() - startedMs).toBeGreaterThan(3 * IMPATIENT.stallTimeoutMs);
      await storage.close();
    });

    test.each([
      [
        'an upload',
        (storage: SftpStorage, signal: AbortSignal) =>
          storage.save('pack', makeBytes(8 * MIB).name, makeBytes(8 * MIB).bytes, signal),
      ],
      ['a list', (storage: SftpStorage, signal: AbortSignal) => storage.list('pack', signal)],
    ] as const)(
      '17: %s on a hanging line ends within a second of its cancellation',
      async (_title, start) => {
        await place.storage.list('key');
        proxy.blackHole(true);
        const controller = new AbortController();
        const working = start(place.storage, controller.signal);
        setTimeout(() => controller.abort(), 100);
        const took = tookMs(working);
        expect((await failureOf(working)).code).toBe('job.cancelled');
        expect(await took).toBeLessThan(1200);
        proxy.blackHole(false);
        expect(await place.storage.list('pack')).toEqual([]);
      },
    );

    test('17: waiting for a connection ends within a second of its cancellation, and others get theirs', async () => {
      const storage = again();
      proxy.blackHole(true);
      const controller = new AbortController();
      const cancelled = failureOf(storage.list('key', controller.signal));
      const patient = storage.list('key');
      setTimeout(() => controller.abort(), 50);
      expect((await cancelled).code).toBe('job.cancelled');
      proxy.blackHole(false);
      expect(await patient).toEqual([]);
      await storage.close();
    });

    test('17: a cancelled upload leaves nothing', async () => {
      const { bytes, name } = makeBytes(16 * MIB);
      proxy.shape('up', { bytesPerSecond: 20 * MIB });
      const controller = new AbortController();
      const saving = failureOf(place.storage.save('pack', name, bytes, controller.signal));
      setTimeout(() => controller.abort(), 200);
      expect((await saving).code).toBe('job.cancelled');
      proxy.shape('up', {});
      await place.storage.list('key');
      expect(temporaryFiles()).toEqual([]);
    });
  });

  describe('servers that are not there', () => {
    test('22: nobody listens', async () => {
      const lonely = again({}, 1);
      const failure = await failureOf(lonely.open());
      expect(failure).toMatchObject({
        code: 'storage.unreachable',
        retry: 'later',
        data: { reason: 'that computer takes no SSH connections at this port' },
      });
    });

    test('no such name', async () => {
      const storage = new SftpStorage(
        { kind: 'sftp', host: 'no-such-host.invalid', path: '/x' },
        { clock: systemClock, env: sftpEnvironment(server) },
      );
      expect((await failureOf(storage.open())).code).toBe('storage.unreachable');
    });

    test('something else listens', async () => {
      const http = createServer((_request, response) => response.end('no')).listen(0, '127.0.0.1');
      await new Promise((resolve) => http.once('listening', resolve));
      const storage = again({ connectTimeoutMs: 500 }, (http.address() as { port: number }).port);
      expect(['storage.unreachable', 'storage.timeout']).toContain((await failureOf(storage.open())).code);
      http.closeAllConnections();
      http.close();
    });

    test('a server without SFTP', async () => {
      const shell = await startSftpServer({ subsystem: 'other' });
      try {
        const storage = new SftpStorage(
          { kind: 'sftp', host: '127.0.0.1', port: shell.port, user: shell.user, path: shell.data },
          { clock: systemClock, env: sftpEnvironment(shell) },
        );
        expect(await failureOf(storage.open())).toMatchObject({
          code: 'storage.unreachable',
          retry: 'afterUser',
          data: { reason: 'that server does not offer SFTP' },
        });
        await storage.close();
      } finally {
        await shell.close();
      }
    });
  });

  describe('what is on the server', () => {
    test('a folder above that is missing is not made', async () => {
      const storage = new SftpStorage(
        {
          kind: 'sftp',
          host: '127.0.0.1',
          port: server.port,
          user: server.user,
          path: join(server.data, 'a/b'),
        },
        { clock: systemClock, env: sftpEnvironment(server) },
      );
      expect(await failureOf(storage.create())).toMatchObject({
        code: 'storage.unreachable',
        retry: 'afterUser',
      });
      await expect(stat(join(server.data, 'a'))).rejects.toThrow('ENOENT');
      await storage.close();
    });

    test('35: a repository that has gone is no empty one, and nothing is made in its place', async () => {
      const { bytes, name } = makeBytes(1000);
      await place.storage.save('config', 'config', bytes);
      await place.storage.save('pack', name, bytes);
      renameSync(place.folder, `${place.folder}-away`);
      await mkdir(place.folder);
      for (const work of [
        () => place.storage.list('pack'),
        () => place.storage.list('snapshot'),
        () => place.storage.load('pack', name),
        () => place.storage.stat('pack', name),
        () => place.storage.remove('pack', name),
        () => place.storage.save('pack', name, bytes),
        () => place.storage.removeLeftovers(),
      ]) {
        expect((await failureOf(work())).code).toBe('storage.driveGone');
      }
      expect(readdirSync(place.folder)).toEqual([]);
      rmSync(place.folder, { recursive: true });
      expect((await failureOf(place.storage.save('pack', name, bytes))).code).toBe('storage.driveGone');
      renameSync(`${place.folder}-away`, place.folder);
      expect(await place.storage.list('pack')).toEqual([{ name, sizeBytes: 1000 }]);
    });

    test('a missing sub-folder is made by the save that needs it', async () => {
      const { bytes, name } = makeBytes(1000);
      await place.storage.save('config', 'config', bytes);
      rmSync(join(place.folder, 'data'), { recursive: true });
      expect(await place.storage.list('pack')).toEqual([]);
      await place.storage.save('pack', name, bytes);
      expect(await place.storage.list('pack')).toEqual([{ name, sizeBytes: 1000 }]);
    });

    test("11: what killed saves left is removed after a day by the server's clock, not before", async () => {
      const daySeconds = 24 * 60 * 60;
      const nowSeconds = Date.now() / 1000;
      for (const [path, ageSeconds] of [
        ['data/ab/.tmp-1-0123456789ab', daySeconds + 100],
        ['.tmp-2-0123456789ab', daySeconds * 30],
        ['index/.tmp-3-0123456789ab', daySeconds - 100],
        ['index/.tmp-somebody-else', daySeconds * 30],
      ] as const) {
        await place.plantFile(path, Buffer.from('left'));
        utimesSync(join(place.folder, path), nowSeconds, nowSeconds - ageSeconds);
      }
      expect(await place.storage.removeLeftovers()).toBe(2);
      expect(temporaryFiles().sort()).toEqual(['index/.tmp-3-0123456789ab', 'index/.tmp-somebody-else']);
    });

    test('a repository that is shared with a group stays so', async () => {
      const modeOf = async (type: 'key' | 'pack', name: string): Promise<number> =>
        (await stat(join(place.folder, type === 'key' ? `keys/${name}` : `data/${name.slice(0, 2)}/${name}`)))
          .mode & 0o777;
      const { bytes, name } = makeBytes(100);
      await place.storage.save('config', 'config', bytes);
      await place.storage.save('key', name, bytes);
      expect(await modeOf('key', name)).toBe(0o600);
      chmodSync(join(place.folder, 'config'), 0o640);
      await place.storage.open();
      await place.storage.save('pack', name, bytes);
      // Less what the server's umask takes.
      expect((await modeOf('pack', name)) & 0o740).toBe(0o640);
    });
  });

  test.skipIf(noPasswords !== undefined)(
    `33: a folder that one may not write to (${noPasswords ?? 'sshd'})`,
    async () => {
      const other = await startSftpServer({
        passwordUser: { name: 'tidemark-test', password: 'open sesame' },
      });
      const storage = new SftpStorage(
        {
          kind: 'sftp',
          host: '127.0.0.1',
          port: other.port,
          user: 'tidemark-test',
          path: join(other.data, 'mine'),
        },
        { clock: systemClock, env: { ...sftpEnvironment(other), TIDEMARK_SFTP_PASSWORD: 'open sesame' } },
      );
      try {
        await storage.create();
        const { bytes, name } = makeBytes(1000);
        await storage.save('pack', name, bytes);
        const folder = join(other.data, 'mine', 'data', name.slice(0, 2));
        chownSync(folder, 0, 0);
        chmodSync(folder, 0o755);
        const second = makeBytes(1001);
        const third = { ...second, name: `${name.slice(0, 2)}${second.name.slice(2)}` };
        expect(await failureOf(storage.save('pack', third.name, third.bytes))).toMatchObject({
          code: 'storage.accessDenied',
          retry: 'afterUser',
        });
        expect(Buffer.compare(await storage.load('pack', name), bytes)).toBe(0);
        chmodSync(folder, 0o700);
        expect((await failureOf(storage.load('pack', name))).code).toBe('storage.accessDenied');
        expect((await failureOf(storage.list('pack'))).code).toBe('storage.accessDenied');
      } finally {
        await storage.close();
        await other.close();
      }
    },
  );

  describe.skipIf(noDisk !== undefined)(`small disks of the server (${noDisk ?? 'mounted'})`, () => {
    async function onDisk(
      disk: Parameters<typeof withSmallDisk>[0],
      use: (full: SftpPlace, disk: string) => Promise<void>,
    ): Promise<void> {
      await withSmallDisk(disk, async (folder) => {
        const full = await makeSftpPlace(server, { folder });
        try {
          await full.storage.create();
          await use(full, folder);
        } finally {
          await full.storage.close();
        }
      });
    }

    test.each(['ext4', 'tmpfs'] as const)('30: full: %s', async (kind) => {
      await onDisk({ kind, mib: 16 }, async ({ storage, folder }) => {
        const small = makeBytes(100_000);
        const large = makeBytes(32 * MIB);
        await storage.save('config', 'config', small.bytes);
        const kept = makeBytes(6 * MIB);
        await storage.save('pack', kept.name, kept.bytes);
        expect(await failureOf(storage.save('pack', large.name, large.bytes))).toMatchObject({
          code: 'storage.full',
          retry: 'afterUser',
          data: { outOfInodes: false },
        });
        expect(await storage.list('pack')).toEqual([{ name: kept.name, sizeBytes: kept.bytes.length }]);
        const files = readdirSync(folder, { recursive: true, encoding: 'utf8' });
        expect(files.filter((each) => each.includes('.tmp-'))).toEqual([]);
        expect(Buffer.compare(await storage.load('pack', kept.name), kept.bytes)).toBe(0);
        await storage.remove('pack', kept.name);
        const fitting = makeBytes(5 * MIB);
        await storage.save('pack', fitting.name, fitting.bytes);
      });
    });

    test('31: no room for more files', async () => {
      await onDisk({ kind: 'tmpfs', mib: 16, inodes: 300 }, async ({ storage, folder }) => {
        for (let i = 0; i < 40; i++) {
          try {
            writeFileSync(join(folder, `filler-${String(i)}`), 'x');
          } catch {
            break;
          }
        }
        const { bytes, name } = makeBytes(1000);
        expect(await failureOf(storage.save('pack', name, bytes))).toMatchObject({
          code: 'storage.full',
          data: { outOfInodes: true },
        });
      });
    });

    test('32: read only', async () => {
      await onDisk({ kind: 'ext4', mib: 16 }, async ({ storage }, disk) => {
        const { bytes, name } = makeBytes(1000);
        await storage.save('pack', name, bytes);
        await remountReadOnly(disk);
        expect(Buffer.compare(await storage.load('pack', name), bytes)).toBe(0);
        const next = makeBytes(2000);
        expect(await failureOf(storage.save('pack', next.name, next.bytes))).toMatchObject({
          code: 'storage.readOnly',
          retry: 'afterUser',
        });
        expect((await failureOf(storage.remove('pack', name))).code).toBe('storage.readOnly');
      });
    });
  });
});
