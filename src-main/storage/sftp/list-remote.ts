/**
 * Lists the files of one type on the server with their sizes, which come with the names. Foreign and temporary names,
 * folders and misplaced packs are not listed; a missing folder is empty. Many folders are read at once: with one after the
 * other, 256 of them would cost as many round trips several times over.
 */
import type { FileEntryWithStats } from 'ssh2';
import { isObjectName, objectFolder, objectPath } from '#storage/object-path.ts';
import type { StorageEntry, StorageFileType } from '#storage/port.ts';
import { inLanes } from '#storage/sftp/lanes.ts';
import type { SftpChannel } from '#storage/sftp/sftp-channel.ts';
import { STATUS, hasStatus } from '#storage/sftp/sftp-errors.ts';
import type { Step } from '#storage/sftp/transfer.ts';

/** @throws the server's own error, or what `step` throws */
export async function listRemote(
  channel: SftpChannel,
  top: string,
  type: StorageFileType,
  step: Step,
): Promise<StorageEntry[]> {
  const entries: StorageEntry[] = [];
  const folder = objectFolder(type);
  const first = await readFolderIfThere(channel, folder === '' ? top : `${top}/${folder}`);
  if (first === undefined) return entries;
  if (type !== 'pack') {
    await addFiles(channel, top, folder, type, first, entries);
    return entries;
  }
  const names = first.map(({ filename }) => filename).filter((name) => /^[0-9a-f]{2}$/.test(name));
  await inLanes(names, channel.transfer.foldersAtOnce, async (name) => {
    step();
    const subfolder = `${folder}/${name}`;
    const found = await readFolderIfThere(channel, `${top}/${subfolder}`);
    await addFiles(channel, top, subfolder, type, found ?? [], entries);
  });
  return entries;
}

/** Undefined: there is no such folder. */
export async function readFolderIfThere(
  channel: SftpChannel,
  path: string,
): Promise<FileEntryWithStats[] | undefined> {
  try {
    return await channel.readFolder(path);
  } catch (error) {
    if (hasStatus(error, STATUS.NO_SUCH_FILE)) return undefined;
    throw error;
  }
}

async function addFiles(
  channel: SftpChannel,
  top: string,
  folder: string,
  type: StorageFileType,
  found: readonly FileEntryWithStats[],
  entries: StorageEntry[],
): Promise<void> {
  const prefix = folder === '' ? '' : `${folder}/`;
  for (const { filename: name, attrs } of found) {
    if (!isObjectName(type, name) || objectPath(type, name) !== prefix + name) continue;
    // A link is told of as itself.
    const stats = attrs.isSymbolicLink() ? await channel.statIfThere(`${top}/${prefix}${name}`) : attrs;
    if (stats?.isFile() === true) entries.push({ name, sizeBytes: stats.size });
  }
}
