/** The keys of a repository, as a person sees and changes them. Source: repository format, 16.2. */
import { isId, type KeyId } from '#base/ids.ts';
import { TidemarkError } from '#base/errors.ts';
import { parseKeyFile } from '#format/key-file.ts';
import { addKey as storeKey, type MadeKeyFile } from '#repository/key-store.ts';
import type { Repository } from '#repository/repository.ts';
import type { Storage } from '#storage/port.ts';
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

/** A repository, or a copy of its keys. */
export interface KeyHolder {
  readonly storage: Pick<Storage, 'list' | 'load'>;
  /** That opened it; empty for a copy. */
  readonly keyId: KeyId | '';
}

/** Takes no lock. */
export async function listKeys(repository: KeyHolder, signal?: AbortSignal): Promise<KeyInfo[]> {
  const names = (await repository.storage.list('key', signal)).map(({ name }) => name).filter(isId);
  return Promise.all(names.map((name) => describeKey(repository, name as KeyId, signal)));
}

async function describeKey(
  { storage, keyId }: KeyHolder,
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

/**
 * A key file that was made while the place could not be reached. A place that has it already is left alone.
 * @throws repository.locked, storage errors
 */
export function storeKeyFile(
  repository: Repository,
  { id, bytes }: MadeKeyFile,
  signal?: AbortSignal,
): Promise<void> {
  return underLock(repository, { exclusive: false }, signal, async (stop, assertHeld) => {
    const names = (await repository.storage.list('key', stop)).map(({ name }) => name);
    if (names.includes(id)) return;
    await assertHeld();
    await repository.storage.save('key', id, bytes, stop);
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
