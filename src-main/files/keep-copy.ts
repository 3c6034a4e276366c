/**
 * Keeps a copy of bytes in a folder of the person's, durably, and never over something else. For what a repair takes out of
 * a repository. A copy that was cut off by a crash is the beginning of what is to be kept, and is written anew.
 */
import { open, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { TidemarkError } from '#base/errors.ts';
import { toFilesError } from '#files/describe-file-error.ts';

/** @throws files.targetNotWritable, files.noSpace */
export async function keepCopy(folder: string, name: string, bytes: Uint8Array): Promise<void> {
  const path = join(folder, name);
  try {
    if (await isThere(path, bytes)) return;
    const temporaryPath = `${path}.part`;
    const file = await open(temporaryPath, 'w', 0o600);
    try {
      await file.writeFile(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporaryPath, path);
    await flushFolder(folder);
  } catch (error) {
    throw toFilesError(error, path, 'writing');
  }
}

/** @throws files.targetNotWritable when the name is taken by something else */
async function isThere(path: string, bytes: Uint8Array): Promise<boolean> {
  let present: Uint8Array;
  try {
    present = await readFile(path);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return false;
    throw error;
  }
  if (Buffer.compare(present, bytes) === 0) return true;
  throw new TidemarkError('files.targetNotWritable', {
    path,
    reason: 'another file with this name is already there',
  });
}

async function flushFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  // Some file systems cannot flush a folder; the file itself is flushed.
  await handle.sync().catch(() => undefined);
  await handle.close();
}
