/** Which bucket an S3 place is, and how it is asked for: rules of addresses, no requests. */
import type { S3Location } from '#storage/locations/place-location.ts';
import type { S3BucketLookup } from '#storage/locations/place-settings.ts';

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
