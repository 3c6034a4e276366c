/** Why the application cannot start, in sentences. Pure. */
import { isTidemarkError } from '#base/errors.ts';
import { errorText, WINDOW_WORDS } from '#contract/error-texts.ts';

export function startFailureText(error: unknown): string {
  if (!isTidemarkError(error)) {
    return 'Something inside Tidemark went wrong. What was saved before is safe. Start it again; if that does not help, report it.';
  }
  const { title, safe, todo } = errorText(error, WINDOW_WORDS);
  return [title, safe, todo].filter((part) => part !== '').join('\n\n');
}
