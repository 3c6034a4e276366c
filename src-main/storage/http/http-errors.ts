/**
 * Turns what networks and web servers say into the storage family of errors. The only place that looks at the codes of
 * failed connections and at statuses that nobody expects. Reasons are for people and hold nothing that was sent.
 */
import type { IncomingHttpHeaders } from 'node:http';
import { TidemarkError, isTidemarkError } from '#base/errors.ts';

export interface FailedCall {
  readonly location: string;
  /** One word: save, load, list ... */
  readonly operation: string;
}

/** How Node and OpenSSL name what is wrong with a certificate. */
const CERTIFICATE_REASONS: ReadonlyMap<string, string> = new Map([
  ['CERT_HAS_EXPIRED', 'its certificate has expired'],
  ['CERT_NOT_YET_VALID', 'its certificate is not valid yet'],
  ['CERT_REVOKED', 'its certificate was withdrawn'],
  ['ERR_TLS_CERT_ALTNAME_INVALID', 'its certificate is for another name'],
  ['HOSTNAME_MISMATCH', 'its certificate is for another name'],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', 'it signed its certificate itself'],
  ['SELF_SIGNED_CERT_IN_CHAIN', 'nobody known here signed its certificate'],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'nobody known here signed its certificate'],
  ['UNABLE_TO_GET_ISSUER_CERT', 'nobody known here signed its certificate'],
  ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'nobody known here signed its certificate'],
  ['CERT_UNTRUSTED', 'nobody known here signed its certificate'],
  ['CERT_SIGNATURE_FAILURE', 'the signature of its certificate is wrong'],
  ['CERT_REJECTED', 'its certificate is not meant for this'],
  ['CERT_CHAIN_TOO_LONG', 'its certificate is not meant for this'],
  ['INVALID_CA', 'its certificate is not meant for this'],
  ['INVALID_PURPOSE', 'its certificate is not meant for this'],
]);

/** A server that is not there, or not now: may pass. */
const ABSENT_REASONS: ReadonlyMap<string, string> = new Map([
  ['ENOTFOUND', 'its name is not known; there may be no network'],
  ['EAI_AGAIN', 'its name cannot be looked up now; there may be no network'],
  ['ECONNREFUSED', 'no program answers there'],
  ['ENOENT', 'no program answers there'],
  ['EHOSTUNREACH', 'there is no way to it'],
  ['ENETUNREACH', 'there is no network'],
  ['EHOSTDOWN', 'it is switched off'],
  ['ENETDOWN', 'there is no network'],
  ['ECONNRESET', 'the connection was cut'],
  ['ECONNABORTED', 'the connection was cut'],
  ['EPIPE', 'the connection was cut'],
  ['ERR_STREAM_PREMATURE_CLOSE', 'the connection was cut'],
  ['HPE_INVALID_EOF_STATE', 'the connection was cut'],
  ['ERR_PROXY_TUNNEL', 'the proxy does not let it through'],
]);

/** What answers, but in another language than was asked in: stays so. */
const FOREIGN_REASONS: readonly (readonly [RegExp, string])[] = [
  [/^(EPROTO|ERR_SSL_.*)$/, 'it does not speak https there'],
  [/^HPE_/, 'what answers there is no web server'],
];

export function isCut(error: unknown): boolean {
  return ABSENT_REASONS.get(codeOf(error)) === 'the connection was cut';
}

export function classifyNetworkError(error: unknown, { location, operation }: FailedCall): TidemarkError {
  if (isTidemarkError(error)) return error;
  const code = codeOf(error);
  const certificate = CERTIFICATE_REASONS.get(code);
  if (certificate !== undefined) {
    const data = { location, reason: certificate };
    return new TidemarkError('storage.certificateUntrusted', data, { retry: 'afterUser', cause: error });
  }
  if (code === 'ETIMEDOUT') {
    return new TidemarkError('storage.timeout', { location, operation }, { retry: 'later', cause: error });
  }
  const absent = ABSENT_REASONS.get(code);
  const foreign = FOREIGN_REASONS.find(([pattern]) => pattern.test(code))?.[1];
  const reason = absent ?? foreign;
  if (reason !== undefined) {
    const retry = absent === undefined ? 'never' : 'later';
    return new TidemarkError('storage.unreachable', { location, reason }, { retry, cause: error });
  }
  const data = { location, operation, reason: code === '' ? 'an unknown error of the network' : code };
  return new TidemarkError('storage.ioFailed', data, { retry: 'later', cause: error });
}

/** For an answer that says neither that it was done nor what the caller asked about. */
export function classifyStatus(
  status: number,
  headers: IncomingHttpHeaders,
  { location, operation }: FailedCall,
): TidemarkError {
  const ioFailed = (reason: string, retry: 'later' | 'never'): TidemarkError =>
    new TidemarkError('storage.ioFailed', { location, operation, reason }, { retry });
  switch (status) {
    case 401:
      return wrongCredentials(location, 'the user name or the password is wrong');
    case 407:
      return wrongCredentials(location, 'the proxy wants a user name and a password');
    case 403:
      return new TidemarkError('storage.accessDenied', { location, operation }, { retry: 'afterUser' });
    case 404:
    case 410:
      return notThere(location);
    case 413:
      return ioFailed('the server takes no files of this size', 'never');
    case 507:
      return new TidemarkError('storage.full', { location, outOfInodes: false }, { retry: 'afterUser' });
    case 429:
    case 503: {
      const retryAfterMs = retryAfterMsOf(headers['retry-after']);
      const data = { location, reason: `the server is busy, status ${String(status)}` };
      return new TidemarkError('storage.unreachable', data, {
        retry: 'later',
        ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
      });
    }
  }
  if (status >= 300 && status < 400)
    return ioFailed('the server sends to another address; use that', 'never');
  const mayPass = status === 408 || status === 425 || (status >= 500 && status !== 501 && status !== 505);
  return ioFailed(`status ${String(status)}`, mayPass ? 'later' : 'never');
}

/** The server answers, but where the repository would be there is nothing. */
export function notThere(location: string): TidemarkError {
  const data = { location, reason: 'the server has nothing there' };
  return new TidemarkError('storage.unreachable', data, { retry: 'afterUser' });
}

export function answerCutShort({ location, operation }: FailedCall): TidemarkError {
  const reason = 'the answer was cut short';
  return new TidemarkError('storage.ioFailed', { location, operation, reason }, { retry: 'later' });
}

function wrongCredentials(location: string, reason: string): TidemarkError {
  return new TidemarkError('storage.wrongCredentials', { location, reason }, { retry: 'afterUser' });
}

/** In seconds; the other form, a date, depends on two clocks. */
function retryAfterMsOf(header: string | undefined): number | undefined {
  return header !== undefined && /^\d{1,6}$/.test(header) ? Number(header) * 1000 : undefined;
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}
