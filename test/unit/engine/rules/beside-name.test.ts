import { expect, test } from 'vitest';
import { textToByteString, toDisplay, type ByteString } from '#base/byte-string.ts';
import { besideName } from '#rules/beside-name.ts';

const name = (text: string, ...taken: string[]): string =>
  toDisplay(besideName(textToByteString(text), 'restored', (one) => taken.includes(toDisplay(one))));

test.each([
  ['report.pdf', 'report (restored).pdf'],
  ['no ending', 'no ending (restored)'],
  ['.profile', '.profile (restored)'],
  ['archive.tar.gz', 'archive (restored).tar.gz'],
  ['.tar.gz', '.tar.gz (restored)'],
  ['a.b.c', 'a.b (restored).c'],
  ['ends with.', 'ends with. (restored)'],
  ['Mr. Smith', 'Mr. Smith (restored)'],
  ['naïve.tëxt', 'naïve.tëxt (restored)'],
])('%s', (given, expected) => expect(name(given)).toBe(expected));

test('a name that is taken is never given', () => {
  expect(name('a.txt', 'a (restored).txt', 'a (restored 2).txt')).toBe('a (restored 3).txt');
});

test('a long name is cut to what a disk takes, between two characters', () => {
  const long = besideName(
    textToByteString(`${'ä'.repeat(125)}.txt`),
    'restored 2026-11-22 14.05',
    () => false,
  );
  expect(long.length).toBeLessThanOrEqual(255);
  expect(toDisplay(long)).toMatch(/^ä+ \(restored 2026-11-22 14\.05\)\.txt$/);
  const bytes = `${'\xe4'.repeat(255)}` as ByteString;
  expect(besideName(bytes, 'x', () => false).length).toBeLessThanOrEqual(255);
});
