/**
 * Turns what the system says about a disk (errno codes) into the storage family of errors. The only place of this
 * adapter that looks at errno codes of failed calls; code that *expects* one (ENOENT of a missing file, say) asks `hasErrno`.
 */
import { statfs } from 'node:fs/promises';
import { constants } from 'node:os';
import { TidemarkError, isTidemarkError } from '#base/errors.ts';

/** Whether the error is the system's own, with one of these codes. */
export function hasErrno(error: unknown, ...codes: readonly string[]): boolean {
  return codes.includes(errnoOf(error));
}

function errnoOf(error: unknown): string {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') return '';
  if (!error.code.startsWith('Unknown system error') || !('errno' in error)) return error.code;
  return UNNAMED.get(Math.abs(Number(error.errno))) ?? error.code;
}

/** libuv has no names for these and reports their number only. ENOMEDIUM: Linux, errno.h. */
const UNNAMED = new Map<number, string>([
  [constants.errno.EDQUOT, 'EDQUOT'],
  [constants.errno.ESTALE, 'ESTALE'],
  ...(process.platform === 'linux' ? ([[123, 'ENOMEDIUM']] as const) : []),
]);

/** Answers that a disk or share gives when it is no longer attached. */
const GONE = new Set(['ENODEV', 'ENXIO', 'ENOMEDIUM']);

/** A network or FUSE mount that does not answer just now. */
const UNREACHABLE = new Set([
  'ENOTCONN',
  'EHOSTDOWN',
  'EHOSTUNREACH',
  'ENETDOWN',
  'ENETUNREACH',
  'ECONNRESET',
  'ECONNABORTED',
  'ECONNREFUSED',
  'EREMOTEIO',
]);

/** Failures that trying again has a chance to cure: bad reads, stale handles of a NAS, a busy or short machine. */
const WORTH_RETRYING = new Set([
  'EIO',
  'ESTALE',
  'EAGAIN',
  'EBUSY',
  'EINTR',
  'EMFILE',
  'ENFILE',
  'ENOMEM',
  'ENOBUFS',
  'ETXTBSY',
]);

/**
 * The error to throw for a failed call on the local disk.
 * TidemarkErrors come back unchanged. Asks the disk for its free inodes when it says it is full.
 * @param operation what was being done, one word: save, load, list ...
 */
export async function classifyLocalError(
  error: unknown,
  location: string,
  operation: string,
): Promise<TidemarkError> {
  if (isTidemarkError(error)) return error;
  const errno = errnoOf(error);
  if (errno === 'ENOSPC' || errno === 'EDQUOT') {
    const outOfInodes = errno === 'ENOSPC' && (await isOutOfInodes(location));
    return new TidemarkError('storage.full', { location, outOfInodes }, { retry: 'afterUser', cause: error });
  }
  if (errno === 'EROFS') {
    return new TidemarkError('storage.readOnly', { location }, { retry: 'afterUser', cause: error });
  }
  if (errno === 'EACCES' || errno === 'EPERM') {
    return new TidemarkError(
      'storage.accessDenied',
      { location, operation },
      { retry: 'afterUser', cause: error },
    );
  }
  if (GONE.has(errno)) {
    return new TidemarkError('storage.driveGone', { location }, { retry: 'afterUser', cause: error });
  }
  if (errno === 'ETIMEDOUT') {
    return new TidemarkError('storage.timeout', { location, operation }, { retry: 'later', cause: error });
  }
  if (UNREACHABLE.has(errno)) {
    return new TidemarkError(
      'storage.unreachable',
      { location, reason: errno },
      { retry: 'later', cause: error },
    );
  }
  return new TidemarkError(
    'storage.ioFailed',
    { location, operation, reason: errno === '' ? String(error) : errno },
    { retry: WORTH_RETRYING.has(errno) ? 'later' : 'never', cause: error },
  );
}

/** Failed saves have given theirs back by the time we look: two each (file and link), four saves under way. */
const FEW_INODES = 8;

/** File systems without a fixed number of inodes (btrfs) report 0 of 0: those are never out of them. */
async function isOutOfInodes(location: string): Promise<boolean> {
  try {
    const { files, ffree } = await statfs(location);
    return files > 0 && ffree <= FEW_INODES;
  } catch {
    return false;
  }
}
