/** Which bucket an S3 place is, and how it is asked for: rules of addresses, no requests. */

export interface S3Location {
  readonly kind: 's3';
  /** Scheme, host and port. */
  readonly endpoint: string;
  readonly bucket: string;
  /** Without slashes around it; empty: the bucket itself. */
  readonly prefix: string;
}

/** `auto`: as restic decides. `path`: https://host/bucket. `dns`: https://bucket.host. */
export type S3BucketLookup = 'auto' | 'path' | 'dns';

/** For people, in restic's form. */
export function s3LocationText({ endpoint, bucket, prefix }: S3Location): string {
  return `s3:${[endpoint, bucket, ...(prefix === '' ? [] : [prefix])].join('/')}`;
}

/** Clouds whose buckets are hosts of their own; anybody else's certificates and names rarely are ready for that. */
const BUCKETS_ARE_HOSTS = /(^|\.)(amazonaws\.com(\.cn)?|aliyuncs\.com)$/;

/** A bucket with a dot fits no certificate of the form *.host. */
export function usesPathStyle({ endpoint, bucket }: S3Location, lookup: S3BucketLookup): boolean {
  if (lookup !== 'auto') return lookup === 'path';
  const { protocol, hostname } = new URL(endpoint);
  if (protocol === 'https:' && bucket.includes('.')) return true;
  return !BUCKETS_ARE_HOSTS.test(hostname);
}

/** Amazon's hosts name their region: `s3.eu-central-1.amazonaws.com`, `s3-eu-west-1...`, `s3.dualstack.eu-west-1...`. */
export function regionOfHost({ endpoint }: S3Location): string | undefined {
  return /^s3[.-](?:dualstack\.)?([a-z]{2}(?:-[a-z]+)+-\d)\.amazonaws\.com(?:\.cn)?$/.exec(
    new URL(endpoint).hostname,
  )?.[1];
}
