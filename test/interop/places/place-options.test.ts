/**
 * `-o`, `--limit-upload` and `--limit-download` on the command line, beside restic with the same words: both reach the same
 * place by them, a typing error is told and nothing is done, and a limit takes the time that it must.
 */
import type { S3Client } from '@aws-sdk/client-s3';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { giveCheapKeyAt } from '#test/support/cheap-key.ts';
import {
  startHttpFaultProxy,
  type HttpFaultProxy,
  type ProxiedRequest,
} from '#test/support/http-fault-proxy.ts';
import { PRODUCT_PASSWORD, runProgram, tidemark, type ProductRun } from '#test/support/product.ts';
import { NO_RESTIC, newestRestic } from '#test/support/restic.ts';
import { keysEnvironment, makeBucket, s3Client } from '#test/support/s3-places.ts';
import { OWNER_KEYS, s3ServerObstacle, startS3Server, type S3Server } from '#test/support/s3-server.ts';

const [restic] = newestRestic().slice(-1);
const obstacle = s3ServerObstacle() ?? (restic === undefined ? NO_RESTIC : undefined);
const MIB = 1 << 20;

let work: string;
let source: string;

beforeAll(() => {
  work = mkdtempSync(path.join(tmpdir(), 'tidemark-options-'));
  source = path.join(work, 'source');
  mkdirSync(source);
  // Does not shrink.
  const parts = Array.from({ length: MIB / 32 }, (_, i) => createHash('sha256').update(String(i)).digest());
  writeFileSync(path.join(source, 'large'), Buffer.concat(parts));
  for (const name of ['a', 'b', 'c']) writeFileSync(path.join(source, name), name);
});
afterAll(() => rmSync(work, { recursive: true, force: true }));

function run(args: readonly string[], env: Record<string, string> = {}): Promise<ProductRun> {
  return tidemark(args, { env: { XDG_STATE_HOME: work, XDG_CACHE_HOME: work, ...env } });
}

function expectDone(done: ProductRun): ProductRun {
  expect(`${done.stderr}${done.stdout} code ${String(done.code)}`).toMatch(/code 0$/);
  return done;
}

describe('whatever the place', () => {
  test('a typing error, a value that cannot be, and what belongs to other commands: told, and nothing is done', async () => {
    const place = path.join(work, 'untouched');
    const wrong: [string[], RegExp][] = [
      [['-o', 's3.regoin=x'], /s3\.regoin\. There is no such option; there are local\.connections/],
      [['--option', 's3.bucket-lookup=secret-word'], /auto, dns or path/],
      [['--limit-upload', 'fast'], /--limit-upload fast\. Give a number of KiB/],
      [['--limit-download=-1'], /--limit-download -1/],
    ];
    for (const [options, reason] of wrong) {
      const { code, stderr } = await run(['-r', place, ...options, 'init']);
      expect(code).toBe(1);
      expect(stderr).toMatch(reason);
      expect(stderr).not.toContain('secret-word');
    }
    const profile = await run([
      '--profile',
      path.join(work, 'profile'),
      'place',
      'list',
      '-o',
      's3.region=x',
    ]);
    expect([profile.code, profile.stderr]).toEqual([1, expect.stringMatching(/named with -r/)]);
    expect(existsSync(place)).toBe(false);
  });

  test('limits both ways take their time; 0 is none', async () => {
    const place = path.join(work, 'slow');
    expectDone(await run(['-r', place, 'init']));
    await giveCheapKeyAt(place, PRODUCT_PASSWORD, {});
    const took = async (...args: string[]): Promise<number> => {
      const startedMs = performance.now();
      expectDone(await run(['-r', place, ...args]));
      return performance.now() - startedMs;
    };
    // Two packs: the second waits until the first, of a MiB, is paid for.
    expect(
      await took('--limit-upload', '1000', '-o', 'local.connections=1', 'backup', source),
    ).toBeGreaterThan(900);
    const slowMs = await took('check', '--read-data', '--limit-download', '400');
    expect(slowMs).toBeGreaterThan(2_400);
    expect(await took('check', '--read-data', '--limit-download=0', '--limit-upload', '0')).toBeLessThan(
      slowMs,
    );
  });
});

describe.skipIf(obstacle !== undefined)(`S3 with restic (${obstacle ?? 'Ceph'})`, () => {
  let server: S3Server;
  let proxy: HttpFaultProxy;
  let client: S3Client;

  beforeAll(async () => {
    server = await startS3Server({ storageClass: 'GLACIER' });
    client = s3Client(server);
    proxy = await startHttpFaultProxy(server.port);
  });
  afterEach(() => proxy.reset());
  afterAll(async () => {
    client.destroy();
    proxy.close();
    await server.stop();
  });

  const env = { ...keysEnvironment(OWNER_KEYS), RESTIC_PASSWORD: PRODUCT_PASSWORD, HOME: '/nonexistent' };
  const options = [
    's3.region=eu-north-1',
    's3.bucket-lookup=path',
    's3.list-objects-v1=true',
    's3.connections=3',
    's3.storage-class=GLACIER',
  ];

  /** By the folder of what is put: the classes that were asked for. */
  function classesPut(): Record<string, string[]> {
    const puts = proxy.requests.filter(
      ({ method, path: asked }) => method === 'PUT' && asked.split('/').length > 2,
    );
    const folderOf = ({ path: asked }: ProxiedRequest): string => asked.split('?')[0]!.split('/')[3] ?? '';
    const grouped = Map.groupBy(puts, folderOf);
    return Object.fromEntries(
      [...grouped].map(([folder, asked]) => [
        folder,
        [...new Set(asked.map(({ headers }) => String(headers['x-amz-storage-class'] ?? 'none')))].toSorted(),
      ]),
    );
  }

  test('the same options: region, way of listing, and into an archive only what both put there', async () => {
    const address = `s3:${proxy.endpoint}/${await makeBucket(client)}/place`;
    const all = options.flatMap((option) => ['-o', option]);
    expectDone(await run(['-r', address, ...all, 'init'], env));
    await giveCheapKeyAt(address, PRODUCT_PASSWORD, env);
    proxy.reset();
    expectDone(await run(['-r', address, ...all, 'backup', source], env));
    const ours = classesPut();
    const asked = proxy.requests.map(({ headers, path: url }) => `${url} ${String(headers.authorization)}`);
    expect(asked.filter((line) => !line.includes('/eu-north-1/s3/'))).toEqual([]);
    expect(asked.filter((line) => line.includes('list-type='))).toEqual([]);
    proxy.reset();
    writeFileSync(path.join(source, 'a'), 'changed');
    const words = ['-r', address, '--no-cache', ...all];
    expectDone(await runProgram(restic!.path, [...words, 'backup', source], { env }));
    expect(classesPut()).toEqual(ours);
    expect(ours).toEqual({
      data: ['GLACIER', 'none'],
      index: ['none'],
      locks: ['none'],
      snapshots: ['none'],
    });
    expectDone(await runProgram(restic!.path, [...words, 'check', '--read-data'], { env }));
  });
});
