/**
 * A lock of the operating system on a whole file, which ends with the process that holds it, however that ends: so
 * there is never a stale one to be judged. `flock` where there is one, a share mode of nothing on Windows. Not the
 * locks of fcntl (nor SQLite's, which are made of them): a process loses those as soon as it closes any other handle
 * of the file, and this program reads everybody's files. Knows nothing of what the lock means.
 */
import { closeSync, constants, fstatSync, openSync, statSync } from 'node:fs';
import { constants as systemConstants } from 'node:os';
import koffi from 'koffi';
import { errnoError } from './errno-error.ts';

/** Source: man 2 flock; the same on Linux and macOS. */
const LOCK_EX = 2;
const LOCK_NB = 4;

/** libuv's UV_FS_O_EXLOCK on Windows: open with a share mode of 0. Node has no name for it. */
const WINDOWS_EXCLUSIVE = 0x10000000;

export interface HeldFile {
  /** Whether the path still leads to the file that is held. */
  isInPlace(): boolean;
  release(): void;
}

/**
 * Makes the file when it is missing. Undefined: another handle holds it, in this process or in another.
 * @throws the system's own error
 */
export function holdFile(path: string): HeldFile | undefined {
  const fd = process.platform === 'win32' ? openAlone(path) : openLocked(path);
  if (fd === undefined) return undefined;
  const held: HeldFile = {
    isInPlace: () => idOf(fstatSync(fd, { bigint: true })) === idAt(path),
    release: () => closeSync(fd),
  };
  if (held.isInPlace()) return held;
  // Replaced between opening and locking: what we hold is nobody's any more.
  held.release();
  return holdFile(path);
}

let flock: ((fd: number, operation: number) => number) | undefined;

function openLocked(path: string): number | undefined {
  const fd = openSync(path, constants.O_RDWR | constants.O_CREAT, 0o600);
  flock ??= koffi.load(null).func('int flock(int, int)') as (fd: number, operation: number) => number;
  if (flock(fd, LOCK_EX | LOCK_NB) === 0) return fd;
  const errno = koffi.errno();
  closeSync(fd);
  // EAGAIN is EWOULDBLOCK on both.
  if (errno === systemConstants.errno.EAGAIN) return undefined;
  throw errnoError(errno, 'flock', path);
}

function openAlone(path: string): number | undefined {
  try {
    return openSync(path, constants.O_RDWR | constants.O_CREAT | WINDOWS_EXCLUSIVE, 0o600);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EBUSY') return undefined;
    throw error;
  }
}

function idAt(path: string): string | undefined {
  const found = statSync(path, { bigint: true, throwIfNoEntry: false });
  return found && idOf(found);
}

function idOf({ dev, ino }: { readonly dev: bigint; readonly ino: bigint }): string {
  return `${dev}:${ino}`;
}
