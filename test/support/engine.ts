/**
 * Real repositories for tests of operations: make one in memory or in a folder, open it, back up a folder with defaults.
 * Real threads, real cryptography, real clock; nothing is replaced, but the keys are cheap to derive. `reopen` gives a
 * fresh Repository without deriving the key again.
 */
import { textToByteString } from '#base/byte-string.ts';
import { systemClock } from '#base/system-clock.ts';
import { createRepositoryPorts } from '#core/repository-ports.ts';
import { createSourceFiles } from '#files/open-files.ts';
import { executeBackup } from '#operations/backup/execute.ts';
import type { PipelineHost } from '#operations/pipeline-host.ts';
import type { BackupObserver, BackupRequest, BackupResult } from '#operations/backup/types.ts';
import { openRepository } from '#repository/open-repository.ts';
import { Repository } from '#repository/repository.ts';
import { LocalStorage } from '#storage/local/local-storage.ts';
import { MemoryStorage } from '#storage/memory/memory-storage.ts';
import type { Storage } from '#storage/port.ts';
import { bundledThreads } from '#test/support/bundled-threads.ts';
import { initWithCheapKey } from '#test/support/cheap-key.ts';

export const TEST_PASSWORD = 'correct horse';

/** Hands out threads of this checkout's source, bundled. Two, so that every order of events can happen. */
export const testPipeline = bundledThreads(2);

export interface MemoryRepository {
  readonly repository: Repository;
  /** For damaging files. */
  readonly storage: MemoryStorage;
}

export async function makeMemoryRepository(
  options: { readonly version?: 1 | 2; readonly password?: string } = {},
): Promise<MemoryRepository> {
  const storage = new MemoryStorage();
  return { repository: await initTestRepository(storage, options), storage };
}

/** A new repository in a folder that does not exist yet (its parent does). */
export function makeLocalRepository(
  folder: string,
  options: { readonly version?: 1 | 2; readonly password?: string } = {},
): Promise<Repository> {
  return initTestRepository(new LocalStorage(folder, systemClock), options);
}

export function initTestRepository(
  storage: Storage,
  { version = 2, password = TEST_PASSWORD }: { readonly version?: 1 | 2; readonly password?: string } = {},
): Promise<Repository> {
  return initWithCheapKey(storage, { version, password });
}

/** Opens what is there, made by whomever. */
export function openTestRepository(
  place: Storage | string,
  password: string = TEST_PASSWORD,
): Promise<Repository> {
  const storage = typeof place === 'string' ? new LocalStorage(place, systemClock) : place;
  return openRepository(createRepositoryPorts(storage), Buffer.from(password));
}

/** The same repository as a new process would see it (no index loaded), on its own or another storage. */
export function reopen(repository: Repository, storage: Storage = repository.storage): Repository {
  const { config, keys, keyId } = repository;
  return new Repository(createRepositoryPorts(storage), config, keys, keyId);
}

/** What a backup asks for when nothing is said; `sources` are absolute paths as text. */
export function backupRequest(
  sources: readonly string[],
  changes: Partial<BackupRequest> = {},
): BackupRequest {
  return {
    sources: sources.map(textToByteString),
    workingFolder: textToByteString('/'),
    scan: {
      ignoreInode: false,
      ignoreCtime: false,
      withAtime: false,
      exclude: { patterns: [] },
      folderTags: [],
      excludeLargerThanBytes: undefined,
    },
    oneFileSystem: false,
    tags: [],
    hostname: 'testhost',
    compression: 'auto',
    packSizeBytes: 16 << 20,
    dryRun: false,
    allowEmptySource: false,
    skipIfUnchanged: false,
    programVersion: 'tidemark test',
    ...changes,
  };
}

/** Backs up into a fresh opening of the repository, so that the caller's has nothing loaded. */
export function backUp(
  repository: Repository,
  sources: string | readonly string[],
  changes: Partial<BackupRequest> = {},
  observer: BackupObserver = {},
  signal?: AbortSignal,
  pipeline: PipelineHost = testPipeline,
): Promise<BackupResult> {
  const request = backupRequest(typeof sources === 'string' ? [sources] : sources, changes);
  const parts = { repository: reopen(repository), files: createSourceFiles(), pipeline };
  return executeBackup(parts, request, observer, signal);
}
