/**
 * Turns what an S3 server or the way to it says into the storage family of errors: by the error's name and the answer's
 * status, never by its message (Ceph sends none). No part of an answer gets into a text or a cause, because servers
 * quote signatures and keys.
 * `later` has what a repetition may cure; refused keys, a wrong clock, a missing bucket wait for a person.
 */
import { TidemarkError, isTidemarkError } from '#base/errors.ts';
import { classifyNetworkError, classifyStatus } from '#storage/http/http-errors.ts';
import type { StorageFileType } from '#storage/port.ts';

/** An answer that came, and is not one that S3 gives. The reason goes to people. */
export class S3AnswerError extends Error {
  override readonly name = 'S3AnswerError';
}

export interface S3Subject {
  readonly location: string;
  readonly bucket: string;
  /** One word: save, load, list ... */
  readonly operation: string;
  /** The file that the request is about, if it is about one. */
  readonly file?: { readonly kind: StorageFileType; readonly name: string };
}

/** The name that the server gave its error; empty when that is none. */
function s3ErrorName(error: unknown): string {
  const name = error instanceof Error && error.name !== 'Error' ? error.name : '';
  return /^[A-Za-z0-9.]{1,60}$/.test(name) ? name : '';
}

/** Of the answer; undefined when none came. */
export function statusOf(error: unknown): number | undefined {
  if (typeof error !== 'object' || error === null || !('$metadata' in error)) return undefined;
  return (error.$metadata as { httpStatusCode?: number }).httpStatusCode;
}

/** The region in which the server says that the bucket is; undefined when it does not say so. */
export function regionToldBy(error: unknown): string | undefined {
  const told = headerOf(error, 'x-amz-bucket-region') ?? fieldOf(error, 'Region');
  return told !== undefined && /^[a-z0-9-]{1,40}$/.test(told) && isWrongRegion(error) ? told : undefined;
}

/** The server has no conditional PUT: it says so (501), or calls the header wrong (400). */
export function isConditionUnknown(error: unknown): boolean {
  const name = s3ErrorName(error);
  return statusOf(error) === 501 || name === 'NotImplemented' || name === 'InvalidArgument';
}

/** The object is there already (412), or somebody else is making it just now (409). */
export function isAlreadyThere(error: unknown): boolean {
  return statusOf(error) === 412 || s3ErrorName(error) === 'PreconditionFailed';
}

export function isBucketMissing(error: unknown): boolean {
  return s3ErrorName(error) === 'NoSuchBucket';
}

/** By somebody with the same keys, since it was looked for. */
export function isBucketMade(error: unknown): boolean {
  return s3ErrorName(error) === 'BucketAlreadyOwnedByYou';
}

/** The object; or, when the server says no more than that something is missing. */
export function isMissing(error: unknown): boolean {
  const name = s3ErrorName(error);
  return name === 'NoSuchKey' || name === 'NotFound' || (statusOf(error) === 404 && name !== 'NoSuchBucket');
}

const UNKNOWN_KEY = new Set(['InvalidAccessKeyId', 'InvalidSecurity', 'NotSignedUp']);
const WRONG_SECRET = new Set(['SignatureDoesNotMatch', 'AuthorizationHeaderMalformed']);
const EXPIRED = new Set([
  'ExpiredToken',
  'ExpiredTokenException',
  'InvalidToken',
  'TokenRefreshRequired',
  'RequestExpired',
]);
const CLOCK_OFF = new Set(['RequestTimeTooSkewed', 'RequestInTheFuture']);
const WRONG_REGION = new Set(['PermanentRedirect', 'InvalidLocationConstraint']);
const FULL = new Set(['QuotaExceeded', 'StorageFull', 'XMinioStorageFull', 'XMinioAdminBucketQuotaExceeded']);
const BUSY = new Set([
  'SlowDown',
  'ServiceUnavailable',
  'TooManyRequests',
  'TooManyRequestsException',
  'RequestLimitExceeded',
  'BandwidthLimitExceeded',
]);
const SOMEBODY_ELSE = new Set(['OperationAborted', 'ConditionalRequestConflict', 'ConcurrentModification']);
const DAMAGED_ON_THE_WAY = new Set([
  'BadDigest',
  'InvalidDigest',
  'XAmzContentSHA256Mismatch',
  'IncompleteBody',
]);
const NO_ANSWER = new Set(['TimeoutError', 'RequestTimeout']);

