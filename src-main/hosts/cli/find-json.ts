/** Messages of `find --json`: restic's one array, in pieces that come as they are found, and our lines for paths. */
import { toDisplay, type ByteString } from '#base/byte-string.ts';
import type { TreeNode } from '#format/tree-node.ts';
import type { ListedSnapshot } from './calls/access.ts';
import type { FoundObject, PathHistory } from './calls/find.ts';
import { formatMode } from './format-values.ts';
import { encodeJson } from './output.ts';

/** Go's zero time, which restic prints for a time that is not there. */
const NO_TIME = '0001-01-01T00:00:00Z';

/** Fields in restic's order, those that are empty left out as restic does. */
export function foundNodeJson(path: ByteString, node: TreeNode): Readonly<Record<string, unknown>> {
  const optional = {
    user: node.user ?? '',
    group: node.group ?? '',
    inode: node.inode,
    device_id: node.deviceId,
    size: node.size,
    links: node.links,
    linktarget: toDisplay(node.linkTarget ?? ('' as ByteString)),
    device: node.device,
  };
  return {
    path: toDisplay(path),
    permissions: formatMode(node.mode),
    type: node.type,
    ...(node.mode === 0 ? {} : { mode: node.mode }),
    mtime: node.mtime ?? NO_TIME,
    atime: node.atime ?? NO_TIME,
    ctime: node.ctime ?? NO_TIME,
    uid: node.uid,
    gid: node.gid,
    ...Object.fromEntries(
      Object.entries(optional).filter(([, value]) => value !== '' && value !== 0 && value !== 0n),
    ),
  };
}

/** One array of objects, one for each snapshot with matches. */
export class MatchesJson {
  #snapshotId: string | undefined;
  #hits = 0;

  /** The next piece of text. */
  add(listed: ListedSnapshot, path: ByteString, node: TreeNode): string {
    const text = encodeJson(foundNodeJson(path, node));
    if (listed.id === this.#snapshotId) {
      this.#hits++;
      return `,${text}`;
    }
    const start = this.#snapshotId === undefined ? '[' : `${this.#endOfSnapshot()},`;
    this.#snapshotId = listed.id;
    this.#hits = 1;
    return `${start}{"matches":[${text}`;
  }

  finish(): string {
    return this.#snapshotId === undefined ? '[]' : `${this.#endOfSnapshot()}]`;
  }

  #endOfSnapshot(): string {
    return `],"hits":${this.#hits},"snapshot":"${this.#snapshotId}"}`;
  }
}

export function objectJson(listed: ListedSnapshot, found: FoundObject): Readonly<Record<string, unknown>> {
  return {
    object_type: found.kind,
    id: found.id,
    path: toDisplay(found.path),
    ...(found.parentTree === undefined ? {} : { parent_tree: found.parentTree }),
    snapshot: listed.id,
    time: listed.snapshot.time,
  };
}

export function pathHistoryJson(history: PathHistory): Readonly<Record<string, unknown>> {
  const { path, node, oldest, newest } = history;
  return {
    message_type: 'path',
    path: toDisplay(path),
    type: node.type,
    ...(node.type === 'file' ? { size: node.size } : {}),
    mtime: node.mtime ?? NO_TIME,
    snapshots: history.snapshotCount,
    searched: history.searchedCount,
    contents: history.contentCount,
    first_snapshot: oldest.id,
    first_time: oldest.snapshot.time,
    last_snapshot: newest.id,
    last_time: newest.snapshot.time,
    deleted: history.isGone,
  };
}
