/**
 * What logs in to places behind a network: kept in the keychain by the location, so that it is known before there is a
 * place, and for this run where there is no keychain. Never in the state, never in an answer.
 */
import { SecretText } from '#base/secret-text.ts';
import type { KeychainRefusal } from '#contract/key-codes.ts';
import { LOGIN_NAMES, type Login } from '#contract/login-names.ts';
import type { SecretStore } from '#services/secrets/secret-store.ts';

export class PlaceLogins {
  readonly #keychain: SecretStore;
  readonly #session: SecretStore;

  constructor(keychain: SecretStore, session: SecretStore) {
    this.#keychain = keychain;
    this.#session = session;
  }

  /** Empty when nothing is known: keys of the person's own, or none needed. A folder asks no keychain. */
  async of(location: string): Promise<Login> {
    if (!MAY_NEED_LOGIN.test(location)) return {};
    const account = accountOfLogin(location);
    const typed = await this.#session.get(account);
    const found = typed.kind === 'found' ? typed : await this.#keychain.get(account);
    return found.kind === 'found' ? readLogin(found.secret) : {};
  }

  /** Beside what is known already. @returns why the keychain does not remember it; then it holds until this process ends. */
  async set(location: string, login: Login): Promise<KeychainRefusal | undefined> {
    const account = accountOfLogin(location);
    const secret = new SecretText(JSON.stringify({ ...(await this.of(location)), ...login }));
    const kept = await this.#keychain.set(account, secret);
    if (kept.kind === 'remembered') {
      await this.#session.delete(account);
      return undefined;
    }
    await this.#session.set(account, secret);
    return kept.reason;
  }

  async forget(location: string): Promise<void> {
    const account = accountOfLogin(location);
    await this.#session.delete(account);
    if (MAY_NEED_LOGIN.test(location)) await this.#keychain.delete(account);
  }
}

/** `kind:`, of two characters at least: no drive letter. */
const MAY_NEED_LOGIN = /^(?!local:)[a-z][a-z0-9+-]+:/i;

function accountOfLogin(location: string): string {
  return `login/${location}`;
}

function readLogin(secret: SecretText): Login {
  try {
    const kept = JSON.parse(secret.reveal()) as Record<string, unknown>;
    return Object.fromEntries(
      LOGIN_NAMES.flatMap((name) => (typeof kept[name] === 'string' ? [[name, kept[name]]] : [])),
    );
  } catch {
    // Somebody else's under our name.
    return {};
  }
}
