/**
 * What node:fs cannot do alike everywhere, handed to the node-fs adapters by each system's own module.
 * Calls throw errors of NodeJS.ErrnoException shape; an absent optional call means "not carried on this system".
 */
import type { ByteString } from '#base/byte-string.ts';
import type { ExtendedAttribute } from '#base/extended-attribute.ts';
import type { FileMetadata } from '#files/port.ts';

/** A path as node:fs takes it. */
export type NativePath = string | Buffer;

export interface SystemExtras {
  readonly separator: '/' | '\\';
  /** False where numbers of users and groups mean nothing. */
  readonly hasOwners: boolean;
  toNative(path: ByteString): NativePath;
  /** Bytes of a name or link target as node:fs gives it with `encoding: 'buffer'`. */
  fromNative(bytes: Buffer): ByteString;
  /** Whether the name stands for exactly one new entry of a folder. */
  isBaseName(name: ByteString): boolean;
  /** Permission bits as stored in a tree, from those node:fs reports. */
  permissions(mode: number, isDirectory: boolean): number;
  userName(uid: number): string | undefined;
  groupName(gid: number): string | undefined;
  readAttributes(path: ByteString): readonly ExtendedAttribute[];
  setAttribute?(path: ByteString, attribute: ExtendedAttribute): void;
  removeAttribute?(path: ByteString, name: string): void;
  /** Exact times without following a link; node:fs loses about 200 ns. */
  setTimes?(path: ByteString, metadata: FileMetadata): void;
  makeFifo?(path: ByteString): void;
  makeDevice?(path: ByteString, kind: 'blockDevice' | 'charDevice', rdev: bigint): void;
}
