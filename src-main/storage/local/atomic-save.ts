/**
 * Writes one file so that its name is either absent or complete and durable, whatever happens meanwhile.
 * Temporary file in the same folder, write, flush, link to the final name (or rename where there are no hard links),
 * flush the folder. Source: format reference section 2.2, and the measured rules for odd file systems noted below.
 * Does not know what is saved, nor where the folder should be.
 */
import { randomBytes } from 'node:crypto';
import { chmod, link, open, rename, stat, unlink, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import type { DiskIdentity } from '#storage/local/disk-identity.ts';
import { hasErrno } from '#storage/local/local-errors.ts';
import type { Step } from '#storage/local/operation-watch.ts';

/** Names that only this module makes; everything else is somebody else's. */
export const TEMPORARY_NAME = /^\.tmp-\d+-[0-9a-f]{12}$/;

export function newTemporaryName(): string {
  return `.tmp-${String(process.pid)}-${randomBytes(6).toString('hex')}`;
}

/** Bytes written between two looks at the signal. */
const WRITE_STEP_BYTES = 4 << 20;

/** Answers of file systems that cannot link (FAT, many FUSE and SMB mounts). */
const NO_HARD_LINKS = ['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'EMLINK', 'ENOSYS'] as const;

/** Answers of file systems that cannot flush a file. */
const NO_FILE_SYNC = ['ENOTSUP', 'EOPNOTSUPP', 'EINVAL', 'ENOSYS'] as const;

/** What SMB, FUSE and Windows answer to flushing a folder; the file itself is flushed already. */
const NO_FOLDER_SYNC = [...NO_FILE_SYNC, 'ENOENT', 'EPERM', 'EACCES', 'EISDIR', 'EBADF'] as const;

export interface AtomicSave {
  readonly folder: string;
  readonly name: string;
  readonly bytes: Uint8Array;
  /** Permissions while writing and afterwards; the latter only where the system lets us. */
  readonly writeMode: number;
  readonly finalMode: number | undefined;
  /** What to do when the name exists: refuse always, or accept the same size and replace any other. */
  readonly existing: 'refuse' | 'acceptSameSize';
  readonly useHardLinks: boolean;
  /** Called when the temporary file turns out to lie on another device than expected; throws when that is wrong. */
  readonly device: DiskIdentity['device'];
  readonly onOtherDevice: () => Promise<void>;
}

export type SaveOutcome = 'linked' | 'renamed' | 'storedAlready' | 'refused';

/**
 * @throws the system's own error, or what `step` throws; then nothing of ours is left behind and the name is as it was.
 * ENOENT: the folder is missing, nothing was written.
 */
export async function saveAtomically(save: AtomicSave, step: Step): Promise<SaveOutcome> {
  step();
  const temporaryPath = join(save.folder, newTemporaryName());
  const handle = await open(temporaryPath, 'wx', save.writeMode);
  let outcome: SaveOutcome;
  try {
    await writeDurably(handle, save, step);
    step();
    outcome = await publish(temporaryPath, save);
  } catch (error) {
    await unlink(temporaryPath).catch(() => undefined);
    throw error;
  }
  // The janitor gets what cannot be unlinked here; the save itself has succeeded.
  if (outcome !== 'renamed') await unlink(temporaryPath).catch(() => undefined);
  if (outcome === 'refused') return outcome;
  const finalPath = join(save.folder, save.name);
  // After publishing, not before: SMB servers refuse to rename or unlink a read-only file.
  if (save.finalMode !== undefined) await chmod(finalPath, save.finalMode).catch(() => undefined);
  try {
    await syncFolder(save.folder);
  } catch (error) {
    // Nobody else can have taken a name that refuses a second save for stored, so it is ours to take back.
    if (save.existing === 'refuse') await unlink(finalPath).catch(() => undefined);
    throw error;
  }
  return outcome;
}

/** Makes additions to and removals from the folder durable, as far as its file system can. */
export async function syncFolder(folder: string): Promise<void> {
  let handle: FileHandle | undefined;
  try {
    handle = await open(folder, 'r');
    await handle.sync();
  } catch (error) {
    if (!hasErrno(error, ...NO_FOLDER_SYNC)) throw error;
  } finally {
    await handle?.close().catch(() => undefined);
  }
}

async function writeDurably(handle: FileHandle, save: AtomicSave, step: Step): Promise<void> {
  let open = true;
  try {
    let written = 0;
    while (written < save.bytes.length) {
      step();
      const length = Math.min(WRITE_STEP_BYTES, save.bytes.length - written);
      written += (await handle.write(save.bytes, written, length, written)).bytesWritten;
    }
    const found = await handle.stat({ bigint: true });
    if (found.dev !== save.device) await save.onOtherDevice();
    if (found.size !== BigInt(save.bytes.length)) throw new Error('the written file has another size');
    step();
    await handle.datasync().catch((error: unknown) => {
      if (!hasErrno(error, ...NO_FILE_SYNC)) throw error;
    });
    open = false;
    await handle.close();
  } finally {
    if (open) await handle.close().catch(() => undefined);
  }
}

async function publish(temporaryPath: string, save: AtomicSave): Promise<SaveOutcome> {
  const finalPath = join(save.folder, save.name);
  if (save.useHardLinks) {
    try {
      await link(temporaryPath, finalPath);
      return 'linked';
    } catch (error) {
      if (!hasErrno(error, 'EEXIST', ...NO_HARD_LINKS)) throw error;
    }
  }
  const existingBytes = await sizeOf(finalPath);
  if (existingBytes !== undefined) {
    if (save.existing === 'refuse') return 'refused';
    if (existingBytes === save.bytes.length) return 'storedAlready';
  }
  await rename(temporaryPath, finalPath);
  return 'renamed';
}

async function sizeOf(path: string): Promise<number | undefined> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    if (hasErrno(error, 'ENOENT')) return undefined;
    throw error;
  }
}
