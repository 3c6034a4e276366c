/**
 * What a person reads for each error code: what happened, what is safe, what to do. A table for each language
 * (`texts/<language>/errors.ts`), the English one for the command line and the window; a code without a text does not
 * compile. Each part is one sentence (`todo` may be two short ones): present tense, no blame, no names of inner things
 * beyond `TextWords`. Holds no markup and knows no screen.
 */
import type { ErrorCode, ErrorData } from '#base/errors.ts';
import type { Language } from './language.ts';
import { errors as de } from './texts/de/errors.ts';
import { why } from './texts/de/reasons.ts';
import { errors as en } from './texts/en/errors.ts';
import { moment } from './texts/text-parts.ts';
import type { ErrorTable, ErrorText, TextWords } from './texts/text-tables.ts';

export type { ErrorText, TextWords };

const ERROR_TEXTS: Readonly<Record<Language, ErrorTable>> = { en, de };

export const COMMAND_LINE_WORDS: TextWords = {
  repository: 'repository',
  snapshot: 'snapshot',
  moment: (time) => time,
  typed: (advice) => advice,
  unlock: 'run "tidemark unlock"',
  unlockAll: 'run "tidemark unlock --remove-all"',
  check: 'run "tidemark check --read-data"',
  repairIndex: 'run "tidemark repair index"',
  damagedSnapshot: (id) =>
    `Run "tidemark recover" to get its files back, then "tidemark forget --damaged ${id}" to take the damaged file away.`,
};

export const WINDOW_WORDS: TextWords = {
  repository: 'backup place',
  snapshot: 'version',
  moment: (time) => moment(time, 'en'),
  typed: () => '',
  unlock: 'run "tidemark unlock" in a terminal',
  unlockAll: 'run "tidemark unlock --remove-all" in a terminal',
  check: 'choose "Verify everything"',
  repairIndex: 'choose "Mend" at that place',
  damagedSnapshot: () => 'Choose "Mend" at that place: what is known of the version is written down anew.',
};

/** The text for an error, or for its wire form. German has the words of the window alone, whatever `words` are. */
export function errorText<Code extends ErrorCode>(
  error: { readonly code: Code; readonly data: ErrorData[Code] },
  words: TextWords,
  language: Language = 'en',
): ErrorText {
  const write = ERROR_TEXTS[language][error.code] as (data: ErrorData[Code], words: TextWords) => ErrorText;
  return write(error.data, words);
}

/** The parts in one line. */
export function errorSentence<Code extends ErrorCode>(
  error: { readonly code: Code; readonly data: ErrorData[Code] },
  words: TextWords,
  language: Language = 'en',
): string {
  const { title, safe, todo } = errorText(error, words, language);
  return [title, safe, todo].filter((part) => part !== '').join(' ');
}

/** A `reason` that comes without its error, as those in a plan of what is put back. */
export function reasonText(reason: string, language: Language = 'en'): string {
  return language === 'de' ? why(reason) : reason;
}
