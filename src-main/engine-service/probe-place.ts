/** What lies at a location that somebody proposes as a place. Changes nothing. */
import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { isTidemarkError, type TidemarkError } from '#base/errors.ts';
import type { ProbeOutcome } from '#contract/engine/engine-values.ts';
import { errorText, WINDOW_WORDS } from '#contract/error-texts.ts';
import { parseLocation } from '#storage/locations/parse-location.ts';
import type { Storage, StorageFileType } from '#storage/port.ts';

/** The storage is opened, and left open. @throws job.cancelled, request.invalidInput */
export async function probePlace(
  storage: Storage,
  location: string,
  signal: AbortSignal,
): Promise<ProbeOutcome> {
  const isFolder = parseLocation(location).kind === 'local';
  const nothing = { location: storage.location, freeBytes: null, reason: null };
  try {
    await storage.open(signal);
    const freeBytes = (await storage.freeSpaceBytes(signal)) ?? null;
    const found = { ...nothing, freeBytes };
    if ((await storage.list('config', signal)).length > 0) return { ...found, kind: 'repository' };
    const isEmpty = isFolder ? await isEmptyFolder(storage.location) : await isEmptyPlace(storage, signal);
    return { ...found, kind: isEmpty ? 'empty' : 'otherFiles' };
  } catch (error) {
    if (!isTidemarkError(error) || error.code === 'job.cancelled') throw error;
    if (isFolder ? await canBeMade(error, storage.location) : isMissing(error))
      return { ...nothing, kind: 'missing' };
    if (isTidemarkError(error, 'storage.hostKeyUnknown'))
      return { ...nothing, kind: 'unknownServer', reason: error.data.fingerprint };
    const kind = error.code === 'storage.wrongCredentials' ? 'wrongCredentials' : 'unreachable';
    return { ...nothing, kind, reason: reasonOf(error) };
  }
}

function reasonOf(error: TidemarkError): string {
  return 'reason' in error.data ? String(error.data.reason) : errorText(error, WINDOW_WORDS).title;
}

/** What file systems put into every drive's top folder. */
const NOT_FILES = new Set([
  'lost+found',
  '.DS_Store',
  '.Spotlight-V100',
  '.Trashes',
  'System Volume Information',
]);

async function isEmptyFolder(folder: string): Promise<boolean> {
  try {
    return (await readdir(folder)).every((name) => NOT_FILES.has(name));
  } catch {
    return false;
  }
}

/** Others than a repository's files are not seen there; a repository that has lost its config is not empty. */
async function isEmptyPlace(storage: Storage, signal: AbortSignal): Promise<boolean> {
  for (const type of ['key', 'snapshot', 'index'] as const satisfies StorageFileType[])
    if ((await storage.list(type, signal)).length > 0) return false;
  return true;
}

/** The server answers; only what would be the repository's top is not there until somebody makes it. */
function isMissing(error: TidemarkError): boolean {
  return error.code === 'storage.unreachable' && error.retry === 'afterUser';
}

/** It is not there, and the folder it is to lie in is. */
async function canBeMade(error: TidemarkError, location: string): Promise<boolean> {
  if (error.code !== 'storage.unreachable') return false;
  const [own, above] = await Promise.all([statOf(location), statOf(path.dirname(location))]);
  return own === 'missing' && above === 'folder';
}

async function statOf(file: string): Promise<'missing' | 'folder' | 'other'> {
  try {
    return (await stat(file)).isDirectory() ? 'folder' : 'other';
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'ENOENT' ? 'missing' : 'other';
  }
}
