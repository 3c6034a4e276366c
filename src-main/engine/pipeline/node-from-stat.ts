/** Turns what the disk says of an entry into a tree node. Source: repository format, sections 10.1 to 10.6. */
import type { BlobId } from '#base/ids.ts';
import type { ByteString } from '#base/byte-string.ts';
import type { FileKind, FileStat, SourceFiles } from '#files/port.ts';
import { encodeMode } from '#format/mode.ts';
import { formatTime, type ZoneOffsets } from '#format/time.ts';
import type { NodeType, TreeNode } from '#format/tree-node.ts';

const NODE_TYPES: Record<FileKind, NodeType> = {
  file: 'file',
  dir: 'dir',
  symlink: 'symlink',
  blockDevice: 'dev',
  charDevice: 'chardev',
  fifo: 'fifo',
  socket: 'socket',
  other: 'irregular',
};

/** Kinds whose link count is stored; others leave it out (10.1). */
const KINDS_WITH_LINKS: ReadonlySet<FileKind> = new Set(['file', 'symlink', 'blockDevice', 'charDevice']);

/** The times of an entry as they are stored, as text: comparing with a parent's node needs no parsing. */
export interface StoredTimes {
  readonly mtime: string;
  readonly atime: string;
  readonly ctime: string;
}

/** Without access times the modification time is stored in their place, as restic does. */
export function storedTimes(stat: FileStat, zone: ZoneOffsets, withAtime: boolean): StoredTimes {
  const mtime = formatTime(stat.mtimeSec, stat.mtimeNsec, zone);
  return {
    mtime,
    atime: withAtime ? formatTime(stat.atimeSec, stat.atimeNsec, zone) : mtime,
    ctime: formatTime(stat.ctimeSec, stat.ctimeNsec, zone),
  };
}

export interface NodeContent {
  readonly content?: readonly BlobId[];
  readonly sizeBytes?: number;
  readonly subtree?: BlobId;
}

/**
 * The node of the entry at `path`; reads its link target, attributes and owner names from `files`.
 * `unchangedSince`: an earlier node whose inode and ctime are those of `stat`; its attributes are taken over unread.
 * @throws the system's error when the entry vanished or may not be read
 */
export function nodeFromStat(
  files: SourceFiles,
  path: ByteString,
  name: ByteString,
  stat: FileStat,
  times: StoredTimes,
  { content, sizeBytes, subtree }: NodeContent,
  unchangedSince?: TreeNode,
): TreeNode {
  const user = files.userName(stat.uid);
  const group = files.groupName(stat.gid);
  const attributes =
    unchangedSince?.extendedAttributes ?? (unchangedSince ? [] : files.extendedAttributes(path));
  const type = NODE_TYPES[stat.kind];
  return {
    name,
    type,
    mode: encodeMode(type, stat.permissions),
    ...times,
    uid: stat.uid,
    gid: stat.gid,
    ...(user === undefined ? {} : { user }),
    ...(group === undefined ? {} : { group }),
    inode: stat.inode,
    deviceId: stat.device,
    size: stat.kind === 'file' ? BigInt(sizeBytes ?? 0) : 0n,
    links: KINDS_WITH_LINKS.has(stat.kind) ? stat.links : 0,
    ...(stat.kind === 'symlink' ? { linkTarget: files.readLink(path) } : {}),
    ...(attributes.length === 0 ? {} : { extendedAttributes: attributes }),
    device: stat.kind === 'blockDevice' || stat.kind === 'charDevice' ? stat.rdev : 0n,
    content: stat.kind === 'file' ? (content ?? []) : null,
    ...(subtree === undefined ? {} : { subtree }),
  };
}

/**
 * Whether the stored node is, but for attributes and contents, what `nodeFromStat` would make now. Its inode and ctime
 * have been compared; what cannot change without them (attributes, link target) is not looked at.
 */
export function isNodeOf(node: TreeNode, stat: FileStat, times: StoredTimes, files: SourceFiles): boolean {
  const type = NODE_TYPES[stat.kind];
  const isDevice = stat.kind === 'blockDevice' || stat.kind === 'charDevice';
  return (
    node.type === type &&
    node.mode === encodeMode(type, stat.permissions) &&
    node.mtime === times.mtime &&
    node.atime === times.atime &&
    node.ctime === times.ctime &&
    node.uid === stat.uid &&
    node.gid === stat.gid &&
    node.user === files.userName(stat.uid) &&
    node.group === files.groupName(stat.gid) &&
    node.deviceId === stat.device &&
    node.links === (KINDS_WITH_LINKS.has(stat.kind) ? stat.links : 0) &&
    node.device === (isDevice ? stat.rdev : 0n) &&
    (stat.kind !== 'dir' || node.subtree !== undefined) &&
    (stat.kind !== 'file' || (node.content !== null && node.size === BigInt(stat.sizeBytes)))
  );
}
