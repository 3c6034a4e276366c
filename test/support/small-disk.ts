/**
 * Real small file systems to fill up, take away and remount: ext4 on a loop device, or tmpfs. Needs root on Linux;
 * `smallDiskObstacle` says in words what is missing otherwise, for the names of skipped tests.
 */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

export interface SmallDiskOptions {
  readonly kind: 'ext4' | 'tmpfs';
  readonly mib: number;
  /** tmpfs only: how many files and folders fit. */
  readonly inodes?: number;
}

/** Why there can be no small disk here, or undefined where there can. Mounting itself is tried once. */
export async function smallDiskObstacle(): Promise<string | undefined> {
  if (process.platform !== 'linux') return 'needs Linux';
  if (process.getuid?.() !== 0) return 'needs root to mount';
  if (!existsSync('/sbin/mkfs.ext4') && !existsSync('/usr/sbin/mkfs.ext4')) return 'needs mkfs.ext4';
  try {
    await withSmallDisk({ kind: 'ext4', mib: 4 }, async () => undefined);
    return undefined;
  } catch {
    return 'mounting is not allowed here';
  }
}

/** Mounts a fresh file system, runs `use` in it, and unmounts in any case, busy or not. */
export async function withSmallDisk<T>(
  options: SmallDiskOptions,
  use: (folder: string) => Promise<T>,
): Promise<T> {
  const base = await mkdtemp(join(tmpdir(), 'tidemark-disk-'));
  const folder = join(base, 'disk');
  await mkdir(folder);
  try {
    await mount(options, base, folder);
    try {
      return await use(folder);
    } finally {
      await unmount(folder);
    }
  } finally {
    await rm(base, { recursive: true, force: true });
  }
}

export async function remountReadOnly(folder: string): Promise<void> {
  await run('mount', ['-o', 'remount,ro', folder]);
}

/** Takes the disk away from under everybody, open files or not: what is left is the empty mount point. */
export async function unmountLazily(folder: string): Promise<void> {
  await run('umount', ['-l', folder]);
}

/**
 * A disk that begins to die when `die` is called: from then on it reports an error (EIO) for all that lies behind its first `goodMib`,
 * and nothing of it is in memory any more. The loop device does so where its file has become too short.
 */
export async function withDyingDisk<T>(
  { mib, goodMib }: { readonly mib: number; readonly goodMib: number },
  use: (folder: string, die: () => Promise<void>) => Promise<T>,
): Promise<T> {
  const options = { kind: 'ext4', mib } as const;
  return withSmallDisk(options, (folder) =>
    use(folder, async () => {
      const image = join(folder, '..', 'image');
      await run('umount', [folder]);
      await run('mount', ['-o', 'loop', image, folder]);
      await truncate(image, goodMib << 20);
    }),
  );
}

async function mount(options: SmallDiskOptions, base: string, folder: string): Promise<void> {
  if (options.kind === 'tmpfs') {
    const inodes = options.inodes === undefined ? '' : `,nr_inodes=${String(options.inodes)}`;
    await run('mount', ['-t', 'tmpfs', '-o', `size=${String(options.mib)}m${inodes}`, 'tmpfs', folder]);
    return;
  }
  const image = join(base, 'image');
  await writeFile(image, '');
  await truncate(image, options.mib << 20);
  await run('mkfs.ext4', ['-q', '-F', image]);
  await run('mount', ['-o', 'loop', image, folder]);
}

/** Nothing mounted is fine: the test may have taken it away itself. */
async function unmount(folder: string): Promise<void> {
  try {
    await run('umount', [folder]);
  } catch {
    await run('umount', ['-l', folder]).catch(() => undefined);
  }
}
