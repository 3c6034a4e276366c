/**
 * The state of one profile: owns its file, the database in memory and the lock, and is the only writer. Knows no table.
 * Always: the file is a whole saved state, the one before it is kept beside, and a file that is damaged or newer than
 * this program is refused and left as it is. `commit` is for what a person or a job would miss, `commitSoon` for the rest.
 */
import type { Clock } from '#base/clock.ts';
import { invariant, isTidemarkError, TidemarkError } from '#base/errors.ts';
import { loadState } from './load-state.ts';
import { migrate } from './migrate.ts';
import type { DatabaseDisk } from '#database/database-disk.ts';
import { sealDatabase } from '#database/database-image.ts';
import { NodeDatabaseDisk } from '#database/node-database-disk.ts';
import { ProfileLock } from './profile-lock.ts';
import { StateDatabase, type StateReader, type StateWriter } from './state-database.ts';
import { LAST_GOOD_FILE, STATE_FILE, UNFINISHED_FILE } from './state-disk.ts';

/** Source: DESIGN, decision 5. */
const LATEST_SAVE_MS = 2_000;
/** Longest pause between tries while saving fails, as on a full disk. */
const LONGEST_PAUSE_MS = 60_000;

export interface StateFileOptions {
  /** Of the profile; made when missing. */
  readonly folder: string;
  readonly clock: Clock;
  /** A save that nobody waits for has failed; it is tried again until it works. */
  readonly onSaveFailed?: (error: TidemarkError) => void;
  /** Absent: the folder itself. */
  readonly disk?: DatabaseDisk;
}

export class StateFile {
  readonly #options: StateFileOptions;
  readonly #disk: DatabaseDisk;
  readonly #lock: ProfileLock;
  readonly #database: StateDatabase;
  readonly #closing = new AbortController();
  /** Counts changes; what `#saved` has reached is on the disk. */
  #changes = 0;
  #saved = 0;
  readonly #recalled = new Map<unknown, unknown>();
  #recalledAt = 0;
  /** Of the file as we loaded or saved it. */
  #stamp: string | undefined;
  #saving: Promise<void> | undefined;
  #savingLate: Promise<void> | undefined;
  #isUnsaved = false;
  #closed: Promise<void> | undefined;

  private constructor(
    options: StateFileOptions,
    disk: DatabaseDisk,
    lock: ProfileLock,
    database: StateDatabase,
  ) {
    this.#options = options;
    this.#disk = disk;
    this.#lock = lock;
    this.#database = database;
  }

  /**
   * Takes the profile for this process, proves the file, migrates it; a new or migrated state is saved before this resolves.
   * @throws state.profileInUse, state.fileCorrupt, state.schemaTooNew, storage.*; then nothing was changed
   */
  static async open(options: StateFileOptions): Promise<StateFile> {
    const { folder, disk = new NodeDatabaseDisk(options.folder) } = options;
    await disk.makeFolder();
    const lock = await ProfileLock.take(folder);
    let database: StateDatabase | undefined;
    try {
      const stamp = await disk.stampOf(STATE_FILE);
      database = await loadState(disk, folder);
      const file = new StateFile(options, disk, lock, (database ??= await StateDatabase.open()));
      file.#stamp = stamp;
      if (migrate(database)) {
        file.#changes++;
        await file.flush();
      }
      return file;
    } catch (error) {
      database?.close();
      lock.release();
      throw error;
    }
  }

