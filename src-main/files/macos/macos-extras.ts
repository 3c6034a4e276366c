/**
 * NOT EXERCISED HERE: written from Apple's manual pages (getxattr(2), listxattr(2), utimensat(2), mkfifo(2), mknod(2)) and run
 * on no Mac yet. Carries extended attributes (resource forks among them), exact times, fifos, devices.
 * Not carried: ACLs, file flags (`chflags`), creation time, paths beyond the system's 1024 bytes.
 */
import type { ByteString } from '#base/byte-string.ts';
import { byteStringToBytes, toDisplay } from '#base/byte-string.ts';
import type { ExtendedAttribute } from '#base/extended-attribute.ts';
import { errnoError } from '#files/errno-error.ts';
import { PosixExtras } from '#files/node-fs/posix-extras.ts';
import type { SystemExtras } from '#files/node-fs/system-extras.ts';
import type { FileMetadata } from '#files/port.ts';
import koffi from 'koffi';
import { constants as fsConstants } from 'node:fs';
import { constants } from 'node:os';

const XATTR_NOFOLLOW = 1;
const AT_FDCWD = -2;
const AT_SYMLINK_NOFOLLOW = 0x20;
/** Node's table of errors lacks this one. Source: sys/errno.h. */
const ENOATTR = 93;

type Call = (...args: readonly (number | Uint8Array | null)[]) => number;

export class MacosExtras extends PosixExtras implements SystemExtras {
  readonly #calls = loadCalls();

  override readAttributes(path: ByteString): readonly ExtendedAttribute[] {
    const file = cText(path);
    const length = this.#calls.listxattr(file, null, 0, XATTR_NOFOLLOW);
    if (length < 0) {
      if (koffi.errno() === constants.errno.ENOTSUP) return [];
      throw failure('listxattr', path);
    }
    const list = Buffer.alloc(length);
    const listed = length === 0 ? 0 : this.#calls.listxattr(file, list, length, XATTR_NOFOLLOW);
    if (listed < 0) throw failure('listxattr', path);
    const attributes: ExtendedAttribute[] = [];
    for (const name of list.toString('utf8', 0, listed).split('\0')) {
      if (name === '') continue;
      const value = this.#value(file, name);
      if (value === undefined) throw failure('getxattr', path);
      if (value !== 'gone') attributes.push({ name, value });
    }
    return attributes;
  }

  setAttribute(path: ByteString, { name, value }: ExtendedAttribute): void {
    const from = value.length === 0 ? new Uint8Array(1) : value;
    if (this.#calls.setxattr(cText(path), cName(name), from, value.length, 0, XATTR_NOFOLLOW) < 0)
      throw failure('setxattr', path);
  }

  removeAttribute(path: ByteString, name: string): void {
    if (this.#calls.removexattr(cText(path), cName(name), XATTR_NOFOLLOW) < 0)
      throw failure('removexattr', path);
  }

  setTimes(path: ByteString, metadata: FileMetadata): void {
    const times = new BigInt64Array([
      BigInt(metadata.atimeSec),
      BigInt(metadata.atimeNsec),
      BigInt(metadata.mtimeSec),
      BigInt(metadata.mtimeNsec),
    ]);
    const bytes = new Uint8Array(times.buffer);
    if (this.#calls.utimensat(AT_FDCWD, cText(path), bytes, AT_SYMLINK_NOFOLLOW) < 0)
      throw failure('utimensat', path);
  }

  makeFifo(path: ByteString): void {
    if (this.#calls.mkfifo(cText(path), 0o600) < 0) throw failure('mkfifo', path);
  }

  makeDevice(path: ByteString, kind: 'blockDevice' | 'charDevice', rdev: bigint): void {
    const type = kind === 'blockDevice' ? fsConstants.S_IFBLK : fsConstants.S_IFCHR;
    const device = Number(BigInt.asIntN(32, rdev));
    if (this.#calls.mknod(cText(path), type | 0o600, device) < 0) throw failure('mknod', path);
  }

  /** Undefined on failure, with errno set. */
  #value(file: Uint8Array, name: string): Uint8Array | 'gone' | undefined {
    const size = this.#calls.getxattr(file, cName(name), null, 0, 0, XATTR_NOFOLLOW);
    if (size < 0) return koffi.errno() === ENOATTR ? 'gone' : undefined;
    const value = new Uint8Array(size);
    if (size === 0) return value;
    const got = this.#calls.getxattr(file, cName(name), value, size, 0, XATTR_NOFOLLOW);
    return got < 0 ? undefined : value.subarray(0, got);
  }
}

function loadCalls() {
  const library = koffi.load(null);
  const call = (declaration: string): Call => library.func(declaration) as unknown as Call;
  return {
    listxattr: call('int64_t listxattr(const void *, void *, uint64_t, int)'),
    getxattr: call('int64_t getxattr(const void *, const void *, void *, uint64_t, uint32_t, int)'),
    setxattr: call('int setxattr(const void *, const void *, const void *, uint64_t, uint32_t, int)'),
    removexattr: call('int removexattr(const void *, const void *, int)'),
    utimensat: call('int utimensat(int, const void *, const void *, int)'),
    mkfifo: call('int mkfifo(const void *, uint16_t)'),
    mknod: call('int mknod(const void *, uint16_t, int32_t)'),
  };
}

function cText(path: ByteString): Uint8Array {
  return Buffer.concat([byteStringToBytes(path), Buffer.of(0)]);
}

function cName(name: string): Uint8Array {
  return Buffer.from(`${name}\0`, 'utf8');
}

function failure(syscall: string, path: ByteString): NodeJS.ErrnoException {
  return errnoError(koffi.errno(), syscall, toDisplay(path));
}
