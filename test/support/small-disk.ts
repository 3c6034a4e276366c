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

const BLOCK_BYTES = 4096;

export interface SmallDiskOptions {
  readonly kind: 'ext4' | 'tmpfs';
  readonly mib: number;
  /** tmpfs only: how many files and folders fit. */
  readonly inodes?: number;
  /** ext4 only. */
  readonly blockBytes?: number;
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
 * Paths are of files and folders in the disk. Of the blocks at which it could begin to die, the first is taken with which
 * `isWanted` is content; it gets all paths that then lie, or end, in the bad part. @returns them
 */
export type KillDisk = (
  paths: readonly string[],
  isWanted: (bad: ReadonlySet<string>) => boolean,
) => Promise<ReadonlySet<string>>;

/**
 * A disk that begins to die when `die` is called: from then on it reports an error (EIO) for all that lies behind some block of
 * it, and nothing of it is in memory any more. The loop device does so where its file has become too short. Where files lie is
 * the file system's choice, so it is asked (debugfs), and the block is chosen by the answer.
 */
export async function withDyingDisk<T>(
  mib: number,
  use: (folder: string, die: KillDisk) => Promise<T>,
): Promise<T> {
  return withSmallDisk({ kind: 'ext4', mib, blockBytes: BLOCK_BYTES }, (folder) =>
    use(folder, async (paths, isWanted) => {
      const image = join(folder, '..', 'image');
      await run('umount', [folder]);
      const lasts = new Map<string, number>();
      for (const path of paths) lasts.set(path, await lastBlockOf(image, path));
      const badFrom = (first: number): ReadonlySet<string> =>
        new Set(paths.filter((path) => lasts.get(path)! >= first));
      const firstBad = [...lasts.values()].find((block) => isWanted(badFrom(block)));
      if (firstBad === undefined) throw new Error('the file system has put everything elsewhere');
      // Nothing is to be written any more: a mount that writes could meet the bad part too.
      await run('mount', ['-o', 'loop,ro', image, folder]);
      await truncate(image, firstBad * BLOCK_BYTES);
      return badFrom(firstBad);
    }),
  );
}

async function lastBlockOf(image: string, path: string): Promise<number> {
  const { stdout } = await run('debugfs', ['-R', `blocks "/${path}"`, image]);
  const blocks = stdout.trim().split(/\s+/).map(Number);
  if (blocks.some((block) => !(block > 0)))
    throw new Error(`debugfs does not say where ${path} lies: ${stdout}`);
  return Math.max(...blocks);
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
  const blocks = options.blockBytes === undefined ? [] : ['-b', String(options.blockBytes)];
  await run('mkfs.ext4', ['-q', '-F', ...blocks, image]);
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
