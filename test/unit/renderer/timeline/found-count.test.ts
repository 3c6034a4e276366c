/** A count that ended before its end says so. */
import { expect, test } from 'vitest';
import { foundCount } from '#renderer/features/timeline/search/found-count.ts';
import { speechOf } from '#renderer/text/use-words.ts';

test.each([
  ['en', 212, false, 'Changed today (212)'],
  ['en', 50_000, true, 'Changed today (50,000+)'],
  ['de', 50_000, true, 'Heute geändert (über 50.000)'],
] as const)('%s: %d, cut: %s', (language, matched, isCut, said) => {
  const { words, formats } = speechOf(language);
  expect(
    words.history.changedToday(foundCount({ matched, isCut }, { history: words.history, formats })),
  ).toBe(said);
});
