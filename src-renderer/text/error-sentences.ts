/** What a person reads when something asked for does not go, for callers that are no components: in the page's language. */
import { fromWireError, type WireError } from '#base/errors.ts';
import { coreSentences } from './core-sentences.ts';

export function errorSentences(error: unknown): string {
  return coreSentences(document.documentElement.lang === 'de' ? 'de' : 'en').error(error);
}

/** Of an error inside an answer, as jobs and their troubles have it. */
export function wireErrorSentences(error: { readonly code: string }): string {
  // A code of another release is read like any other.
  return errorSentences(fromWireError(error as WireError));
}
