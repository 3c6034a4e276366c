/**
 * The janitor: removes temporary files that killed saves left on the server. Touches only names that `remote-save.ts` makes,
 * and only after a day, so that it never meets a save that another machine has under way. Age is told by the server's own
 * clock, which may be far off ours.
 */
import { allFolders } from '#storage/object-path.ts';
import { inLanes } from '#storage/sftp/lanes.ts';
import { readFolderIfThere } from '#storage/sftp/list-remote.ts';
import { TEMPORARY_NAME, temporaryPathIn } from '#storage/sftp/remote-save.ts';
import type { SftpChannel } from '#storage/sftp/sftp-channel.ts';
import { isStatusError } from '#storage/sftp/sftp-errors.ts';
import type { Step } from '#storage/sftp/transfer.ts';

const STALE_AFTER_SECONDS = 24 * 60 * 60;

/** Returns how many files it removed; those that resist are passed over. @throws the server's own error, or what `step` throws */
export async function removeRemoteLeftovers(channel: SftpChannel, top: string, step: Step): Promise<number> {
  const stale: { path: string; changedAtSeconds: number }[] = [];
  await inLanes(['', ...allFolders()], channel.transfer.foldersAtOnce, async (folder) => {
    step();
    const path = folder === '' ? top : `${top}/${folder}`;
    for (const { filename, attrs } of (await readFolderIfThere(channel, path)) ?? []) {
      if (!TEMPORARY_NAME.test(filename) || !attrs.isFile()) continue;
      stale.push({ path: `${path}/${filename}`, changedAtSeconds: attrs.mtime });
    }
  });
  if (stale.length === 0) return 0;
  const nowSeconds = await loadServerTime(channel, top);
  let removed = 0;
  for (const { path, changedAtSeconds } of stale) {
    step();
    if (changedAtSeconds >= nowSeconds - STALE_AFTER_SECONDS) continue;
    try {
      await channel.unlink(path);
      removed++;
    } catch (error) {
      if (!isStatusError(error)) throw error;
    }
  }
  return removed;
}

/** Seconds since 1970: when a file that is made now is said to have been made. */
export async function loadServerTime(channel: SftpChannel, top: string): Promise<number> {
  const path = temporaryPathIn(top);
  const handle = await channel.open(path, 'wx', 0o600);
  try {
    return (await channel.fstat(handle)).mtime;
  } finally {
    await channel.close(handle).catch(() => undefined);
    await channel.unlink(path).catch(() => undefined);
  }
}
