/** A count that ended before its end says so. */
import { expect, test } from 'vitest';
import { foundCount, foundWords } from '#renderer/features/timeline/search/found-count.ts';
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

test.each([
  ['en', 1, false, 1, false, '1 found'],
  ['en', 320, false, 200, false, 'The best 200 of 320'],
  ['en', 320, false, 200, true, 'The best 200 of more than 320'],
  ['en', 50_000, true, 200, false, 'The best 200 of more than 50,000'],
  ['en', 0, false, 0, true, 'Looking…'],
  ['de', 320, false, 200, false, 'Die besten 200 von 320'],
] as const)(
  '%s: %d found, cut: %s, %d shown, still looking: %s',
  (language, matched, isCut, shown, isLooking, said) => {
    const { words, formats } = speechOf(language);
    expect(foundWords({ matched, isCut }, { shown, isLooking }, { search: words.search, formats })).toBe(
      said,
    );
  },
);