  /** In memory; sees every change, saved or not. */
  read<T>(look: (reader: StateReader) => T): T {
    invariant(!this.#closing.signal.aborted, 'the state is closed');
    return look(this.#database);
  }

  /** As `read`, and looks anew only after a change. @param look the same function each time */
  recall<T>(look: (reader: StateReader) => T): T {
    if (this.#recalledAt !== this.#changes) this.#recalled.clear();
    this.#recalledAt = this.#changes;
    if (!this.#recalled.has(look)) this.#recalled.set(look, this.read(look));
    return this.#recalled.get(look) as T;
  }

  /** As `read`, for what others will rely on: answers when all it saw is on the disk, or cannot be saved for now. */
  async readSaved<T>(look: (reader: StateReader) => T): Promise<T> {
    const seen = this.read(look);
    await this.flush().catch(() => undefined);
    return seen;
  }

  /**
   * Changes at once and resolves when that is on the disk. What `change` throws takes the change back and comes out.
   * @throws storage.*, state.profileInUse: the change is in force but not safe yet; saving is tried again until it works
   */
  async commit<T>(change: (writer: StateWriter) => T): Promise<T> {
    const result = this.#change(change);
    try {
      await this.#saveUpTo(this.#changes);
    } catch (error) {
      this.#saveLate();
      throw error;
    }
    return result;
  }

  /**
   * As `commit`, for what must go on though the profile's disk is full or cannot be written to: resolves then too, and
   * saving is tried again until it works.
   * @throws state.profileInUse
   */
  async commitAnyway<T>(change: (writer: StateWriter) => T): Promise<T> {
    const result = this.#change(change);
    try {
      await this.#saveUpTo(this.#changes);
    } catch (error) {
      this.#saveLate();
      if (!isTidemarkError(error) || error.code === 'state.profileInUse') throw error;
    }
    return result;
  }

  /** The last save failed: what has changed since is in force, and lost if the process ends. */
  get isUnsaved(): boolean {
    return this.#isUnsaved;
  }

  /** Changes at once; on the disk about 2 s later, or earlier with somebody else's commit. */
  commitSoon<T>(change: (writer: StateWriter) => T): T {
    const result = this.#change(change);
    this.#saveLate();
    return result;
  }

  /** Resolves when every change so far is on the disk. @throws as `commit` */
  flush(): Promise<void> {
    return this.#saveUpTo(this.#changes);
  }

  /** Saves what is not saved yet and lets go of the profile, of the latter also when the former fails. @throws as `commit` */
  close(): Promise<void> {
    return (this.#closed ??= this.#close());
  }

  async #close(): Promise<void> {
    this.#closing.abort();
    await this.#savingLate;
    try {
      await this.#saveUpTo(this.#changes);
    } finally {
      this.#database.close();
      this.#lock.release();
    }
  }

  #change<T>(change: (writer: StateWriter) => T): T {
    invariant(!this.#closing.signal.aborted, 'the state is closed');
    const result = this.#database.inTransaction(change);
    this.#changes++;
    return result;
  }

  /** Changes made while a save runs go into the next one, together. */
  async #saveUpTo(wanted: number): Promise<void> {
    while (this.#saved < wanted) {
      this.#saving ??= this.#save().finally(() => (this.#saving = undefined));
      try {
        await this.#saving;
        this.#isUnsaved = false;
      } catch (error) {
        this.#isUnsaved = true;
        throw error;
      }
    }
  }

  async #save(): Promise<void> {
    const reached = this.#changes;
    const image = sealDatabase(this.#database.export(), this.#options.clock.nowMs());
    await this.#lock.assertHeld();
    try {
      await this.#disk.writeDurably(UNFINISHED_FILE, image);
    } catch (error) {
      // A full disk gets its room back. Failing in this as well says nothing new.
      await this.#disk.remove(UNFINISHED_FILE).catch(() => undefined);
      throw error;
    }
    // What somebody else has put there is not known to be good.
    if (this.#stamp !== undefined && this.#stamp === (await this.#disk.stampOf(STATE_FILE))) {
      await this.#disk.keepCopy(STATE_FILE, LAST_GOOD_FILE);
    }
    await this.#disk.rename(UNFINISHED_FILE, STATE_FILE);
    this.#stamp = await this.#disk.stampOf(STATE_FILE);
    await this.#disk.syncFolder();
    this.#saved = reached;
  }

  #saveLate(): void {
    if (this.#closing.signal.aborted || this.#saved >= this.#changes) return;
    this.#savingLate ??= this.#saveUntilDone();
  }

  async #saveUntilDone(): Promise<void> {
    let pauseMs = LATEST_SAVE_MS;
    while (this.#saved < this.#changes) {
      try {
        await this.#options.clock.sleep(pauseMs, this.#closing.signal);
        await this.flush();
        pauseMs = LATEST_SAVE_MS;
      } catch (error) {
        if (this.#closing.signal.aborted) return;
        pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS);
        this.#options.onSaveFailed?.(asTidemarkError(error));
      }
    }
    // In the same turn as the last look: a change from now on begins anew.
    this.#savingLate = undefined;
  }
}

function asTidemarkError(error: unknown): TidemarkError {
  if (isTidemarkError(error)) return error;
  return new TidemarkError('internal.invariantBroken', { what: 'saving the state' }, { cause: error });
}
