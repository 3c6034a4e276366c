/**
 * What a person reads about schedule and health, keyed by code: what is so, what is safe, what to do. One table a
 * language for window, tray and command line. Words of the window on purpose: these sentences reach people through
 * notices, never through scripts, which read the codes. Holds no markup.
 */
import type { ErrorText } from './error-texts.ts';
import type { Language } from './language.ts';
import type { ProblemCode, ProtectionState } from './protection-codes.ts';
import { protection as de } from './texts/de/protection.ts';
import { protection as en } from './texts/en/protection.ts';
import type { ProtectionNames, ProtectionTable } from './texts/text-tables.ts';

const TEXTS: Readonly<Record<Language, ProtectionTable>> = { en, de };

export function stateText(state: ProtectionState, language: Language = 'en'): string {
  return TEXTS[language].states[state];
}

/** Why a run waits; a reason of another release is said as it is. */
export function waitText(wait: string, language: Language = 'en'): string {
  const { waits } = TEXTS[language];
  return Object.hasOwn(waits, wait) ? waits[wait as keyof typeof waits] : wait;
}

export function problemText(code: ProblemCode, names: ProtectionNames, language: Language = 'en'): ErrorText {
  return TEXTS[language].problems[code](names);
}
