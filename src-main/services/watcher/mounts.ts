/**
 * Which file systems are mounted where, and on which of them changes pass unnoticed: those that another computer or program
 * can change behind the kernel's back. Linux only; elsewhere nothing is known, and everything is watched.
 */
import { readFile } from 'node:fs/promises';
import { bytesToByteString, type ByteString } from '#base/byte-string.ts';

export interface Mount {
  readonly point: ByteString;
  /** As the kernel names it: `ext4`, `nfs4`, `fuse.sshfs`. */
  readonly type: ByteString;
  /** Tells one mount from another at the same place. */
  readonly id: ByteString;
}

const MOUNT_TABLE = '/proc/self/mountinfo';

/** Other computers, or the machine around a virtual one, change files there. */
const REMOTE_TYPES = new Set(
  (
    'nfs nfs4 cifs smb3 smbfs ncpfs 9p afs coda ceph lustre gpfs beegfs ocfs2 gfs2 orangefs virtiofs vboxsf vmhgfs prl_fs ' +
    'drvfs davfs fuse'
  ).split(' '),
);

/** Programs behind FUSE may change files on their own; these only pass on what is done through them. */
const LOCAL_FUSE_TYPES = new Set([
  'fuse.encfs',
  'fuse.gocryptfs',
  'fuse.cryfs',
  'fuse.ntfs-3g',
  'fuse.exfat',
]);

export function isUnwatchable({ type }: Mount): boolean {
  return REMOTE_TYPES.has(type) || (type.startsWith('fuse.') && !LOCAL_FUSE_TYPES.has(type));
}

/** Empty where the system has no such table. */
export async function loadMounts(): Promise<Mount[]> {
  try {
    return parseMounts(bytesToByteString(await readFile(MOUNT_TABLE)));
  } catch {
    return [];
  }
}

/** Source: proc_pid_mountinfo(5). Lines that are not understood are passed over. */
export function parseMounts(table: ByteString): Mount[] {
  const mounts: Mount[] = [];
  for (const line of table.split('\n')) {
    const [place, what] = line.split(' - ');
    const [mountId, , device, , point] = (place ?? '').split(' ');
    const [type] = (what ?? '').split(' ');
    if (point === undefined || type === undefined || type === '') continue;
    mounts.push({
      point: unescape(point),
      type: type as ByteString,
      id: `${mountId ?? ''} ${device ?? ''}` as ByteString,
    });
  }
  return mounts;
}

/** What lies at a path: the mount with the longest place; of several at one place the last covers the others. */
export function mountOf(mounts: readonly Mount[], path: ByteString): Mount | undefined {
  let found: Mount | undefined;
  for (const mount of mounts)
    if (isAtOrBelow(path, mount.point) && mount.point.length >= (found?.point.length ?? 0)) found = mount;
  return found;
}

/** Mounts that a walk from `folder` meets. */
export function mountsBelow(mounts: readonly Mount[], folder: ByteString): Mount[] {
  return mounts.filter(({ point }) => point !== folder && isAtOrBelow(point, folder));
}

function isAtOrBelow(path: ByteString, folder: ByteString): boolean {
  return path === folder || path.startsWith(folder === '/' ? '/' : `${folder}/`);
}

function unescape(text: string): ByteString {
  return text.replaceAll(/\\([0-7]{3})/g, (_, octal: string) =>
    String.fromCharCode(Number.parseInt(octal, 8)),
  ) as ByteString;
}
