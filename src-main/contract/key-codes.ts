/**
 * What keys and keychain say to window, tray and command line: codes and facts only, never a secret. The sentences
 * are in `key-texts.ts`. Codes are API: scripts and tests branch on them.
 */

/** Why the system's keychain cannot be used now. What follows is always the same; the reason is for the sentence. */
export type KeychainRefusal =
  /** No keychain runs in this session. */
  | 'noService'
  /** It runs, and has no keyring to put anything into. */
  | 'notSetUp'
  | 'locked'
  /** This system has none that we know. */
  | 'notSupported'
  | 'timedOut'
  /** Ours or the system's part of the way to it is not installed. */
  | 'libraryMissing'
  /** It said that it had stored the secret, and does not give it back. */
  | 'notKept'
  /** Anything else it answered. */
  | 'refused';

/**
 * Why a place does not open by itself. `notGiven`: the keychain answers and gives nothing, so its key is locked, lost or
 * was never there; `doesNotOpen`: the key that it gives has been withdrawn or is damaged.
 */
export type SecretNeed = KeychainRefusal | 'notGiven' | 'doesNotOpen';

/** Who made a key and for what, as its file says; `foreign`: made by another program. */
export type KeyKind = 'machine' | 'recovery' | 'helper' | 'passphrase' | 'foreign';

/** What is wrong with one group of a code as it was typed. Numbers count from 1, as people do. */
export type GroupProblem =
  | { readonly number: number; readonly kind: 'mistyped' | 'tooShort' | 'tooLong' }
  | { readonly number: number; readonly kind: 'foreignCharacter'; readonly character: string };

/** Why a passphrase is refused. */
export type PassphraseWeakness =
  | { readonly kind: 'tooShort'; readonly leastCharacters: number }
  | { readonly kind: 'common' | 'repetitive' | 'blankAtEnd' | 'unprintable' };
