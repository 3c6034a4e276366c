import { expect, test } from 'vitest';
import { createFormats } from '#renderer/text/formats.ts';
import { chooseLanguage } from '#contract/language.ts';
import { nameKey, showName } from '#renderer/text/show-name.ts';

const english = createFormats('en-GB');
const german = createFormats('de-DE');
const NOW_MS = new Date(2026, 10, 22, 12, 0).getTime();

test.each([
  [0, '0 bytes', '0 Byte'],
  [1, '1 byte', '1 Byte'],
  [999, '999 bytes', '999 Byte'],
  [1000, '1 KB', '1 KB'],
  [48_400, '48 KB', '48 KB'],
  [2_350_000, '2.4 MB', '2,4 MB'],
  [999_999, '1 MB', '1 MB'],
  [5e15, '5,000 TB', '5.000 TB'],
])('%d bytes are %s, %s', (sizeBytes, inEnglish, inGerman) => {
  expect(english.bytes(sizeBytes)).toBe(inEnglish);
  expect(german.bytes(sizeBytes).replaceAll('\u00a0', ' ')).toBe(inGerman);
});

test('moments: near ones in words, those of another year with the year', () => {
  expect(english.moment(new Date(2026, 10, 3, 14, 20).getTime(), NOW_MS)).toBe('Tue 3 Nov, 14:20');
  expect(english.day(new Date(2025, 10, 3).getTime(), NOW_MS)).toBe('3 Nov 2025');
  expect(english.ago(NOW_MS - 30_000, NOW_MS)).toBe('just now');
  expect(german.ago(NOW_MS - 30_000, NOW_MS)).toBe('gerade eben');
  expect(english.ago(NOW_MS - 19 * 86_400_000, NOW_MS)).toBe('19 days ago');
  expect(german.ago(NOW_MS - 19 * 86_400_000, NOW_MS)).toBe('vor 19 Tagen');
  expect(english.span(2 * 86_400_000)).toBe('2d');
  expect([english.span(60 * 86_400_000), english.span(120_000)]).toEqual(['2 mths', '2 mins']);
  expect([german.span(60 * 86_400_000), german.span(120_000)]).toEqual(['2 Mon.', '2 Min.']);
  expect(english.about(7_200_000)).toBe('2 hours');
});

test('the language: as chosen, else the first one that we speak', () => {
  expect(chooseLanguage('de', ['en'])).toBe('de');
  expect(chooseLanguage('system', ['fr-FR', 'de-AT', 'en'])).toBe('de');
  expect(chooseLanguage('system', [])).toBe('en');
});

test('names are inert and stay apart', () => {
  expect(showName('a\u202Egpj.exe')).toBe('a⟨202E⟩gpj.exe');
  expect(showName('new\nline')).toBe('new⟨000A⟩line');
  // Spaces that nobody sees, or takes for others.
  expect(showName(' a b  ')).toBe('⟨0020⟩a b⟨0020⟩⟨0020⟩');
  expect(showName('a\u00A0b\u3000c')).toBe('a⟨00A0⟩b⟨3000⟩c');
  expect(showName('/home/me/ x/y ')).toBe('/home/me/⟨0020⟩x/y⟨0020⟩');
  expect(showName({ base64: btoa('\xff ') })).toBe('⟨ff⟩⟨0020⟩');
  expect(showName(' ')).toBe('⟨0020⟩');
  expect(showName('<b>é日記😀</b>')).toBe('<b>é日記😀</b>');
  // A sign that nobody sees stays where everybody sees what it does: in a picture of several, in a Persian word.
  const family = '👩\u200D👩\u200D👧\u200D👦';
  expect(showName(`${family} trip.md`)).toBe(`${family} trip.md`);
  expect(showName('می\u200Cخواهم.txt')).toBe('می\u200Cخواهم.txt');
  // Elsewhere it would make twins: after a letter that joins to nothing, between others, at an end, twice.
  expect(showName('دا')).not.toBe(showName('د\u200Cا'));
  expect(showName('د\u200Cا')).toBe('د⟨200C⟩ا');
  expect(showName('a\u200Db')).toBe('a⟨200D⟩b');
  expect(showName('😀\u200D😀')).toBe('😀⟨200D⟩😀');
  expect(showName('می\u200C')).toBe('می⟨200C⟩');
  expect(showName('می\u200C\u200Cخ')).toBe('می⟨200C⟩⟨200C⟩خ');
  // "é" in UTF-8, then a byte that is none.
  expect(showName({ base64: 'w6n/' })).toBe('é⟨ff⟩');
  expect(nameKey('a')).not.toBe(nameKey({ base64: 'YQ==' }));
});
