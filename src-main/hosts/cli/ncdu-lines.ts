/** A snapshot as ncdu's export format, line by line as its entries come: each folder is an array that begins with itself. */
import { bytesToByteString, toDisplay, type ByteString } from '#base/byte-string.ts';
import { encodeSnapshot } from '#format/snapshot.ts';
import type { TreeNode } from '#format/tree-node.ts';
import type { ListedSnapshot } from './calls/access.ts';
import { encodeJson } from './output.ts';

/** Go's bits of a mode and those of POSIX. Source: repository format, 10.3. */
const SPECIAL_BITS = [
  [2 ** 23, 0o4000],
  [2 ** 22, 0o2000],
  [2 ** 20, 0o1000],
] as const;
const DISK_BLOCK_BYTES = 512n;

export class NcduLines {
  /** Folders that are open, the root not counted. */
  #depth = 0;

  start({ snapshot }: ListedSnapshot): string {
    const stored = toDisplay(bytesToByteString(encodeSnapshot(snapshot)));
    return `[1,2,${stored},[{"name":"/"}`;
  }

  /** In tree order, every folder before its contents. */
  add(path: ByteString, node: TreeNode): string {
    const parentDepth = path.split('/').length - 2;
    const closing = ']'.repeat(this.#depth - parentDepth);
    this.#depth = parentDepth;
    if (node.type !== 'dir') return `${closing},${entryJson(node)}`;
    this.#depth++;
    return `${closing},[${entryJson(node)}`;
  }

  finish(): string {
    return `${']'.repeat(this.#depth)}]]`;
  }
}

function entryJson({ name, type, mode, mtime, uid, gid, size, links, inode, deviceId }: TreeNode): string {
  const special = SPECIAL_BITS.reduce(
    (sum, [go, posix]) => sum + (Math.floor(mode / go) % 2 === 1 ? posix : 0),
    0,
  );
  const seconds = Math.floor(Date.parse(mtime ?? '') / 1000);
  return encodeJson({
    name: toDisplay(name),
    asize: size,
    dsize: ((size + DISK_BLOCK_BYTES - 1n) / DISK_BLOCK_BYTES) * DISK_BLOCK_BYTES,
    dev: deviceId,
    ino: inode,
    nlink: links,
    notreg: type !== 'file' && type !== 'dir',
    uid,
    gid,
    mode: (mode & 0o777) | special,
    mtime: seconds > 0 ? seconds : 0,
  });
}
