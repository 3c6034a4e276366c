/** What goes wrong between an S3 place and its server, told by the real server behind a bad line or a proxy that lies. */
import type { S3Client } from '@aws-sdk/client-s3';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { isTidemarkError, type TidemarkError } from '#base/errors.ts';
import { systemClock } from '#base/system-clock.ts';
import { RetryStorage } from '#storage/decorators/retry-storage.ts';
import type { Storage } from '#storage/port.ts';
import type { S3StorageOptions } from '#storage/s3/connect-s3.ts';
import { openS3Storage } from '#storage/s3/s3-storage.ts';
import {
  startHttpFaultProxy,
  type GivenAnswer,
  type HttpFaultProxy,
  type ProxiedRequest,
} from '#test/support/http-fault-proxy.ts';
import { keysEnvironment, makeBucket, s3Client } from '#test/support/s3-places.ts';
import { OWNER_KEYS, s3ServerObstacle, startS3Server, type S3Server } from '#test/support/s3-server.ts';
import { sha256 } from '#test/support/sha256.ts';
import { startTcpProxy, type TcpProxy } from '#test/support/tcp-proxy.ts';

const obstacle = s3ServerObstacle();
const SMALL = Buffer.from('a small file');
const LARGE = Buffer.alloc(3_000_000, 'a larger file, ');

