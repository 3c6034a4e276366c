/** Opening an existing repository with a password, or with keys that were opened before. Source: repository format, sections 4 and 5. */
import type { KeyId } from '#base/ids.ts';
import { isTidemarkError, TidemarkError } from '#base/errors.ts';
import { parseConfig, type RepositoryConfig, UnsupportedVersion } from '#format/config.ts';
import { openSealed } from '#format/envelope.ts';
import type { CryptoKeys, Primitives } from '#format/primitives.ts';
import type { Storage } from '#storage/port.ts';
import { findKey, type OpenedKey } from './key-store.ts';
import { Repository, type RepositoryPorts } from './repository.ts';

export interface OpenOptions {
  /** The key that the password probably opens. */
  readonly keyHint?: KeyId | undefined;
  /** Of the repository that was there before, where somebody knows it. */
  readonly expectedId?: string | undefined;
  /** Called when the place was reached: what only costs processor time is not in its way any more. */
  readonly onReached?: (() => void) | undefined;
}

/**
 * Only reads. Config and keys are asked for while the place is still being looked for; what comes of that counts only when it
 * is there.
 * @throws repository.notFound, repository.wrongPassword, repository.versionUnsupported, repository.configInvalid,
 * storage.wrongDrive when another one lies there; storage errors
 */
export async function openRepository(
  ports: RepositoryPorts,
  password: Uint8Array,
  signal?: AbortSignal,
  { keyHint, expectedId, onReached }: OpenOptions = {},
): Promise<Repository> {
  const { storage, primitives } = ports;
  const [sealedConfig, { keyId, masterKey }] = await whileOpening(
    storage,
    signal,
    (stop) => bothOf(loadConfigFile(storage, stop), findKey(storage, primitives, password, stop, keyHint)),
    onReached,
  );
  const config = openConfig(primitives, masterKey, sealedConfig);
  if (expectedId !== undefined && config.id !== expectedId) {
    const data = { location: storage.location, expectedId, foundId: config.id };
    throw new TidemarkError('storage.wrongDrive', data, { retry: 'afterUser' });
  }
  return new Repository(ports, config, masterKey, keyId);
}

/**
 * Without deriving a key, which takes a quarter of a second. Undefined when the place no longer has the key, or has
 * another repository: then the password decides.
 * @throws repository.notFound, repository.versionUnsupported, storage errors
 */
export async function reopenRepository(
  ports: RepositoryPorts,
  { keyId, masterKey }: OpenedKey,
  signal?: AbortSignal,
): Promise<Repository | undefined> {
  const { storage, primitives } = ports;
  try {
    const [sealedConfig] = await whileOpening(storage, signal, (stop) =>
      bothOf(loadConfigFile(storage, stop), storage.stat('key', keyId, stop)),
    );
    return new Repository(ports, openConfig(primitives, masterKey, sealedConfig), masterKey, keyId);
  } catch (error) {
    if (isTidemarkError(error, 'storage.objectMissing') || isTidemarkError(error, 'repository.configInvalid'))
      return undefined;
    throw error;
  }
}

/**
 * Reads while the place is being opened, where it lets. Some places learn only by opening how they are reached: what could not
 * be read is asked for once more then.
 */
async function whileOpening<T>(
  storage: Storage,
  signal: AbortSignal | undefined,
  read: (signal: AbortSignal | undefined) => Promise<T>,
  onReached?: () => void,
): Promise<T> {
  if (!storage.capabilities.readsWhileOpening) {
    await storage.open(signal);
    onReached?.();
    return read(signal);
  }
  const notThere = new AbortController();
  const stop = signal === undefined ? notThere.signal : AbortSignal.any([notThere.signal, signal]);
  const early = read(stop);
  early.catch(() => undefined);
  try {
    await storage.open(signal);
  } catch (error) {
    notThere.abort();
    throw error;
  }
  onReached?.();
  try {
    return await early;
  } catch (error) {
    if (!mayBeOtherwiseOnceOpen(error)) throw error;
    return await read(stop);
  }
}

/** Not what was repeated for long already, and nothing that was found in what could be read. */
function mayBeOtherwiseOnceOpen(error: unknown): boolean {
  if (isTidemarkError(error, 'repository.notFound')) return true;
  return isTidemarkError(error) && error.code.startsWith('storage.') && error.retry !== 'later';
}

/** At the same time, which far places are glad of; what the first one fails with goes before. */
async function bothOf<One, Other>(one: Promise<One>, other: Promise<Other>): Promise<[One, Other]> {
  other.catch(() => undefined);
  const first = await one;
  return [first, await other];
}

async function loadConfigFile(storage: Storage, signal: AbortSignal | undefined): Promise<Uint8Array> {
  try {
    return await storage.load('config', 'config', undefined, signal);
  } catch (error) {
    if (!isTidemarkError(error, 'storage.objectMissing')) throw error;
    throw new TidemarkError(
      'repository.notFound',
      { location: storage.location },
      { retry: 'afterUser', cause: error },
    );
  }
}

function openConfig(primitives: Primitives, keys: CryptoKeys, sealed: Uint8Array): RepositoryConfig {
  try {
    return parseConfig(openSealed(primitives, keys, sealed));
  } catch (error) {
    if (error instanceof UnsupportedVersion) {
      throw new TidemarkError('repository.versionUnsupported', { version: error.version }, { cause: error });
    }
    throw new TidemarkError('repository.configInvalid', {
      reason: error instanceof Error ? error.message : String(error),
    });
  }
}
