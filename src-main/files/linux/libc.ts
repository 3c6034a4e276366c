/**
 * The C library's file calls, by koffi, for what node:fs lacks: handles relative to folders, extended attributes, exact
 * times, device nodes. Owns the scratch buffers that names and results pass through, hence one instance per thread and no
 * re-entrance. Every method returns the call's result, or the negated errno; EINTR is retried here (except by close).
 * Knows no policy: what a failure means is decided by the callers. Source: the Linux man pages, sections 2 and 3.
 */
import type { LibraryHandle } from 'koffi';
import koffi from 'koffi';
import type { ByteString } from '#base/byte-string.ts';
import { constants } from 'node:os';

export const AT_FDCWD = -100;
export const AT_SYMLINK_NOFOLLOW = 0x100;
export const AT_REMOVEDIR = 0x200;
export const AT_NO_AUTOMOUNT = 0x800;
export const AT_EMPTY_PATH = 0x1000;
export const O_PATH = 0o10000000;
export const O_CLOEXEC = 0o2000000;

/** Longest path that one call takes, without the final NUL (PATH_MAX is 4096 with it). */
export const MAX_CALL_PATH = 4095;

const STATX_BASIC_STATS = 0x7ff;
const RENAME_NOREPLACE = 1;
const { EINTR, EINVAL, ENAMETOOLONG, ENOSYS } = constants.errno;
const SCRATCH_BYTES = MAX_CALL_PATH + 1;
const EMPTY_NAME = Buffer.from([0]);

/** A handle opened for reading, or a path whose last component is followed (for `/proc/self/fd/N` of an O_PATH handle). */
export type Entry = number | ByteString;

type Bytes = Uint8Array;
interface Calls {
  openat(dirFd: number, path: Bytes, flags: number, mode: number): number;
  close(fd: number): number;
  pread(fd: number, into: Bytes, length: number, offset: number): number;
  pwrite(fd: number, from: Bytes, length: number, offset: number): number;
  ftruncate(fd: number, length: number): number;
  fsync(fd: number): number;
  syncfs(fd: number): number;
  statx(dirFd: number, path: Bytes, flags: number, mask: number, into: Bytes): number;
  getdents64(fd: number, into: Bytes, length: number): number;
  readlinkat(dirFd: number, path: Bytes, into: Bytes, length: number): number;
  mkdirat(dirFd: number, path: Bytes, mode: number): number;
  mknodat(dirFd: number, path: Bytes, mode: number, device: bigint): number;
  symlinkat(target: Bytes, dirFd: number, path: Bytes): number;
  linkat(fromFd: number, from: Bytes, toFd: number, to: Bytes, flags: number): number;
  renameat(fromFd: number, from: Bytes, toFd: number, to: Bytes): number;
  /** C libraries older than 2018 lack it. */
  renameat2?(fromFd: number, from: Bytes, toFd: number, to: Bytes, flags: number): number;
  unlinkat(dirFd: number, path: Bytes, flags: number): number;
  fchownat(dirFd: number, path: Bytes, uid: number, gid: number, flags: number): number;
  chmod(path: Bytes, mode: number): number;
  fchmod(fd: number, mode: number): number;
  utimensat(dirFd: number, path: Bytes, times: Bytes, flags: number): number;
  futimens(fd: number, times: Bytes): number;
  flistxattr(fd: number, into: Bytes, length: number): number;
  fsetxattr(fd: number, name: Bytes, value: Bytes, length: number, flags: number): number;
  fremovexattr(fd: number, name: Bytes): number;
  llistxattr(path: Bytes, into: Bytes, length: number): number;
  listxattr(path: Bytes, into: Bytes, length: number): number;
  lgetxattr(path: Bytes, name: Bytes, into: Bytes, length: number): number;
  getxattr(path: Bytes, name: Bytes, into: Bytes, length: number): number;
  setxattr(path: Bytes, name: Bytes, value: Bytes, length: number, flags: number): number;
  removexattr(path: Bytes, name: Bytes): number;
}

