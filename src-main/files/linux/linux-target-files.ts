/**
 * TargetFiles for Linux. Every path is walked by folder handles, one plain name at a time and never through a symbolic
 * link, so a restore cannot be led out of its root, whoever changes the tree meanwhile. The handles of the last folder
 * used are kept. Links above and at the root are the person's own and followed.
 * Not thread-safe: one root per worker.
 */
import type { ByteString } from '#base/byte-string.ts';
import { bytesToByteString, toDisplay } from '#base/byte-string.ts';
import type { ExtendedAttribute } from '#base/extended-attribute.ts';
import { describeFileError } from '#files/describe-file-error.ts';
import { errnoError } from '#files/errno-error.ts';
import { applyLinuxMetadata } from '#files/linux/apply-linux-metadata.ts';
import { DirectoryChain, isBaseName } from '#files/linux/directory-chain.ts';
import type { Libc } from '#files/linux/libc.ts';
import { AT_FDCWD, AT_REMOVEDIR, getLibc, MAX_CALL_PATH, O_PATH } from '#files/linux/libc.ts';
import { readAttributes } from '#files/linux/linux-attributes.ts';
import { LinuxOpenTarget } from '#files/linux/linux-open-target.ts';
import { LinuxStat } from '#files/linux/linux-stat.ts';
import { readDirectoryNames } from '#files/linux/read-directory-names.ts';
import type {
  FileMetadata,
  FileStat,
  MetadataProblem,
  OpenTarget,
  TargetFiles,
  TargetPath,
  TargetRoot,
} from '#files/port.ts';
import { constants as fsConstants, statfsSync } from 'node:fs';
import { constants } from 'node:os';

const { O_CREAT, O_DIRECTORY, O_EXCL, O_NOFOLLOW, O_NONBLOCK, O_RDONLY, O_RDWR } = fsConstants;
const { S_IFBLK, S_IFCHR, S_IFIFO } = fsConstants;
const { EEXIST, EINVAL, EISDIR, EMLINK, ENOENT, ENOSYS, ENOTSUP, EPERM } = constants.errno;
const NEW_DIR_MODE = 0o700;
const NEW_FILE_MODE = 0o600;
const HERE = '.' as ByteString;
const ITSELF = '' as ByteString;

export class LinuxTargetFiles implements TargetFiles {
  readonly #libc: Libc = getLibc();

  openRoot(path: ByteString, missing: 'make' | 'fail' = 'make'): TargetRoot {
    const fd = this.#openFolder(path, missing === 'make');
    if (fd < 0) throw errnoError(-fd, 'open', toDisplay(path));
    return new LinuxTargetRoot(this.#libc, fd, toDisplay(path));
  }

  /** Name by name, so that missing folders can be made and length does not matter. */
  #openFolder(path: ByteString, makeMissing: boolean): number {
    let fd = path.startsWith('/') ? this.#libc.openAt(AT_FDCWD, '/' as ByteString, O_PATH) : AT_FDCWD;
    if (fd < 0 && fd !== AT_FDCWD) return fd;
    const names = path.split('/').filter((name) => name !== '') as ByteString[];
    if (fd === AT_FDCWD && names.length === 0) return -ENOENT;
    for (const name of names) {
      let next = this.#libc.openAt(fd, name, O_PATH | O_DIRECTORY);
      if (next === -ENOENT && makeMissing) {
        const made = this.#libc.makeDirAt(fd, name, NEW_DIR_MODE);
        next = made < 0 && made !== -EEXIST ? made : this.#libc.openAt(fd, name, O_PATH | O_DIRECTORY);
      }
      if (fd >= 0) this.#libc.close(fd);
      if (next < 0) return next;
      fd = next;
    }
    return fd;
  }
}

class LinuxTargetRoot implements TargetRoot {
  readonly #libc: Libc;
  readonly #stat: LinuxStat;
  readonly #display: string;
  readonly #chain: DirectoryChain;
  /** For the first path of calls that take two. */
  readonly #otherChain: DirectoryChain;
  #rootFd: number;

  constructor(libc: Libc, rootFd: number, display: string) {
    this.#libc = libc;
    this.#stat = new LinuxStat(libc.statBuffer);
    this.#rootFd = rootFd;
    this.#display = display;
    this.#chain = new DirectoryChain(libc, rootFd);
    this.#otherChain = new DirectoryChain(libc, rootFd);
  }

  stat(path: TargetPath): FileStat | undefined {
    const result =
      path.length === 0
        ? this.#libc.statAt(this.#rootFd, ITSELF)
        : this.#at(path, (dirFd, name) => this.#libc.statAt(dirFd, name));
    if (result === -ENOENT) return undefined;
    this.#check(result, 'lstat', path);
    return this.#stat.read();
  }

