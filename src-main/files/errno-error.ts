/**
 * Makes errors of direct system calls look exactly like those of node:fs, so that callers handle one shape.
 * Numbers are this system's own; the path is display text.
 */
import { constants } from 'node:os';
import { getSystemErrorMessage } from 'node:util';

const NAMES = new Map<number, string>();
for (const [name, value] of Object.entries(constants.errno)) {
  // 95 is both EOPNOTSUPP and ENOTSUP on Linux; Node says ENOTSUP. 11 is both EAGAIN and EWOULDBLOCK.
  if (name !== 'EOPNOTSUPP' && name !== 'EWOULDBLOCK') NAMES.set(value, name);
}

/** `errno` is positive, as in C. */
export function errnoError(errno: number, syscall: string, path: string): NodeJS.ErrnoException {
  const code = NAMES.get(errno) ?? `E${errno}`;
  const error: NodeJS.ErrnoException = new Error(`${code}: ${message(errno)}, ${syscall} '${path}'`);
  error.code = code;
  error.errno = -errno;
  error.syscall = syscall;
  error.path = path;
  return error;
}

function message(errno: number): string {
  try {
    return getSystemErrorMessage(-errno) ?? `error ${errno}`;
  } catch {
    return `error ${errno}`;
  }
}