/** openat and friends are variadic in C; on Linux's x86-64 and aarch64 a fixed signature is called the same way. */
const DECLARATIONS: Record<keyof Calls, string> = {
  openat: 'int openat(int, const void *, int, uint32_t)',
  close: 'int close(int)',
  pread: 'int64_t pread(int, void *, uint64_t, int64_t)',
  pwrite: 'int64_t pwrite(int, const void *, uint64_t, int64_t)',
  ftruncate: 'int ftruncate(int, int64_t)',
  fsync: 'int fsync(int)',
  syncfs: 'int syncfs(int)',
  statx: 'int statx(int, const void *, int, uint32_t, void *)',
  getdents64: 'int64_t getdents64(int, void *, uint64_t)',
  readlinkat: 'int64_t readlinkat(int, const void *, void *, uint64_t)',
  mkdirat: 'int mkdirat(int, const void *, uint32_t)',
  mknodat: 'int mknodat(int, const void *, uint32_t, uint64_t)',
  symlinkat: 'int symlinkat(const void *, int, const void *)',
  linkat: 'int linkat(int, const void *, int, const void *, int)',
  renameat: 'int renameat(int, const void *, int, const void *)',
  renameat2: 'int renameat2(int, const void *, int, const void *, uint32_t)',
  unlinkat: 'int unlinkat(int, const void *, int)',
  fchownat: 'int fchownat(int, const void *, uint32_t, uint32_t, int)',
  chmod: 'int chmod(const void *, uint32_t)',
  fchmod: 'int fchmod(int, uint32_t)',
  utimensat: 'int utimensat(int, const void *, const void *, int)',
  futimens: 'int futimens(int, const void *)',
  flistxattr: 'int64_t flistxattr(int, void *, uint64_t)',
  fsetxattr: 'int fsetxattr(int, const void *, const void *, uint64_t, int)',
  fremovexattr: 'int fremovexattr(int, const void *)',
  llistxattr: 'int64_t llistxattr(const void *, void *, uint64_t)',
  listxattr: 'int64_t listxattr(const void *, void *, uint64_t)',
  lgetxattr: 'int64_t lgetxattr(const void *, const void *, void *, uint64_t)',
  getxattr: 'int64_t getxattr(const void *, const void *, void *, uint64_t)',
  setxattr: 'int setxattr(const void *, const void *, const void *, uint64_t, int)',
  removexattr: 'int removexattr(const void *, const void *)',
};

export class Libc {
  /** Result of the last successful statAt; layout in linux-stat.ts. */
  readonly statBuffer = Buffer.from(new ArrayBuffer(256));
  readonly #calls: Calls;
  readonly #first = Buffer.alloc(SCRATCH_BYTES);
  readonly #second = Buffer.alloc(SCRATCH_BYTES);

  constructor() {
    const library = koffi.load(null);
    const calls: Partial<Record<keyof Calls, unknown>> = {};
    for (const [name, declaration] of Object.entries(DECLARATIONS)) {
      calls[name as keyof Calls] = bind(library, declaration);
    }
    this.#calls = calls as unknown as Calls;
  }

