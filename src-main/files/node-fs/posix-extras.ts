/**
 * The extras that every POSIX system shares: paths as raw bytes, names of users and groups. Attributes, exact times and nodes
 * are not carried. Used alone only by the suite (on Linux); macOS adds to it.
 */
import type { ByteString } from '#base/byte-string.ts';
import { bytesToByteString, byteStringToBytes } from '#base/byte-string.ts';
import type { ExtendedAttribute } from '#base/extended-attribute.ts';
import { AccountNames } from '#files/account-names.ts';
import type { SystemExtras } from '#files/node-fs/system-extras.ts';

const NONE: readonly ExtendedAttribute[] = Object.freeze([]);

export class PosixExtras implements SystemExtras {
  readonly separator = '/';
  readonly hasOwners = true;
  readonly #users = new AccountNames('user');
  readonly #groups = new AccountNames('group');

  toNative(path: ByteString): Buffer {
    return byteStringToBytes(path);
  }

  fromNative(bytes: Buffer): ByteString {
    return bytesToByteString(bytes);
  }

  isBaseName(name: ByteString): boolean {
    return name !== '' && name !== '.' && name !== '..' && !name.includes('/') && !name.includes('\0');
  }

  permissions(mode: number): number {
    return mode;
  }

  userName(uid: number): string | undefined {
    return this.#users.get(uid);
  }

  groupName(gid: number): string | undefined {
    return this.#groups.get(gid);
  }

  readAttributes(_path: ByteString): readonly ExtendedAttribute[] {
    return NONE;
  }
}
