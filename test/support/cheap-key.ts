/** Keys that open at once: deriving a key is slow on purpose, hundreds of runs are not. */
import { bytesToId, type KeyId } from '#base/ids.ts';
import { createPlacePorts } from '#core/place-ports.ts';
import type { Environment } from '#core/profile-folder.ts';
import { createRepositoryPorts } from '#core/repository-ports.ts';
import { deriveUserKeys, encodeKeyFile, KEY_SALT_BYTES, sealMasterKey } from '#format/key-file.ts';
import { initRepository } from '#repository/init-repository.ts';
import { openRepository } from '#repository/open-repository.ts';
import { Repository } from '#repository/repository.ts';
import type { Storage } from '#storage/port.ts';

/** Far too cheap for anything but tests; restic takes it. */
const SCRYPT = { n: 1024, r: 1, p: 1 };

/** Makes a repository whose only key is cheap. */
export async function initWithCheapKey(
  storage: Storage,
  { version, password }: { readonly version: 1 | 2; readonly password: string },
): Promise<Repository> {
  const ports = createRepositoryPorts(storage);
  const { primitives } = ports;
  // This first key opens for nobody who believes what its file says of its cost; it goes at once.
  const scrypt: typeof primitives.scrypt = (text, salt, _n, _r, _p, length) =>
    primitives.scrypt(text, salt, 2, 1, 1, length);
  const fast = { ...ports, primitives: { ...primitives, scrypt } };
  const { config, keys, keyId } = await initRepository(fast, Buffer.from(password), { version });
  const cheap = await giveCheapKey(new Repository(ports, config, keys, keyId), password);
  return new Repository(ports, config, keys, cheap);
}

/** Exchanges all keys of a repository for one. */
export async function giveCheapKey(repository: Repository, password: string): Promise<KeyId> {
  const { storage, keys, ports } = repository;
  const old = await storage.list('key');
  const salt = ports.primitives.randomBytes(KEY_SALT_BYTES);
  const userKeys = await deriveUserKeys(ports.primitives, { scrypt: SCRYPT, salt }, Buffer.from(password));
  const bytes = encodeKeyFile({
    created: '2026-01-02T03:04:05Z',
    username: 'tester',
    hostname: 'testhost',
    scrypt: SCRYPT,
    salt,
    data: sealMasterKey(ports.primitives, userKeys, keys),
  });
  const keyId = bytesToId<KeyId>(ports.primitives.sha256(bytes));
  await storage.save('key', keyId, bytes);
  for (const { name } of old) await storage.remove('key', name);
  return keyId;
}

/** For a repository that a program made, wherever it is. */
export async function giveCheapKeyAt(
  address: string,
  password: string,
  env: Environment = process.env,
): Promise<void> {
  const ports = createPlacePorts(address, env, { noCache: true });
  try {
    await giveCheapKey(await openRepository(ports, Buffer.from(password)), password);
  } finally {
    await ports.storage.close();
  }
}
