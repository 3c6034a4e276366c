/**
 * With which keys, region and settings an S3 place is opened, from environment variables of restic's names.
 * Pure: the variables are handed in as a record. Values may be secret and never go into a text.
 */
import type { OpenOptions } from '#storage/open-options.ts';

export interface S3Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Of keys that are valid for some hours only. */
  readonly sessionToken?: string;
}

/** Undefined when no complete pair is given. */
export function parseS3Credentials(env: OpenOptions['env']): S3Credentials | undefined {
  const accessKeyId = env['AWS_ACCESS_KEY_ID'] ?? '';
  const secretAccessKey = env['AWS_SECRET_ACCESS_KEY'] ?? '';
  const sessionToken = env['AWS_SESSION_TOKEN'] ?? '';
  if (accessKeyId === '' || secretAccessKey === '') return undefined;
  return { accessKeyId, secretAccessKey, ...(sessionToken === '' ? {} : { sessionToken }) };
}

/** The region that a person set; undefined: nobody did. */
export function parseS3Region(env: OpenOptions['env']): string | undefined {
  const region = env['AWS_DEFAULT_REGION'] || env['AWS_REGION'];
  return region === '' ? undefined : region;
}
