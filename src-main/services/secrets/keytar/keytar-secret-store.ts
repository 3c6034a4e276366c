/**
 * Secrets in the keychain of the system, through keytar. Each call has a time limit, because the system may be showing a
 * question that nobody answers; calls go one after the other, so that such a question holds one thread of the
 * process and not all of them. A call that had not begun when its time was up is never made.
 */
import type { Clock } from '#base/clock.ts';
import { invariant } from '#base/errors.ts';
import { SecretText } from '#base/secret-text.ts';
import type { KeychainRefusal } from '#contract/key-codes.ts';
import type { ForgottenSecret, FoundSecret, RememberedSecret, SecretStore } from '../secret-store.ts';
import { classifyRefusal } from './classify-refusal.ts';
import { loadKeytar, type Keychain } from './load-keytar.ts';

/** Long enough to type a password into the system's own question. */
export const KEYCHAIN_LIMIT_MS = 10_000;

/** Windows keeps 2 560 bytes, at two for a character. */
const MAX_SECRET_CHARACTERS = 1_024;

const KNOWN_SYSTEMS = new Set(['linux', 'darwin', 'win32']);

export interface KeytarOptions {
  /** What the system shows as the owner of the secrets. */
  readonly service: string;
  readonly clock: Clock;
  /** Other than keytar itself in tests only. */
  readonly load?: () => Promise<Keychain>;
  readonly system?: string;
}

type Answer<T> =
  | { readonly kind: 'answered'; readonly value: T }
  | { readonly kind: 'unavailable'; readonly reason: KeychainRefusal };

export class KeytarSecretStore implements SecretStore {
  readonly #service: string;
  readonly #clock: Clock;
  readonly #load: () => Promise<Keychain>;
  readonly #isKnownSystem: boolean;
  #keychain: Promise<Keychain> | undefined;
  /** Settles, never rejects, when all calls made so far are over. */
  #earlier: Promise<void> = Promise.resolve();
  /** A call has run out of its time and is not over. */
  #isHanging = false;

  constructor({ service, clock, load = loadKeytar, system = process.platform }: KeytarOptions) {
    this.#service = service;
    this.#clock = clock;
    this.#load = load;
    this.#isKnownSystem = KNOWN_SYSTEMS.has(system);
  }

  async get(account: string): Promise<FoundSecret> {
    const answer = await this.#call((keychain) => keychain.getPassword(this.#service, account));
    if (answer.kind === 'unavailable') return answer;
    return answer.value === null
      ? { kind: 'unknownOrLocked' }
      : { kind: 'found', secret: new SecretText(answer.value) };
  }

  async set(account: string, secret: SecretText): Promise<RememberedSecret> {
    const text = secret.reveal();
    invariant(
      text.length > 0 && text.length <= MAX_SECRET_CHARACTERS,
      'a secret for the keychain has no fit length',
    );
    const answer = await this.#call((keychain) => keychain.setPassword(this.#service, account, text));
    if (answer.kind === 'unavailable') return { kind: 'notRemembered', reason: answer.reason };
    const kept = await this.get(account);
    if (kept.kind === 'unavailable') return { kind: 'notRemembered', reason: kept.reason };
    const isSame = kept.kind === 'found' && kept.secret.equals(secret);
    return isSame ? { kind: 'remembered' } : { kind: 'notRemembered', reason: 'notKept' };
  }

  async delete(account: string): Promise<ForgottenSecret> {
    const answer = await this.#call((keychain) => keychain.deletePassword(this.#service, account));
    if (answer.kind === 'unavailable') return answer;
    if (!answer.value) return { kind: 'unproven' };
    const left = await this.get(account);
    return { kind: left.kind === 'found' ? 'unproven' : 'forgotten' };
  }

  async #call<T>(run: (keychain: Keychain) => Promise<T>): Promise<Answer<T>> {
    if (!this.#isKnownSystem) return { kind: 'unavailable', reason: 'notSupported' };
    if (this.#isHanging) return { kind: 'unavailable', reason: 'timedOut' };
    let isLate = false;
    let isOver = false;
    const work = this.#earlier.then(() => (isLate ? TIMED_OUT : this.#ask(run)));
    this.#earlier = work.then(() => {
      isOver = true;
      if (isLate) this.#isHanging = false;
    });
    const done = new AbortController();
    const limit = this.#clock.sleep(KEYCHAIN_LIMIT_MS, done.signal).then(
      () => {
        isLate = true;
        this.#isHanging = !isOver;
        return TIMED_OUT;
      },
      () => TIMED_OUT,
    );
    const answer = await Promise.race([work, limit]);
    done.abort();
    return answer;
  }

  async #ask<T>(run: (keychain: Keychain) => Promise<T>): Promise<Answer<T>> {
    let keychain: Keychain;
    try {
      keychain = await (this.#keychain ??= this.#load());
    } catch {
      return { kind: 'unavailable', reason: 'libraryMissing' };
    }
    try {
      return { kind: 'answered', value: await run(keychain) };
    } catch (error) {
      return { kind: 'unavailable', reason: classifyRefusal(error) };
    }
  }
}

const TIMED_OUT = { kind: 'unavailable', reason: 'timedOut' } as const;
