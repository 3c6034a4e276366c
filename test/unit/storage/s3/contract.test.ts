/** The storage contract on Ceph's S3 gateway, which checks signatures and keeps conditions. */
import type { S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe } from 'vitest';
import { describeStorage, type StoragePlace } from '#test/suites/storage-suite.ts';
import { makeS3Place, s3Client } from '#test/support/s3-places.ts';
import { s3ServerObstacle, startS3Server, type S3Server } from '#test/support/s3-server.ts';

/** The largest pack is 128 MiB; trying that takes longer than all the rest. */
const LARGEST_BYTES = (process.env['TIDEMARK_TEST_LARGE'] === '1' ? 128 : 16) << 20;
const obstacle = s3ServerObstacle();

describe.skipIf(obstacle !== undefined)(`S3${obstacle === undefined ? '' : `, which ${obstacle}`}`, () => {
  let server: S3Server;
  let client: S3Client;

  beforeAll(async () => {
    server = await startS3Server();
    client = s3Client(server);
  });

  afterAll(async () => {
    client.destroy();
    await server.stop();
  });

  let places = 0;

  /** The first two tests are about buckets that are not there; making one for each of the others takes seconds in all. */
  async function makePlace(): Promise<StoragePlace> {
    places += 1;
    const prefix = `a b+c&d%/ü/${String(places)}`;
    return makeS3Place(server, client, places <= 2 ? { prefix } : { prefix, bucket: 'bucket-2' });
  }

  describeStorage('S3', makePlace, { largestBytes: LARGEST_BYTES });
});
