/** What a REST storage makes of servers and networks that fail, lie or fall silent; the server behind is the real one. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { isTidemarkError, type TidemarkError } from '#base/errors.ts';
import { ConfirmStorage } from '#storage/decorators/confirm-storage.ts';
import { RETRY_BUDGETS, RetryStorage } from '#storage/decorators/retry-storage.ts';
import { HTTP_LIMITS } from '#storage/http/http-client.ts';
import type { Storage } from '#storage/port.ts';
import { expectCode } from '#test/suites/storage-suite.ts';
import { FakeClock } from '#test/support/fake-clock.ts';
import {
  startHttpFaultProxy,
  type HttpFaultProxy,
  type ProxiedAnswer,
} from '#test/support/http-fault-proxy.ts';
import { NO_REST_SERVER, restServerProgram } from '#test/support/place-programs.ts';
import { restStorageAt, startRestServer, type RestServerProcess } from '#test/support/rest-server.ts';
import { sha256 } from '#test/support/sha256.ts';
import { startTcpProxy, type TcpProxy } from '#test/support/tcp-proxy.ts';

const program = restServerProgram();
const BYTES = Buffer.from('x'.repeat(3_000_000));
const NAME = sha256(BYTES);
const SMALL = Buffer.from('a small file');
const SMALL_NAME = sha256(SMALL);
const IMPATIENT = { connectMs: 500, stallMs: 500 };

describe.skipIf(program === undefined)(`REST faults (${program ?? NO_REST_SERVER})`, () => {
  let server: RestServerProcess;
  let proxy: HttpFaultProxy;
  let link: TcpProxy;
  let bare: Storage;
  let linked: Storage;
  let impatient: Storage;
  let clock: FakeClock;
  let retrying: Storage;
  let placeNumber = 0;

  beforeAll(async () => void (server = await startRestServer(program ?? '')));
  afterAll(() => server.stop());

  beforeEach(async () => {
    const path = `place${String(++placeNumber)}`;
    proxy = await startHttpFaultProxy(server.port);
    link = await startTcpProxy({ targetPort: server.port });
    bare = restStorageAt(proxy.port, path);
    linked = restStorageAt(link.port, path);
    impatient = restStorageAt(link.port, path, { limits: IMPATIENT });
    clock = new FakeClock({ autoAdvance: true });
    retrying = new RetryStorage(bare, { clock, random: () => 0.5, budget: RETRY_BUDGETS.network });
    await bare.create();
    proxy.takeRequests();
  });
  afterEach(async () => {
    await bare.close();
    await linked.close();
    await impatient.close();
    link.close();
    proxy.close();
  });

  async function failureOf(call: Promise<unknown>): Promise<TidemarkError> {
    const error = await call.then(
      () => undefined,
      (reason: unknown) => reason,
    );
    if (!isTidemarkError(error)) throw new Error(`no such failure: ${String(error)}`);
    return error;
  }

  describe('statuses', () => {
    test.each([429, 500, 502, 503, 504])('%i passes: asked again until it goes', async (status) => {
      proxy.plan({ kind: 'status', status }, { times: 3 });
      await retrying.save('pack', NAME, BYTES);
      expect(proxy.takeRequests()).toHaveLength(4);
      expect(clock.delays).toEqual([500, 1000, 2000]);
      expect(await bare.stat('pack', NAME)).toEqual({ name: NAME, sizeBytes: BYTES.length });
    });

    test('a busy server is left alone as long as it asks for, up to a minute', async () => {
      proxy.plan({ kind: 'status', status: 503, headers: { 'retry-after': '7' } });
      proxy.plan({ kind: 'status', status: 429, headers: { 'retry-after': '86400' } });
      await retrying.list('pack');
      expect(clock.delays).toEqual([7000, 60_000]);
    });

    test('a storm without end is given up in time, with its first cause', async () => {
      proxy.plan({ kind: 'status', status: 502 });
      proxy.plan({ kind: 'status', status: 503 }, { times: Infinity });
      const error = await failureOf(retrying.list('pack'));
      expect(error.data).toMatchObject({ reason: 'status 502' });
      expect(clock.monotonicMs()).toBeLessThan(15 * 60_000);
      expect(clock.monotonicMs()).toBeGreaterThan(13 * 60_000);
    });

    test.each([
      [401, 'storage.wrongCredentials'],
      [403, 'storage.accessDenied'],
      [301, 'storage.ioFailed'],
      [413, 'storage.ioFailed'],
      [501, 'storage.ioFailed'],
      [507, 'storage.full'],
    ] as const)('%i stays: asked once', async (status, code) => {
      proxy.plan({ kind: 'status', status }, { times: Infinity });
      await expectCode(retrying.load('pack', NAME), code);
      expect(proxy.takeRequests()).toHaveLength(1);
    });

    test('a refusal in mid-upload ends the upload, and is told', async () => {
      proxy.plan({ kind: 'earlyStatus', status: 413 });
      const error = await failureOf(bare.save('pack', NAME, BYTES));
      expect(error.data).toMatchObject({ reason: 'the server takes no files of this size' });
      await bare.save('index', SMALL_NAME, SMALL);
    });
  });

  describe('answers that cannot be believed', () => {
    const alter = (change: (answer: ProxiedAnswer) => Partial<ProxiedAnswer>): void =>
      proxy.plan(
        { kind: 'alterAnswer', alter: (answer) => ({ ...answer, ...change(answer) }) },
        { method: 'GET' },
      );
    const short = (body: Buffer) => ({ body, headers: { 'content-length': String(body.length) } });

    test('cut short', async () => {
      await bare.save('pack', NAME, BYTES);
      const range = { offset: 1000, length: 500_000 };
      for (const bytes of [0, 1, 200_000]) {
        proxy.plan({ kind: 'cutAnswer', bytes }, { method: 'GET', times: 3 });
        expect((await failureOf(bare.load('pack', NAME))).retry).toBe('later');
        expect((await failureOf(bare.load('pack', NAME, range))).retry).toBe('later');
        if (bytes < 2) expect((await failureOf(bare.list('pack'))).retry).toBe('later');
        else expect(await bare.list('pack')).toHaveLength(1);
      }
      expect(Buffer.compare(await retrying.load('pack', NAME), BYTES)).toBe(0);
    });

    test('a range that is shorter, empty, or another one', async () => {
      await bare.save('pack', NAME, BYTES);
      const range = { offset: 10, length: 20 };
      const headers = { 'content-range': 'bytes 10-29/3000000' };
      alter(({ body }) => ({ body: body.subarray(5), headers: { ...headers, 'content-length': '15' } }));
      alter(() => ({ body: Buffer.alloc(0), headers: { ...headers, 'content-length': '0' } }));
      alter(({ body }) => ({
        body,
        headers: { 'content-range': 'bytes 0-19/3000000', 'content-length': '20' },
      }));
      alter(({ body }) => ({
        body: body.subarray(5),
        headers: { ...headers, 'transfer-encoding': 'chunked' },
      }));
      for (let i = 0; i < 4; i++) {
        const error = await failureOf(bare.load('pack', NAME, range));
        expect([error.code, error.retry]).toEqual(['storage.ioFailed', 'later']);
      }
    });

    test('the whole file instead of a range: the right part of it', async () => {
      const bytes = Buffer.from(Array.from({ length: 5000 }, (_, i) => i % 251));
      await bare.save('pack', sha256(bytes), bytes);
      alter(() => ({ status: 200, ...short(bytes) }));
      const loaded = await bare.load('pack', sha256(bytes), { offset: 1000, length: 700 });
      expect(Buffer.from(loaded).equals(bytes.subarray(1000, 1700))).toBe(true);
      alter(() => ({ status: 200, ...short(bytes.subarray(0, 1500)) }));
      await expectCode(
        bare.load('pack', sha256(bytes), { offset: 1000, length: 700 }),
        'storage.rangeInvalid',
      );
    });

    test.each(['<html>', '{"name":1}', '[{"name":"x"}]', '[{"name":"x","size":-1}]', '[7]', ''])(
      'a list that is none: %j',
      async (text) => {
        alter(() => short(Buffer.from(text)));
        const error = await failureOf(bare.list('pack'));
        expect([error.code, error.retry]).toEqual(['storage.ioFailed', 'later']);
      },
    );

    test('an empty list in the words of older servers; a list with a name twice', async () => {
      alter(() => short(Buffer.from('null')));
      expect(await bare.list('pack')).toEqual([]);
      const entry = { name: NAME, size: 3 };
      alter(() =>
        short(Buffer.from(JSON.stringify([entry, entry, { name: `${NAME}.rest-server-temp1`, size: 1 }]))),
      );
      expect(await bare.list('pack')).toEqual([{ name: NAME, sizeBytes: 3 }]);
    });

    test('a server of version 1 is asked for each size', async () => {
      await bare.save('pack', NAME, BYTES);
      await bare.save('pack', SMALL_NAME, SMALL);
      alter(() => short(Buffer.from(JSON.stringify([NAME, SMALL_NAME, 'ab'.repeat(32), 'stray']))));
      expect(await bare.list('pack')).toEqual([
        { name: NAME, sizeBytes: BYTES.length },
        { name: SMALL_NAME, sizeBytes: SMALL.length },
      ]);
    });

    test('"stored", but it is not', async () => {
      proxy.plan({ kind: 'status', status: 200 }, { method: 'POST', times: 2 });
      await expectCode(new ConfirmStorage(bare).save('pack', NAME, BYTES), 'storage.notKept');
    });

    test('garbled on its way: refused by the server, and sent again', async () => {
      proxy.plan({ kind: 'alterBody', alter: (body) => Buffer.concat([Buffer.from('y'), body.subarray(1)]) });
      await retrying.save('pack', NAME, BYTES);
      expect(clock.delays).toHaveLength(1);
      expect(Buffer.compare(await bare.load('pack', NAME), BYTES)).toBe(0);
    });
  });

  describe('a lost answer', () => {
    test('a file is sent again, and nothing is ever removed', async () => {
      proxy.plan({ kind: 'loseAnswer' }, { method: 'POST', times: 2 });
      await retrying.save('pack', NAME, BYTES);
      const asked = proxy.takeRequests().map((each) => each.split(' ')[0]);
      expect(asked).not.toContain('DELETE');
      expect(asked.filter((method) => method === 'POST')).toHaveLength(3);
      expect(Buffer.compare(await bare.load('pack', NAME), BYTES)).toBe(0);
    });

    test('a config is known again as our own; another is refused', async () => {
      proxy.plan({ kind: 'loseAnswer' }, { method: 'POST' });
      await retrying.save('config', 'config', SMALL);
      await expectCode(retrying.save('config', 'config', BYTES), 'storage.alreadyExists');
    });
  });

  describe('the network', () => {
    test('an upload that is cut anywhere leaves nothing, or all; then it goes', async () => {
      await linked.open();
      for (const bytes of [1, 500, 1_500_000, BYTES.length - 1]) {
        for (const kind of ['reset', 'end'] as const) {
          const cut = link.cutAfter('up', bytes, kind);
          const [failure] = await Promise.all([failureOf(linked.save('pack', NAME, BYTES)), cut]);
          expect(failure.retry).toBe('later');
          expect(await bare.list('pack')).toEqual([]);
          await linked.list('lock').catch(() => undefined);
        }
      }
      const lost = link.cutAfter('down', 0);
      await Promise.all([failureOf(linked.save('index', SMALL_NAME, SMALL)), lost]);
      await linked.save('pack', NAME, BYTES);
      expect(Buffer.compare(await linked.load('pack', NAME), BYTES)).toBe(0);
    });

    test('a download that is cut anywhere fails', async () => {
      await bare.save('pack', NAME, BYTES);
      for (const bytes of [1_500_000, BYTES.length - 1]) {
        await linked.stat('pack', NAME);
        const cut = link.cutAfter('down', bytes);
        const [failure] = await Promise.all([failureOf(linked.load('pack', NAME)), cut]);
        expect(failure.retry).toBe('later');
      }
    });

    test('connections that the server closed meanwhile are made anew', async () => {
      for (const kind of ['end', 'reset'] as const) {
        await linked.open();
        link.cut(kind);
        await linked.open();
        link.cut(kind);
        expect(await linked.list('pack')).toEqual([]);
      }
    });

    test('a proxy that the environment names is used, unless it is named for others only', async () => {
      const path = `place${String(placeNumber)}`;
      const env = { HTTP_PROXY: `http://localhost:${String(proxy.port)}` };
      const through = restStorageAt(server.port, path, { env });
      await through.save('pack', NAME, BYTES);
      expect(proxy.takeRequests()).toEqual([
        `POST http://localhost:${String(server.port)}/${path}/data/${NAME}`,
      ]);
      const around = restStorageAt(server.port, path, { env: { ...env, NO_PROXY: 'localhost' } });
      expect(await around.list('pack')).toHaveLength(1);
      expect(proxy.takeRequests()).toEqual([]);
      proxy.plan({ kind: 'status', status: 407 });
      const error = await failureOf(through.list('pack'));
      expect([error.code, error.retry]).toEqual(['storage.wrongCredentials', 'afterUser']);
      await Promise.all([through.close(), around.close()]);
    });

    test('nobody there', async () => {
      link.refuse();
      const error = await failureOf(linked.open());
      expect([error.code, error.retry]).toEqual(['storage.unreachable', 'later']);
      await link.listen();
      await linked.open();
    });

    test.each(['save', 'load', 'list', 'open'] as const)(
      '%s ends when there is silence, and when cancelled',
      async (call) => {
        await bare.save('pack', SMALL_NAME, SMALL);
        const calls = {
          save: (signal?: AbortSignal) => impatient.save('pack', NAME, BYTES, signal),
          load: (signal?: AbortSignal) => impatient.load('pack', SMALL_NAME, undefined, signal),
          list: (signal?: AbortSignal) => impatient.list('pack', signal),
          open: (signal?: AbortSignal) => impatient.open(signal),
        };
        await impatient.open();
        link.blackHole(true);
        const startedMs = performance.now();
        await expectCode(calls[call](), 'storage.timeout');
        expect(performance.now() - startedMs).toBeLessThan(1600);
        const stop = new AbortController();
        const cancelled = calls[call](stop.signal);
        stop.abort();
        await expectCode(cancelled, 'job.cancelled');
        expect(performance.now() - startedMs).toBeLessThan(2600);
        link.blackHole(false);
        await linked.save('pack', NAME, BYTES);
      },
    );

    test('a slow line that moves is not given up', async () => {
      const bytesPerSecond = 250_000;
      const bytes = BYTES.subarray(0, 400_000);
      link.shape('up', { bytesPerSecond });
      link.shape('down', { bytesPerSecond });
      await bare.save('pack', sha256(bytes), bytes);
      const startedMs = performance.now();
      expect((await impatient.load('pack', sha256(bytes))).length).toBe(bytes.length);
      expect(performance.now() - startedMs).toBeGreaterThan(3 * IMPATIENT.stallMs);
    });
  });

  test('the figures that hold outside of tests', () => {
    expect(HTTP_LIMITS).toEqual({ connectMs: 30_000, stallMs: 300_000 });
  });
});
