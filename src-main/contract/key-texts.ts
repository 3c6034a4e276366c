/**
 * What a person reads about keys and the keychain, keyed by code: what is so, what is safe, what to do. One table a
 * language for window, tray and command line. Holds no markup and never a secret.
 */
import type { ErrorText } from './error-texts.ts';
import type { GroupProblem, KeychainRefusal, KeyKind, PassphraseWeakness, SecretNeed } from './key-codes.ts';
import type { Language } from './language.ts';
import { keys as de } from './texts/de/keys.ts';
import { keys as en } from './texts/en/keys.ts';
import type { KeyTable } from './texts/text-tables.ts';

const TEXTS: Readonly<Record<Language, KeyTable>> = { en, de };

/** That the machine's own key could not be kept. */
export function notRememberedText(reason: KeychainRefusal, language: Language = 'en'): ErrorText {
  const { refusals, notRemembered } = TEXTS[language];
  const { why, todo } = refusals[reason];
  return { ...notRemembered(why), todo };
}

/** That a secret is asked for, once. */
export function secretNeededText(place: string, need: SecretNeed, language: Language = 'en'): ErrorText {
  const { refusals, needs, secretNeeded } = TEXTS[language];
  const why = need === 'notGiven' || need === 'doesNotOpen' ? needs[need] : refusals[need].why;
  return secretNeeded(place, why, need);
}

/** The one sentence beside the field where a code is typed. */
export function groupProblemText(problem: GroupProblem, language: Language = 'en'): string {
  return TEXTS[language].group(problem);
}

export function tooManyGroupsText(language: Language = 'en'): string {
  return TEXTS[language].tooManyGroups;
}

/** Why a passphrase is refused, and what makes a good one. */
export function passphraseWeaknessText(weakness: PassphraseWeakness, language: Language = 'en'): string {
  return TEXTS[language].passphrase(weakness);
}

/** What a key is called in lists. */
export function keyKindText(kind: KeyKind, language: Language = 'en'): string {
  return TEXTS[language].kinds[kind];
}

/** To be said whenever a key is withdrawn or replaced. */
export function withdrawnKeyText(language: Language = 'en'): string {
  return TEXTS[language].withdrawn;
}

/** To be said with a new recovery code while an older one is there: nobody must be without a code that opens. */
export function nextCodeText(language: Language = 'en'): string {
  return TEXTS[language].nextCode;
}
