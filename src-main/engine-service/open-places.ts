/**
 * Opens places for the time of one call. What is dear is kept: keys that were derived once until the place is forgotten, and
 * for some minutes the index, which the next call brings up to date. The place itself is opened and looked at anew each time:
 * the drive may be another one meanwhile. Owns that two calls of this process never write in one place.
 */
import { TidemarkError } from '#base/errors.ts';
import type { PlaceAccess, PlaceAddress } from '#contract/engine/engine-values.ts';
import type { OpenedKey } from '#repository/key-store.ts';
import { reopenRepository } from '#repository/open-repository.ts';
import type { Repository, RepositoryPorts } from '#repository/repository.ts';
import { accountOf, openByItself, openByTyping } from '#services/keys/place-access.ts';
import type { PlaceAccess as OpenAccess } from '#services/keys/place-access.ts';
import { SessionSecretStore } from '#services/secrets/session-secret-store.ts';
import { RateLimit, RateLimitStorage, type RateLimits } from '#storage/decorators/rate-limit.ts';
import type { EngineParts } from './engine-parts.ts';
import { KeptIndexes } from './kept-indexes.ts';
import { PlaceLogins } from './place-logins.ts';

interface WarmKey extends OpenedKey {
  readonly repositoryId: string;
}

export interface PlaceUse {
  readonly signal: AbortSignal;
  /** The call that writes, if it does; names it to a second one. */
  readonly writes?: string;
  /** The index is loaded by the call, and only added to. */
  readonly keepsIndex?: boolean;
}

export class OpenPlaces {
  readonly logins: PlaceLogins;
  readonly #parts: EngineParts;
  readonly #warmKeys = new Map<string, WarmKey>();
  readonly #indexes: KeptIndexes;
  readonly #limits = new Map<string, RateLimits>();
  /** Repository id -> the call that writes there. */
  readonly #writers = new Map<string, string>();

  constructor(parts: EngineParts) {
    this.#parts = parts;
    this.#indexes = new KeptIndexes(parts.clock);
    this.logins = new PlaceLogins(parts.keychain, parts.session);
  }

