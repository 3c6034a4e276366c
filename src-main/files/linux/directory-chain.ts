/**
 * Handles of the folders from a root down to the last one used, so that neighbours cost no walk. Each step opens one plain
 * name without following links, so no link planted below the root is ever passed, at whatever moment it is planted.
 * Keeps at most MAX_HANDLES open; older ones near the root are closed first and opened again when needed.
 * Does not own the root's handle. `forget` must be told when a folder on the chain is moved or removed.
 */
import type { ByteString } from '#base/byte-string.ts';
import type { Libc } from '#files/linux/libc.ts';
import { O_PATH } from '#files/linux/libc.ts';
import { constants as fsConstants } from 'node:fs';
import { constants } from 'node:os';

const MAX_HANDLES = 64;
const CLOSED = -1;
const FOLDER = O_PATH | fsConstants.O_DIRECTORY | fsConstants.O_NOFOLLOW;

export class DirectoryChain {
  readonly #libc: Libc;
  readonly #rootFd: number;
  #names: ByteString[] = [];
  /** One per name; CLOSED where the handle was given up. */
  #fds: number[] = [];
  #open = 0;

  constructor(libc: Libc, rootFd: number) {
    this.#libc = libc;
    this.#rootFd = rootFd;
  }

  /** Handle of the folder named by the first `depth` names; valid until the next call. A negative result is a negated errno. */
  enter(path: readonly ByteString[], depth: number): number {
    let level = 0;
    while (level < depth && level < this.#names.length && this.#names[level] === path[level]) level += 1;
    this.#cut(level);
    while (level > 0 && this.#fds[level - 1] === CLOSED) level -= 1;
    let fd = level === 0 ? this.#rootFd : this.#fds[level - 1]!;
    for (; level < depth; level += 1) {
      const name = path[level]!;
      if (!isBaseName(name)) return -constants.errno.EINVAL;
      fd = this.#libc.openAt(fd, name, FOLDER);
      if (fd < 0) {
        this.#cut(level);
        return fd;
      }
      this.#names[level] = name;
      this.#fds[level] = fd;
      this.#open += 1;
      if (this.#open > MAX_HANDLES) this.#closeOldest();
    }
    return fd;
  }

  /** Drops what is remembered of `path` and everything below it. */
  forget(path: readonly ByteString[]): void {
    if (path.length > this.#names.length) return;
    if (path.every((name, level) => this.#names[level] === name)) this.#cut(Math.max(0, path.length - 1));
  }

  /** True when the folder last entered was deleted meanwhile: then everything is forgotten and a new walk is worthwhile. */
  dropIfDeleted(links: () => number): boolean {
    if (this.#names.length === 0) return false;
    const fd = this.#fds[this.#names.length - 1]!;
    if (fd === CLOSED || (this.#libc.statAt(fd, '' as ByteString) === 0 && links() > 0)) return false;
    this.#cut(0);
    return true;
  }

  close(): void {
    this.#cut(0);
  }

  #cut(length: number): void {
    for (let level = length; level < this.#names.length; level += 1) this.#closeLevel(level);
    this.#names.length = Math.min(this.#names.length, length);
    this.#fds.length = this.#names.length;
  }

  #closeOldest(): void {
    const oldest = this.#fds.findIndex((fd) => fd !== CLOSED);
    if (oldest >= 0) this.#closeLevel(oldest);
  }

  #closeLevel(level: number): void {
    const fd = this.#fds[level]!;
    if (fd === CLOSED) return;
    this.#libc.close(fd);
    this.#fds[level] = CLOSED;
    this.#open -= 1;
  }
}

/** A name that stands for exactly one entry of the folder it is looked up in. */
export function isBaseName(name: ByteString): boolean {
  return name !== '' && name !== '.' && name !== '..' && !name.includes('/') && !name.includes('\0');
}
