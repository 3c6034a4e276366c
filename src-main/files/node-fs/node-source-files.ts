/**
 * SourceFiles over node:fs, the common base of the macOS and Windows adapters. Paths are limited to what one call of the
 * system takes. Opening may change the access time. Run by the suite on Linux too, so that it is not only read.
 */
import type { ByteString } from '#base/byte-string.ts';
import type { ExtendedAttribute } from '#base/extended-attribute.ts';
import { errnoError } from '#files/errno-error.ts';
import { toFileStat } from '#files/node-fs/node-stat.ts';
import type { NativePath, SystemExtras } from '#files/node-fs/system-extras.ts';
import type { FileStat, OpenSource, SourceFiles } from '#files/port.ts';
import fs from 'node:fs';
import { constants } from 'node:os';

export class NodeSourceFiles implements SourceFiles {
  readonly #extras: SystemExtras;

  constructor(extras: SystemExtras) {
    this.#extras = extras;
  }

  stat(path: ByteString): FileStat {
    return toFileStat(fs.lstatSync(this.#extras.toNative(path), { bigint: true }), this.#extras);
  }

  list(path: ByteString): ByteString[] {
    const native = this.#extras.toNative(path);
    // readdir follows a link in the last component, the port does not.
    if (fs.lstatSync(native).isSymbolicLink())
      throw errnoError(constants.errno.ENOTDIR, 'scandir', String(native));
    return fs.readdirSync(native, { encoding: 'buffer' }).map((name) => this.#extras.fromNative(name));
  }

  readLink(path: ByteString): ByteString {
    return this.#extras.fromNative(fs.readlinkSync(this.#extras.toNative(path), { encoding: 'buffer' }));
  }

  extendedAttributes(path: ByteString): readonly ExtendedAttribute[] {
    return this.#extras.readAttributes(path);
  }

  open(path: ByteString): OpenSource {
    const native = this.#extras.toNative(path);
    // Windows has neither flag; there they are undefined.
    const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = fs.constants;
    // A link must not be opened even where the system cannot say so when opening.
    const fd = fs.openSync(native, O_RDONLY | (O_NOFOLLOW ?? 0) | (O_NONBLOCK ?? 0));
    const opened = new NodeOpenSource(fd, this.#extras);
    const failure = O_NOFOLLOW === undefined ? linkFailure(native) : undefined;
    const { kind } = opened.stat();
    if (failure === undefined && kind === 'file') return opened;
    opened.close();
    const { EISDIR, EINVAL } = constants.errno;
    throw failure ?? errnoError(kind === 'dir' ? EISDIR : EINVAL, 'open', String(native));
  }

  userName(uid: number): string | undefined {
    return this.#extras.userName(uid);
  }

  groupName(gid: number): string | undefined {
    return this.#extras.groupName(gid);
  }
}

class NodeOpenSource implements OpenSource {
  readonly #extras: SystemExtras;
  readonly #fd: number;
  #position = 0;
  #isClosed = false;

  constructor(fd: number, extras: SystemExtras) {
    this.#fd = fd;
    this.#extras = extras;
  }

  stat(): FileStat {
    return toFileStat(fs.fstatSync(this.#fd, { bigint: true }), this.#extras);
  }

  read(into: Uint8Array): number {
    let filled = 0;
    while (filled < into.length) {
      const count = fs.readSync(this.#fd, into, filled, into.length - filled, this.#position);
      if (count === 0) break;
      filled += count;
      this.#position += count;
    }
    return filled;
  }

  seek(offset: number): void {
    this.#position = offset;
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    fs.closeSync(this.#fd);
  }
}

function linkFailure(native: NativePath): Error | undefined {
  return fs.lstatSync(native).isSymbolicLink()
    ? errnoError(constants.errno.ELOOP, 'open', String(native))
    : undefined;
}
