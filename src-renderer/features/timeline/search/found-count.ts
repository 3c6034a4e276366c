/** How many a search has found, where it may have ended before it had counted all of them. Pure. */
import type { Formats } from '../../../text/formats.ts';
import type { Words } from '../../../text/language.ts';
import type { Answers } from '../wire-types.ts';

/** "212", "50,000+". */
export function foundCount(
  { matched, isCut }: Answers<'browse.search'>,
  { history, formats }: { readonly history: Words['history']; readonly formats: Formats },
): string {
  const count = formats.count(matched);
  return isCut ? history.countOrMore(count) : count;
}
