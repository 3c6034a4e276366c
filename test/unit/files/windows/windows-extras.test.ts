/** The pure part of what only Windows runs: names and paths. */
import { bytesToByteString, textToByteString } from '#base/byte-string.ts';
import { WindowsExtras } from '#files/windows/windows-extras.ts';
import { expect, test } from 'vitest';

const extras = new WindowsExtras();

test.for([
  '',
  '.',
  '..',
  'a/b',
  'a\\b',
  'a:b',
  'C:',
  'a*',
  'a?',
  'a|b',
  'a<b',
  'a"b',
  'a\0b',
  'a\x1fb',
  'end.',
  'end ',
  'con',
  'NUL',
  'nul.txt',
  'Com1',
  'lpt9.x',
  'COM\u00b9',
])('%j names no entry on Windows', (name) => {
  expect(extras.isBaseName(textToByteString(name))).toBe(false);
});

test.for(['a', '.hidden', 'console', 'com', 'com10', 'nul-file', 'a.b.c', 'ü', '日本', 'a b', '~'])(
  '%j names an entry on Windows',
  (name) => {
    expect(extras.isBaseName(textToByteString(name))).toBe(true);
  },
);

test('paths go as text where text can hold them, else as prefixed bytes', () => {
  expect(extras.toNative(textToByteString('C:\\Füße\\🌊'))).toBe('C:\\Füße\\🌊');
  const lone = Buffer.concat([Buffer.from('C:\\'), Buffer.of(0xed, 0xa0, 0x80)]);
  const native = extras.toNative(bytesToByteString(lone));
  expect(native).toEqual(Buffer.concat([Buffer.from('\\\\?\\'), lone]));
});

test('permissions as restic stores them', () => {
  expect(extras.permissions(0o666, false)).toBe(0o666);
  expect(extras.permissions(0o444, false)).toBe(0o444);
  expect(extras.permissions(0o666, true)).toBe(0o777);
});
