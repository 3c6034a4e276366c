/** The database of the state: which file is ours, and that references between tables are enforced. */
import { parseDatabaseImage, type DatabaseImage } from '#database/database-image.ts';
import {
  MemoryDatabase,
  type SqlReader,
  type SqlWriter,
  type SqlRow as Row,
} from '#database/memory-database.ts';

export type SqlRow = Row;
export type StateReader = SqlReader;
export type StateWriter = SqlWriter;

/** `TDMK`. */
const APPLICATION_ID = 0x54444d4b;

const SETUP = {
  applicationId: APPLICATION_ID,
  // The journal would only be a second file in the same memory.
  pragmas: 'PRAGMA foreign_keys = ON; PRAGMA journal_mode = MEMORY',
};

export function parseStateImage(bytes: Uint8Array): DatabaseImage {
  return parseDatabaseImage(bytes, APPLICATION_ID);
}

export class StateDatabase extends MemoryDatabase {
  /** @param bytes of a database that was exported; absent: an empty one. Bytes that are no database show in `findDamage`. */
  static async open(bytes?: Uint8Array): Promise<StateDatabase> {
    return new StateDatabase(await MemoryDatabase.load(bytes), SETUP, bytes === undefined);
  }
}
