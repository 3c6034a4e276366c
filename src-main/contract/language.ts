/** The languages that the sentences for people are written in, and which one a wish or a system means. Pure. */

export type Language = 'en' | 'de';
export type LanguageChoice = Language | 'system';

/** For dates and numbers: English as in Britain, with days before months. */
export const LOCALES: Readonly<Record<Language, string>> = { en: 'en-GB', de: 'de-DE' };

/** @param preferred as `navigator.languages` has them, the most wanted first */
export function chooseLanguage(choice: LanguageChoice, preferred: readonly string[]): Language {
  if (choice !== 'system') return choice;
  for (const tag of preferred) {
    const [base] = tag.toLowerCase().split('-');
    if (base === 'de' || base === 'en') return base;
  }
  return 'en';
}
