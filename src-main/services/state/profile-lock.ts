/**
 * One writer per profile, by a lock of the operating system on an empty file: a killed process leaves nothing behind
 * that must be judged. Why so: docs/decisions/0009. The file itself stays, and says nothing.
 */
import { join } from 'node:path';
import { TidemarkError } from '#base/errors.ts';
import { holdFile, type HeldFile } from '#files/hold-file.ts';
import { classifyLocalError } from '#storage/local/local-errors.ts';

const LOCK_FILE = 'profile.lock';

export class ProfileLock {
  readonly #folder: string;
  #held: HeldFile;

  private constructor(folder: string, held: HeldFile) {
    this.#folder = folder;
    this.#held = held;
  }

  /** The folder must be there. @throws state.profileInUse, storage.* */
  static async take(folder: string): Promise<ProfileLock> {
    return new ProfileLock(folder, await hold(folder));
  }

  /**
   * Whoever removes or replaces the file (a clean-up, a restore of the folder) opens the door to a second writer, so
   * this is asked before each write; the new file is locked then.
   * @throws state.profileInUse when somebody else was quicker, storage.*
   */
  async assertHeld(): Promise<void> {
    try {
      if (this.#held.isInPlace()) return;
    } catch (error) {
      throw await classifyLocalError(error, this.#folder, 'lock');
    }
    const held = await hold(this.#folder);
    this.#held.release();
    this.#held = held;
  }

  release(): void {
    this.#held.release();
  }
}

async function hold(folder: string): Promise<HeldFile> {
  let held: HeldFile | undefined;
  try {
    held = holdFile(join(folder, LOCK_FILE));
  } catch (error) {
    throw await classifyLocalError(error, folder, 'lock');
  }
  if (held === undefined) throw new TidemarkError('state.profileInUse', { folder }, { retry: 'later' });
  return held;
}
