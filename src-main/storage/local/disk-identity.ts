/**
 * Tells whether the repository's folder is still the one that was opened. A drive that is unplugged or unmounted
 * leaves its mount point behind as an ordinary folder of the system disk, and writes by path would land there; a drive
 * that is swapped may get the same device number, and its folder the same inode.
 * Owns the comparison of folders; which repository lies there is the config's id and the repository's matter.
 */
import { stat, statfs } from 'node:fs/promises';
import { TidemarkError } from '#base/errors.ts';
import { hasErrno } from '#storage/local/local-errors.ts';

export interface DiskIdentity {
  readonly device: bigint;
  readonly inode: bigint;
  /** When the folder was made, ns since 1970; undefined where the file system does not tell. */
  readonly birthNs: bigint | undefined;
}

/** Undefined when it is no folder. @throws the system's own error */
export async function loadDiskIdentity(root: string): Promise<DiskIdentity | undefined> {
  const found = await stat(root, { bigint: true });
  if (!found.isDirectory()) return undefined;
  // Where there is no time of birth, Node gives 0 or the time of the last change, which moves.
  const isBirthKnown = found.birthtimeNs !== 0n && found.birthtimeNs !== found.ctimeNs;
  return {
    device: found.dev,
    inode: found.ino,
    birthNs: isBirthKnown ? found.birthtimeNs : undefined,
  };
}

/**
 * File systems that make inode numbers up and may number a folder anew while it stays mounted:
 * FUSE (sshfs, rclone mount), CIFS, SMB2 (noserverino) and old SMB. Source: statfs(2), f_type.
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
  if (found === undefined || found.device !== expected.device) throw driveGone(root);
  const isSameBirth =
    found.birthNs === undefined || expected.birthNs === undefined || found.birthNs === expected.birthNs;
  if (found.inode === expected.inode && isSameBirth) return;
  if (UNSTABLE_INODE_TYPES.has((await statfs(root)).type)) return;
  throw driveGone(root);
}

function driveGone(root: string, cause?: unknown): TidemarkError {
  return new TidemarkError('storage.driveGone', { location: root }, { retry: 'afterUser', cause });
}
