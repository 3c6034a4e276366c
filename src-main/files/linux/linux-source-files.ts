/**
 * SourceFiles for Linux. Owns how a path becomes calls: up to 4000 bytes in one call, longer ones by folder handles in hops.
 * Names stay bytes. Folders above the last component are followed as the system does; the last one never is.
 * Not thread-safe: one per worker (all share the thread's Libc).
 */
import type { ByteString } from '#base/byte-string.ts';
import { bytesToByteString, toDisplay } from '#base/byte-string.ts';
import type { ExtendedAttribute } from '#base/extended-attribute.ts';
import { errnoError } from '#files/errno-error.ts';
import { AccountNames } from '#files/account-names.ts';
import type { Libc } from '#files/linux/libc.ts';
import { AT_FDCWD, getLibc, O_PATH } from '#files/linux/libc.ts';
import { readAttributes } from '#files/linux/linux-attributes.ts';
import { LinuxStat } from '#files/linux/linux-stat.ts';
import { readDirectoryNames } from '#files/linux/read-directory-names.ts';
import type { FileStat, OpenSource, SourceFiles } from '#files/port.ts';
import { constants as fsConstants } from 'node:fs';
import { constants } from 'node:os';

/** Below the call's limit of 4095, with room for `/proc/self/fd/N/` in front of what is left after the hops. */
const LONG_PATH = 4000;
const MAX_LINK_BYTES = 16 * 1024 * 1024;
const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK, O_DIRECTORY } = fsConstants;
const O_NOATIME = 0o1000000;
const { EAGAIN, EINVAL, EISDIR, ENAMETOOLONG, EPERM } = constants.errno;

export class LinuxSourceFiles implements SourceFiles {
  readonly #libc: Libc = getLibc();
  readonly #stat = new LinuxStat(this.#libc.statBuffer);
  readonly #users = new AccountNames('user');
  readonly #groups = new AccountNames('group');
  #linkBuffer = Buffer.allocUnsafeSlow(4096);

  stat(path: ByteString): FileStat {
    const result =
      path.length <= LONG_PATH
        ? this.#libc.statAt(AT_FDCWD, named(path))
        : this.#byHops(path, (dirFd, rest) => this.#libc.statAt(dirFd, rest));
    if (result < 0) throw failure(result, 'lstat', path);
    return this.#stat.read();
  }

  list(path: ByteString): ByteString[] {
    const fd = this.#openFd(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
    if (fd < 0) throw failure(fd, 'scandir', path);
    try {
      const names = readDirectoryNames(this.#libc, fd);
      if (typeof names === 'number') throw failure(names, 'scandir', path);
      return names;
    } finally {
      this.#libc.close(fd);
    }
  }

  readLink(path: ByteString): ByteString {
    for (;;) {
      const into = this.#linkBuffer;
      const length =
        path.length <= LONG_PATH
          ? this.#libc.readLinkAt(AT_FDCWD, named(path), into)
          : this.#byHops(path, (dirFd, rest) => this.#libc.readLinkAt(dirFd, rest, into));
      if (length < 0) throw failure(length, 'readlink', path);
      // A full buffer may mean a cut target.
      if (length < into.length || into.length >= MAX_LINK_BYTES)
        return bytesToByteString(into.subarray(0, length));
      this.#linkBuffer = Buffer.allocUnsafeSlow(into.length * 4);
    }
  }

  extendedAttributes(path: ByteString): readonly ExtendedAttribute[] {
    let found: readonly ExtendedAttribute[] | number = [];
    if (path.length <= LONG_PATH) found = readAttributes(this.#libc, path, false);
    else {
      const failed = this.#byHops(path, (dirFd, rest) => {
        found = readAttributes(this.#libc, `/proc/self/fd/${dirFd}/${rest}` as ByteString, false);
        return 0;
      });
      if (failed < 0) found = failed;
    }
    if (typeof found === 'number') throw failure(found, 'getxattr', path);
    return found;
  }

  open(path: ByteString): OpenSource {
    // O_NONBLOCK: a fifo put in the file's place would otherwise block until somebody writes to it.
    const flags = O_RDONLY | O_NOFOLLOW;
    let fd = this.#openFd(path, flags | O_NONBLOCK);
    // A regular file under a lease (a file server's, say) also refuses O_NONBLOCK; then waiting is right.
    if (fd === -EAGAIN && this.stat(path).kind === 'file') fd = this.#openFd(path, flags);
    if (fd < 0) throw failure(fd, 'open', path);
    const opened = new LinuxOpenSource(this.#libc, this.#stat, fd, path);
    const { kind } = opened.stat();
    if (kind === 'file') return opened;
    opened.close();
    throw failure(kind === 'dir' ? -EISDIR : -EINVAL, 'open', path);
  }

  userName(uid: number): string | undefined {
    return this.#users.get(uid);
  }

  groupName(gid: number): string | undefined {
    return this.#groups.get(gid);
  }

  /** Without touching the access time where we may (own files, or root). Returns a handle or a negated errno. */
  #openFd(path: ByteString, flags: number): number {
    const quiet = this.#openOnce(path, flags | O_NOATIME);
    return quiet === -EPERM ? this.#openOnce(path, flags) : quiet;
  }

  #openOnce(path: ByteString, flags: number): number {
    return path.length <= LONG_PATH
      ? this.#libc.openAt(AT_FDCWD, named(path), flags)
      : this.#byHops(path, (dirFd, rest) => this.#libc.openAt(dirFd, rest, flags));
  }

