/**
 * With which keys, region and settings an S3 place is opened, from environment variables of restic's names.
 * Pure: the variables are handed in as a record. Values may be secret and never go into a text.
 */

export interface S3Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Of keys that are valid for some hours only. */
  readonly sessionToken?: string;
}

export type Environment = Readonly<Record<string, string | undefined>>;

/** Undefined when no complete pair is given. */
export function parseS3Credentials(environment: Environment): S3Credentials | undefined {
  const accessKeyId = environment['AWS_ACCESS_KEY_ID'] ?? '';
  const secretAccessKey = environment['AWS_SECRET_ACCESS_KEY'] ?? '';
  const sessionToken = environment['AWS_SESSION_TOKEN'] ?? '';
  if (accessKeyId === '' || secretAccessKey === '') return undefined;
  return { accessKeyId, secretAccessKey, ...(sessionToken === '' ? {} : { sessionToken }) };
}

/** The region that a person set; undefined: nobody did. */
export function parseS3Region(environment: Environment): string | undefined {
  const region = environment['AWS_DEFAULT_REGION'] || environment['AWS_REGION'];
  return region === '' ? undefined : region;
}

const PROXY_VARIABLES = ['HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY', 'http_proxy', 'https_proxy', 'no_proxy'];

/** What of the environment says which way requests go. */
export function parseProxyEnvironment(environment: Environment): Record<string, string> {
  return Object.fromEntries(
    PROXY_VARIABLES.flatMap((name) => {
      const value = environment[name];
      return value === undefined || value === '' ? [] : [[name, value]];
    }),
  );
}