/** The error to throw for a failed request; TidemarkErrors come back unchanged. */
export function classifyS3Error(error: unknown, subject: S3Subject): TidemarkError {
  if (isTidemarkError(error)) return error;
  const { location, bucket, operation, file } = subject;
  const name = s3ErrorName(error);
  const status = statusOf(error);
  const cause = new Error(`S3: ${name} ${String(status ?? '')}`);

  if (error instanceof S3AnswerError) {
    const reason = error.message;
    return new TidemarkError('storage.ioFailed', { location, operation, reason }, { retry: 'later', cause });
  }
  if (name === 'NoSuchBucket' || (status === 404 && file === undefined)) {
    return unreachable(location, `there is no bucket named ${bucket}`, 'afterUser', cause);
  }
  if (file !== undefined && isMissing(error)) {
    return new TidemarkError('storage.objectMissing', file, { cause });
  }
  // Before the name is looked at: the library calls a broken connection a time-out, too.
  if (status === undefined && error instanceof Error && 'code' in error) {
    return classifyNetworkError(error, { location, operation });
  }
  if (NO_ANSWER.has(name)) {
    return new TidemarkError('storage.timeout', { location, operation }, { retry: 'later', cause });
  }
  if (CLOCK_OFF.has(name)) {
    const offMs = clockOffMs(error);
    return new TidemarkError('storage.clockOff', { location, offMs }, { retry: 'afterUser', cause });
  }
  if (isWrongRegion(error)) {
    const region = regionToldBy(error) ?? null;
    return new TidemarkError('storage.wrongRegion', { location, region }, { retry: 'afterUser', cause });
  }
  const refusal = refusalOf(name);
  if (refusal !== undefined) {
    return new TidemarkError(
      'storage.wrongCredentials',
      { location, reason: refusal },
      { retry: 'afterUser', cause },
    );
  }
  if (FULL.has(name) || status === 507) {
    return new TidemarkError('storage.full', { location, outOfInodes: false }, { retry: 'afterUser', cause });
  }
  if (BUSY.has(name) || status === 429 || status === 503) {
    // Some say it with a status of their own.
    return classifyStatus(503, headersOf(error), { location, operation });
  }
  if (SOMEBODY_ELSE.has(name)) {
    return unreachable(location, 'somebody else changes the same file', 'later', cause);
  }
  if (DAMAGED_ON_THE_WAY.has(name)) {
    const reason = 'what arrived is not what was sent';
    return new TidemarkError('storage.ioFailed', { location, operation, reason }, { retry: 'later', cause });
  }
  if (name === 'InvalidBucketName') {
    return unreachable(location, `no bucket can be named ${bucket}`, 'afterUser', cause);
  }
  if (name === 'BucketAlreadyExists') {
    return unreachable(location, `the bucket ${bucket} belongs to somebody else`, 'afterUser', cause);
  }
  if (name === 'InvalidObjectState') {
    const reason = 'the file lies in an archive and must be brought back from there first';
    return new TidemarkError(
      'storage.ioFailed',
      { location, operation, reason },
      { retry: 'afterUser', cause },
    );
  }
  if (status === 401 || status === 403) {
    return new TidemarkError('storage.accessDenied', { location, operation }, { retry: 'afterUser', cause });
  }
  if (status !== undefined && status >= 300 && status < 400) {
    // A new bucket's name is not known everywhere at once; or this network wants a login of its own first.
    return unreachable(location, 'the server sends to another address for now', 'later', cause);
  }
  if (status !== undefined && status >= 500 && status !== 501) {
    return unreachable(location, `the server has a fault of its own, ${String(status)}`, 'later', cause);
  }
  const reason = [name, status].filter((part) => part !== '' && part !== undefined).join(' ');
  // A request that got no readable answer may get one the next time; one that was refused will be refused again.
  const retry = status === undefined || status < 300 ? 'later' : 'never';
  return new TidemarkError('storage.ioFailed', { location, operation, reason }, { retry, cause });
}

function refusalOf(name: string): string | undefined {
  if (UNKNOWN_KEY.has(name)) return 'it does not know the access key';
  if (WRONG_SECRET.has(name)) return 'the secret key does not belong to the access key';
  if (EXPIRED.has(name)) return 'the keys were valid for a while only, and that has passed';
  return undefined;
}

function isWrongRegion(error: unknown): boolean {
  const name = s3ErrorName(error);
  if (WRONG_REGION.has(name) || [301, 308].includes(statusOf(error) ?? 0)) return true;
  if (name === 'AuthorizationHeaderMalformed' || name === 'IllegalLocationConstraintException') {
    return headerOf(error, 'x-amz-bucket-region') !== undefined || fieldOf(error, 'Region') !== undefined;
  }
  // A request without a body in the answer (HEAD) has no name.
  return statusOf(error) === 400 && headerOf(error, 'x-amz-bucket-region') !== undefined;
}

/** How far this computer's clock is ahead of the server's; null: it does not say. */
function clockOffMs(error: unknown): number | null {
  const serverMs = Date.parse(headerOf(error, 'date') ?? '');
  return Number.isNaN(serverMs) ? null : Date.now() - serverMs;
}

function headersOf(error: unknown): Readonly<Record<string, string>> {
  if (typeof error !== 'object' || error === null || !('$response' in error)) return {};
  return (error.$response as { headers?: Readonly<Record<string, string>> } | undefined)?.headers ?? {};
}

function headerOf(error: unknown, header: string): string | undefined {
  return headersOf(error)[header];
}

function fieldOf(error: unknown, field: string): string | undefined {
  const value = (error as Readonly<Record<string, unknown>> | null)?.[field];
  return typeof value === 'string' ? value : undefined;
}

function unreachable(
  location: string,
  reason: string,
  retry: 'later' | 'afterUser',
  cause: Error,
): TidemarkError {
  return new TidemarkError('storage.unreachable', { location, reason }, { retry, cause });
}