  openAt(dirFd: number, path: ByteString, flags: number, mode = 0): number {
    const bad = put(this.#first, path);
    if (bad !== 0) return bad;
    for (;;) {
      const result = this.#calls.openat(dirFd, this.#first, flags | O_CLOEXEC, mode);
      if (result >= 0) return result;
      const errno = koffi.errno();
      if (errno !== EINTR) return -errno;
    }
  }

  /** On Linux the handle is gone whatever close says, EINTR included, so it is never repeated. */
  close(fd: number): number {
    if (this.#calls.close(fd) >= 0) return 0;
    const errno = koffi.errno();
    return errno === EINTR ? 0 : -errno;
  }

  readAt(fd: number, into: Uint8Array, offset: number): number {
    return retry(() => this.#calls.pread(fd, into, into.length, offset));
  }

  writeAt(fd: number, from: Uint8Array, offset: number): number {
    return retry(() => this.#calls.pwrite(fd, from, from.length, offset));
  }

  truncate(fd: number, sizeBytes: number): number {
    return retry(() => this.#calls.ftruncate(fd, sizeBytes));
  }

  flush(fd: number): number {
    return retry(() => this.#calls.fsync(fd));
  }

  /** The whole file system that `fd` lies on. */
  flushFileSystem(fd: number): number {
    return retry(() => this.#calls.syncfs(fd));
  }

  /** Fills statBuffer. Never follows a link in the last component. An empty path means `dirFd` itself. */
  statAt(dirFd: number, path: ByteString): number {
    const bad = put(this.#first, path);
    if (bad !== 0) return bad;
    const flags = AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT | (path.length === 0 ? AT_EMPTY_PATH : 0);
    for (;;) {
      if (this.#calls.statx(dirFd, this.#first, flags, STATX_BASIC_STATS, this.statBuffer) >= 0) return 0;
      const errno = koffi.errno();
      if (errno !== EINTR) return -errno;
    }
  }

  readDirectory(fd: number, into: Uint8Array): number {
    return retry(() => this.#calls.getdents64(fd, into, into.length));
  }

  readLinkAt(dirFd: number, path: ByteString, into: Uint8Array): number {
    const bad = put(this.#first, path);
    return bad !== 0 ? bad : retry(() => this.#calls.readlinkat(dirFd, this.#first, into, into.length));
  }

  makeDirAt(dirFd: number, path: ByteString, mode: number): number {
    const bad = put(this.#first, path);
    return bad !== 0 ? bad : retry(() => this.#calls.mkdirat(dirFd, this.#first, mode));
  }

  makeNodeAt(dirFd: number, path: ByteString, mode: number, device: bigint): number {
    const bad = put(this.#first, path);
    return bad !== 0 ? bad : retry(() => this.#calls.mknodat(dirFd, this.#first, mode, device));
  }

  symlinkAt(target: ByteString, dirFd: number, path: ByteString): number {
    const bad = put(this.#first, target) || put(this.#second, path);
    return bad !== 0 ? bad : retry(() => this.#calls.symlinkat(this.#first, dirFd, this.#second));
  }

  /** A link at `from` is linked itself, not what it points to. */
  linkAt(fromFd: number, from: ByteString, toFd: number, to: ByteString): number {
    const bad = put(this.#first, from) || put(this.#second, to);
    return bad !== 0 ? bad : retry(() => this.#calls.linkat(fromFd, this.#first, toFd, this.#second, 0));
  }

  renameAt(fromFd: number, from: ByteString, toFd: number, to: ByteString): number {
    const bad = put(this.#first, from) || put(this.#second, to);
    return bad !== 0 ? bad : retry(() => this.#calls.renameat(fromFd, this.#first, toFd, this.#second));
  }

  /** Never in the place of something else. -ENOSYS or -EINVAL where the C library, the system or the disk cannot promise that. */
  renameNewAt(fromFd: number, from: ByteString, toFd: number, to: ByteString): number {
    const bad = put(this.#first, from) || put(this.#second, to);
    if (bad !== 0) return bad;
    const { renameat2 } = this.#calls;
    if (renameat2 === undefined) return -ENOSYS;
    return retry(() => renameat2(fromFd, this.#first, toFd, this.#second, RENAME_NOREPLACE));
  }

  unlinkAt(dirFd: number, path: ByteString, flags: number): number {
    const bad = put(this.#first, path);
    return bad !== 0 ? bad : retry(() => this.#calls.unlinkat(dirFd, this.#first, flags));
  }

  /** Owner of what `fd` stands for, also when that is a symbolic link opened with O_PATH. */
  changeOwner(fd: number, uid: number, gid: number): number {
    return retry(() => this.#calls.fchownat(fd, EMPTY_NAME, uid, gid, AT_EMPTY_PATH));
  }

  changeMode(on: Entry, mode: number): number {
    if (typeof on === 'number') return retry(() => this.#calls.fchmod(on, mode));
    const bad = put(this.#first, on);
    return bad !== 0 ? bad : retry(() => this.#calls.chmod(this.#first, mode));
  }

  /** `times` is struct timespec[2]: access time, then modification time. */
  setTimes(on: Entry, times: Uint8Array): number {
    if (typeof on === 'number') return retry(() => this.#calls.futimens(on, times));
    const bad = put(this.#first, on);
    return bad !== 0 ? bad : retry(() => this.#calls.utimensat(AT_FDCWD, this.#first, times, 0));
  }

  /** `follow` matters for paths only. */
  listAttributes(on: Entry, into: Uint8Array, follow: boolean): number {
    if (typeof on === 'number') return retry(() => this.#calls.flistxattr(on, into, into.length));
    const bad = put(this.#first, on);
    if (bad !== 0) return bad;
    const { listxattr, llistxattr } = this.#calls;
    return retry(() => (follow ? listxattr : llistxattr)(this.#first, into, into.length));
  }

  getAttribute(path: ByteString, name: ByteString, into: Uint8Array, follow: boolean): number {
    const bad = put(this.#first, path) || put(this.#second, name);
    if (bad !== 0) return bad;
    const { getxattr, lgetxattr } = this.#calls;
    return retry(() => (follow ? getxattr : lgetxattr)(this.#first, this.#second, into, into.length));
  }

  setAttribute(on: Entry, name: ByteString, value: Uint8Array): number {
    const bad = put(this.#second, name) || (typeof on === 'number' ? 0 : put(this.#first, on));
    if (bad !== 0) return bad;
    // An empty array has no address to hand over; the length still says that nothing is read from there.
    const from = value.length === 0 ? EMPTY_NAME : value;
    return retry(() =>
      typeof on === 'number'
        ? this.#calls.fsetxattr(on, this.#second, from, value.length, 0)
        : this.#calls.setxattr(this.#first, this.#second, from, value.length, 0),
    );
  }

  removeAttribute(on: Entry, name: ByteString): number {
    const bad = put(this.#second, name) || (typeof on === 'number' ? 0 : put(this.#first, on));
    if (bad !== 0) return bad;
    return retry(() =>
      typeof on === 'number'
        ? this.#calls.fremovexattr(on, this.#second)
        : this.#calls.removexattr(this.#first, this.#second),
    );
  }
}

let instance: Libc | undefined;

/** This thread's instance; bound on first use, so that other systems can import the module. */
export function getLibc(): Libc {
  instance ??= new Libc();
  return instance;
}

function bind(library: LibraryHandle, declaration: string): unknown {
  try {
    return library.func(declaration);
  } catch (error) {
    // musl calls it getdents; its record layout is the 64-bit one.
    if (declaration.includes('renameat2')) return undefined;
    if (declaration.includes('getdents64'))
      return library.func(declaration.replace('getdents64', 'getdents'));
    throw error;
  }
}

function retry(call: () => number): number {
  for (;;) {
    const result = call();
    if (result >= 0) return result;
    const errno = koffi.errno();
    if (errno !== EINTR) return -errno;
  }
}

/** A NUL inside would cut the path short in C and so name something else: refused. Returns 0 or a negated errno. */
function put(scratch: Buffer, path: ByteString): number {
  if (path.length >= scratch.length) return -ENAMETOOLONG;
  if (path.includes('\0')) return -EINVAL;
  scratch[scratch.write(path, 0, 'latin1')] = 0;
  return 0;
}
