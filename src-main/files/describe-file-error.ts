/**
 * Words what the system said about a file, for people, and turns such errors into the core's own. The only place that
 * knows what errno names mean; keyed by `code`, never by message text.
 */
import { isTidemarkError, TidemarkError } from '#base/errors.ts';

const WORDS: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EPERM: 'the system does not allow this',
  ENOENT: 'it does not exist',
  ENOTDIR: 'a part of the path is not a folder',
  EISDIR: 'it is a folder',
  ELOOP: 'a symbolic link is in the way',
  EEXIST: 'something with this name already exists',
  ENOTEMPTY: 'the folder is not empty',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  EROFS: 'the disk is read-only',
  EIO: 'the disk reported a read or write error',
  EUCLEAN: 'the file system is damaged',
  EBADMSG: 'the file system is damaged',
  EBUSY: 'the file is in use',
  ETXTBSY: 'the file is in use',
  EAGAIN: 'the file is in use',
  EMFILE: 'too many files are open',
  ENFILE: 'too many files are open',
  ENOMEM: 'the system is out of memory',
  ENAMETOOLONG: 'the name is too long',
  EFBIG: 'the file is too large for this disk',
  EMLINK: 'the file has too many hard links',
  EXDEV: 'it lies on another disk',
  ENOTSUP: 'this disk does not support it',
  EOPNOTSUPP: 'this disk does not support it',
  ENOSYS: 'this system does not support it',
  EINVAL: 'the system does not accept it',
  EILSEQ: 'this disk does not accept the name',
  ENODEV: 'the device is not there',
  ENXIO: 'the device is not there',
  ESTALE: 'the network drive no longer knows it',
  ETIMEDOUT: 'the drive does not answer',
  EHOSTDOWN: 'the network drive does not answer',
  EHOSTUNREACH: 'the network drive does not answer',
  ENOTCONN: 'the network drive is not connected',
  ENODATA: 'it is not there',
  E2BIG: 'the value is too large for this disk',
  ERANGE: 'the value is too large for this disk',
  EOVERFLOW: 'the value is too large for this system',
};

/** A few lower-case words without a full stop, fit for "could not read X: …". */
export function describeFileError(error: unknown): string {
  const code = errorCode(error);
  return code === undefined ? 'an unexpected error' : describeErrorCode(code);
}

/** The same for a code that has crossed threads, such as `EACCES`. */
export function describeErrorCode(code: string): string {
  return WORDS[code] ?? `the system reported ${code}`;
}

/**
 * The core's error for a system error on a person's file; a TidemarkError comes back untouched.
 * Something that is no system error is a bug and becomes internal.invariantBroken.
 */
export function toFilesError(
  error: unknown,
  pathDisplay: string,
  side: 'reading' | 'writing' = 'reading',
): TidemarkError {
  if (isTidemarkError(error)) return error;
  const code = errorCode(error);
  if (code === undefined)
    return new TidemarkError('internal.invariantBroken', { what: 'file access' }, { cause: error });
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return new TidemarkError('files.noSpace', { path: pathDisplay }, { retry: 'afterUser', cause: error });
  }
  const data = { path: pathDisplay, reason: describeFileError(error) };
  if (side === 'writing' || code === 'EROFS') {
    return new TidemarkError('files.targetNotWritable', data, { retry: 'afterUser', cause: error });
  }
  if (code === 'ENOENT') {
    return new TidemarkError(
      'files.sourceMissing',
      { path: pathDisplay },
      { retry: 'afterUser', cause: error },
    );
  }
  return new TidemarkError('files.unreadable', data, { retry: 'afterUser', cause: error });
}

function errorCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') return undefined;
  // Node's own argument errors (ERR_…) are bugs, not answers of the system.
  return /^E[A-Z0-9]+$/.test(error.code) || error.code === 'UNKNOWN' ? error.code : undefined;
}
