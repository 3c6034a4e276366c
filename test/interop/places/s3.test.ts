/**
 * One repository in an S3 bucket, for both programs: what either makes and fills, the other opens under the same address
 * and with the same variables, checks to the last byte, restores and adds to; also where the bucket locks what it keeps.
 * Keys that open at once take the place of the programs' own after `init`.
 */
import {
  ListObjectVersionsCommand,
  ListObjectsV2Command,
  PutBucketPolicyCommand,
  PutBucketVersioningCommand,
  PutObjectLockConfigurationCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { giveCheapKeyAt } from '#test/support/cheap-key.ts';
import { compareTrees } from '#test/support/compare-trees.ts';
import { backUpThroughCuts, CUT_BACKUP_LIMIT_MS } from '#test/support/cut-backup.ts';
import { PRODUCT_PASSWORD, runProgram, tidemark, type ProductRun } from '#test/support/product.ts';
import { NO_RESTIC, newestRestic } from '#test/support/restic.ts';
import { keysEnvironment, makeBucket, newBucketName, s3Client } from '#test/support/s3-places.ts';
import { OWNER_KEYS, s3ServerObstacle, startS3Server, type S3Server } from '#test/support/s3-server.ts';
import { testLocation } from '#test/support/trial-engine.ts';
import { sessionKeys } from '#test/support/s3-session.ts';

/** As the command line writes it, so far from now. */
function localDay(fromNowMs: number): string {
  const then = new Date(Date.now() + fromNowMs);
  const two = (part: number) => String(part).padStart(2, '0');
  return `${String(then.getFullYear())}-${two(then.getMonth() + 1)}-${two(then.getDate())}`;
}

const DAY_MS = 24 * 60 * 60_000;
const restics = newestRestic();
const obstacle = s3ServerObstacle() ?? (restics.length === 0 ? NO_RESTIC : undefined);

if (obstacle !== undefined) {
  test.skip(`repositories in S3 buckets with restic (${obstacle})`, () => undefined);
} else {
  let server: S3Server;
  let client: S3Client;
  let work: string;
  let source: string;
  const outputs: string[] = [];

  beforeAll(async () => {
    server = await startS3Server({ sessionTokens: true });
    client = s3Client(server);
    work = mkdtempSync(path.join(tmpdir(), 'tidemark-s3-interop-'));
    source = path.join(work, 'source');
    cpSync(path.resolve(import.meta.dirname, '../../../src-main/storage'), source, { recursive: true });
    const large = Buffer.alloc(5 << 20);
    for (let i = 0; i < large.length; i += 4) large.writeUInt32LE(Math.imul(i, 2654435761) >>> 0, i);
    writeFileSync(path.join(source, 'large.dat'), large);
  });

  afterAll(async () => {
    client.destroy();
    await server.stop();
    rmSync(work, { recursive: true, force: true });
    for (const secret of [
      OWNER_KEYS.secretAccessKey,
      env['AWS_SECRET_ACCESS_KEY']!,
      env['AWS_SESSION_TOKEN']!,
    ])
      expect(outputs.join('\n')).not.toContain(secret);
  });

  let env: Record<string, string> = {
    ...keysEnvironment(OWNER_KEYS),
    RESTIC_PASSWORD: PRODUCT_PASSWORD,
    // Neither finds keys elsewhere.
    HOME: '/nonexistent',
  };

  function expectDone(run: ProductRun): ProductRun {
    outputs.push(run.stdout, run.stderr);
    expect(`${run.stderr}${run.stdout} code ${String(run.code)}`).toMatch(/code 0$/);
    return run;
  }

  const runTidemark = async (address: string, ...args: string[]): Promise<ProductRun> =>
    expectDone(await tidemark(['-r', address, ...args], { env: { ...env, XDG_STATE_HOME: work } }));

  const runRestic = async (program: string, address: string, ...args: string[]): Promise<ProductRun> =>
    expectDone(await runProgram(program, ['-r', address, '--no-cache', ...args], { env }));

  const addressOf = (bucket: string): string => `s3:${server.endpoint}/${bucket}/some where`;

  /** What is written there stays for a day. */
  const makeLockingBucket = async (): Promise<string> => {
    const bucket = await makeBucket(client, true);
    const DefaultRetention = { Mode: 'COMPLIANCE', Days: 1 } as const;
    await client.send(
      new PutObjectLockConfigurationCommand({
        Bucket: bucket,
        ObjectLockConfiguration: { ObjectLockEnabled: 'Enabled', Rule: { DefaultRetention } },
      }),
    );
    return bucket;
  };

  const expectRestored = async (restore: (target: string) => Promise<unknown>): Promise<void> => {
    const target = path.join(work, 'restored');
    mkdirSync(target);
    await restore(target);
    expect(compareTrees(source, path.join(target, source))).toEqual([]);
    rmSync(target, { recursive: true });
  };

  describe.each(restics)('restic $version', ({ path: restic }) => {
    test('opens, checks, restores and adds to what tidemark made', async () => {
      const address = addressOf(newBucketName());
      await runTidemark(address, 'init');
      await giveCheapKeyAt(address, PRODUCT_PASSWORD, env);
      await runTidemark(address, 'backup', source);
      await runRestic(restic, address, 'check', '--read-data');
      await expectRestored((target) => runRestic(restic, address, 'restore', 'latest', '--target', target));
      await runRestic(restic, address, 'backup', source);
      const { stdout } = await runTidemark(address, 'snapshots', '--json');
      expect(JSON.parse(stdout)).toHaveLength(2);
    }, 120_000);
  });

  test(
    'a backup goes on through cut connections, and sends nothing more than twice',
    async () => {
      const bucket = newBucketName();
      const { port: serverPort } = new URL(server.endpoint);
      const addressOfPort = (port: number): string =>
        addressOf(bucket).replace(`:${serverPort}/`, `:${String(port)}/`);
      await backUpThroughCuts({ serverPort: Number(serverPort), env, addressOf: addressOfPort });
      const [restic] = restics;
      if (restic !== undefined) await runRestic(restic.path, addressOf(bucket), 'check');
    },
    CUT_BACKUP_LIMIT_MS,
  );

  test('the current restic makes what tidemark opens, checks, restores and adds to', async () => {
    const restic = restics.at(-1)!.path;
    const address = addressOf(newBucketName());
    await runRestic(restic, address, 'init');
    await giveCheapKeyAt(address, PRODUCT_PASSWORD, env);
    await runRestic(restic, address, 'backup', source);
    await runTidemark(address, 'check', '--read-data');
    await expectRestored((target) => runTidemark(address, 'restore', 'latest', '--target', target));
    await runTidemark(address, 'backup', source);
    await runRestic(restic, address, 'check', '--read-data');
  }, 120_000);

  test('trying a bucket out leaves nothing, whether it keeps versions or not; one that locks keeps a little until its day', async () => {
    const open = await makeBucket(client);
    const versioned = await makeBucket(client);
    await client.send(
      new PutBucketVersioningCommand({
        Bucket: versioned,
        VersioningConfiguration: { Status: 'Enabled' },
      }),
    );
    const speed = { bytes: 4 << 20, isSlower: false };
    const worked = { kind: 'worked' };
    for (const bucket of [open, versioned]) {
      const { probe, trial } = await testLocation(addressOf(bucket), env);
      expect(probe).toMatchObject({ kind: 'empty', freeBytes: null });
      expect(trial).toMatchObject({
        lists: worked,
        writes: worked,
        readsBack: worked,
        removes: worked,
        keeping: { kind: 'nothing' },
        upload: speed,
        download: speed,
        left: null,
      });
      expect(Math.abs(trial.clockAheadMs!)).toBeLessThan(2000);
      const { Versions, DeleteMarkers } = await client.send(
        new ListObjectVersionsCommand({ Bucket: bucket }),
      );
      expect([Versions, DeleteMarkers]).toEqual([undefined, undefined]);
    }
    const { probe, trial } = await testLocation(addressOf(newBucketName()), env);
    expect(probe.kind).toBe('missing');
    expect(trial).toMatchObject({ writes: { kind: 'notTried' }, clockAheadMs: expect.any(Number) });

    const locking = await makeLockingBucket();
    const tried = (await testLocation(addressOf(locking), env)).trial;
    expect(tried).toMatchObject({
      writes: worked,
      removes: worked,
      upload: null,
      left: { files: 1, bytes: 1024 },
    });
    const untilMs = (tried.keeping as { untilMs: number }).untilMs;
    expect(tried.keeping).toEqual({ kind: 'locked', untilMs });
    expect(tried.left!.untilMs).toBe(untilMs);
    expect(Math.abs(untilMs - Date.now() - DAY_MS)).toBeLessThan(60_000);
    // By name it is gone.
    const { Contents } = await client.send(new ListObjectsV2Command({ Bucket: locking }));
    expect(Contents).toBeUndefined();

    // Keys that may write and not remove.
    const policy = {
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Deny',
          Principal: { AWS: ['*'] },
          Action: ['s3:DeleteObject', 's3:DeleteObjectVersion'],
          Resource: [`arn:aws:s3:::${locking}/*`],
        },
      ],
    };
    await client.send(new PutBucketPolicyCommand({ Bucket: locking, Policy: JSON.stringify(policy) }));
    const refused = (await testLocation(addressOf(locking), env)).trial;
    const day = (refused.keeping as { untilMs: number }).untilMs;
    expect(refused).toMatchObject({
      removes: {
        kind: 'failed',
        error: { code: 'storage.removalRefused', data: { keptUntil: new Date(day).toISOString() } },
      },
      keeping: { kind: 'everything' },
      upload: null,
      left: { files: 1, bytes: 1024, untilMs: day },
    });
    expect(Math.abs(day - Date.now() - DAY_MS)).toBeLessThan(60_000);
  });

  test('25, 38: with keys for an hour, where the bucket locks what it keeps, all goes on as usual', async () => {
    const keys = await sessionKeys(server);
    env = { ...env, ...keysEnvironment(keys) };
    const bucket = await makeLockingBucket();
    const address = addressOf(bucket);
    await runTidemark(address, 'init');
    await giveCheapKeyAt(address, PRODUCT_PASSWORD, env);
    const { AWS_SESSION_TOKEN: _, ...withoutToken } = env;
    expect((await tidemark(['-r', address, 'snapshots'], { env: withoutToken })).code).toBe(1);
    await runTidemark(address, 'backup', source);
    writeFileSync(path.join(source, 'large.dat'), 'small now');
    await runTidemark(address, 'backup', source);
    const { stdout: said } = await runTidemark(
      address,
      'forget',
      '--keep-last',
      '1',
      '--prune',
      '--max-unused',
      '0',
    );
    // What is removed stays for the day for which it was locked, and that is how it should be.
    const day = new RegExp(`${localDay(DAY_MS - 60_000)}|${localDay(DAY_MS)}`);
    expect(said).toMatch(/Removed 1 snapshot\./);
    const kept = said
      .split('\n')
      .filter(
        (line) => line.includes('of what was removed stay') || line.startsWith('What was removed stays'),
      );
    expect(kept).toHaveLength(2);
    for (const line of kept) expect(line).toMatch(day);
    expect(said).not.toContain('Freed');
    await runRestic(restics.at(-1)!.path, address, 'check', '--read-data');
    const { stdout } = await runRestic(restics.at(-1)!.path, address, 'snapshots', '--json', '--no-lock');
    expect(JSON.parse(stdout)).toHaveLength(1);
    const listed = await client.send(
      new ListObjectsV2Command({ Bucket: bucket, Prefix: 'some where/locks/' }),
    );
    expect(listed.KeyCount).toBe(0);
  }, 120_000);
}
