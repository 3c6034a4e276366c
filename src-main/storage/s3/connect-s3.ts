/**
 * How an S3 place is asked: with which keys, in which region, at which address. Of what a person says the settings of the place
 * come first, then the environment, then what the address tells. Loads Amazon's library.
 */
import { TidemarkError } from '#base/errors.ts';
import { HTTP_LIMITS, type HttpLimits } from '#storage/http/http-client.ts';
import { describeLocation } from '#storage/locations/describe-location.ts';
import type { S3Location } from '#storage/locations/place-location.ts';
import type { OpenOptions } from '#storage/open-options.ts';
import { parseS3Credentials, parseS3Region, type S3Credentials } from '#storage/s3/s3-credentials.ts';
import { regionOfHost, usesPathStyle } from '#storage/s3/s3-location.ts';
import type { S3Requests } from '#storage/s3/s3-requests.ts';
import { findSharedKeys, type S3KeySource } from '#storage/s3/s3-shared-keys.ts';

/** Where S3 began, and what servers that know no regions are content with. */
const DEFAULT_REGION = 'us-east-1';

const NO_KEYS =
  'no keys are given; AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY name them, or a profile in ~/.aws/credentials';

export interface S3StorageOptions extends OpenOptions {
  readonly limits?: HttpLimits;
}

/** By a person; undefined: nobody did. */
export function givenRegion({ settings, env }: OpenOptions): string | undefined {
  return settings?.s3?.region ?? parseS3Region(env);
}

/** @param toldRegion by the server itself @throws storage.wrongCredentials when there are no keys */
export async function connectS3(
  place: S3Location,
  options: S3StorageOptions,
  toldRegion: string | undefined,
): Promise<S3Requests> {
  const { env, settings, limits = HTTP_LIMITS } = options;
  const { bucketLookup = 'auto', listsAsV1 = false, isAnonymous = false } = settings?.s3 ?? {};
  const credentials = isAnonymous ? undefined : await findKeys(place, env);
  const { S3Requests } = await import('#storage/s3/s3-requests.ts');
  return new S3Requests({
    endpoint: place.endpoint,
    bucket: place.bucket,
    pathStyle: usesPathStyle(place, bucketLookup),
    region: toldRegion ?? givenRegion(options) ?? regionOfHost(place) ?? DEFAULT_REGION,
    credentials,
    listsAsV1,
    env,
    limits,
  });
}

async function findKeys(place: S3Location, env: OpenOptions['env']): Promise<S3Credentials | S3KeySource> {
  const given = parseS3Credentials(env);
  if (given !== undefined) return given;
  let reason = NO_KEYS;
  try {
    const source = await findSharedKeys(env);
    if (source !== undefined) return source;
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error);
    reason = `the key files say: ${said.replace(/\.$/, '')}`;
  }
  const data = { location: describeLocation(place), reason };
  throw new TidemarkError('storage.wrongCredentials', data, { retry: 'afterUser' });
}
