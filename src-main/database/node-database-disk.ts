/**
 * The DatabaseDisk port on a local folder. Errors of the system are classified like those of a place for backups and leave
 * as `state.diskFailed`; file systems that cannot flush folders or make hard links are served as well as they allow.
 */
import {
  access,
  constants,
  copyFile,
  link,
  mkdir,
  open,
  readFile,
  rename,
  rm,
  stat,
  type FileHandle,
} from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { TidemarkError } from '#base/errors.ts';
import { syncFolder } from '#storage/local/atomic-save.ts';
import { classifyLocalError, hasErrno } from '#storage/local/local-errors.ts';
import type { DatabaseDisk } from './database-disk.ts';

/** Answers of file systems that cannot link (FAT, many FUSE and SMB mounts). */
const NO_HARD_LINKS = ['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'EMLINK', 'ENOSYS'] as const;

/** Answers of file systems that cannot flush a file. */
const NO_FILE_SYNC = ['ENOTSUP', 'EOPNOTSUPP', 'EINVAL', 'ENOSYS'] as const;

/** Paths and plans tell a lot about a person. */
const FOLDER_MODE = 0o700;
const FILE_MODE = 0o600;

const TROUBLES = new Map<string, 'full' | 'readOnly' | 'accessDenied'>([
  ['storage.full', 'full'],
  ['storage.readOnly', 'readOnly'],
  ['storage.accessDenied', 'accessDenied'],
]);

export class NodeDatabaseDisk implements DatabaseDisk {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  makeFolder(): Promise<void> {
    return this.#do('create', async () => {
      try {
        await mkdir(this.#folder, { recursive: true, mode: FOLDER_MODE });
      } catch (error) {
        if (!hasErrno(error, 'ENOENT')) throw error;
        throw await reasonOfRefusal(this.#folder, error);
      }
    });
  }

  load(name: string): Promise<Uint8Array | undefined> {
    return this.#do('load', () => undefinedWhenMissing(readFile(this.#at(name))));
  }

  writeDurably(name: string, parts: readonly Uint8Array[]): Promise<void> {
    return this.#do('save', async () => {
      const handle = await open(this.#at(name), 'w', FILE_MODE);
      try {
        for (const part of parts) await handle.writeFile(part);
        await flush(handle);
      } finally {
        await handle.close();
      }
    });
  }

  keepCopy(from: string, to: string): Promise<void> {
    return this.#do('save', async () => {
      const beside = this.#at(`${to}.unfinished`);
      await rm(beside, { force: true });
      try {
        await link(this.#at(from), beside);
      } catch (error) {
        if (!hasErrno(error, ...NO_HARD_LINKS)) throw error;
        await copyFile(this.#at(from), beside);
        await syncFile(beside);
      }
      await rename(beside, this.#at(to));
      // A rename onto another name of the same file does nothing and leaves both.
      await rm(beside, { force: true });
    });
  }

  rename(from: string, to: string): Promise<void> {
    return this.#do('save', () => rename(this.#at(from), this.#at(to)));
  }

  remove(name: string): Promise<void> {
    return this.#do('remove', () => rm(this.#at(name), { force: true }));
  }

  syncFolder(): Promise<void> {
    return this.#do('save', () => syncFolder(this.#folder));
  }

  stampOf(name: string): Promise<string | undefined> {
    return this.#do('load', async () => {
      const found = await undefinedWhenMissing(stat(this.#at(name), { bigint: true }));
      return found && `${found.ino}:${found.size}:${found.mtimeNs}`;
    });
  }

  #at(name: string): string {
    return join(this.#folder, name);
  }

  async #do<T>(operation: string, run: () => Promise<T>): Promise<T> {
    try {
      return await run();
    } catch (error) {
      throw ownDiskError(await classifyLocalError(error, this.#folder, operation), this.#folder);
    }
  }
}

/** A place for backups is spoken of in other words than the folder of our own files. */
function ownDiskError(error: TidemarkError, folder: string): TidemarkError {
  const trouble = TROUBLES.get(error.code) ?? 'other';
  const reason = 'reason' in error.data ? String(error.data.reason) : error.code;
  return new TidemarkError(
    'state.diskFailed',
    { folder, trouble, reason },
    { retry: error.retry, cause: error },
  );
}

/** Making several folders at once, Node says of a read-only disk that something is missing. */
async function reasonOfRefusal(folder: string, error: unknown): Promise<unknown> {
  let above = dirname(folder);
  for (;;) {
    try {
      await access(above, constants.W_OK);
      return error;
    } catch (refusal) {
      if (!hasErrno(refusal, 'ENOENT') || above === dirname(above)) return refusal;
      above = dirname(above);
    }
  }
}

async function undefinedWhenMissing<T>(found: Promise<T>): Promise<T | undefined> {
  try {
    return await found;
  } catch (error) {
    if (hasErrno(error, 'ENOENT')) return undefined;
    throw error;
  }
}

async function syncFile(path: string): Promise<void> {
  const handle = await open(path, 'r+');
  try {
    await flush(handle);
  } finally {
    await handle.close();
  }
}

async function flush(handle: FileHandle): Promise<void> {
  try {
    await handle.sync();
  } catch (error) {
    if (!hasErrno(error, ...NO_FILE_SYNC)) throw error;
  }
}
