/** What a person may say about an S3 place beyond its address, seen in what Ceph's gateway is asked. */
import { ListObjectsV2Command, PutBucketPolicyCommand, type S3Client } from '@aws-sdk/client-s3';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { systemClock } from '#base/system-clock.ts';
import type { S3Settings } from '#storage/locations/place-settings.ts';
import type { Storage } from '#storage/port.ts';
import { openS3Storage } from '#storage/s3/s3-storage.ts';
import { storageClassOf } from '#storage/s3/storage-class.ts';
import { startHttpFaultProxy, type HttpFaultProxy } from '#test/support/http-fault-proxy.ts';
import { keysEnvironment, makeBucket, s3Client } from '#test/support/s3-places.ts';
import { OWNER_KEYS, s3ServerObstacle, startS3Server, type S3Server } from '#test/support/s3-server.ts';
import { sha256 } from '#test/support/sha256.ts';

const obstacle = s3ServerObstacle();
const BYTES = Buffer.from('some bytes');
const NAME = sha256(BYTES);

describe.skipIf(obstacle !== undefined)(`settings of S3 places (${obstacle ?? 'Ceph'})`, () => {
  let server: S3Server;
  let client: S3Client;
  let proxy: HttpFaultProxy;
  let bucket: string;
  const opened: Storage[] = [];

  beforeAll(async () => {
    server = await startS3Server({ listPage: 50, storageClass: 'GLACIER' });
    client = s3Client(server);
    proxy = await startHttpFaultProxy(server.port);
    bucket = await makeBucket(client);
  });
  afterEach(async () => {
    for (const storage of opened.splice(0)) await storage.close();
    proxy.reset();
  });
  afterAll(async () => {
    client.destroy();
    proxy.close();
    await server.stop();
  });

  let prefixes = 0;

  function at(s3: S3Settings, env: Record<string, string> = keysEnvironment(OWNER_KEYS)): Storage {
    const place = { kind: 's3', endpoint: proxy.endpoint, bucket, prefix: `p${String(++prefixes)}` } as const;
    const storage = openS3Storage(place, { clock: systemClock, env, settings: { s3 } });
    opened.push(storage);
    return storage;
  }

  test('the first way of listing gives every name once, over many pages', async () => {
    const storage = at({ listsAsV1: true });
    const names = Array.from({ length: 120 }, (_, i) => sha256(Buffer.from(String(i))));
    await Promise.all(names.map((name) => storage.save('index', name, BYTES)));
    const listed = (await storage.list('index')).map(({ name }) => name);
    expect(listed.toSorted()).toEqual(names.toSorted());
    const lists = proxy.requests.filter(({ method, path }) => method === 'GET' && path.includes('prefix='));
    expect(lists.length).toBeGreaterThan(2);
    expect(lists.filter(({ path }) => path.includes('list-type'))).toEqual([]);
  });

  test('the region is the one that is given, whatever the environment says', async () => {
    const env = { ...keysEnvironment(OWNER_KEYS), AWS_REGION: 'us-west-1' };
    await at({ region: 'eu-central-1' }, env).list('pack');
    expect(proxy.requests.map(({ headers }) => headers.authorization).join()).toMatch(
      /\/eu-central-1\/s3\/aws4_request/,
    );
  });

  test('nobody signs what is anonymous; the bucket decides what that may do', async () => {
    const storage = at({ isAnonymous: true });
    await expect(storage.save('pack', NAME, BYTES)).rejects.toMatchObject({ code: 'storage.accessDenied' });
    const Policy = JSON.stringify({
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Allow',
          Principal: '*',
          Action: 's3:*',
          Resource: [`arn:aws:s3:::${bucket}`, `arn:aws:s3:::${bucket}/*`],
        },
      ],
    });
    await client.send(new PutBucketPolicyCommand({ Bucket: bucket, Policy }));
    const open = at({ isAnonymous: true }, {});
    await open.save('pack', NAME, BYTES);
    expect(await open.list('pack')).toEqual([{ name: NAME, sizeBytes: BYTES.length }]);
    expect(await open.load('pack', NAME)).toEqual(new Uint8Array(BYTES));
    expect(proxy.requests.flatMap(({ headers }) => headers.authorization ?? [])).toEqual([]);
  });

  test('the storage class is asked for with each file that belongs into it', async () => {
    await saveAll(at({ storageClass: 'STANDARD' }));
    expect(classes()).toEqual(['STANDARD', 'STANDARD', 'STANDARD', 'STANDARD', 'STANDARD']);
    proxy.reset();
    await saveAll(at({ storageClass: 'GLACIER' }));
    expect(classes()).toEqual([undefined, undefined, undefined, 'GLACIER', undefined]);
    const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket: bucket }));
    expect(Contents.filter(({ StorageClass }) => StorageClass === 'GLACIER')).toHaveLength(1);
  });

  test('one that the server does not know is told, and not tried again', async () => {
    const saving = at({ storageClass: 'NOSUCH' }).save('pack', NAME, BYTES);
    await expect(saving).rejects.toMatchObject({ retry: expect.stringMatching('never|afterUser') as string });
  });

  async function saveAll(storage: Storage): Promise<void> {
    await storage.save('key', sha256(Buffer.from('key')), BYTES);
    await storage.save('index', NAME, BYTES);
    for (const content of ['tree', 'data', undefined] as const)
      await storage.save('pack', sha256(Buffer.from(String(content))), BYTES, undefined, content);
  }

  function classes(): (string | string[] | undefined)[] {
    return proxy.requests
      .filter(({ method }) => method === 'PUT')
      .map(({ headers }) => headers['x-amz-storage-class']);
  }
});

test('into an archive go only packs that are known to hold nothing but files', () => {
  for (const archive of ['GLACIER', 'DEEP_ARCHIVE']) {
    expect(storageClassOf(archive, 'pack', 'data')).toBe(archive);
    expect(storageClassOf(archive, 'pack', 'tree')).toBeUndefined();
    expect(storageClassOf(archive, 'pack', undefined)).toBeUndefined();
    expect(storageClassOf(archive, 'config', undefined)).toBeUndefined();
  }
  expect(storageClassOf('GLACIER_IR', 'snapshot', undefined)).toBe('GLACIER_IR');
  expect(storageClassOf(undefined, 'pack', 'data')).toBeUndefined();
});
