/** Why the application cannot start, in sentences. Pure. */
import { isTidemarkError } from '#base/errors.ts';
import { errorText, WINDOW_WORDS } from '#contract/error-texts.ts';
import type { Language } from '#contract/language.ts';
import { SHELL_TEXTS } from '#contract/shell-texts.ts';

export function startFailureText(error: unknown, language: Language): string {
  if (!isTidemarkError(error)) return SHELL_TEXTS[language].brokenInside;
  const { title, safe, todo } = errorText(error, WINDOW_WORDS, language);
  return [title, safe, todo].filter((part) => part !== '').join('\n\n');
}
