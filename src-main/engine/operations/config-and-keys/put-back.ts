/**
 * Puts config and key files back from a copy that was kept elsewhere. Writes only what is damaged, or missing and needed; what is whole
 * is never touched. A key that is missing may have been withdrawn, so it comes back only when the password opens no other. Before
 * anything is written it is proven that copy, password and place belong together; a damaged file is kept outside first.
 */
import { bytesToId, isId, type KeyId } from '#base/ids.ts';
import { isTidemarkError, TidemarkError } from '#base/errors.ts';
import { parseConfig, UnsupportedVersion, type RepositoryConfig } from '#format/config.ts';
import { openSealed } from '#format/envelope.ts';
import type { CryptoKeys } from '#format/primitives.ts';
import { findKey, type OpenedKey } from '#repository/key-store.ts';
import { openRepository } from '#repository/open-repository.ts';
import { Repository, type RepositoryPorts } from '#repository/repository.ts';
import type { Storage } from '#storage/port.ts';
import type { KeepCopy } from '../keep-copy.ts';
import { underLock } from '../under-lock.ts';
import { keysOfCopy, type ConfigAndKeys, type StoredFile } from './export.ts';

export interface PutBackParts {
  readonly ports: RepositoryPorts;
  readonly keepCopy: KeepCopy;
}

export interface PutBackFile {
  readonly kind: StoredFile['kind'];
  readonly name: string;
  readonly was: 'missing' | 'damaged';
}

/**
 * @returns what was put back; empty when all was whole. The repository opens with the password then.
 * @throws repository.wrongPassword when it opens neither the copy nor the place, request.invalidInput for a copy that does not hold
 * together, repository.versionUnsupported, repository.notFound when nothing of a repository is there, storage.wrongDrive when another one is;
 * repository.locked, repository.lockLost, job.cancelled, files.targetNotWritable and files.noSpace when a copy cannot be kept,
 * storage errors
 */
export async function putBack(
  { ports, keepCopy }: PutBackParts,
  copy: ConfigAndKeys,
  password: Uint8Array,
  signal?: AbortSignal,
): Promise<readonly PutBackFile[]> {
  const { storage } = ports;
  await storage.open(signal);
  const { opened, isNeeded } = await openWithCopy(ports, copy, password, signal);
  const config = configOfCopy(ports, copy, opened.masterKey);
  await assertSamePlace(ports, copy, opened.masterKey, signal);
  const repository = new Repository(ports, config, opened.masterKey, opened.keyId);
  const done = await underLock(repository, { exclusive: true }, signal, async (stop, assertHeld) => {
    const written: PutBackFile[] = [];
    for (const file of copy.files) {
      const present = await loadPresent(storage, file, stop);
      if (present !== undefined && isWhole(ports, file, present, opened.masterKey)) continue;
      const isWanted = present !== undefined || file.kind === 'config' || isNeeded(file.name as KeyId);
      if (!isWanted) continue;
      if (present !== undefined) await keepCopy(keptName(file), present);
      await assertHeld();
      // A place refuses to replace these; stopped in between, the next run finds it missing.
      if (present !== undefined) await storage.remove(file.kind, file.name, stop);
      await storage.save(file.kind, file.name, file.bytes, stop);
      const { kind, name } = file;
      written.push({ kind, name, was: present === undefined ? 'missing' : 'damaged' });
    }
    return written;
  });
  await openRepository(ports, password, signal, { expectedId: copy.repositoryId });
  return done;
}

/** The place's own keys count first, unless they are of another repository: that is for `assertSamePlace` to say. */
async function openWithCopy(
  { storage, primitives }: RepositoryPorts,
  copy: ConfigAndKeys,
  password: Uint8Array,
  signal: AbortSignal | undefined,
): Promise<{ readonly opened: OpenedKey; readonly isNeeded: (keyId: KeyId) => boolean }> {
  let isNeeded = false;
  try {
    const opened = await findKey(storage, primitives, password, signal);
    if (openConfigOf(primitives, copy, opened.masterKey) !== undefined)
      return { opened, isNeeded: () => false };
  } catch (error) {
    const opensNothing =
      isTidemarkError(error, 'repository.wrongPassword') ||
      isTidemarkError(error, 'repository.keyInvalid') ||
      isTidemarkError(error, 'repository.notFound');
    if (!opensNothing) throw error;
    isNeeded = true;
  }
  const opened = await findKey(keysOfCopy(storage.location, copy), primitives, password, signal);
  return { opened, isNeeded: (keyId) => isNeeded && keyId === opened.keyId };
}

