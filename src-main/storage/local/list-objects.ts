/**
 * Lists the files of one type on a local disk with their sizes. Foreign and temporary names, folders and misplaced
 * packs are not listed; a missing folder is empty. Does not know whether the disk is still the right one.
 */
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isObjectName, objectFolder, objectPath } from '#storage/object-path.ts';
import { hasErrno } from '#storage/local/local-errors.ts';
import type { Step } from '#storage/local/operation-watch.ts';
import type { StorageEntry, StorageFileType } from '#storage/port.ts';

/** Folders read at once; the system's thread pool has four threads, twice that keeps them busy. */
const FOLDERS_AT_ONCE = 8;
/** Files of one folder asked for their size between two looks at the signal. */
const STATS_AT_ONCE = 128;

/** @throws the system's own error, or what `step` throws */
export async function listObjects(root: string, type: StorageFileType, step: Step): Promise<StorageEntry[]> {
  const entries: StorageEntry[] = [];
  const folders = await foldersOf(root, type);
  const next = folders.values();
  const lanes = Array.from({ length: FOLDERS_AT_ONCE }, async () => {
    for (const folder of next) {
      step();
      await listFolder(root, folder, type, entries, step);
    }
  });
  await Promise.all(lanes);
  return entries;
}

async function foldersOf(root: string, type: StorageFileType): Promise<string[]> {
  const folder = objectFolder(type);
  if (type !== 'pack') return [folder];
  const names = await readNames(join(root, folder));
  return names.filter((name) => /^[0-9a-f]{2}$/.test(name)).map((name) => `${folder}/${name}`);
}

async function listFolder(
  root: string,
  folder: string,
  type: StorageFileType,
  entries: StorageEntry[],
  step: Step,
): Promise<void> {
  const prefix = folder === '' ? '' : `${folder}/`;
  const names = (await readNames(join(root, folder), type === 'pack')).filter(
    (name) => isObjectName(type, name) && objectPath(type, name) === prefix + name,
  );
  for (let start = 0; start < names.length; start += STATS_AT_ONCE) {
    step();
    await Promise.all(
      names.slice(start, start + STATS_AT_ONCE).map(async (name) => {
        const sizeBytes = await fileSize(join(root, prefix + name));
        if (sizeBytes !== undefined) entries.push({ name, sizeBytes });
      }),
    );
  }
}

/** Only among the pack folders may a stray file lie where a folder could be. */
async function readNames(folder: string, isPackFolder = false): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (hasErrno(error, 'ENOENT') || (isPackFolder && hasErrno(error, 'ENOTDIR'))) return [];
    throw error;
  }
}

/** Undefined for what is no file, or was removed since its folder was read. */
async function fileSize(path: string): Promise<number | undefined> {
  try {
    const found = await stat(path);
    return found.isFile() ? found.size : undefined;
  } catch (error) {
    if (hasErrno(error, 'ENOENT')) return undefined;
    throw error;
  }
}
