/** The keys of a repository, as a person sees and changes them. Source: repository format, 16.2. */
import { isId, type KeyId } from '#base/ids.ts';
import { TidemarkError } from '#base/errors.ts';
import { parseKeyFile } from '#format/key-file.ts';
import { addKey as storeKey } from '#repository/key-store.ts';
import type { Repository } from '#repository/repository.ts';
import { findObjectId } from './find-object-id.ts';
import { underLock } from './under-lock.ts';

export interface KeyInfo {
  readonly id: KeyId;
  /** Opened the repository now. */
  readonly isCurrent: boolean;
  readonly username: string;
  readonly hostname: string;
  /** RFC 3339. */
  readonly created: string;
  /** Why it opens nothing any more. */
  readonly damage?: string;
}

export interface NewKey {
  readonly password: Uint8Array;
  /** This machine's when absent. */
  readonly username?: string;
  readonly hostname?: string;
}

/** Takes no lock. */
export async function listKeys(repository: Repository, signal?: AbortSignal): Promise<KeyInfo[]> {
  const names = (await repository.storage.list('key', signal)).map(({ name }) => name).filter(isId);
  return Promise.all(names.map((name) => describeKey(repository, name as KeyId, signal)));
}

async function describeKey(
  { storage, keyId }: Repository,
  id: KeyId,
  signal: AbortSignal | undefined,
): Promise<KeyInfo> {
  const bytes = await storage.load('key', id, undefined, signal);
  const isCurrent = id === keyId;
  try {
    const { username, hostname, created } = parseKeyFile(bytes);
    return { id, isCurrent, username, hostname, created };
  } catch (error) {
    const damage = error instanceof Error ? error.message : String(error);
    return { id, isCurrent, username: '', hostname: '', created: '', damage };
  }
}

/** @returns the new key's id, when it has been proven to open. @throws repository.locked, repository.keyInvalid */
export function addKey(repository: Repository, key: NewKey, signal?: AbortSignal): Promise<KeyId> {
  return underLock(repository, { exclusive: false }, signal, (stop, assertHeld) =>
    saveKey(repository, key, assertHeld, stop),
  );
}

/**
 * `id` may be the unique beginning of one. @returns the removed key's whole id
 * @throws repository.keyInUse for the key that opened the repository; repository.objectNotFound, also when that key has
 * been removed meanwhile: two who remove each other's would lock everybody out; repository.locked
 */
export function removeKey(repository: Repository, id: string, signal?: AbortSignal): Promise<KeyId> {
  return underLock(repository, { exclusive: true }, signal, async (stop, assertHeld) => {
    const keyId = await findObjectId<KeyId>(repository, 'key', id, stop);
    if (keyId === repository.keyId) throw new TidemarkError('repository.keyInUse', { keyId });
    await findObjectId(repository, 'key', repository.keyId, stop);
    await assertHeld();
    await repository.storage.remove('key', keyId, stop);
    return keyId;
  });
}

/** Adds the new key, proven, and only then removes the one that opened the repository. @returns the new key's id */
export function changePassword(repository: Repository, key: NewKey, signal?: AbortSignal): Promise<KeyId> {
  return underLock(repository, { exclusive: true }, signal, async (stop, assertHeld) => {
    const newId = await saveKey(repository, key, assertHeld, stop);
    await assertHeld();
    await repository.storage.remove('key', repository.keyId, stop);
    return newId;
  });
}

async function saveKey(
  { storage, ports, keys }: Repository,
  { password, username, hostname }: NewKey,
  assertHeld: () => Promise<void>,
  signal: AbortSignal | undefined,
): Promise<KeyId> {
  const { primitives, clock, identity } = ports;
  const owner = { username: username ?? identity.username, hostname: hostname ?? identity.hostname };
  await assertHeld();
  return storeKey(storage, primitives, clock, owner, keys, password, signal);
}
