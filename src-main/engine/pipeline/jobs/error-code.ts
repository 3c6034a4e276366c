/** The system's code of a failed file call (`ENOENT`); rethrows what is not a failed file call. */
export function errorCodeOf(error: unknown): string {
  if (error instanceof Error && 'code' in error && typeof error.code === 'string' && 'syscall' in error)
    return error.code;
  throw error;
}