describe.skipIf(obstacle !== undefined)(
  `faults of S3${obstacle === undefined ? '' : `, which ${obstacle}`}`,
  () => {
    let server: S3Server;
    let client: S3Client;
    let bucket: string;
    let proxy: HttpFaultProxy;
    let line: TcpProxy;
    const opened: Storage[] = [];

    beforeAll(async () => {
      server = await startS3Server();
      client = s3Client(server);
      bucket = await makeBucket(client);
      proxy = await startHttpFaultProxy(server.port);
      line = await startTcpProxy({ targetPort: server.port });
    });

    afterEach(async () => {
      for (const storage of opened.splice(0)) await storage.close();
      proxy.reset();
      line.blackHole(false);
      line.shape('up', {});
      line.shape('down', {});
    });

    afterAll(async () => {
      client.destroy();
      proxy.close();
      line.close();
      await server.stop();
    });

    let prefixes = 0;

    function openThrough(endpoint: string, options: Partial<S3StorageOptions> = {}): Storage {
      const place = { kind: 's3', endpoint, bucket, prefix: `p${String(++prefixes)}` } as const;
      const storage = openS3Storage(place, {
        clock: systemClock,
        env: keysEnvironment(OWNER_KEYS),
        limits: { connectMs: 400, stallMs: 700 },
        ...options,
      });
      opened.push(storage);
      return storage;
    }

    const throughProxy = (options?: Partial<S3StorageOptions>): Storage =>
      openThrough(proxy.endpoint, options);
    const throughLine = (options?: Partial<S3StorageOptions>): Storage =>
      openThrough(`http://127.0.0.1:${String(line.port)}`, options);

    function retrying(storage: Storage): Storage {
      return new RetryStorage(storage, {
        clock: systemClock,
        random: () => 0,
        budget: { firstDelayMs: 2, maxDelayMs: 20, totalMs: 20_000 },
      });
    }

    /** `code advice`, or what came instead. */
    async function outcome(promise: Promise<unknown>): Promise<unknown> {
      return promise.then(
        () => 'no error',
        (error: unknown) => (isTidemarkError(error) ? `${error.code} ${error.retry}` : error),
      );
    }

    async function failure(promise: Promise<unknown>): Promise<TidemarkError> {
      const error = await promise.then(
        () => undefined,
        (each: unknown) => each,
      );
      if (!isTidemarkError(error)) throw new Error('no such failure', { cause: error });
      return error;
    }

    const save = (storage: Storage, bytes: Buffer, signal?: AbortSignal): Promise<void> =>
      storage.save('pack', sha256(bytes), bytes, signal);

    async function expectStored(storage: Storage, bytes: Buffer): Promise<void> {
      expect(await storage.list('pack')).toEqual([{ name: sha256(bytes), sizeBytes: bytes.length }]);
      expect(Buffer.compare(await storage.load('pack', sha256(bytes)), bytes)).toBe(0);
    }

    describe('what the server answers', () => {
      const xmlError = (status: number, code: string): GivenAnswer => ({
        status,
        headers: { 'content-type': 'application/xml' },
        body: `<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code></Error>`,
      });

      /** The first requests of a kind; all when `times` is not given. */
      function answering(method: string, answer: GivenAnswer, times = Infinity): void {
        let left = times;
        proxy.answer = (asked) => (asked.method === method && left-- > 0 ? answer : undefined);
      }

      test.each([
        ['SlowDown', 503, 'storage.unreachable later'],
        ['InternalError', 500, 'storage.unreachable later'],
        ['', 502, 'storage.unreachable later'],
        ['', 504, 'storage.unreachable later'],
        ['TooManyRequests', 429, 'storage.unreachable later'],
        ['RequestTimeout', 400, 'storage.timeout later'],
        ['OperationAborted', 409, 'storage.unreachable later'],
        ['BadDigest', 400, 'storage.ioFailed later'],
        ['AccessDenied', 403, 'storage.accessDenied afterUser'],
        ['InvalidAccessKeyId', 403, 'storage.wrongCredentials afterUser'],
        ['SignatureDoesNotMatch', 403, 'storage.wrongCredentials afterUser'],
        ['ExpiredToken', 400, 'storage.wrongCredentials afterUser'],
        ['RequestTimeTooSkewed', 403, 'storage.clockOff afterUser'],
        ['XMinioStorageFull', 507, 'storage.full afterUser'],
        ['NoSuchBucket', 404, 'storage.unreachable afterUser'],
        ['', 302, 'storage.unreachable later'],
        ['InvalidObjectState', 403, 'storage.ioFailed afterUser'],
        ['NotImplemented', 501, 'storage.ioFailed never'],
        ['MalformedXML', 400, 'storage.ioFailed never'],
      ])('%s (%i) is %s, after one request', async (code, status, expected) => {
        const storage = throughProxy();
        answering('PUT', xmlError(status, code));
        expect(await outcome(save(storage, SMALL))).toBe(expected);
        expect(proxy.requests).toHaveLength(1);
        proxy.reset();
        expect(await storage.list('pack')).toEqual([]);
      });

      test.each(['AccessDenied', 'InvalidAccessKeyId', 'RequestTimeTooSkewed', 'QuotaExceeded'])(
        '22: nobody repeats %s',
        async (code) => {
          answering('PUT', xmlError(403, code));
          await failure(save(retrying(throughProxy()), SMALL));
          expect(proxy.requests).toHaveLength(1);
        },
      );

      test('23: who asks for time is given it', async () => {
        answering('PUT', { ...xmlError(503, 'SlowDown'), headers: { 'retry-after': '7' } });
        expect((await failure(save(throughProxy(), SMALL))).retryAfterMs).toBe(7000);
      });

      test('23: a storm of refusals passes', async () => {
        const storage = retrying(throughProxy());
        const storm = [503, 500, 429, 502, 503, 504, 503].map((status) => xmlError(status, ''));
        proxy.answer = () => storm.shift();
        await save(storage, SMALL);
        await expectStored(storage, SMALL);
      });

      test('23: an error under the mask of success is an error, and tried again', async () => {
        const masked = xmlError(200, 'InternalError');
        const storage = throughProxy();
        proxy.answer = () => masked;
        expect(await outcome(save(storage, SMALL))).toBe('storage.unreachable later');
        expect(await outcome(storage.list('pack'))).toBe('storage.unreachable later');
        expect(await outcome(storage.remove('pack', sha256(SMALL)))).toBe('storage.unreachable later');
        proxy.reset();
        answering('PUT', masked, 2);
        await save(retrying(storage), SMALL);
        await expectStored(storage, SMALL);
      });

      test("a page of somebody else's is neither a stored file nor an empty list", async () => {
        const storage = throughProxy();
        const page = { status: 200, headers: { 'content-type': 'text/html' }, body: '<html>Log in!</html>' };
        proxy.answer = () => page;
        expect(await outcome(save(storage, SMALL))).toBe('storage.ioFailed later');
        expect(await outcome(storage.list('pack'))).toBe('storage.ioFailed later');
        expect(await outcome(storage.open())).toBe('storage.ioFailed later');
      });

      test('a list that says that there is more, and not where, is no list', async () => {
        const storage = throughProxy();
        await save(storage, SMALL);
        proxy.alter = (_asked, answered) => ({
          ...answered,
          body: String(answered.body).replace('<IsTruncated>false', '<IsTruncated>true'),
        });
        expect(await outcome(storage.list('pack'))).toBe('storage.ioFailed later');
      });

      test('8: what is sent for a range and is none, or another one, is not taken for it', async () => {
        const storage = throughProxy();
        await save(storage, SMALL);
        for (const [status, range, body] of [
          [200, undefined, SMALL],
          [200, undefined, SMALL.subarray(0, 3)],
          [206, 'bytes 2-4/12', ''],
          [206, 'bytes 0-2/12', SMALL.subarray(0, 3)],
        ] as const) {
          const headers = { etag: '"x"', ...(range === undefined ? {} : { 'content-range': range }) };
          answering('GET', { status, headers, body });
          const loaded = storage.load('pack', sha256(SMALL), { offset: 2, length: 3 });
          expect(await outcome(loaded)).toBe('storage.ioFailed later');
        }
      });

      test('an upload that is damaged on its way is refused, and sent again', async () => {
        const storage = throughProxy();
        const alter = (body: Buffer): Buffer => Buffer.concat([Buffer.from('X'), body.subarray(1)]);
        proxy.plan({ kind: 'alterBody', alter }, { method: 'PUT', times: 2 });
        expect(await outcome(save(storage, SMALL))).toBe('storage.ioFailed later');
        expect(await storage.list('pack')).toEqual([]);
        await save(retrying(storage), SMALL);
        await expectStored(storage, SMALL);
      });

      test('14: a server without conditions still keeps the config, and is known for it', async () => {
        const storage = throughProxy();
        proxy.answer = ({ headers }) =>
          headers['if-none-match'] === undefined ? undefined : xmlError(501, 'NotImplemented');
        await storage.save('config', 'config', SMALL);
        expect(storage.capabilities.refusesOverwrite).toBe(false);
        expect(await outcome(storage.save('config', 'config', LARGE))).toBe('storage.alreadyExists never');
        expect((await storage.load('config', 'config')).length).toBe(SMALL.length);
      });

      test('14: so does one that overlooks conditions', async () => {
        const storage = throughProxy();
        await storage.save('config', 'config', SMALL);
        answering('PUT', { status: 200, headers: { etag: '"x"' } });
        expect(await outcome(storage.save('config', 'config', LARGE))).toBe('storage.alreadyExists never');
      });

      test('14: two that make the config at once: the one told to wait is not told that it failed', async () => {
        answering('PUT', xmlError(409, 'ConditionalRequestConflict'), 2);
        await retrying(throughProxy()).save('config', 'config', SMALL);
      });

      test('a list that is behind the times hides nothing that was saved, and shows nothing that was removed', async () => {
        const storage = throughProxy();
        await save(storage, SMALL);
        await storage.list('pack');
        let old: GivenAnswer | undefined;
        proxy.alter = ({ path }, answered) => (path.includes('list-type') ? (old ??= answered) : answered);
        await storage.list('pack');
        await save(storage, LARGE);
        await storage.remove('pack', sha256(SMALL));
        await expectStored(storage, LARGE);
        await storage.remove('pack', sha256(LARGE));
        expect(await storage.list('pack')).toEqual([]);
      });

      describe('the region', () => {
        const isSignedFor = ({ headers }: ProxiedRequest, region: string): boolean =>
          headers.authorization?.includes(`/${region}/s3/`) === true;
        const elsewhere = (status: number, code: string): GivenAnswer => ({
          ...xmlError(status, code),
          headers: { 'x-amz-bucket-region': 'eu-central-1' },
        });

        test.each([
          [301, 'PermanentRedirect'],
          [400, 'AuthorizationHeaderMalformed'],
        ])('is followed when nobody set one (%i %s)', async (status, code) => {
          proxy.answer = (asked) =>
            isSignedFor(asked, 'eu-central-1') ? undefined : elsewhere(status, code);
          const storage = throughProxy();
          await storage.open();
          await save(storage, SMALL);
          await expectStored(storage, SMALL);
          expect(proxy.requests.filter((asked) => isSignedFor(asked, 'us-east-1'))).toHaveLength(1);
        });

        test('that somebody set is not changed, and the right one is told', async () => {
          proxy.answer = () => elsewhere(301, 'PermanentRedirect');
          const env = { ...keysEnvironment(OWNER_KEYS), AWS_DEFAULT_REGION: 'us-west-2' };
          const error = await failure(throughProxy({ env }).open());
          expect(error.code).toBe('storage.wrongRegion');
          expect(error.data).toMatchObject({ region: 'eu-central-1' });
          expect(isSignedFor(proxy.requests[0]!, 'us-west-2')).toBe(true);
        });
      });

      test('27, 28: through a proxy to a bucket that is a host of its own', async () => {
        // Nobody knows names below localhost; the proxy is not asked to.
        const endpoint = `http://localhost:${String(server.port)}`;
        const env = { ...keysEnvironment(OWNER_KEYS), HTTP_PROXY: proxy.endpoint };
        const storage = openThrough(endpoint, { env, settings: { s3: { bucketLookup: 'dns' } } });
        await storage.open();
        await save(storage, SMALL);
        await expectStored(storage, SMALL);
        const hosts = new Set(proxy.requests.map(({ headers }) => headers.host));
        expect([...hosts]).toEqual([`${bucket}.localhost:${String(server.port)}`]);
      });

      test('25: no error gives away a key', async () => {
        const storage = throughProxy({
          env: { ...keysEnvironment(OWNER_KEYS), AWS_SESSION_TOKEN: 'token-5678' },
        });
        proxy.answer = ({ headers }) => ({
          status: 403,
          body: `<Error><Code>SignatureDoesNotMatch</Code><Message>${OWNER_KEYS.secretAccessKey} ${String(headers.authorization)}</Message><AWSAccessKeyId>${OWNER_KEYS.accessKeyId}</AWSAccessKeyId><StringToSign>token-5678</StringToSign></Error>`,
        });
        for (const call of [() => storage.open(), () => save(storage, SMALL), () => storage.list('pack')]) {
          const error = await failure(call());
          const told = [
            String(error),
            error.stack,
            JSON.stringify(error),
            error.cause,
            JSON.stringify(error.cause),
          ];
          expect(told.join('\n')).not.toMatch(/SKOWNER|AKOWNER|token-5678|Signature=/);
        }
      });
    });

    describe('what the line does', () => {
      test.each([
        ['reset', 0],
        ['reset', 1],
        ['reset', 1_500_000],
        ['end', 1_500_000],
        ['reset', 3_000_000],
      ] as const)(
        '10: %s after %i bytes of an upload: absent, and the next try succeeds',
        async (kind, bytes) => {
          const storage = throughLine();
          await storage.open();
          const cut = line.cutAfter('up', bytes, kind);
          expect(await outcome(save(storage, LARGE))).toMatch(/^storage\.(unreachable|timeout) later$/);
          await cut;
          expect(await storage.list('pack')).toEqual([]);
          await save(storage, LARGE);
          await expectStored(storage, LARGE);
        },
      );

      test.each(['reset', 'end'] as const)(
        '10: %s in place of the answer: complete, and told again',
        async (kind) => {
          const storage = throughLine();
          await storage.open();
          const cut = line.cutAfter('down', 0, kind);
          expect(await outcome(save(storage, LARGE))).toBe('storage.unreachable later');
          await cut;
          await expectStored(storage, LARGE);
          await save(storage, LARGE);
          await expectStored(storage, LARGE);
        },
      );

      test.each([
        ['reset', 1_000_000],
        ['end', 1_000_000],
        ['end', 2_999_999],
      ] as const)('%s after %i bytes of a download is an error, never a short file', async (kind, bytes) => {
        const storage = throughLine();
        await save(storage, LARGE);
        const cut = line.cutAfter('down', bytes, kind);
        expect(await outcome(storage.load('pack', sha256(LARGE)))).toMatch(
          /^storage\.(unreachable|ioFailed) later$/,
        );
        await cut;
        await expectStored(storage, LARGE);
      });

      test('20: silence at connecting, in an upload and in a download ends', async () => {
        const storage = throughLine();
        await save(storage, LARGE);
        line.blackHole(true);
        expect(await outcome(save(storage, SMALL))).toBe('storage.timeout later');
        const fresh = throughLine();
        expect(await outcome(fresh.open())).toBe('storage.timeout later');
        line.blackHole(false);
        line.cut();
        line.shape('down', { bytesPerSecond: 1_000_000 });
        const loading = outcome(storage.load('pack', sha256(LARGE)));
        setTimeout(() => line.blackHole(true), 500);
        expect(await loading).toBe('storage.timeout later');
        line.blackHole(false);
        line.shape('down', {});
        await fresh.open();
        await expectStored(storage, LARGE);
      });

      test('20: what is slow and moves is not ended', async () => {
        // More than the systems' buffers hold, which nobody sees moving.
        const storage = throughLine({ limits: { connectMs: 400, stallMs: 1500 } });
        const [up, down] = ['x', 'y'].map((letter) => Buffer.alloc(16 << 20, letter)) as [Buffer, Buffer];
        await save(storage, down);
        line.shape('up', { bytesPerSecond: 8 << 20 });
        line.shape('down', { bytesPerSecond: 8 << 20 });
        const [loaded] = await Promise.all([storage.load('pack', sha256(down)), save(storage, up)]);
        expect(Buffer.compare(loaded, down)).toBe(0);
        expect(await storage.stat('pack', sha256(up))).toMatchObject({ sizeBytes: up.length });
      });

      test('17: whoever cancels a call that hangs is let go within a second, and nothing is stored', async () => {
        const storage = throughLine({ limits: { connectMs: 60_000, stallMs: 60_000 } });
        await save(storage, SMALL);
        line.blackHole(true);
        for (const call of [
          (signal: AbortSignal) => save(storage, LARGE, signal),
          (signal: AbortSignal) => storage.load('pack', sha256(SMALL), undefined, signal),
          (signal: AbortSignal) => storage.list('pack', signal),
          (signal: AbortSignal) => throughLine().open(signal),
        ]) {
          const controller = new AbortController();
          const settled = outcome(call(controller.signal));
          await systemClock.sleep(50);
          const startedMs = performance.now();
          controller.abort();
          expect(await settled).toBe('job.cancelled never');
          expect(performance.now() - startedMs).toBeLessThan(1000);
        }
        line.cut();
        line.blackHole(false);
        await expectStored(storage, SMALL);
      });

      test('17: what the server has already when it is cancelled is told as saved', async () => {
        const storage = throughLine({ limits: { connectMs: 5000, stallMs: 5000 } });
        await storage.open();
        line.shape('down', { delayMs: 300 });
        const controller = new AbortController();
        const saving = outcome(save(storage, SMALL, controller.signal));
        await systemClock.sleep(100);
        controller.abort();
        expect(await saving).toBe('no error');
        line.shape('down', {});
        await expectStored(storage, SMALL);
      });

      test('21: connections that ended while nobody needed them are made anew', async () => {
        const storage = throughLine();
        await save(storage, SMALL);
        for (const kind of ['reset', 'end'] as const) {
          line.cut(kind);
          await expect.poll(() => line.openConnections).toBe(0);
          await expectStored(storage, SMALL);
        }
      });
    });
  },
);
