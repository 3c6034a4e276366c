/** What a person reads when something asked for does not go. */
import { fromWireError, isTidemarkError, type WireError } from '#base/errors.ts';
import { errorSentence, WINDOW_WORDS } from '#contract/error-texts.ts';

export function errorSentences(error: unknown): string {
  if (!isTidemarkError(error)) return 'That did not work, for a reason Tidemark does not know.';
  return errorSentence(error, WINDOW_WORDS);
}

/** Of an error inside an answer, as jobs and their troubles have it. */
export function wireErrorSentences(error: { readonly code: string }): string {
  // A code of another release is read like any other.
  return errorSentences(fromWireError(error as WireError));
}
