/** Places for the storage suite and other tests: a repository folder on the disk, one in memory. */
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { systemClock } from '#base/system-clock.ts';
import { LocalStorage, type LocalStorageOptions } from '#storage/local/local-storage.ts';
import { MemoryStorage } from '#storage/memory/memory-storage.ts';
import type { Storage } from '#storage/port.ts';
import type { StoragePlace } from '#test/suites/storage-suite.ts';

/** A memory storage, with whatever is put around it. */
export async function makeMemoryPlace(decorate: (inner: Storage) => Storage): Promise<StoragePlace> {
  const memory = new MemoryStorage();
  return {
    storage: decorate(memory),
    plantFile: async (path, bytes) => void memory.files.set(path, new Uint8Array(bytes)),
    dispose: async () => undefined,
  };
}

export interface LocalPlace extends StoragePlace {
  readonly storage: LocalStorage;
  readonly folder: string;
}

/** A memory disk where there is one: flushing costs nothing there, which suits tests that are not about it. */
export const QUICK_FOLDER = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();

export async function makeLocalPlace(
  options: LocalStorageOptions & { readonly quick?: boolean } = {},
): Promise<LocalPlace> {
  const base = await mkdtemp(join(options.quick === true ? QUICK_FOLDER : tmpdir(), 'tidemark-local-'));
  const folder = join(base, 'repository');
  return {
    folder,
    storage: new LocalStorage(folder, systemClock, options),
    plantFile: (path, bytes) => plantInFolder(folder, path, bytes),
    dispose: async () => rm(base, { recursive: true, force: true }),
  };
}

/** What `plantFile` does where the repository is a folder on this machine, seen through whatever server. */
export async function plantInFolder(folder: string, path: string, bytes: Uint8Array): Promise<void> {
  await mkdir(dirname(join(folder, path)), { recursive: true });
  await rm(join(folder, path), { force: true });
  await writeFile(join(folder, path), bytes);
}
