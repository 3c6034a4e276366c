/**
 * The janitor: removes temporary files that killed saves left in a repository. Touches only names that
 * `atomic-save.ts` makes, and only after a day, so that it never meets a save that another machine has under way.
 */
import { readdir, stat, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '#base/clock.ts';
import { throwIfCancelled } from '#base/errors.ts';
import { allFolders } from '#storage/object-path.ts';
import { TEMPORARY_NAME } from '#storage/local/atomic-save.ts';
import { classifyLocalError, hasErrno } from '#storage/local/local-errors.ts';

const STALE_AFTER_MS = 24 * 60 * 60 * 1000;

/**
 * Returns how many files it removed. Files that vanish or resist are passed over: the next run meets them again.
 * @throws storage.* when a folder cannot be listed, job.cancelled
 */
export async function removeStaleTemporaryFiles(
  root: string,
  clock: Clock,
  signal?: AbortSignal,
): Promise<number> {
  const staleBeforeMs = clock.nowMs() - STALE_AFTER_MS;
  let removed = 0;
  for (const folder of ['', ...allFolders()]) {
    throwIfCancelled(signal);
    for (const name of await listTemporaryNames(root, join(root, folder))) {
      const path = join(root, folder, name);
      try {
        const found = await stat(path);
        if (!found.isFile() || found.mtimeMs >= staleBeforeMs) continue;
        await unlink(path);
        removed++;
      } catch {
        continue;
      }
    }
  }
  return removed;
}

async function listTemporaryNames(root: string, folder: string): Promise<string[]> {
  try {
    return (await readdir(folder)).filter((name) => TEMPORARY_NAME.test(name));
  } catch (error) {
    if (hasErrno(error, 'ENOENT', 'ENOTDIR')) return [];
    throw await classifyLocalError(error, root, 'list');
  }
}
