/**
 * A place in memory with a keychain that can be locked, emptied or away, for tests of keys. Deriving a key is made
 * cheap, always in the same way, because these tests try many; what it costs for real is tested with restic.
 */
import type { KeyId } from '#base/ids.ts';
import type { SecretText } from '#base/secret-text.ts';
import type { KeychainRefusal } from '#contract/key-codes.ts';
import { createRepositoryPorts } from '#core/repository-ports.ts';
import { Repository, type RepositoryPorts } from '#repository/repository.ts';
import { accountOf, type PlaceAccess } from '#services/keys/place-access.ts';
import type { FoundSecret, RememberedSecret, SecretStore } from '#services/secrets/secret-store.ts';
import { SessionSecretStore } from '#services/secrets/session-secret-store.ts';
import { hastyClock } from '#test/support/hasty-clock.ts';
import { MemoryStorage } from '#storage/memory/memory-storage.ts';
import type { Storage } from '#storage/port.ts';

export const PLACE_ID = 'place-1';

/** Behaves as gnome-keyring does through keytar: what is locked looks like what was never set. */
export class TestKeychain implements SecretStore {
  readonly secrets = new Map<string, SecretText>();
  state: 'open' | 'locked' | { readonly unavailable: KeychainRefusal } = 'open';
  /** Only `set` is refused: locked in between, or full. */
  refusesSet = false;

  async get(account: string): Promise<FoundSecret> {
    if (typeof this.state === 'object') return { kind: 'unavailable', reason: this.state.unavailable };
    const secret = this.state === 'locked' ? undefined : this.secrets.get(account);
    return secret === undefined ? { kind: 'unknownOrLocked' } : { kind: 'found', secret };
  }

  async set(account: string, secret: SecretText): Promise<RememberedSecret> {
    if (typeof this.state === 'object') return { kind: 'notRemembered', reason: this.state.unavailable };
    if (this.state === 'locked' || this.refusesSet) return { kind: 'notRemembered', reason: 'locked' };
    this.secrets.set(account, secret);
    return { kind: 'remembered' };
  }

  async delete(account: string): Promise<{ kind: 'forgotten' | 'unproven' }> {
    return { kind: this.state === 'open' && this.secrets.delete(account) ? 'forgotten' : 'unproven' };
  }
}

export class KeyPlace {
  readonly storage: Storage;
  readonly keychain = new TestKeychain();
  /** What the wall clock says; the real one when undefined. */
  nowMs: number | undefined;
  /** How often a key was derived. */
  derivations = 0;

  constructor(storage: Storage = new MemoryStorage()) {
    this.storage = storage;
  }

  /** As a new start of the application on the same computer sees it. */
  access(keyHint?: KeyId): PlaceAccess {
    return {
      ports: this.openPorts(),
      placeId: PLACE_ID,
      keychain: this.keychain,
      session: new SessionSecretStore(),
      ...(keyHint === undefined ? {} : { keyHint }),
    };
  }

  openPorts(): RepositoryPorts {
    const ports = createRepositoryPorts(this.storage);
    const scrypt: typeof ports.primitives.scrypt = (password, salt, _n, _r, _p, length) => {
      this.derivations += 1;
      return ports.primitives.scrypt(password, salt, 16, 1, 1, length);
    };
    return {
      ...ports,
      clock: { ...hastyClock, nowMs: () => this.nowMs ?? hastyClock.nowMs() },
      primitives: { ...ports.primitives, scrypt },
    };
  }

  /** With the ports of now. */
  reopened({ config, keys, keyId }: Repository): Repository {
    return new Repository(this.openPorts(), config, keys, keyId);
  }

  remembered(): string | undefined {
    return this.keychain.secrets.get(accountOf(PLACE_ID))?.reveal();
  }

  async keyIds(): Promise<string[]> {
    return (await this.storage.list('key')).map(({ name }) => name).sort();
  }
}
