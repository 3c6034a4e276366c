/**
 * One entry of a tree (restic's "node"), as values. Source: repository format, section 10.
 * Names, link targets are bytes (ByteString). Times are kept as the stored RFC 3339 text, because a time
 * read and written again must give the same bytes; `parseTime` gives seconds and nanoseconds.
 */
import type { BlobId } from '#base/ids.ts';
import type { ByteString } from '#base/byte-string.ts';
import type { ExtendedAttribute } from '#base/extended-attribute.ts';

export type NodeType = 'file' | 'dir' | 'symlink' | 'dev' | 'chardev' | 'fifo' | 'socket' | 'irregular' | '';

export interface TreeNode {
  readonly name: ByteString;
  readonly type: NodeType;
  /** Go's os.FileMode, 10.3; unsigned 32 bit. */
  readonly mode: number;
  /** RFC 3339 text as stored; absent in some foreign trees. */
  readonly mtime?: string;
  readonly atime?: string;
  readonly ctime?: string;
  readonly uid: number;
  readonly gid: number;
  readonly user?: string;
  readonly group?: string;
  readonly inode: bigint;
  readonly deviceId: bigint;
  /** Bytes of content; files only. */
  readonly size: bigint;
  readonly links: number;
  /** Raw bytes of the target. */
  readonly linkTarget?: ByteString;
  readonly extendedAttributes?: readonly ExtendedAttribute[];
  /** Raw JSON values by key, in stored order. */
  readonly genericAttributes?: readonly { readonly key: string; readonly json: string }[];
  /** st_rdev; devices only. */
  readonly device: bigint;
  /** Files: data blobs in order. Null for other types, and for damaged files. */
  readonly content: readonly BlobId[] | null;
  /** Directories. */
  readonly subtree?: BlobId;
  readonly error?: string;
}
