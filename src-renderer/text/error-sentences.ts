/** What a person reads when something asked for does not go. */
import { isTidemarkError } from '#base/errors.ts';
import { errorSentence, WINDOW_WORDS } from '#contract/error-texts.ts';

export function errorSentences(error: unknown): string {
  if (!isTidemarkError(error)) return 'That did not work, for a reason Tidemark does not know.';
  return errorSentence(error, WINDOW_WORDS);
}
