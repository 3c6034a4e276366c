/**
 * What goes wrong on the way to an SSH server: a real OpenSSH behind a link that misbehaves as told. What is about waiting runs at
 * the same time, each test on a link of its own.
 */
import { mkdirSync, readdirSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isTidemarkError, type TidemarkError } from '#base/errors.ts';
import { systemClock } from '#base/system-clock.ts';
import { RetryStorage } from '#storage/decorators/retry-storage.ts';
import type { SftpOptions } from '#storage/sftp/connect-sftp.ts';
import { SftpStorage } from '#storage/sftp/sftp-storage.ts';
import { makeSftpPlace, sftpEnvironment, type SftpPlace } from '#test/support/sftp-places.ts';
import { sftpServerObstacle, startSftpServer, type SftpServer } from '#test/support/sftp-server.ts';
import { sha256 } from '#test/support/sha256.ts';
import { startTcpProxy, type CutKind, type TcpProxy } from '#test/support/tcp-proxy.ts';

const obstacle = sftpServerObstacle();
const MIB = 1 << 20;
/** A second, and what a busy machine adds to it. */
const SOON_MS = 2500;
/** Long enough for a busy machine, far below what holds outside of tests. */
const IMPATIENT = { stallTimeoutMs: 1000, connectTimeoutMs: 3000 } as const;
/** At least as many as tests that ask for one. */
const LINKS = 32;

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

