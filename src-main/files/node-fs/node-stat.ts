/** Turns node:fs's 64-bit stat into the port's. Pure. */
import type { FileKind, FileStat } from '#files/port.ts';
import type { SystemExtras } from '#files/node-fs/system-extras.ts';
import type { BigIntStats } from 'node:fs';

const NS_PER_SECOND = 1_000_000_000n;

export function toFileStat(stats: BigIntStats, extras: SystemExtras): FileStat {
  const kind = kindOf(stats);
  const mtime = split(stats.mtimeNs);
  const ctime = split(stats.ctimeNs);
  const atime = split(stats.atimeNs);
  return {
    kind,
    permissions: extras.permissions(Number(stats.mode) & 0o7777, kind === 'dir'),
    uid: Number(stats.uid),
    gid: Number(stats.gid),
    sizeBytes: Number(stats.size),
    links: Number(stats.nlink),
    inode: stats.ino,
    device: stats.dev,
    rdev: kind === 'blockDevice' || kind === 'charDevice' ? stats.rdev : 0n,
    mtimeSec: mtime.seconds,
    mtimeNsec: mtime.nanoseconds,
    ctimeSec: ctime.seconds,
    ctimeNsec: ctime.nanoseconds,
    atimeSec: atime.seconds,
    atimeNsec: atime.nanoseconds,
  };
}

function kindOf(stats: BigIntStats): FileKind {
  if (stats.isFile()) return 'file';
  if (stats.isDirectory()) return 'dir';
  if (stats.isSymbolicLink()) return 'symlink';
  if (stats.isBlockDevice()) return 'blockDevice';
  if (stats.isCharacterDevice()) return 'charDevice';
  if (stats.isFIFO()) return 'fifo';
  return stats.isSocket() ? 'socket' : 'other';
}

/** Rounds down, so that times before 1970 keep nanoseconds between 0 and 999 999 999. */
function split(timeNs: bigint): { seconds: number; nanoseconds: number } {
  const above = ((timeNs % NS_PER_SECOND) + NS_PER_SECOND) % NS_PER_SECOND;
  return { seconds: Number((timeNs - above) / NS_PER_SECOND), nanoseconds: Number(above) };
}
