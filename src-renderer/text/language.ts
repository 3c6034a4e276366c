/** The languages of the window, and which one a wish or a browser means. Pure. */
import { de } from './de/index.ts';
import { en } from './en/index.ts';
import type { Translated } from './translated.ts';

export type Language = 'en' | 'de';
export type LanguageChoice = Language | 'system';
export type Words = Translated<typeof en>;

export const WORDS: Readonly<Record<Language, Words>> = { en, de };

/** For dates and numbers: English as in Britain, with days before months. */
export const LOCALES: Readonly<Record<Language, string>> = { en: 'en-GB', de: 'de-DE' };

/** @param preferred as `navigator.languages` has them */
export function chooseLanguage(choice: LanguageChoice, preferred: readonly string[]): Language {
  if (choice !== 'system') return choice;
  for (const tag of preferred) {
    const [base] = tag.toLowerCase().split('-');
    if (base === 'de' || base === 'en') return base;
  }
  return 'en';
}
