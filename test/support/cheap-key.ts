/** Exchanges a repository's key file for one that opens at once: deriving a key is slow on purpose, hundreds of runs are not. */
import { bytesToId, type KeyId } from '#base/ids.ts';
import { deriveUserKeys, encodeKeyFile, KEY_SALT_BYTES, sealMasterKey } from '#format/key-file.ts';
import type { Repository } from '#repository/repository.ts';

/** Far too cheap for anything but tests; restic takes it. */
const SCRYPT = { n: 1024, r: 1, p: 1 };

export async function giveCheapKey(repository: Repository, password: string): Promise<void> {
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
  await storage.save('key', bytesToId<KeyId>(ports.primitives.sha256(bytes)), bytes);
  for (const { name } of old) await storage.remove('key', name);
}
