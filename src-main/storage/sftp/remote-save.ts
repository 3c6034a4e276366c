/**
 * Writes one file on the server so that its name is either absent or complete, whatever happens meanwhile: a temporary
 * file in the same folder, all pieces, flush, then the final name. Flushing and the ways to give a name are extensions of
 * the protocol; what a server lacks is done as well as it goes without:
 * - replacing: `posix-rename`; else plain rename, which some servers let replace and some refuse.
 * - never replacing: `hardlink`; else a look before the rename, which two creators in the same moment both pass.
 */
import { randomBytes } from 'node:crypto';
import type { Stats } from 'ssh2';
import type { Handle, SftpChannel } from '#storage/sftp/sftp-channel.ts';
import { STATUS, hasStatus, isStatusError } from '#storage/sftp/sftp-errors.ts';
import { writeWhole, type Step } from '#storage/sftp/transfer.ts';

/** As on a local disk, so that either adapter's janitor finds the other's. */
export const TEMPORARY_NAME = /^\.tmp-\d+-[0-9a-f]{12}$/;

export interface RemoteSave {
  readonly folder: string;
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly mode: number;
  /** What to do when the name exists: refuse always, or accept the same size and replace any other. */
  readonly existing: 'refuse' | 'acceptSameSize';
  /** Makes the new name durable too. */
  readonly flushFolder: boolean;
}

export type RemoteSaveOutcome = 'linked' | 'renamed' | 'storedAlready' | 'refused';

/**
 * @throws the server's own error, or what `step` throws; then nothing of ours is left behind as far as the server can be
 * reached, and the name is as it was. NO_SUCH_FILE: the folder is missing, nothing was written.
 */
export async function saveRemotely(
  channel: SftpChannel,
  save: RemoteSave,
  step: Step,
): Promise<RemoteSaveOutcome> {
  step();
  const folder = save.flushFolder ? openFolder(channel, save.folder) : undefined;
  try {
    const outcome = await saveAndName(channel, save, step);
    if (outcome !== 'refused') await folder?.flush();
    return outcome;
  } finally {
    folder?.close();
  }
}

async function saveAndName(channel: SftpChannel, save: RemoteSave, step: Step): Promise<RemoteSaveOutcome> {
  const temporaryPath = temporaryPathIn(save.folder);
  // Asked together, as everything that does not need the other's answer: each round trip may take long.
  const existing = channel.statIfThere(`${save.folder}/${save.name}`);
  existing.catch(() => undefined);
  const handle = await channel.open(temporaryPath, 'wx', save.mode);
  let outcome: RemoteSaveOutcome;
  try {
    if (await isWanted(save, existing, channel, handle)) {
      await writeDurably(channel, handle, save.bytes, step);
      step();
      outcome = await publish(channel, temporaryPath, save);
    } else outcome = save.existing === 'refuse' ? 'refused' : 'storedAlready';
  } catch (error) {
    await channel.unlink(temporaryPath).catch(() => undefined);
    throw error;
  }
  // The janitor gets what is not unlinked here; the save itself has succeeded.
  if (outcome !== 'renamed') await channel.unlink(temporaryPath).catch(() => undefined);
  return outcome;
}

export function temporaryPathIn(folder: string): string {
  return `${folder}/.tmp-${String(process.pid)}-${randomBytes(6).toString('hex')}`;
}

/** Makes new and removed names durable where the server can: a folder is flushed like a file, which many refuse. */
export async function flushFolder(channel: SftpChannel, folder: string): Promise<void> {
  const opened = openFolder(channel, folder);
  try {
    await opened.flush();
  } finally {
    opened.close();
  }
}

interface OpenFolder {
  flush(): Promise<void>;
  close(): void;
}

/** Asked for at once, so that flushing it later is one round trip. */
function openFolder(channel: SftpChannel, folder: string): OpenFolder {
  if (!channel.has('fsync')) return { flush: async () => undefined, close: () => undefined };
  const opening = channel.open(folder, 'r');
  opening.catch(() => undefined);
  return {
    flush: async () => {
      try {
        await channel.flush(await opening);
      } catch (error) {
        if (!isStatusError(error)) throw error;
      }
    },
    close: () => {
      opening.then((handle) => channel.close(handle)).catch(() => undefined);
    },
  };
}

/** Whether the name is free, or is to be replaced; else the handle is closed. */
async function isWanted(
  { existing, bytes }: RemoteSave,
  asked: Promise<Stats | undefined>,
  channel: SftpChannel,
  handle: Handle,
): Promise<boolean> {
  let isWanted = false;
  try {
    const found = await asked;
    isWanted = found === undefined || (existing !== 'refuse' && found.size !== bytes.length);
    return isWanted;
  } finally {
    if (!isWanted) await channel.close(handle).catch(() => undefined);
  }
}

/** The handle is closed in any case, and closing is waited for: some servers report only there that a write failed. */
async function writeDurably(
  channel: SftpChannel,
  handle: Handle,
  bytes: Uint8Array,
  step: Step,
): Promise<void> {
  let closing: Promise<void> | undefined;
  try {
    await writeWhole(channel, handle, bytes, step, async () => {
      const flushing = channel.has('fsync') ? channel.flush(handle) : undefined;
      const looking = channel.fstat(handle);
      closing = channel.close(handle);
      const [found] = await Promise.all([looking, flushing, closing]);
      if (found.size !== bytes.length) throw new Error('the written file has another size');
    });
  } catch (error) {
    await (closing ?? channel.close(handle)).catch(() => undefined);
    throw error;
  }
}

async function publish(
  channel: SftpChannel,
  temporaryPath: string,
  { folder, name, bytes, existing }: RemoteSave,
): Promise<RemoteSaveOutcome> {
  const finalPath = `${folder}/${name}`;
  if (existing === 'acceptSameSize' && channel.has('posix-rename')) {
    await channel.replace(temporaryPath, finalPath);
    return 'renamed';
  }
  if (existing === 'refuse' && channel.has('hardlink')) {
    try {
      await channel.link(temporaryPath, finalPath);
      return 'linked';
    } catch (error) {
      // Its disk may be one without hard links, such as FAT.
      if (!isStatusError(error)) throw error;
    }
  }
  const before = await channel.statIfThere(finalPath);
  if (before !== undefined) {
    if (existing === 'refuse') return 'refused';
    if (before.size === bytes.length) return 'storedAlready';
    await channel.unlink(finalPath).catch(() => undefined);
  }
  try {
    await channel.rename(temporaryPath, finalPath);
    return 'renamed';
  } catch (error) {
    if (!hasStatus(error, STATUS.FAILURE)) throw error;
    const after = await channel.statIfThere(finalPath);
    if (after === undefined) throw error;
    if (existing === 'refuse') return 'refused';
    if (after.size !== bytes.length) throw error;
    return 'storedAlready';
  }
}
