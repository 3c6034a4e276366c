/**
 * The link of browser mode in a file instead of on the screen: what a service prints is kept by the system's log, which
 * others may read. Only its owner can read the file, and it is there whole or not at all; a file or link that somebody
 * else has put in its place is replaced, never written through.
 */
import { randomBytes } from 'node:crypto';
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { TidemarkError } from '#base/errors.ts';

const OWNER_ONLY = 0o600;

/** @throws request.invalidInput where no file can be written there */
export function writeLinkFile(file: string, link: string): void {
  const unfinished = `${file}.${randomBytes(6).toString('hex')}`;
  try {
    // Fails rather than follow what is there.
    writeFileSync(unfinished, `${link}\n`, { mode: OWNER_ONLY, flag: 'wx' });
    renameSync(unfinished, file);
  } catch (error) {
    rmSync(unfinished, { force: true });
    const reason = (error as NodeJS.ErrnoException).code ?? 'it cannot be written';
    throw new TidemarkError(
      'request.invalidInput',
      { what: `--link-file ${file}`, reason },
      { cause: error },
    );
  }
}

/** Ours only: the next one to serve may have written its own. Never throws. */
export function removeLinkFile(file: string, link: string): void {
  try {
    if (readFileSync(file, 'utf8') === `${link}\n`) rmSync(file);
  } catch {
    // Somebody has removed it already.
  }
}