describe.skipIf(obstacle !== undefined)(`the way to an SSH server (${obstacle ?? 'OpenSSH'})`, () => {
  let server: SftpServer;
  const proxies: TcpProxy[] = [];
  let proxiesTaken = 0;
  const places: SftpPlace[] = [];

  beforeAll(async () => {
    server = await startSftpServer();
    // All before the first test: who connects reads the file of known hosts, which must not change then.
    for (let i = 0; i < LINKS; i++) proxies.push(await startTcpProxy({ targetPort: server.port }));
    server.know('ed25519', ...proxies.map(({ port }) => port));
  });

  afterAll(async () => {
    for (const each of proxies) each.close();
    for (const { storage } of places) await storage.close();
    await server.close();
  });

  interface Link {
    readonly proxy: TcpProxy;
    readonly place: SftpPlace;
    /** Another storage on the same folder. */
    again(options?: Partial<SftpOptions>, port?: number): SftpStorage;
  }

  /** A link of its own for a test, with a connection to an empty repository behind it. */
  async function newLink(): Promise<Link> {
    const proxy = proxies[proxiesTaken++];
    if (proxy === undefined) throw new Error('more tests than LINKS');
    const place = await makeSftpPlace(server, { port: proxy.port });
    places.push(place);
    // Not by `create`, which makes folders for packs, too: 256 of them take longer than most tests.
    for (const folder of ['data', 'index', 'keys', 'locks', 'snapshots'])
      mkdirSync(join(place.folder, folder), { recursive: true });
    await place.storage.open();
    const again: Link['again'] = (options = {}, port = proxy.port) =>
      new SftpStorage(
        { kind: 'sftp', host: '127.0.0.1', port, user: server.user, path: place.folder },
        { clock: systemClock, env: sftpEnvironment(server), ...options },
      );
    return { proxy, place, again };
  }

  describe('cut connections, and servers that are stopped', () => {
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
        const { proxy, place } = await newLink();
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
      const { proxy, place } = await newLink();
      const { bytes, name } = makeBytes(SIZE);
      await place.storage.save('pack', name, bytes);
      void proxy.cutAfter('down', at, kind);
      const failure = await failureOf(place.storage.load('pack', name));
      expect(failure).toMatchObject({ code: 'storage.unreachable', retry: 'later' });
      expect(Buffer.compare(await place.storage.load('pack', name), bytes)).toBe(0);
    });

    test('19: many calls that lose their connection together share one new one, and succeed when repeated', async () => {
      const { proxy, place } = await newLink();
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
      const { proxy, place } = await newLink();
      const before = proxy.connectionCount;
      server.signalConnections('SIGKILL');
      while (proxy.openConnections > 0) await new Promise((resolve) => setTimeout(resolve, 10));
      await place.storage.list('key');
      expect(proxy.connectionCount).toBe(before + 1);
    });

    test('24: a call on a connection that has just died ends at once', async () => {
      const { proxy, place } = await newLink();
      proxy.refuse();
      proxy.cut();
      expect(await tookMs(place.storage.list('key'))).toBeLessThan(SOON_MS);
      expect(await tookMs(place.storage.list('key'))).toBeLessThan(SOON_MS);
      await proxy.listen();
      await place.storage.list('key');
    });

    test('20: a server that hangs with its connection open ends the call after the time-out', async () => {
      const { again } = await newLink();
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

    test('12: a server killed in the middle of saves: absent or whole; restarted, all goes on', async () => {
      const { proxy, place } = await newLink();
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

  describe.concurrent('silence', () => {
    test.each(['up', 'down'] as const)(
      '20: a black hole in mid-%sload ends the call after the time-out',
      async (way) => {
        const { proxy, place, again } = await newLink();
        const storage = again(IMPATIENT);
        const { bytes, name } = makeBytes(8 * MIB);
        if (way === 'down') await place.storage.save('pack', name, bytes);
        await storage.open();
        proxy.shape(way, { bytesPerSecond: 4 * MIB });
        const working = way === 'up' ? storage.save('pack', name, bytes) : storage.load('pack', name);
        setTimeout(() => proxy.blackHole(true), 200);
        expect(await failureOf(working)).toMatchObject({ code: 'storage.timeout', retry: 'later' });
        proxy.blackHole(false);
        proxy.shape(way, {});
        await storage.open();
        await place.storage.save('pack', name, bytes);
        expect(await place.storage.list('pack')).toEqual([{ name, sizeBytes: bytes.length }]);
        await storage.close();
      },
    );

    test('20: a black hole at the connection ends the call after the time-out', async () => {
      const { proxy, again } = await newLink();
      const storage = again(IMPATIENT);
      proxy.blackHole(true);
      expect(await failureOf(storage.open())).toMatchObject({ code: 'storage.timeout', retry: 'later' });
      proxy.blackHole(false);
      await storage.open();
      await storage.close();
    });

    test('20: an idle connection into a black hole is noticed by its signs of life', async () => {
      const { proxy, again } = await newLink();
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
      const { proxy, again } = await newLink();
      const patience = { stallTimeoutMs: 1500 };
      const storage = again(patience);
      await storage.open();
      const { bytes, name } = makeBytes(3.5 * MIB);
      proxy.shape('up', { bytesPerSecond: MIB });
      const startedMs = performance.now();
      await storage.save('pack', name, bytes);
      expect(performance.now() - startedMs).toBeGreaterThan(2 * patience.stallTimeoutMs);
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
        const { proxy, place } = await newLink();
        await place.storage.list('key');
        proxy.blackHole(true);
        const controller = new AbortController();
        const working = start(place.storage, controller.signal);
        setTimeout(() => controller.abort(), 100);
        const took = tookMs(working);
        expect((await failureOf(working)).code).toBe('job.cancelled');
        expect(await took).toBeLessThan(SOON_MS);
        proxy.blackHole(false);
        expect(await place.storage.list('pack')).toEqual([]);
      },
    );

    test('17: waiting for a connection ends within a second of its cancellation, and others get theirs', async () => {
      const { proxy, again } = await newLink();
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
      const { proxy, place } = await newLink();
      const { bytes, name } = makeBytes(16 * MIB);
      proxy.shape('up', { bytesPerSecond: 20 * MIB });
      const controller = new AbortController();
      const saving = failureOf(place.storage.save('pack', name, bytes, controller.signal));
      setTimeout(() => controller.abort(), 200);
      expect((await saving).code).toBe('job.cancelled');
      proxy.shape('up', {});
      await place.storage.list('key');
      const left = readdirSync(place.folder, { recursive: true, encoding: 'utf8' });
      expect(left.filter((each) => each.includes('.tmp-'))).toEqual([]);
    });
  });

  test('a far link is paid for a few times, not for each piece or folder', async () => {
    const plain = await startSftpServer({ without: ['limits'] });
    const far = await startTcpProxy({ targetPort: plain.port, up: { delayMs: 20 }, down: { delayMs: 20 } });
    plain.know('ed25519', far.port);
    const { storage, folder } = await makeSftpPlace(plain, { port: far.port });
    for (let i = 0; i < 256; i++)
      mkdirSync(join(folder, 'data', i.toString(16).padStart(2, '0')), { recursive: true });
    try {
      const { bytes, name } = makeBytes(4 * MIB);
      // One after the other: 132 pieces, 257 folders, and 40 ms for each round trip.
      expect(await tookMs(storage.save('pack', name, bytes))).toBeLessThan(3000);
      expect(await tookMs(storage.load('pack', name))).toBeLessThan(3000);
      expect(await tookMs(storage.list('pack'))).toBeLessThan(3000);
    } finally {
      await storage.close();
      far.close();
      await plain.close();
    }
  });

  describe('servers that are not there', () => {
    test('22: nobody listens', async () => {
      const { again } = await newLink();
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
      const { again } = await newLink();
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
});