  list(path: TargetPath): ByteString[] {
    const fd = this.#openAny(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
    this.#check(fd, 'scandir', path);
    try {
      const names = readDirectoryNames(this.#libc, fd);
      if (typeof names === 'number') throw this.#failure(names, 'scandir', path);
      return names;
    } finally {
      this.#libc.close(fd);
    }
  }

  readLink(path: TargetPath): ByteString {
    const into = new Uint8Array(MAX_CALL_PATH + 1);
    const length = this.#at(path, (dirFd, name) => this.#libc.readLinkAt(dirFd, name, into));
    this.#check(length, 'readlink', path);
    return bytesToByteString(into.subarray(0, length));
  }

  makeDir(path: TargetPath): void {
    if (path.length === 0) return;
    const result = this.#at(path, (dirFd, name) => this.#libc.makeDirAt(dirFd, name, NEW_DIR_MODE));
    if (result === -EEXIST && this.stat(path)?.kind === 'dir') return;
    this.#check(result, 'mkdir', path);
  }

  createFile(path: TargetPath): OpenTarget {
    return this.#openFile(path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW);
  }

  openFile(path: TargetPath, access: 'read' | 'write' = 'write'): OpenTarget {
    // O_NONBLOCK: opening a device or fifo put in the file's place must not hang before its kind is seen.
    const opened = this.#openFile(path, (access === 'read' ? O_RDONLY : O_RDWR) | O_NOFOLLOW | O_NONBLOCK);
    try {
      if (opened.kind() === 'file') return opened;
    } catch (error) {
      opened.close();
      throw error;
    }
    opened.close();
    throw this.#failure(-EINVAL, 'open', path);
  }

  makeSymlink(path: TargetPath, target: ByteString): void {
    this.#check(
      this.#at(path, (dirFd, name) => this.#libc.symlinkAt(target, dirFd, name)),
      'symlink',
      path,
    );
  }

