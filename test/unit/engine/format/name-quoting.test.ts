import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { textToByteString, type ByteString } from '#base/byte-string.ts';
import { FormatError } from '#format/format-error.ts';
import { decodeName, encodeName, quoteName, unquoteName } from '#format/name-quoting.ts';

const bytes = (value: string): ByteString => value as ByteString;

describe('as Go quotes', () => {
  test.each([
    ['plain name.txt', 'plain name.txt'],
    ['say "hi"', 'say \\"hi\\"'],
    ['back\\slash', 'back\\\\slash'],
    ['\x07\b\t\n\v\f\r', '\\a\\b\\t\\n\\v\\f\\r'],
    ['\x00\x1b\x7f', '\\x00\\x1b\\x7f'],
    ['\xff\xc3', '\\xff\\xc3'],
    ['\xc0\xaf', '\\xc0\\xaf'],
    ['\xed\xa0\x80', '\\xed\\xa0\\x80'],
    ['\xf4\x90\x80\x80', '\\xf4\\x90\\x80\\x80'],
    ['\xe2\x82', '\\xe2\\x82'],
  ])('bytes %j', (name, quoted) => {
    expect(quoteName(bytes(name))).toBe(quoted);
    expect(unquoteName(bytes(quoted))).toBe(name);
  });

  test.each([
    ['é', 'é'],
    ['e\u0301', 'e\u0301'],
    ['😀', '😀'],
    ['\ufffd', '\ufffd'],
    ['\u0085', '\\u0085'],
    ['\u00a0', '\\u00a0'],
    ['\u00ad', '\\u00ad'],
    ['\u200b', '\\u200b'],
    ['\u2028', '\\u2028'],
    ['\ufeff', '\\ufeff'],
    ['\ue000', '\\ue000'],
    ['\u{10ffff}', '\\U0010ffff'],
    ['\u{e0001}', '\\U000e0001'],
  ])('text %j', (name, quoted) => {
    expect(quoteName(textToByteString(name))).toBe(textToByteString(quoted));
    expect(unquoteName(textToByteString(quoted))).toBe(textToByteString(name));
  });

  test('characters newer than Unicode 15 are escaped', () => {
    const file = new URL('../../../fixtures/format/quoting-unicode-differences.json', import.meta.url);
    const { ranges } = JSON.parse(readFileSync(file, 'utf8')) as { ranges: [string, string][] };
    for (const [first, last] of ranges) {
      const start = Number.parseInt(first, 16);
      const end = Number.parseInt(last, 16);
      for (const codePoint of [start, end]) {
        const hex = codePoint.toString(16);
        const escaped = codePoint < 0x10000 ? `\\u${hex.padStart(4, '0')}` : `\\U${hex.padStart(8, '0')}`;
        const name = textToByteString(`x${String.fromCodePoint(codePoint)}`);
        expect(quoteName(name)).toBe(`x${escaped}`);
        expect(encodeName(name)).toBe(`x${escaped.replace('\\', '\\\\')}`);
      }
    }
    expect(ranges.length).toBeGreaterThan(60);
    expect(quoteName(textToByteString('\u0896'))).toBe('\\u0896');
    expect(quoteName(textToByteString('\u0898'))).toBe(textToByteString('\u0898'));
  });
});

describe('in JSON', () => {
  test.each([
    ['plain', 'plain'],
    ['back\\slash', 'back\\\\\\\\slash'],
    ['q"q', 'q\\\\\\"q'],
    ['a<b>&c', 'a\\u003cb\\u003e\\u0026c'],
    ['\xff', '\\\\xff'],
    ['\xc3\xa9', '\xc3\xa9'],
    ['\xef\xbf\xbd', '\xef\xbf\xbd'],
    ['\xc3\xa9\xff', '\xc3\xa9\\\\xff'],
    ['tab\t', 'tab\\\\t'],
  ])('%j', (name, body) => {
    expect(encodeName(bytes(name))).toBe(body);
    expect(decodeName(bytes(body))).toBe(name);
  });
});

describe('decoding', () => {
  test.each([
    ['\\101\\377', 'A\xff'],
    ['\\u00e9\\U0001f600', '\xc3\xa9\xf0\x9f\x98\x80'],
    ['\\xE9', '\xe9'],
  ])('accepts %j', (quoted, name) => {
    expect(unquoteName(bytes(quoted))).toBe(name);
  });

  test.each([
    '"',
    '\n',
    '\\',
    "\\'",
    '\\q',
    '\\x1',
    '\\u12',
    '\\400',
    '\\18',
    '\\ud800',
    '\\U00110000',
    'a\\',
  ])('refuses %j', (quoted) => {
    expect(() => unquoteName(bytes(quoted))).toThrow(FormatError);
  });
});
