/**
 * Between Go's `os.FileMode`, which trees store, and the kind and permission bits that systems know.
 * Source: repository format, 10.3.
 */
import type { NodeType } from '#format/tree-node.ts';

const SETUID = 1 << 23;
const SETGID = 1 << 22;
const STICKY = 1 << 20;
const CHARACTER_DEVICE = 1 << 21;

const TYPE_BITS: Readonly<Record<NodeType, number>> = {
  file: 0,
  dir: 2 ** 31,
  symlink: 2 ** 27,
  dev: 2 ** 26,
  chardev: 2 ** 26 + CHARACTER_DEVICE,
  fifo: 2 ** 25,
  socket: 2 ** 24,
  irregular: 2 ** 19,
  '': 0,
};

/** `permissions`: POSIX bits incl. set-uid, set-gid, sticky (0o7777); others are ignored. Unsigned 32 bit. */
export function encodeMode(type: NodeType, permissions: number): number {
  const special =
    (permissions & 0o4000 ? SETUID : 0) |
    (permissions & 0o2000 ? SETGID : 0) |
    (permissions & 0o1000 ? STICKY : 0);
  return TYPE_BITS[type] + special + (permissions & 0o777);
}

/** POSIX permission bits (0o7777) of a stored mode. */
export function permissionsOfMode(mode: number): number {
  return (
    (mode & 0o777) |
    (mode & SETUID ? 0o4000 : 0) |
    (mode & SETGID ? 0o2000 : 0) |
    (mode & STICKY ? 0o1000 : 0)
  );
}

/** The type a stored mode stands for; the node's own `type` field is what counts on restore. */
export function typeOfMode(mode: number): Exclude<NodeType, ''> {
  const unsigned = mode >>> 0;
  if (unsigned >= TYPE_BITS.dir) return 'dir';
  if (unsigned & TYPE_BITS.symlink) return 'symlink';
  if (unsigned & TYPE_BITS.dev) return unsigned & CHARACTER_DEVICE ? 'chardev' : 'dev';
  if (unsigned & TYPE_BITS.fifo) return 'fifo';
  if (unsigned & TYPE_BITS.socket) return 'socket';
  if (unsigned & TYPE_BITS.irregular) return 'irregular';
  return 'file';
}
