/** The storage contract on Ceph's S3 gateway, which checks signatures and keeps conditions; and whom it lets in. */
import {
  DeleteObjectCommand,
  ListObjectVersionsCommand,
  PutObjectLockConfigurationCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { isTidemarkError, type ErrorCode } from '#base/errors.ts';
import { systemClock } from '#base/system-clock.ts';
import { COMMAND_LINE_WORDS, errorSentence } from '#contract/error-texts.ts';
import type { S3Location } from '#storage/locations/place-location.ts';
import type { Storage } from '#storage/port.ts';
import type { S3StorageOptions } from '#storage/s3/connect-s3.ts';
import { openS3Storage } from '#storage/s3/s3-storage.ts';
import {
  describeStorage,
  expectCode,
  IS_LARGE,
  LARGEST_BYTES,
  type StoragePlace,
} from '#test/suites/storage-suite.ts';
import { makeCertificate, type Certificate } from '#test/support/certificate.ts';
import { decoratePlace } from '#test/support/decorated-place.ts';
import {
  keysEnvironment,
  makeBucket,
  makeS3Place,
  newBucketName,
  s3Client,
} from '#test/support/s3-places.ts';
import {
  OTHER_KEYS,
  OWNER_KEYS,
  s3ServerObstacle,
  startS3Server,
  type S3Keys,
  type S3Server,
} from '#test/support/s3-server.ts';
import { sha256 } from '#test/support/sha256.ts';

/** Pages of lists: Amazon's, and what shows the same in less time. */
const LIST_PAGE = IS_LARGE ? 1000 : 50;
const FILE = Buffer.from('a small file');
const obstacle = s3ServerObstacle();

describe.skipIf(obstacle !== undefined)(`S3${obstacle === undefined ? '' : `, which ${obstacle}`}`, () => {
  let server: S3Server;
  let client: S3Client;
  let certificate: Certificate;

  beforeAll(async () => {
    certificate = makeCertificate('localhost');
    server = await startS3Server({ tls: certificate, listPage: LIST_PAGE });
    client = s3Client(server);
  });

  afterAll(async () => {
    client.destroy();
    await server.stop();
    certificate.remove();
  });

  let places = 0;

  /** The first two tests are about buckets that are not there; making one for each of the others takes seconds in all. */
  async function makePlace(): Promise<StoragePlace> {
    places += 1;
    const prefix = `a b+c&d%/ü/${String(places)}`;
    return makeS3Place(server, client, places <= 2 ? { prefix } : { prefix, bucket: 'bucket-2' });
  }

  describeStorage('S3', makePlace, {
    largestBytes: LARGEST_BYTES,
    listPage: LIST_PAGE,
    eachInNewPlace: true,
    cancelledMayStand: true,
  });

  const inBucket = (): StoragePlace =>
    makeS3Place(server, client, { bucket: 'bucket-2', prefix: `decorated/${String(++places)}` });
  describeStorage(
    'S3 through all that hosts put around it',
    () => decoratePlace(inBucket(), keysEnvironment(OWNER_KEYS)),
    {
      largestBytes: 1 << 20,
      listPage: LIST_PAGE,
      eachInNewPlace: true,
      cancelledMayStand: true,
      missesNothing: 'what makes a bucket is shown above',
    },
  );

  describe('who is let in, and where', () => {
    const SECRETS = /SKOWNER|SKOTHER|SKWRONG|AKNOBODY/;
    let bucket: string;
    const opened: Storage[] = [];

    beforeAll(async () => {
      bucket = await makeBucket(client);
    });

    afterEach(async () => {
      vi.useRealTimers();
      for (const storage of opened.splice(0)) await storage.close();
    });

    function openWith(
      keys: S3Keys | undefined,
      place: Partial<S3Location> = {},
      options: Partial<S3StorageOptions> = {},
    ): Storage {
      const location: S3Location = { kind: 's3', endpoint: server.endpoint, bucket, prefix: '', ...place };
      const env = keys === undefined ? {} : keysEnvironment(keys);
      const storage = openS3Storage(location, {
        clock: systemClock,
        ...options,
        env: { HOME: '/nonexistent', ...env, ...options.env },
      });
      opened.push(storage);
      return storage;
    }

    async function expectRefused(call: Promise<unknown>, code: ErrorCode, data: object = {}): Promise<void> {
      const error = await call.then(
        () => undefined,
        (each: unknown) => each,
      );
      if (!isTidemarkError(error)) throw new Error('not refused', { cause: error });
      expect(error.code).toBe(code);
      expect(error.data).toMatchObject(data);
      expect(error.retry).toBe('afterUser');
      expect(errorSentence(error, COMMAND_LINE_WORDS)).not.toMatch(SECRETS);
    }

    test.each(['open', 'create'] as const)('25, 28: %s says what is wrong', async (call) => {
      const wrong = { ...OWNER_KEYS, secretAccessKey: 'SKWRONG' };
      await expectRefused(openWith(undefined)[call](), 'storage.wrongCredentials', {
        reason: expect.stringContaining('no keys are given; AWS_ACCESS_KEY_ID') as string,
      });
      await expectRefused(openWith(wrong)[call](), 'storage.wrongCredentials', {
        reason: 'the secret key does not belong to the access key',
      });
      const nobody = { ...OWNER_KEYS, accessKeyId: 'AKNOBODY' };
      await expectRefused(openWith(nobody)[call](), 'storage.wrongCredentials', {
        reason: 'it does not know the access key',
      });
      await expectRefused(openWith(OTHER_KEYS)[call](), 'storage.accessDenied');
      vi.useFakeTimers({ toFake: ['Date'], now: Date.now() - 20 * 60_000 });
      const late = openWith(OWNER_KEYS, call === 'create' ? { bucket: 'of-the-late' } : {});
      await expectRefused(late[call](), 'storage.clockOff');
      // The library would have put the clock right by itself now.
      await expectRefused(late[call](), 'storage.clockOff');
      vi.useRealTimers();
      await openWith(OWNER_KEYS)[call]();
    });

    test('keys come from the files of other tools where the environment holds none', async () => {
      const home = mkdtempSync(join(tmpdir(), 'tidemark-aws-'));
      mkdirSync(join(home, '.aws'));
      const write = (name: string, profiles: Record<string, S3Keys>) =>
        writeFileSync(
          join(home, '.aws', name),
          Object.entries(profiles)
            .map(
              ([profile, keys]) =>
                `[${profile}]\naws_access_key_id = ${keys.accessKeyId}\naws_secret_access_key = ${keys.secretAccessKey}\n`,
            )
            .join('\n'),
        );
      const open = (env: Record<string, string>, keys?: S3Keys) =>
        openWith(keys, {}, { env: { HOME: home, ...env } }).open();
      write('credentials', { default: OTHER_KEYS, backup: OWNER_KEYS });
      await open({ AWS_PROFILE: 'backup' });
      await expectRefused(open({}), 'storage.accessDenied');
      await expectRefused(open({ AWS_PROFILE: 'nowhere' }), 'storage.wrongCredentials', {
        reason: expect.stringMatching(/^the key files say: .*nowhere/) as string,
      });
      // Those of the environment come first.
      await open({}, OWNER_KEYS);
      write('elsewhere', { default: OWNER_KEYS });
      await open({ AWS_SHARED_CREDENTIALS_FILE: join(home, '.aws', 'elsewhere') });
      rmSync(home, { recursive: true });
    });

    test('28: a bucket that is not there is not made by opening it', async () => {
      const reason = 'there is no bucket named not-there';
      const storage = openWith(OWNER_KEYS, { bucket: 'not-there' });
      await expectRefused(storage.open(), 'storage.unreachable', { reason });
      await expectRefused(storage.list('pack'), 'storage.unreachable', { reason });
      await expectRefused(storage.save('config', 'config', FILE), 'storage.unreachable', { reason });
      await expectRefused(openWith(OWNER_KEYS, { bucket: 'not-there' }).open(), 'storage.unreachable');
    });

    test('28: names and regions that the server does not take', async () => {
      const named = openWith(OWNER_KEYS, { bucket: 'No_Name!' });
      await expectRefused(named.create(), 'storage.unreachable', {
        reason: 'no bucket can be named No_Name!',
      });
      const far = openWith(OWNER_KEYS, { bucket: 'far-away' }, { env: { AWS_DEFAULT_REGION: 'eu-far-1' } });
      await expectRefused(far.create(), 'storage.wrongRegion', { region: null });
    });

    test('30: a full quota stores nothing, and takes files again when there is room', async () => {
      await server.admin('quota', 'set', '--quota-scope=user', '--uid=other', '--max-size=1M');
      await server.admin('quota', 'enable', '--quota-scope=user', '--uid=other');
      const storage = openWith(OTHER_KEYS, { bucket: newBucketName() });
      await storage.create();
      const [first, second] = [Buffer.alloc(600_000, 1), Buffer.alloc(600_000, 2)];
      await storage.save('pack', sha256(first), first);
      await expectRefused(storage.save('pack', sha256(second), second), 'storage.full', {
        outOfInodes: false,
      });
      expect(await storage.list('pack')).toEqual([{ name: sha256(first), sizeBytes: 600_000 }]);
      expect(Buffer.compare(await storage.load('pack', sha256(first)), first)).toBe(0);
      await storage.remove('pack', sha256(first));
      await storage.save('pack', sha256(second), second);
      await server.admin('quota', 'disable', '--quota-scope=user', '--uid=other');
    });

    test('38: in a bucket that locks what it keeps, files are stored, hidden and stored again', async () => {
      const locked = await makeBucket(client, true);
      const DefaultRetention = { Mode: 'COMPLIANCE', Days: 1 } as const;
      await client.send(
        new PutObjectLockConfigurationCommand({
          Bucket: locked,
          ObjectLockConfiguration: { ObjectLockEnabled: 'Enabled', Rule: { DefaultRetention } },
        }),
      );
      const storage = openWith(OWNER_KEYS, { bucket: locked });
      const name = sha256(FILE);
      for (const type of ['lock', 'pack'] as const) {
        await storage.save(type, name, FILE);
        await storage.remove(type, name);
        expect(await storage.list(type)).toEqual([]);
        await expectCode(storage.load(type, name), 'storage.objectMissing');
        await storage.save(type, name, FILE);
        expect(await storage.list(type)).toEqual([{ name, sizeBytes: FILE.length }]);
      }
      const { Versions = [] } = await client.send(new ListObjectVersionsCommand({ Bucket: locked }));
      expect(Versions).toHaveLength(4);
      for (const { Key, VersionId } of Versions) {
        const forGood = client.send(new DeleteObjectCommand({ Bucket: locked, Key, VersionId }));
        await expect(forGood).rejects.toMatchObject({ name: 'AccessDenied' });
      }
    });

    test('27: over TLS with a certificate of our own, to nobody else', async () => {
      const endpoint = `https://localhost:${String(server.tlsPort)}`;
      const trusting = { env: { RESTIC_CACERT: certificate.certificatePath } };
      await openWith(OWNER_KEYS, { endpoint }, trusting).open();
      await expectRefused(openWith(OWNER_KEYS, { endpoint }).open(), 'storage.certificateUntrusted');
      const otherName = `https://127.0.0.1:${String(server.tlsPort)}`;
      await expectRefused(
        openWith(OWNER_KEYS, { endpoint: otherName }, trusting).open(),
        'storage.certificateUntrusted',
      );
    });
  });
});
