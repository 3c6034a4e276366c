/**
 * Secrets in memory for this run only: what a person has typed because there is no keychain. Written nowhere; gone
 * with the process. Here, and only here, what is not found was never set.
 */
import type { SecretText } from '#base/secret-text.ts';
import type { ForgottenSecret, FoundSecret, RememberedSecret, SecretStore } from './secret-store.ts';

export class SessionSecretStore implements SecretStore {
  readonly #secrets = new Map<string, SecretText>();

  async get(account: string): Promise<FoundSecret> {
    const secret = this.#secrets.get(account);
    return secret === undefined ? { kind: 'unknownOrLocked' } : { kind: 'found', secret };
  }

  async set(account: string, secret: SecretText): Promise<RememberedSecret> {
    this.#secrets.set(account, secret);
    return { kind: 'remembered' };
  }

  async delete(account: string): Promise<ForgottenSecret> {
    return { kind: this.#secrets.delete(account) ? 'forgotten' : 'unproven' };
  }
}
