/** A command line as one text, taken apart as restic does it. Knows no shell: nothing is expanded. */
import { TidemarkError } from '#base/errors.ts';

/**
 * Splits at white space; quotes of either kind keep it; a backslash separates, and takes its meaning from a quote that follows
 * it. `what` the text is, for people; it is not repeated, because it may hold a password.
 * @throws request.invalidInput
 */
export function splitCommand(what: string, command: string): string[] {
  const parts: string[] = [];
  let quote = '';
  let last = '';
  let field: string | undefined;
  const end = (): void => {
    if (field !== undefined) parts.push(field);
    field = undefined;
  };
  for (const character of command) {
    const isQuote =
      last !== '\\' && (quote === '' ? character === '"' || character === "'" : character === quote);
    if (isQuote) {
      quote = quote === '' ? character : '';
      end();
      continue;
    }
    last = character;
    if (quote === '' && (character === '\\' || /\s/.test(character))) end();
    else field = (field ?? '') + character;
  }
  end();
  if (quote !== '') throw invalid(`a quote in ${what} is not closed`, 'close it');
  if (parts.length === 0) throw invalid(`${what} is empty`, 'name a program');
  return parts;
}

function invalid(what: string, reason: string): TidemarkError {
  return new TidemarkError('request.invalidInput', { what, reason });
}
