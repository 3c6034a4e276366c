/** Which disks a file system lies on, and whether somebody can carry them away. Linux only: the kernel tells it below /sys. */
import { readdirSync, realpathSync, readFileSync, existsSync } from 'node:fs';
import path from 'node:path';

export interface DiskFacts {
  /** Names of whole disks, such as `sda`; empty where the kernel does not say. */
  readonly disks: ReadonlySet<string>;
  readonly isRemovable: boolean;
}

/** Encrypted disks, volumes over them and so on: more layers than anybody builds. */
const MOST_LAYERS = 8;

/** @param source as the mount table has it: `/dev/sda1`; @param root for tests */
export function loadDiskFacts(source: string, root = '/'): DiskFacts {
  const disks = new Set<string>();
  let isRemovable = false;
  const visit = (folder: string, depth: number): void => {
    const below = namesIn(path.join(folder, 'slaves'));
    if (below.length > 0 && depth < MOST_LAYERS) {
      for (const name of below) visitNamed(name, depth + 1);
      return;
    }
    const disk = existsSync(path.join(folder, 'partition')) ? path.dirname(folder) : folder;
    disks.add(path.basename(disk));
    // Most drives on a cable say that their medium cannot be changed: so where they hang counts, too.
    isRemovable ||= readFlag(path.join(disk, 'removable')) || /\/usb\d|\/mmc_host\//.test(disk);
  };
  const visitNamed = (name: string, depth: number): void => {
    const folder = realPathOf(path.join(root, 'sys/class/block', name));
    if (folder !== undefined) visit(folder, depth);
  };
  if (source.startsWith('/dev/')) {
    const device = realPathOf(path.join(root, source)) ?? source;
    visitNamed(path.basename(device), 0);
  }
  return { disks, isRemovable };
}

function readFlag(file: string): boolean {
  try {
    return readFileSync(file, 'utf8').trim() === '1';
  } catch {
    return false;
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function realPathOf(file: string): string | undefined {
  try {
    return realpathSync(file);
  } catch {
    return undefined;
  }
}
