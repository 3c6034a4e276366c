/**
 * Tells whether the repository's folder is still the one that was opened. A drive that is unplugged or unmounted
 * leaves its mount point behind as an ordinary folder of the system disk, and writes by path would land there.
 * Owns the comparison by device and inode; which repository lies there is the config's id and the repository's matter.
 */
import { stat, statfs } from 'node:fs/promises';
import { TidemarkError } from '#base/errors.ts';
import { hasErrno } from '#storage/local/local-errors.ts';

export interface DiskIdentity {
  readonly device: bigint;
  readonly inode: bigint;
}

/** @throws the system's own error */
export async function loadDiskIdentity(root: string): Promise<DiskIdentity | undefined> {
  const found = await stat(root, { bigint: true });
  return found.isDirectory() ? { device: found.dev, inode: found.ino } : undefined;
}

/**
 * File systems that make inode numbers up and may number a folder anew while it stays mounted:
 * FUSE (sshfs, rclone mount), CIFS and SMB2 (noserverino). Source: statfs(2), f_type.
 */
const UNSTABLE_INODE_TYPES = new Set([0x65735546, 0xff534d42, 0xfe534d42, 0x517b]);

/**
 * @throws storage.driveGone when the folder is missing or another one; other errors are the system's own
 */
export async function assertSameDisk(root: string, expected: DiskIdentity): Promise<void> {
  let found: DiskIdentity | undefined;
  try {
    found = await loadDiskIdentity(root);
  } catch (error) {
    if (!hasErrno(error, 'ENOENT', 'ENOTDIR')) throw error;
    throw driveGone(root, error);
  }
  if (found?.device === expected.device) {
    if (found.inode === expected.inode) return;
    if (UNSTABLE_INODE_TYPES.has((await statfs(root)).type)) return;
  }
  throw driveGone(root);
}

function driveGone(root: string, cause?: unknown): TidemarkError {
  return new TidemarkError('storage.driveGone', { location: root }, { retry: 'afterUser', cause });
}
