/** Buckets of the tests' own S3 server as places for the storage suite and for programs. */
import { CreateBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { systemClock } from '#base/system-clock.ts';
import type { Storage } from '#storage/port.ts';
import type { S3Location } from '#storage/locations/place-location.ts';
import type { S3StorageOptions } from '#storage/s3/connect-s3.ts';
import { openS3Storage } from '#storage/s3/s3-storage.ts';
import type { StoragePlace } from '#test/suites/storage-suite.ts';
import { OWNER_KEYS, type S3Keys, type S3Server } from '#test/support/s3-server.ts';

/** A second client, for what the storage under test must not do itself. */
export function s3Client(server: S3Server, { accessKeyId, secretAccessKey }: S3Keys = OWNER_KEYS): S3Client {
  return new S3Client({
    endpoint: server.endpoint,
    region: 'us-east-1',
    forcePathStyle: true,
    credentials: { accessKeyId, secretAccessKey },
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
  });
}

/** The variables in which restic and Tidemark take keys. */
export function keysEnvironment({
  accessKeyId,
  secretAccessKey,
  sessionToken,
}: S3Keys): Record<string, string> {
  return {
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    ...(sessionToken === undefined ? {} : { AWS_SESSION_TOKEN: sessionToken }),
  };
}

let buckets = 0;

/** A name that no test had before. */
export function newBucketName(): string {
  buckets += 1;
  return `bucket-${String(buckets)}`;
}

export interface S3Place extends StoragePlace {
  readonly location: S3Location;
}

/** In a bucket that does not exist yet, unless another one is named. */
export function makeS3Place(
  server: S3Server,
  client: S3Client,
  options: Partial<S3StorageOptions> & Partial<Pick<S3Location, 'endpoint' | 'bucket' | 'prefix'>> = {},
): S3Place {
  const location: S3Location = {
    kind: 's3',
    endpoint: options.endpoint ?? server.endpoint,
    bucket: options.bucket ?? newBucketName(),
    prefix: options.prefix ?? '',
  };
  const storage: Storage = openS3Storage(location, {
    clock: systemClock,
    env: keysEnvironment(OWNER_KEYS),
    ...options,
  });
  return {
    location,
    storage,
    plantFile: async (path, bytes) => {
      const key = location.prefix === '' ? path : `${location.prefix}/${path}`;
      await client.send(
        new PutObjectCommand({ Bucket: location.bucket, Key: key, Body: Buffer.from(bytes) }),
      );
    },
    dispose: async () => undefined,
  };
}

export async function makeBucket(client: S3Client, lock = false): Promise<string> {
  const bucket = newBucketName();
  await client.send(new CreateBucketCommand({ Bucket: bucket, ObjectLockEnabledForBucket: lock }));
  return bucket;
}