  /** Calls `use` with a handle of a folder on the way and the rest of the path, short enough for one call. */
  #byHops(path: ByteString, use: (dirFd: number, rest: ByteString) => number): number {
    let dirFd = AT_FDCWD;
    let rest: string = path;
    try {
      while (rest.length > LONG_PATH) {
        const cut = rest.lastIndexOf('/', LONG_PATH);
        if (cut <= 0) return -ENAMETOOLONG;
        const next = this.#libc.openAt(dirFd, rest.slice(0, cut) as ByteString, O_PATH | O_DIRECTORY);
        if (next < 0) return next;
        if (dirFd >= 0) this.#libc.close(dirFd);
        dirFd = next;
        rest = rest.slice(cut).replace(/^\/+/, '');
      }
      return use(dirFd, named(rest as ByteString));
    } finally {
      if (dirFd >= 0) this.#libc.close(dirFd);
    }
  }
}

class LinuxOpenSource implements OpenSource {
  readonly #libc: Libc;
  readonly #stat: LinuxStat;
  readonly #path: ByteString;
  #fd: number;
  /** What the file was when it was opened; good until something is read. */
  #asOpened: FileStat | undefined;
  #position = 0;
  #endSeen = false;

  constructor(libc: Libc, stat: LinuxStat, fd: number, path: ByteString) {
    this.#libc = libc;
    this.#stat = stat;
    this.#fd = fd;
    this.#path = path;
    try {
      this.#asOpened = this.#load();
    } catch (error) {
      this.close();
      throw error;
    }
  }

  stat(): FileStat {
    return this.#asOpened ?? this.#load();
  }

  read(into: Uint8Array): number {
    this.#asOpened = undefined;
    // The call that filled the rest also met the end: the next call need not ask the system again.
    if (this.#endSeen) {
      this.#endSeen = false;
      return 0;
    }
    let filled = 0;
    while (filled < into.length) {
      const count = this.#libc.readAt(this.#fd, filled === 0 ? into : into.subarray(filled), this.#position);
      if (count < 0) throw failure(count, 'read', this.#path);
      if (count === 0) {
        this.#endSeen = filled > 0;
        break;
      }
      filled += count;
      this.#position += count;
    }
    return filled;
  }

  seek(offset: number): void {
    this.#position = offset;
    this.#endSeen = false;
  }

  close(): void {
    if (this.#fd < 0) return;
    this.#libc.close(this.#fd);
    this.#fd = -1;
  }

  #load(): FileStat {
    const result = this.#libc.statAt(this.#fd, '' as ByteString);
    if (result < 0) throw failure(result, 'fstat', this.#path);
    return this.#stat.read();
  }
}

/** An empty path would mean the handle itself to the calls below: it names nothing, as in the shell. */
function named(path: ByteString): ByteString {
  return path.length === 0 ? ('\0' as ByteString) : path;
}

function failure(negated: number, syscall: string, path: ByteString): NodeJS.ErrnoException {
  return errnoError(-negated, syscall, toDisplay(path));
}
