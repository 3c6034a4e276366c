/**
 * What a person may choose when the state is damaged: go on from the last good copy, or begin anew (and get plans back
 * from a place). The damaged file is kept beside under a name of its own in either case, and stays there. Killed at any
 * moment, the profile is still damaged or already recovered, and asking again finishes it.
 */
import type { Clock } from '#base/clock.ts';
import { invariant, TidemarkError } from '#base/errors.ts';
import { loadStateFile } from './load-state.ts';
import { NEWEST_SCHEMA } from './migrate.ts';
import type { DatabaseDisk } from '#database/database-disk.ts';
import { NodeDatabaseDisk } from '#database/node-database-disk.ts';
import { ProfileLock } from './profile-lock.ts';
import { LAST_GOOD_FILE, STATE_FILE, UNFINISHED_FILE } from './state-disk.ts';

export interface RecoverStateOptions {
  readonly folder: string;
  readonly clock: Clock;
  readonly from: 'lastGoodCopy' | 'nothing';
  /** Absent: the folder itself. */
  readonly disk?: DatabaseDisk;
}

/**
 * The next StateFile.open finds the chosen state. A state that is sound is never touched.
 * @throws state.fileCorrupt when the copy is no better; state.schemaTooNew, state.profileInUse, storage.*
 */
export async function recoverState(options: RecoverStateOptions): Promise<void> {
  const { folder, disk = new NodeDatabaseDisk(options.folder) } = options;
  const lock = await ProfileLock.take(folder);
  try {
    const isDamaged = await isToBeSetAside(disk, folder);
    if (isDamaged === undefined) return;
    if (options.from === 'lastGoodCopy') await assertCopyIsSound(disk, folder);
    const suffix = new Date(options.clock.nowMs()).toISOString().replace(/[-:]|\.\d+/g, '');
    if (isDamaged) await setAside(disk, STATE_FILE, `state.damaged-${suffix}`);
    if (options.from === 'lastGoodCopy') await copyLastGood(disk);
    else if ((await disk.stampOf(LAST_GOOD_FILE)) !== undefined)
      await setAside(disk, LAST_GOOD_FILE, `state.earlier-${suffix}`);
    await disk.syncFolder();
  } finally {
    lock.release();
  }
}

/** False: there is none, as after a recovery that was cut off. Undefined: it is sound. */
async function isToBeSetAside(disk: DatabaseDisk, folder: string): Promise<boolean | undefined> {
  const found = await loadStateFile(disk, STATE_FILE);
  if (found.kind === 'tooNew') {
    throw new TidemarkError(
      'state.schemaTooNew',
      { folder, schema: found.schema, newestKnown: NEWEST_SCHEMA },
      { retry: 'afterUser' },
    );
  }
  if (found.kind === 'sound') {
    found.database.close();
    return undefined;
  }
  return found.kind === 'damaged';
}

async function assertCopyIsSound(disk: DatabaseDisk, folder: string): Promise<void> {
  const copy = await loadStateFile(disk, LAST_GOOD_FILE);
  if (copy.kind === 'sound') {
    copy.database.close();
    return;
  }
  const reason =
    copy.kind === 'damaged' ? `the last good copy, too: ${copy.reason}` : 'there is no copy to use';
  throw new TidemarkError('state.fileCorrupt', { folder, reason, lastGoodAt: null }, { retry: 'afterUser' });
}

/** Not one file under two names: what damages one would damage both. */
async function copyLastGood(disk: DatabaseDisk): Promise<void> {
  const bytes = await disk.load(LAST_GOOD_FILE);
  invariant(bytes, 'the copy was read a moment ago');
  await disk.writeDurably(UNFINISHED_FILE, [bytes]);
  await disk.rename(UNFINISHED_FILE, STATE_FILE);
}

/** Never onto a name that is taken: two recoveries may fall into one second. */
async function setAside(disk: DatabaseDisk, name: string, wanted: string): Promise<void> {
  let to = `${wanted}.db`;
  for (let more = 2; (await disk.stampOf(to)) !== undefined; more++) to = `${wanted}-${more}.db`;
  await disk.rename(name, to);
}