  /**
   * @throws repository.secretNeeded, repository.wrongPassword, repository.notFound, storage.wrongDrive,
   * storage.unreachable, job.alreadyRunning; what `work` throws
   */
  async with<T>(
    access: PlaceAccess,
    use: PlaceUse,
    work: (repository: Repository) => Promise<T>,
  ): Promise<T> {
    return this.withPorts(access, async (bare) => {
      const storage = new RateLimitStorage(bare.storage, this.limitsOf(access.placeId));
      const repository = await this.#open({ ...bare, storage }, access, use.signal);
      return this.#writing(repository.config.id, use.writes, () =>
        use.keepsIndex === true ? this.#withKeptIndex(repository, work) : work(repository),
      );
    });
  }

  /** With what is typed; keeps nothing. @throws as `with` */
  withTyped<T>(
    address: PlaceAddress,
    typed: string,
    signal: AbortSignal,
    work: (repository: Repository) => Promise<T>,
  ): Promise<T> {
    return this.withPorts(address, async (ports) => {
      const nowhere = { keychain: new SessionSecretStore(), session: new SessionSecretStore() };
      return work(await openTyped({ ports, placeId: '', ...nowhere }, typed, signal));
    });
  }

  /** How fast data goes there and comes from there, for all calls at the place. */
  limitsOf(placeId: string): RateLimits {
    let limits = this.#limits.get(placeId);
    if (limits === undefined) {
      const { clock } = this.#parts;
      this.#limits.set(placeId, (limits = { up: new RateLimit(clock), down: new RateLimit(clock) }));
    }
    return limits;
  }

  /** Not opened yet; to be closed by the caller. */
  async openPorts(address: PlaceAddress, isBrief = false): Promise<RepositoryPorts> {
    return this.#parts.createPorts(address, await this.logins.of(address.location), isBrief);
  }

  /** Not opened yet; closed in the end. */
  async withPorts<T>(
    address: PlaceAddress,
    work: (ports: RepositoryPorts) => Promise<T>,
    isBrief = false,
  ): Promise<T> {
    const ports = await this.openPorts(address, isBrief);
    try {
      return await work(ports);
    } finally {
      await ports.storage.close();
    }
  }

  /** The place was opened, or made, just now. */
  keepKeys(placeId: string, { keyId, keys, config }: Repository): void {
    this.#warmKeys.set(placeId, { keyId, masterKey: keys, repositoryId: config.id });
  }

  forget(placeId: string): void {
    const key = this.#warmKeys.get(placeId);
    this.#warmKeys.delete(placeId);
    if (key !== undefined) this.#indexes.drop(key.repositoryId);
  }

  close(): void {
    this.#warmKeys.clear();
    this.#indexes.close();
  }

  async #open(ports: RepositoryPorts, access: PlaceAccess, signal: AbortSignal): Promise<Repository> {
    const { placeId, repositoryId } = access;
    const warm = this.#warmKeys.get(placeId);
    if (warm !== undefined) {
      const repository = await reopenRepository(ports, warm, signal);
      if (repository !== undefined) return expectRepository(repository, repositoryId);
      this.forget(placeId);
    }
    const { keychain, session } = this.#parts;
    const wasTyped = await this.#isTyped(placeId);
    const opened = await openByItself({ ports, placeId, keychain, session }, signal);
    if (opened.kind !== 'opened') {
      // Typed while the keychain was being asked.
      if (!wasTyped && (await this.#isTyped(placeId))) return this.#open(ports, access, signal);
      throw this.#refusal(ports, access, opened.reason, wasTyped);
    }
    this.keepKeys(placeId, expectRepository(opened.repository, repositoryId));
    return opened.repository;
  }

  async #isTyped(placeId: string): Promise<boolean> {
    return (await this.#parts.session.get(accountOf(placeId))).kind === 'found';
  }

  #refusal(
    { storage: { location } }: RepositoryPorts,
    { repositoryId }: PlaceAccess,
    reason: string,
    isTyped: boolean,
  ): TidemarkError {
    // Nobody mistypes what the keychain remembers: what it does not open is another repository.
    if (reason === 'doesNotOpen' && !isTyped && repositoryId !== null)
      return wrongDrive(location, repositoryId, 'unknown');
    return isTyped || reason === 'doesNotOpen'
      ? wrongPassword(location)
      : new TidemarkError('repository.secretNeeded', { location, reason }, { retry: 'afterUser' });
  }

  async #writing<T>(repositoryId: string, call: string | undefined, work: () => Promise<T>): Promise<T> {
    if (call === undefined) return work();
    const other = this.#writers.get(repositoryId);
    if (other !== undefined)
      throw new TidemarkError('job.alreadyRunning', { jobId: other }, { retry: 'later' });
    this.#writers.set(repositoryId, call);
    try {
      return await work();
    } finally {
      this.#writers.delete(repositoryId);
    }
  }

  /** Lent to one call at a time; what failed may have left it wrong. */
  async #withKeptIndex<T>(repository: Repository, work: (repository: Repository) => Promise<T>): Promise<T> {
    const kept = this.#indexes.take(repository.config.id);
    if (kept !== undefined) repository.offerIndex(kept);
    const result = await work(repository);
    const left = repository.releaseIndex();
    if (left !== undefined) this.#indexes.keep(repository.config.id, left);
    return result;
  }
}

/** @throws storage.wrongDrive */
export function expectRepository(repository: Repository, expectedId: string | null): Repository {
  const foundId = repository.config.id;
  if (expectedId === null || foundId === expectedId) return repository;
  throw wrongDrive(repository.storage.location, expectedId, foundId);
}

export function wrongDrive(location: string, expectedId: string, foundId: string): TidemarkError {
  const data = { location, expectedId, foundId };
  return new TidemarkError('storage.wrongDrive', data, { retry: 'afterUser' });
}

export function wrongPassword(location: string): TidemarkError {
  return new TidemarkError('repository.wrongPassword', { location }, { retry: 'afterUser' });
}

/** A recovery code however it was typed, or a passphrase. @throws repository.wrongPassword */
export async function openTyped(access: OpenAccess, typed: string, signal: AbortSignal): Promise<Repository> {
  const opened = await openByTyping(access, typed, signal);
  if (opened.kind !== 'opened') throw wrongPassword(access.ports.storage.location);
  return opened.repository;
}
