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

/** What stands above results: "4 found", "The best 200 of 320", and "of more than" where not all are counted. */
export function foundWords(
  { matched, isCut }: Answers<'browse.search'>,
  seen: { readonly shown: number; readonly isLooking: boolean },
  { search, formats }: { readonly search: Words['search']; readonly formats: Formats },
): string {
  const count = formats.count(matched);
  if (isCut || (seen.isLooking && matched > seen.shown))
    return search.foundMore(formats.count(seen.shown), count);
  if (seen.isLooking && matched === 0) return search.looking;
  return matched > seen.shown
    ? search.foundBest(formats.count(seen.shown), count)
    : search.found(count, matched === 1);
}
