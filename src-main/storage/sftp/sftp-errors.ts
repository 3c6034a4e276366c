/**
 * Turns what an SFTP server or the way to it reports into the storage family of errors. The only place of this adapter
 * that knows what a failure means; code that *expects* one (a missing file, say) asks `hasStatus`.
 * SFTP has few words: most of what a disk can say arrives as `FAILURE`, so the server's file system is looked at.
 */
import { TidemarkError, isTidemarkError } from '#base/errors.ts';
import type { SftpChannel } from '#storage/sftp/sftp-channel.ts';

/** Answers of a server. Source: draft-ietf-secsh-filexfer-02, section 7. */
export const STATUS = {
  EOF: 1,
  NO_SUCH_FILE: 2,
  PERMISSION_DENIED: 3,
  FAILURE: 4,
  NO_CONNECTION: 6,
  CONNECTION_LOST: 7,
} as const;

/** Whether the server answered with one of these codes. */
export function hasStatus(error: unknown, ...codes: readonly number[]): boolean {
  return error instanceof Error && 'code' in error && codes.includes(error.code as number);
}

/** Whether it is an answer of the server at all: what ssh2 itself reports of a dead channel has no code. */
export function isStatusError(error: unknown): boolean {
  return error instanceof Error && 'code' in error && typeof error.code === 'number';
}

export function connectionLost(location: string, cause?: unknown): TidemarkError {
  return unreachable(location, 'the connection was lost', 'later', cause);
}

export function unreachable(
  location: string,
  reason: string,
  retry: 'later' | 'afterUser',
  cause?: unknown,
): TidemarkError {
  return new TidemarkError('storage.unreachable', { location, reason }, { retry, cause });
}

/** Failures on the way to the server, by the codes of the system. What is not listed is given by its code. */
const WAY_REASONS: Readonly<Record<string, string>> = {
  ENOTFOUND: 'no computer of that name is known',
  EAI_AGAIN: 'the name cannot be looked up just now; is there a network?',
  ECONNREFUSED: 'that computer takes no SSH connections at this port',
  ECONNRESET: 'the other side ended the connection',
  EHOSTUNREACH: 'that computer does not answer',
  ENETUNREACH: 'there is no network to it',
  ETIMEDOUT: 'that computer does not answer',
};

/** For a failure before anybody was logged in, other than by the host's key or the log-in itself. */
export function classifyConnectError(error: unknown, location: string): TidemarkError {
  if (isTidemarkError(error)) return error;
  if (!(error instanceof Error)) return unreachable(location, String(error), 'later', error);
  const code = 'code' in error ? String(error.code) : '';
  // The two sides speak, but have nothing in common; that is the same the next time.
  if ('level' in error && error.level === 'handshake')
    return unreachable(location, error.message, 'afterUser', error);
  return unreachable(location, WAY_REASONS[code] ?? (code === '' ? error.message : code), 'later', error);
}

/** What statvfs tells of a file system, as far as it explains a failure. */
export interface FileSystemFacts {
  readonly freeBytes: number;
  /** Of the fixed number of files that it can hold; both 0 where it has none such. */
  readonly freeFiles: number;
  readonly allFiles: number;
  readonly isReadOnly: boolean;
}

/** Less than this is as good as nothing: file systems refuse before they show 0. */
const FULL_BELOW_BYTES = 1 << 20;
const FULL_BELOW_FILES = 8;

export interface FailedCall {
  readonly location: string;
  /** What was being done, one word: save, load, list ... */
  readonly operation: string;
  /** What was to be written. */
  readonly sizeBytes?: number;
  readonly top: string;
  readonly channel: SftpChannel | undefined;
}

/** The error to throw for a failed call. TidemarkErrors come back unchanged. */
export async function classifySftpError(error: unknown, call: FailedCall): Promise<TidemarkError> {
  if (isTidemarkError(error)) return error;
  const { location, operation, sizeBytes = 0 } = call;
  if (!isStatusError(error)) return connectionLost(location, error);
  const afterUser = { retry: 'afterUser', cause: error } as const;
  if (hasStatus(error, STATUS.PERMISSION_DENIED)) {
    return new TidemarkError('storage.accessDenied', { location, operation }, afterUser);
  }
  if (hasStatus(error, STATUS.FAILURE)) {
    const facts = await call.channel?.statvfs(call.top).catch(() => undefined);
    if (facts?.isReadOnly === true) return new TidemarkError('storage.readOnly', { location }, afterUser);
    if (facts !== undefined && operation === 'save') {
      const outOfInodes = facts.allFiles > 0 && facts.freeFiles < FULL_BELOW_FILES;
      if (outOfInodes || facts.freeBytes < sizeBytes + FULL_BELOW_BYTES) {
        return new TidemarkError('storage.full', { location, outOfInodes }, afterUser);
      }
    }
  }
  if (hasStatus(error, STATUS.NO_CONNECTION, STATUS.CONNECTION_LOST)) return connectionLost(location, error);
  // The server's word for nearly everything that may pass: a busy file, a disk that stumbled, a share that went stale.
  const retry = hasStatus(error, STATUS.FAILURE) ? 'later' : 'never';
  const reason = error instanceof Error ? error.message : String(error);
  return new TidemarkError('storage.ioFailed', { location, operation, reason }, { retry, cause: error });
}
