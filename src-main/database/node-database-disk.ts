/**
 * The DatabaseDisk port on a local folder. Errors of the system leave as `storage.*`, classified like those of a place
 * for backups; file systems that cannot flush folders or make hard links are served as well as they allow.
 */
import { copyFile, link, mkdir, open, readFile, rename, rm, stat, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
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

export class NodeDatabaseDisk implements DatabaseDisk {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  makeFolder(): Promise<void> {
    return this.#do('create', async () => {
      await mkdir(this.#folder, { recursive: true, mode: FOLDER_MODE });
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
      throw await classifyLocalError(error, this.#folder, operation);
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
