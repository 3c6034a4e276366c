/** What says that the disk, or the file system on it, is in trouble, and not that a file is gone or closed to us. */
const DISK_ERRORS: ReadonlySet<string> = new Set(['EIO', 'EREMOTEIO', 'EUCLEAN', 'EBADMSG']);

export function isDiskError(code: string): boolean {
  return DISK_ERRORS.has(code);
}

/** The system's code of a failed file call (`ENOENT`); rethrows what is not a failed file call. */
export function errorCodeOf(error: unknown): string {
  if (error instanceof Error && 'code' in error && typeof error.code === 'string' && 'syscall' in error)
    return error.code;
  throw error;
}
