/**
 * What a person reads about keys and the keychain, keyed by code: what is so, what is safe, what to do. One table for
 * window, tray and command line; a code without a text does not compile. Holds no markup and never a secret.
 */
import type { ErrorText } from './error-texts.ts';
import type { GroupProblem, KeychainRefusal, KeyKind, PassphraseWeakness, SecretNeed } from './key-codes.ts';

const REFUSAL_TEXTS = {
  noService: {
    why: 'no keychain is running here',
    todo: 'Type the recovery code or the passphrase at each start, or set up the keychain of this computer.',
  },
  notSetUp: {
    why: 'the keychain has no keyring yet',
    todo: 'Make one with the program for passwords and keys of this computer, or type the recovery code at each start.',
  },
  locked: {
    why: 'the keychain is locked',
    todo: 'Unlock the keychain, or type the recovery code or the passphrase for this time.',
  },
  notSupported: {
    why: 'there is no keychain for this system',
    todo: 'Type the recovery code or the passphrase at each start.',
  },
  timedOut: {
    why: 'the keychain did not answer in time',
    todo: 'Look for a question of the keychain behind other windows, answer it and try again.',
  },
  libraryMissing: {
    why: 'the part that speaks with the keychain is not installed',
    todo: 'Install it (on Debian and Ubuntu: libsecret-1-0) and start Tidemark again.',
  },
  notKept: {
    why: 'the keychain did not keep it',
    todo: 'Type the recovery code or the passphrase at each start, and look after the keychain.',
  },
  refused: {
    why: 'the keychain refused',
    todo: 'Try again; until then type the recovery code or the passphrase at each start.',
  },
} as const satisfies Record<KeychainRefusal, { why: string; todo: string }>;

/** That the machine's own key could not be kept. */
export function notRememberedText(reason: KeychainRefusal): ErrorText {
  const { why, todo } = REFUSAL_TEXTS[reason];
  return {
    title: `Not remembered on this computer: ${why}.`,
    safe: 'Nothing was deleted, and your versions are safe.',
    todo,
  };
}

/** That a secret is asked for, once. */
export function secretNeededText(place: string, need: SecretNeed): ErrorText {
  return {
    title: `${place} does not open by itself: ${whyNeeded(need)}.`,
    safe: 'Nothing was deleted, and your versions are safe. New ones wait until then.',
    todo:
      need === 'doesNotOpen'
        ? 'Type the recovery code or the passphrase once.'
        : 'Unlock the keychain, or type the recovery code or the passphrase once.',
  };
}

function whyNeeded(need: SecretNeed): string {
  switch (need) {
    case 'notGiven':
      return 'the keychain of this computer does not give its key';
    case 'doesNotOpen':
      return 'the key that this computer remembers opens it no more';
    default:
      return REFUSAL_TEXTS[need].why;
  }
}

/** The one sentence beside the field where a code is typed. */
export function groupProblemText(problem: GroupProblem): string {
  const { number } = problem;
  switch (problem.kind) {
    case 'mistyped':
      return `Group ${number} is not right: compare it with the paper, letter by letter.`;
    case 'tooShort':
      return `Group ${number} is too short: every group has five letters or digits.`;
    case 'tooLong':
      return `Group ${number} is too long: every group has five letters or digits.`;
    case 'foreignCharacter':
      return `Group ${number} has a character that no code has: "${problem.character}".`;
  }
}

export const TOO_MANY_GROUPS_TEXT = 'This is longer than a recovery code: there are eight groups of five.';

/** Why a passphrase is refused, and what makes a good one. */
export function passphraseWeaknessText(weakness: PassphraseWeakness): string {
  switch (weakness.kind) {
    case 'tooShort':
      return `This is too short to keep anybody out: use at least ${weakness.leastCharacters} characters, for instance four words that do not belong together.`;
    case 'common':
      return 'This is among the first that anybody would try: use four words that do not belong together.';
    case 'repetitive':
      return 'This repeats itself or follows the keyboard: use four words that do not belong together.';
    case 'blankAtEnd':
      return 'This begins or ends with a space, which other programs take off: leave it out.';
    case 'unprintable':
      return 'This has a character that cannot be seen or typed everywhere: leave it out.';
  }
}

/** What a key is called in lists. */
export const KEY_KIND_TEXTS = {
  machine: 'This or another computer, by itself',
  recovery: 'Recovery code',
  helper: 'Helper code',
  passphrase: 'Passphrase',
  foreign: 'Made by another program',
} as const satisfies Record<KeyKind, string>;

/** To be said whenever a key is withdrawn or replaced. */
export const WITHDRAWN_KEY_TEXT =
  'The old one does not open this place any more. Whoever copied the place before and knows the old one can still open that copy.';

/** To be said with a new recovery code while an older one is there: nobody must be without a code that opens. */
export const NEXT_CODE_TEXT =
  'The code before it still opens this place. It is withdrawn when you have shown that the new one works: until then keep both.';
