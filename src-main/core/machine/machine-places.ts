/**
 * Where copies could live, as the machine sees it now: drives, network folders that are mounted, and repositories that are there
 * already. What belongs to the system is no place. A drive or server that does not answer is told without what it did not
 * say. Linux tells it in its mount table; macOS mounts everything below /Volumes; Windows gives letters.
 */
import { readdir, stat, statfs } from 'node:fs/promises';
import path from 'node:path';
import type { DiskFacts } from './block-devices.ts';
import { findRepositories } from './find-repositories.ts';
import type { MachineFiles } from './machine-files.ts';
import { mountAbove, readMountLines } from './mount-lines.ts';

export interface MachinePlace {
  readonly kind: 'drive' | 'network' | 'folder' | 'existing';
  readonly name: string;
  readonly location: string;
  readonly freeBytes: number | null;
  readonly totalBytes: number | null;
  readonly isRemovable: boolean;
  readonly repositoryFound: boolean;
  readonly sameDiskAsHome: boolean;
}

export interface PlaceSurroundings {
  readonly platform: string;
  readonly home: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly files: MachineFiles;
  loadDisks(source: string): DiskFacts;
  /** Where a folder of the mount table is; elsewhere in tests. */
  onDisk(location: string): string;
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

type Candidate = Pick<MachinePlace, 'kind' | 'name' | 'location' | 'isRemovable' | 'sameDiskAsHome'>;

/** Longer than a drive takes that has to start turning. */
const PATIENCE_MS = 4_000;

export async function loadMachinePlaces(around: PlaceSurroundings): Promise<MachinePlace[]> {
  const candidates = await candidatesOf(around);
  const looked = await Promise.all(candidates.map((candidate) => look(candidate, around)));
  return looked.flat().toSorted((a, b) => rankOf(a) - rankOf(b) || (a.name < b.name ? -1 : 1));
}

/** What is there already first, then what can be carried away, then what survives the computer. */
function rankOf({ kind, isRemovable, sameDiskAsHome }: MachinePlace): number {
  if (kind === 'existing') return 0;
  if (sameDiskAsHome) return 4;
  return isRemovable ? 1 : kind === 'network' ? 2 : 3;
}

function candidatesOf(around: PlaceSurroundings): Candidate[] | Promise<Candidate[]> {
  switch (around.platform) {
    case 'linux':
      return [...mountedOnLinux(around), ...sharesOfGvfs(around)];
    case 'darwin':
      return mountedOnMac();
    case 'win32':
      return lettersOfWindows(around);
    default:
      return [];
  }
}

/** A place, and every repository in it. Nothing, where there is no folder. */
async function look(candidate: Candidate, { sleep, onDisk }: PlaceSurroundings): Promise<MachinePlace[]> {
  const { location } = candidate;
  const looking = (async () => {
    const folder = onDisk(location);
    if (!(await stat(folder)).isDirectory()) return undefined;
    const { bavail, blocks, bsize } = await statfs(folder);
    const found = (await findRepositories(folder)).map((each) => path.relative(folder, each));
    return { freeBytes: bavail * bsize, totalBytes: blocks * bsize, found };
  })();
  const unknown = { freeBytes: null, totalBytes: null, found: [] as string[] };
  const end = new AbortController();
  const patience = sleep(PATIENCE_MS, end.signal).then(() => unknown);
  const seen = await Promise.race([looking, patience]).catch(() => undefined);
  patience.catch(() => undefined);
  end.abort();
  if (seen === undefined) return [];
  const { found, ...room } = seen;
  const place = { ...candidate, ...room, repositoryFound: found.length > 0 };
  return [
    place,
    ...found.map((below) => ({
      ...place,
      kind: 'existing' as const,
      location: path.join(location, below),
      name: below === '' ? candidate.name : below,
    })),
  ];
}

const NETWORK_TYPES = /^(nfs4?|cifs|smb3?|smbfs|9p|afs|davfs|fuse\.(sshfs|rclone|davfs2?|s3fs|curlftpfs))$/;
const DISK_TYPES =
  /^(ext[234]|xfs|btrfs|f2fs|vfat|exfat|ntfs3?|fuseblk|hfs(plus)?|apfs|zfs|jfs|reiserfs|bcachefs|udf)$/;
/** With all that is in them. */
const SYSTEM_FOLDERS = /^\/(boot|dev|efi|etc|nix|opt|proc|root|snap|srv\/snap|sys|tmp|usr|var)(\/|$)/;

function isForPeople(point: string): boolean {
  if (point === '/' || point === '/home' || SYSTEM_FOLDERS.test(point)) return false;
  return !point.startsWith('/run/') || point.startsWith('/run/media/');
}

function mountedOnLinux({ files, home, loadDisks }: PlaceSurroundings): Candidate[] {
  const lines = readMountLines(files);
  const ownDisks = loadDisks(mountAbove(lines, home)?.source ?? '').disks;
  const seen = new Set<string>();
  return lines.flatMap(({ point, type, source }): Candidate[] => {
    // A home folder with a file system of its own is what is protected, not a place.
    if (!isForPeople(point) || point === home || seen.has(point)) return [];
    seen.add(point);
    const name = path.basename(point);
    if (NETWORK_TYPES.test(type))
      return [{ kind: 'network', name, location: point, isRemovable: false, sameDiskAsHome: false }];
    if (!DISK_TYPES.test(type)) return [];
    const { disks, isRemovable } = loadDisks(source);
    const sameDiskAsHome = [...disks].some((disk) => ownDisks.has(disk));
    return [{ kind: 'drive', name, location: point, isRemovable, sameDiskAsHome }];
  });
}

/** What somebody has opened in the file manager of GNOME: `smb-share:server=nas,share=backup`. */
function sharesOfGvfs({ files, env }: PlaceSurroundings): Candidate[] {
  const folder = path.join(env['XDG_RUNTIME_DIR'] ?? '', 'gvfs');
  if (!path.isAbsolute(folder)) return [];
  return files.list(folder).map((entry) => {
    const facts = new Map(
      entry
        .slice(entry.indexOf(':') + 1)
        .split(',')
        .map((part) => part.split('=', 2) as [string, string]),
    );
    const [share, server] = [facts.get('share'), facts.get('server') ?? facts.get('host')];
    const name = share === undefined ? (server ?? entry) : `${share} (${server ?? ''})`;
    return {
      kind: 'network',
      name,
      location: path.join(folder, entry),
      isRemovable: false,
      sameDiskAsHome: false,
    };
  });
}

/** The start volume stands there as a link. Source: Apple, "File System Programming Guide". */
async function mountedOnMac(): Promise<Candidate[]> {
  const entries = await readdir('/Volumes', { withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
    .map(({ name }) => ({
      kind: 'drive',
      name,
      location: path.join('/Volumes', name),
      isRemovable: true,
      sameDiskAsHome: false,
    }));
}

/** Node does not say what kind of drive a letter is: none is called removable. */
function lettersOfWindows({ env }: PlaceSurroundings): Candidate[] {
  const own = (env['SystemDrive'] ?? 'C:').toUpperCase();
  return Array.from('DEFGHIJKLMNOPQRSTUVWXYZ')
    .map((letter) => `${letter}:`)
    .filter((letter) => letter !== own)
    .map((letter) => ({
      kind: 'drive',
      name: letter,
      location: `${letter}\\`,
      isRemovable: false,
      sameDiskAsHome: false,
    }));
}
