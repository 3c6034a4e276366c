/** What a person reads when something asked for does not go, for callers that are no components: in the page's language. */
import { coreSentences } from './core-sentences.ts';

export function errorSentences(error: unknown): string {
  return coreSentences(document.documentElement.lang === 'de' ? 'de' : 'en').error(error);
}
