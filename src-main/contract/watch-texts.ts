/**
 * What a person reads about watching, keyed by code: what is so, what is safe, what to do. One table a language for
 * window, tray and command line. Words of the window, as in `protection-texts.ts`. Holds no markup.
 */
import type { ErrorText } from './error-texts.ts';
import type { Language } from './language.ts';
import { watching as de } from './texts/de/watching.ts';
import { watching as en } from './texts/en/watching.ts';
import type { WatchTable } from './texts/text-tables.ts';
import type { DoubtReason, FullWalkReason, UnwatchedReason } from './watch-codes.ts';

const TEXTS: Readonly<Record<Language, WatchTable>> = { en, de };

/** Behind "because". */
export function doubtText(reason: DoubtReason, language: Language = 'en'): string {
  return TEXTS[language].doubts[reason];
}

/** Behind "because"; of a doubt `doubtText` is said. */
export function fullWalkText(reason: Exclude<FullWalkReason, 'doubt'>, language: Language = 'en'): string {
  return TEXTS[language].fullWalks[reason];
}

/** `folder`: the first that cannot be watched, ready to be read; `more`: how many others there are. */
export function unwatchedText(
  reason: UnwatchedReason,
  folder: string,
  more: number,
  language: Language = 'en',
): ErrorText {
  return TEXTS[language].unwatched(reason, folder, more);
}

/** One folder causes most of the changes. */
export function exclusionText(folder: string, sharePercent: number, language: Language = 'en'): ErrorText {
  return TEXTS[language].exclusion(folder, sharePercent);
}
