/**
 * The keys of a repository: finding the one a password opens, adding, removing, changing. Removing a key
 * re-encrypts nothing: whoever knew it may know the master key. Source: repository format, sections 4 and 16.2.
 */
import type { Clock } from '#base/clock.ts';
import type { Identity } from '#base/identity.ts';
import { bytesToId, isId, type KeyId } from '#base/ids.ts';
import { TidemarkError } from '#base/errors.ts';
import { SealBroken } from '#format/format-error.ts';
import {
  deriveUserKeys,
  encodeKeyFile,
  KEY_SALT_BYTES,
  openMasterKey,
  parseKeyFile,
  sealMasterKey,
  type KeyFile,
} from '#format/key-file.ts';
import type { CryptoKeys, Primitives } from '#format/primitives.ts';
import { formatTime, localZone } from '#format/time.ts';
import type { Storage } from '#storage/port.ts';

/** restic gives up after this many keys; a password whose key comes later would not open the repository there. */
export const MAX_KEYS_TRIED = 20;

/**
 * Cost of deriving a key: 32 MiB of memory and about a quarter of a second of one core. One of the equally strong
 * settings of the OWASP password storage cheat sheet for scrypt; restic chooses alike on its own machine.
 */
const SCRYPT_COST = { n: 32_768, r: 8, p: 3 };

export interface OpenedKey {
  readonly keyId: KeyId;
  readonly masterKey: CryptoKeys;
}

interface ListedKey {
  readonly id: KeyId;
  readonly file: KeyFile;
}

/**
 * `hint`: the key that it probably is, tried first, because each try takes a quarter of a second; need not exist.
 * @throws repository.wrongPassword when no key opens, repository.keyInvalid when none opens and one is damaged,
 * repository.notFound when there are no keys
 */
export async function findKey(
  storage: Pick<Storage, 'location' | 'list' | 'load'>,
  primitives: Primitives,
  password: Uint8Array,
  signal?: AbortSignal,
  hint?: KeyId,
): Promise<OpenedKey> {
  const names = (await storage.list('key', signal)).map(({ name }) => name).filter(isId);
  if (names.length === 0) throw new TidemarkError('repository.notFound', { location: storage.location });
  const others = names.filter((name) => name !== hint);
  const inOrder = hint !== undefined && others.length < names.length ? [hint, ...others] : others;
  let damaged: TidemarkError | undefined;
  for (const name of inOrder.slice(0, MAX_KEYS_TRIED)) {
    try {
      const { file } = await loadKey(storage, primitives, name as KeyId, signal);
      const masterKey = await openKeyFile(primitives, name as KeyId, file, password);
      if (masterKey !== undefined) return { keyId: name as KeyId, masterKey };
    } catch (error) {
      if (!(error instanceof TidemarkError) || error.code !== 'repository.keyInvalid') throw error;
      damaged = error;
    }
  }
  throw (
    damaged ??
    new TidemarkError('repository.wrongPassword', { location: storage.location }, { retry: 'afterUser' })
  );
}

/** Seals the master key under a password, stores the key file, and opens it again as proof; a key that does not open is taken back. */
export async function addKey(
  storage: Storage,
  primitives: Primitives,
  clock: Clock,
  identity: Pick<Identity, 'hostname' | 'username'>,
  masterKey: CryptoKeys,
  password: Uint8Array,
  signal?: AbortSignal,
): Promise<KeyId> {
  const { id: keyId, bytes } = await makeKeyFile(primitives, clock, identity, masterKey, password);
  await storage.save('key', keyId, bytes, signal);
  const { file } = await loadKey(storage, primitives, keyId);
  const reopened = await openKeyFile(primitives, keyId, file, password);
  if (reopened === undefined || !primitives.equal(reopened.encrypt, masterKey.encrypt)) {
    await storage.remove('key', keyId);
    throw new TidemarkError('repository.keyInvalid', {
      keyId,
      reason: 'the new key could not be opened again',
    });
  }
  return keyId;
}

export interface MadeKeyFile {
  readonly id: KeyId;
  readonly bytes: Uint8Array;
}

/** As it would be stored: for a place that cannot be reached now. */
export async function makeKeyFile(
  primitives: Primitives,
  clock: Clock,
  identity: Pick<Identity, 'hostname' | 'username'>,
  masterKey: CryptoKeys,
  password: Uint8Array,
): Promise<MadeKeyFile> {
  const parameters = { scrypt: SCRYPT_COST, salt: primitives.randomBytes(KEY_SALT_BYTES) };
  const userKeys = await deriveUserKeys(primitives, parameters, password);
  const bytes = encodeKeyFile({
    created: formatTime(Math.floor(clock.nowMs() / 1000), (clock.nowMs() % 1000) * 1e6, localZone()),
    username: identity.username,
    hostname: identity.hostname,
    ...parameters,
    data: sealMasterKey(primitives, userKeys, masterKey),
  });
  return { id: bytesToId<KeyId>(primitives.sha256(bytes)), bytes };
}

async function loadKey(
  storage: Pick<Storage, 'load'>,
  primitives: Primitives,
  id: KeyId,
  signal?: AbortSignal,
): Promise<ListedKey> {
  const bytes = await storage.load('key', id, undefined, signal);
  if (bytesToId(primitives.sha256(bytes)) !== id) {
    throw new TidemarkError('repository.keyInvalid', {
      keyId: id,
      reason: 'its contents do not match its name',
    });
  }
  try {
    return { id, file: parseKeyFile(bytes) };
  } catch (error) {
    throw new TidemarkError('repository.keyInvalid', {
      keyId: id,
      reason: error instanceof Error ? error.message : String(error),
    });
  }
}

/** Undefined when the password is not this key's. @throws repository.keyInvalid */
async function openKeyFile(
  primitives: Primitives,
  keyId: KeyId,
  file: KeyFile,
  password: Uint8Array,
): Promise<CryptoKeys | undefined> {
  const userKeys = await deriveUserKeys(primitives, file, password);
  try {
    return openMasterKey(primitives, userKeys, file.data);
  } catch (error) {
    if (error instanceof SealBroken) return undefined;
    throw new TidemarkError('repository.keyInvalid', {
      keyId,
      reason: error instanceof Error ? error.message : String(error),
    });
  }
}