  makeHardLink(existing: TargetPath, path: TargetPath): void {
    this.#check(
      this.#atBoth(existing, path, (fromFd, from, toFd, to) => this.#libc.linkAt(fromFd, from, toFd, to)),
      'link',
      path,
    );
  }

  makeFifo(path: TargetPath): void {
    this.#makeNode(path, S_IFIFO, 0n);
  }

  makeDevice(path: TargetPath, kind: 'blockDevice' | 'charDevice', rdev: bigint): void {
    this.#makeNode(path, kind === 'blockDevice' ? S_IFBLK : S_IFCHR, rdev);
  }

  remove(path: TargetPath): void {
    const result = this.#at(path, (dirFd, name) => {
      const unlinked = this.#libc.unlinkAt(dirFd, name, 0);
      return unlinked === -EISDIR ? this.#libc.unlinkAt(dirFd, name, AT_REMOVEDIR) : unlinked;
    });
    this.#check(result, 'unlink', path);
    this.#forget(path);
  }

  rename(from: TargetPath, to: TargetPath): void {
    const result = this.#atBoth(from, to, (fromFd, fromName, toFd, toName) =>
      this.#libc.renameAt(fromFd, fromName, toFd, toName),
    );
    this.#check(result, 'rename', to);
    this.#forget(from);
    this.#forget(to);
  }

  renameNew(from: TargetPath, to: TargetPath): void {
    const result = this.#atBoth(from, to, (fromFd, fromName, toFd, toName) => {
      const renamed = this.#libc.renameNewAt(fromFd, fromName, toFd, toName);
      if (renamed !== -ENOSYS && renamed !== -EINVAL) return renamed;
      const linked = this.#libc.linkAt(fromFd, fromName, toFd, toName);
      if (linked >= 0) return this.#libc.unlinkAt(fromFd, fromName, 0);
      if (linked !== -EPERM && linked !== -ENOTSUP && linked !== -EMLINK) return linked;
      // No way here that is safe against a name that appears in this very moment.
      const found = this.#libc.statAt(toFd, toName);
      if (found === -ENOENT) return this.#libc.renameAt(fromFd, fromName, toFd, toName);
      return found < 0 ? found : -EEXIST;
    });
    this.#check(result, 'rename', to);
    this.#forget(from);
  }

  applyMetadata(path: TargetPath, metadata: FileMetadata): MetadataProblem[] {
    const { kind } = metadata;
    const type = kind === 'dir' ? O_DIRECTORY : 0;
    const canOpen = kind === 'dir' || kind === 'file';
    let fd = canOpen ? this.#openAny(path, O_RDONLY | O_NONBLOCK | O_NOFOLLOW | type) : -1;
    const isPathOnly = fd < 0;
    if (isPathOnly) fd = this.#openAny(path, O_PATH | O_NOFOLLOW);
    if (fd < 0) {
      const reason = describeFileError(this.#failure(fd, 'open', path));
      return [{ what: 'permissions', detail: '', reason }];
    }
    try {
      return applyLinuxMetadata(this.#libc, this.#stat, fd, isPathOnly, metadata);
    } finally {
      this.#libc.close(fd);
    }
  }

  extendedAttributes(path: TargetPath): readonly ExtendedAttribute[] {
    const fd = this.#openAny(path, O_PATH | O_NOFOLLOW);
    this.#check(fd, 'open', path);
    try {
      const found = readAttributes(this.#libc, `/proc/self/fd/${fd}` as ByteString, true);
      if (typeof found === 'number') throw this.#failure(found, 'getxattr', path);
      return found;
    } finally {
      this.#libc.close(fd);
    }
  }

  freeSpaceBytes(): number | undefined {
    try {
      const { bavail, bsize } = statfsSync(`/proc/self/fd/${this.#rootFd}`);
      return bavail * bsize;
    } catch {
      return undefined;
    }
  }

  flushAround(folders: readonly TargetPath[]): void {
    const flushed = new Set<bigint>();
    for (const path of folders) {
      const device = this.stat(path)?.device;
      if (device === undefined || flushed.has(device)) continue;
      const fd = this.#openAny(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
      this.#check(fd, 'open', path);
      const result = this.#libc.flushFileSystem(fd);
      this.#libc.close(fd);
      this.#check(result, 'syncfs', path);
      flushed.add(device);
    }
  }

  close(): void {
    this.#chain.close();
    this.#otherChain.close();
    if (this.#rootFd >= 0) this.#libc.close(this.#rootFd);
    this.#rootFd = -1;
  }

  #openFile(path: TargetPath, flags: number): LinuxOpenTarget {
    const fd = this.#at(path, (dirFd, name) => this.#libc.openAt(dirFd, name, flags, NEW_FILE_MODE));
    this.#check(fd, 'open', path);
    return new LinuxOpenTarget(this.#libc, this.#stat, fd, this.#displayPath(path));
  }

  #openAny(path: TargetPath, flags: number): number {
    return path.length === 0
      ? this.#libc.openAt(this.#rootFd, HERE, flags)
      : this.#at(path, (dirFd, name) => this.#libc.openAt(dirFd, name, flags));
  }

  #makeNode(path: TargetPath, type: number, rdev: bigint): void {
    const result = this.#at(path, (dirFd, name) =>
      this.#libc.makeNodeAt(dirFd, name, type | NEW_FILE_MODE, rdev),
    );
    this.#check(result, 'mknod', path);
  }

  /** Result of `use` in the folder that holds the entry, or a negated errno. */
  #at(path: TargetPath, use: (dirFd: number, name: ByteString) => number): number {
    const name = path[path.length - 1];
    if (name === undefined || !isBaseName(name)) return -EINVAL;
    for (;;) {
      const dirFd = this.#chain.enter(path, path.length - 1);
      const result = dirFd < 0 ? dirFd : use(dirFd, name);
      if (result !== -ENOENT || !this.#chain.dropIfDeleted(() => this.#stat.links)) return result;
    }
  }

  #atBoth(
    first: TargetPath,
    second: TargetPath,
    use: (firstFd: number, firstName: ByteString, secondFd: number, secondName: ByteString) => number,
  ): number {
    const firstName = first[first.length - 1];
    if (firstName === undefined || !isBaseName(firstName)) return -EINVAL;
    return this.#at(second, (secondFd, secondName) => {
      for (;;) {
        const firstFd = this.#otherChain.enter(first, first.length - 1);
        const result = firstFd < 0 ? firstFd : use(firstFd, firstName, secondFd, secondName);
        if (result !== -ENOENT || !this.#otherChain.dropIfDeleted(() => this.#stat.links)) return result;
      }
    });
  }

  #forget(path: TargetPath): void {
    this.#chain.forget(path);
    this.#otherChain.forget(path);
  }

  #check(result: number, syscall: string, path: TargetPath): void {
    if (result < 0) throw this.#failure(result, syscall, path);
  }

  #failure(negated: number, syscall: string, path: TargetPath): NodeJS.ErrnoException {
    return errnoError(-negated, syscall, this.#displayPath(path));
  }

  #displayPath(path: TargetPath): string {
    return [this.#display, ...path.map(toDisplay)].join('/');
  }
}
