/**
 * The port to where a secret is remembered, by the name of its account. Kept by the engine process alone, because a
 * keychain's native part can take its process along.
 *
 * Guarantees every adapter gives (proved by test/suites/secret-store-suite.ts):
 * - No call rejects, and each answers within its time; what went wrong is in the answer.
 * - `remembered` is said only after the secret has been read back and was the same.
 * - That nothing is found never means that nothing was ever set: it may be locked away. Nobody makes a new secret
 *   over an old one because of it.
 * - No secret is in any answer but `found`, in any error, or in any file of ours.
 */
import type { SecretText } from '#base/secret-text.ts';
import type { KeychainRefusal } from '#contract/key-codes.ts';

export interface KeychainUnavailable {
  readonly kind: 'unavailable';
  readonly reason: KeychainRefusal;
}

export type FoundSecret =
  | { readonly kind: 'found'; readonly secret: SecretText }
  /** Never set, taken away by somebody, or locked: a keychain does not tell. */
  | { readonly kind: 'unknownOrLocked' }
  | KeychainUnavailable;

export type RememberedSecret =
  { readonly kind: 'remembered' } | { readonly kind: 'notRemembered'; readonly reason: KeychainRefusal };

export type ForgottenSecret =
  | { readonly kind: 'forgotten' }
  /** The keychain has removed nothing, which does not prove that it holds nothing. */
  | { readonly kind: 'unproven' }
  | KeychainUnavailable;

export interface SecretStore {
  get(account: string): Promise<FoundSecret>;
  /** Replaces. One short line of text: some keychains take no more than about a thousand characters, and no NUL. */
  set(account: string, secret: SecretText): Promise<RememberedSecret>;
  delete(account: string): Promise<ForgottenSecret>;
}
