/** Making a new repository: key first, then config, so that a half-made one is never taken for an old one. Source: repository format, section 5. */
import type { Identity } from '#base/identity.ts';
import { bytesToId, isId } from '#base/ids.ts';
import { TidemarkError } from '#base/errors.ts';
import { encodeConfig, type RepositoryConfig } from '#format/config.ts';
import { sealBytes } from '#format/envelope.ts';
import { choosePolynomial } from '#format/polynomial.ts';
import type { CryptoKeys } from '#format/primitives.ts';
import { addKey } from './key-store.ts';
import { Repository, type RepositoryPorts } from './repository.ts';

export interface InitOptions {
  readonly version: 1 | 2;
  /** Taken from another repository so that both cut files alike. */
  readonly chunkerPolynomial?: bigint;
  /** Who the first key is said to be made by; we when absent. */
  readonly keyOwner?: Pick<Identity, 'hostname' | 'username'>;
}

/** @throws repository.alreadyExists when the place holds any part of a repository */
export async function initRepository(
  ports: RepositoryPorts,
  password: Uint8Array,
  options: InitOptions,
  signal?: AbortSignal,
): Promise<Repository> {
  const { storage, primitives, clock, identity } = ports;
  await storage.create(signal);
  await storage.open(signal);
  await refuseExisting(ports, signal);
  const random = (length: number): Uint8Array => primitives.randomBytes(length);
  const masterKey: CryptoKeys = { encrypt: random(32), macK: random(16), macR: random(16) };
  const config: RepositoryConfig = {
    version: options.version,
    id: bytesToId(random(32)),
    chunkerPolynomial: options.chunkerPolynomial ?? choosePolynomial(random),
  };
  const owner = options.keyOwner ?? identity;
  const keyId = await addKey(storage, primitives, clock, owner, masterKey, password, signal);
  await storage.save('config', 'config', sealBytes(primitives, masterKey, encodeConfig(config)), signal);
  return new Repository(ports, config, masterKey, keyId);
}

async function refuseExisting({ storage }: RepositoryPorts, signal: AbortSignal | undefined): Promise<void> {
  const found = await Promise.all(
    (['config', 'key', 'snapshot'] as const).map((type) => storage.list(type, signal)),
  );
  const hasAny = found[0]!.length > 0 || [...found[1]!, ...found[2]!].some(({ name }) => isId(name));
  if (hasAny)
    throw new TidemarkError(
      'repository.alreadyExists',
      { location: storage.location },
      { retry: 'afterUser' },
    );
}
