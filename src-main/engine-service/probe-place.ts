/** What lies at a location that somebody proposes as a place. Changes nothing. */
import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { isTidemarkError } from '#base/errors.ts';
import type { ProbeOutcome } from '#contract/engine/engine-values.ts';
import type { Storage } from '#storage/port.ts';

/** The storage is opened, and left open. */
export async function probePlace(storage: Storage, signal: AbortSignal): Promise<ProbeOutcome> {
  const { location } = storage;
  const nothing = { location, freeBytes: null, reason: null };
  try {
    await storage.open(signal);
    const freeBytes = (await storage.freeSpaceBytes(signal)) ?? null;
    const found = { ...nothing, freeBytes };
    if ((await storage.list('config', signal)).length > 0) return { ...found, kind: 'repository' };
    return { ...found, kind: (await isEmptyFolder(location)) ? 'empty' : 'otherFiles' };
  } catch (error) {
    if (!isTidemarkError(error) || error.code === 'job.cancelled') throw error;
    if (error.code === 'storage.unreachable' && (await canBeMade(location)))
      return { ...nothing, kind: 'missing' };
    const reason = 'reason' in error.data ? String(error.data.reason) : null;
    return { ...nothing, kind: 'unreachable', reason };
  }
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

/** It is not there, and the folder it is to lie in is. */
async function canBeMade(location: string): Promise<boolean> {
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