function openConfigOf(
  primitives: RepositoryPorts['primitives'],
  { files }: ConfigAndKeys,
  masterKey: CryptoKeys,
): RepositoryConfig | undefined {
  const file = files.find(({ kind }) => kind === 'config');
  return file && openConfig(primitives, file.bytes, masterKey);
}

/** @throws request.invalidInput */
function configOfCopy(
  { primitives }: RepositoryPorts,
  copy: ConfigAndKeys,
  masterKey: CryptoKeys,
): RepositoryConfig {
  const config = openConfigOf(primitives, copy, masterKey);
  if (config?.id === copy.repositoryId) return config;
  throw new TidemarkError('request.invalidInput', {
    what: 'the copy of config and keys does not hold together',
    reason: 'take another copy; nothing was changed',
  });
}

/**
 * What is there must be opened by the same master key, whichever file can tell.
 * @throws repository.notFound, storage.wrongDrive
 */
async function assertSamePlace(
  { storage, primitives }: RepositoryPorts,
  { files, repositoryId }: ConfigAndKeys,
  masterKey: CryptoKeys,
  signal: AbortSignal | undefined,
): Promise<void> {
  let isAnything = false;
  let isSealedByOther = false;
  for (const kind of ['config', 'snapshot', 'index'] as const) {
    for (const { name } of await storage.list(kind, signal)) {
      isAnything = true;
      const sealed = await storage.load(kind, name, undefined, signal);
      if (opens(primitives, sealed, masterKey)) {
        if (kind === 'config') assertSameId(sealed);
        return;
      }
      // Undamaged, as its name says, and still not opened: it is of another repository.
      isSealedByOther ||= bytesToId(primitives.sha256(sealed)) === name;
    }
  }
  if (isSealedByOther) throw wrongDrive('unknown');
  const keys = (await storage.list('key', signal)).map(({ name }) => name).filter(isId);
  const known = new Set(files.map(({ name }) => name));
  if (keys.some((name) => known.has(name))) return;
  if (keys.length > 0) throw wrongDrive('unknown');
  if (!isAnything) throw new TidemarkError('repository.notFound', { location: storage.location });

  function assertSameId(sealed: Uint8Array): void {
    try {
      const { id } = parseConfig(openSealed(primitives, masterKey, sealed));
      if (id !== repositoryId) throw wrongDrive(id);
    } catch (error) {
      if (!(error instanceof UnsupportedVersion)) throw error;
      throw new TidemarkError('repository.versionUnsupported', { version: error.version }, { cause: error });
    }
  }

  function wrongDrive(foundId: string): TidemarkError {
    const data = { location: storage.location, expectedId: repositoryId, foundId };
    return new TidemarkError('storage.wrongDrive', data, { retry: 'afterUser' });
  }
}

function isWhole(
  { primitives }: RepositoryPorts,
  { kind, name }: StoredFile,
  present: Uint8Array,
  masterKey: CryptoKeys,
): boolean {
  if (kind === 'key') return bytesToId(primitives.sha256(present)) === name;
  return opens(primitives, present, masterKey);
}

function opens(
  primitives: RepositoryPorts['primitives'],
  sealed: Uint8Array,
  masterKey: CryptoKeys,
): boolean {
  try {
    openSealed(primitives, masterKey, sealed);
    return true;
  } catch {
    return false;
  }
}

/** Undefined when it does not open, or makes no sense. */
function openConfig(
  primitives: RepositoryPorts['primitives'],
  sealed: Uint8Array,
  masterKey: CryptoKeys,
): RepositoryConfig | undefined {
  try {
    return parseConfig(openSealed(primitives, masterKey, sealed));
  } catch {
    return undefined;
  }
}

async function loadPresent(
  storage: Storage,
  { kind, name }: StoredFile,
  signal: AbortSignal | undefined,
): Promise<Uint8Array | undefined> {
  try {
    return await storage.load(kind, name, undefined, signal);
  } catch (error) {
    if (isTidemarkError(error, 'storage.objectMissing')) return undefined;
    throw error;
  }
}

function keptName({ kind, name }: StoredFile): string {
  return kind === 'config' ? 'config-damaged' : `key-${name}`;
}
