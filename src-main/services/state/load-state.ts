/**
 * Reads what lies in a profile's folder and tells apart: nothing yet, sound, damaged, of a newer program. Reads only;
 * what a damaged file means for the person is decided by whoever asked.
 */
import { TidemarkError } from '#base/errors.ts';
import type { DatabaseDisk } from '#database/database-disk.ts';
import { NEWEST_SCHEMA } from './migrate.ts';
import { parseStateImage, StateDatabase } from './state-database.ts';
import { LAST_GOOD_FILE, STATE_FILE } from './state-disk.ts';

export type FoundState =
  | { readonly kind: 'none' }
  /** Opened: the caller closes it. */
  | { readonly kind: 'sound'; readonly database: StateDatabase; readonly savedAtMs: number }
  | { readonly kind: 'tooNew'; readonly schema: number }
  | { readonly kind: 'damaged'; readonly reason: string };

/** @throws storage.* when the file cannot be read; that says nothing of what is in it. */
export async function loadStateFile(disk: DatabaseDisk, name: string): Promise<FoundState> {
  const bytes = await disk.load(name);
  if (bytes === undefined) return { kind: 'none' };
  const image = parseStateImage(bytes);
  if (image.kind === 'damaged') return image;
  if (image.schema > NEWEST_SCHEMA) return { kind: 'tooNew', schema: image.schema };
  const database = await StateDatabase.open(image.database);
  const damage = database.findDamage();
  if (damage === undefined) return { kind: 'sound', database, savedAtMs: image.savedAtMs };
  database.close();
  return { kind: 'damaged', reason: damage };
}

/**
 * The state in force, or undefined in a profile that never had one.
 * @throws state.fileCorrupt, state.schemaTooNew, storage.*
 */
export async function loadState(disk: DatabaseDisk, folder: string): Promise<StateDatabase | undefined> {
  const found = await loadStateFile(disk, STATE_FILE);
  switch (found.kind) {
    case 'sound':
      return found.database;
    case 'tooNew':
      throw new TidemarkError(
        'state.schemaTooNew',
        { folder, schema: found.schema, newestKnown: NEWEST_SCHEMA },
        { retry: 'afterUser' },
      );
    case 'none': {
      // Once there is a last good copy there was a state in force as well, and saving never takes its name away.
      if ((await disk.stampOf(LAST_GOOD_FILE)) === undefined) return undefined;
      throw await corrupt(disk, folder, 'it is missing');
    }
    case 'damaged':
      throw await corrupt(disk, folder, found.reason);
  }
}

async function corrupt(disk: DatabaseDisk, folder: string, reason: string): Promise<TidemarkError> {
  const copy = await loadStateFile(disk, LAST_GOOD_FILE);
  if (copy.kind === 'sound') copy.database.close();
  const lastGoodAt = copy.kind === 'sound' ? new Date(copy.savedAtMs).toISOString() : null;
  return new TidemarkError('state.fileCorrupt', { folder, reason, lastGoodAt }, { retry: 'afterUser' });
}
