import { describe, expect, it } from 'vitest';
import { textToByteString } from '#base/byte-string.ts';
import { expandVariables, parseExcludeFile } from '#rules/exclude-file.ts';

const environment = { HOME: '/home/ann', A: 'x', '1': 'one', 'odd name': 'odd', UMLAUT: 'ä' };

describe('exclude file', () => {
  it('drops comments, empty lines and white space around', () => {
    const text = '# comment\n\n  *.tmp \t\r\n\u00a0\u2003x y\u3000\n  # also\n!keep\n\\#kept\nlast';
    expect(parseExcludeFile(Buffer.from(text), {})).toEqual(['*.tmp', 'x y', '!keep', '\\#kept', 'last']);
  });

  it('keeps bytes that are not UTF-8', () => {
    expect(parseExcludeFile(Buffer.from('caf\xe9*\n', 'latin1'), {})).toEqual(['caf\xe9*']);
  });

  it('reads byte order marks and UTF-16', () => {
    expect(parseExcludeFile(Buffer.from('\ufeffx\n'), {})).toEqual(['x']);
    expect(parseExcludeFile(Buffer.from('\ufeffé\r\n', 'utf16le'), {})).toEqual([textToByteString('é')]);
    const bigEndian = Buffer.from('\ufeffé\r\n', 'utf16le').swap16();
    expect(parseExcludeFile(bigEndian, {})).toEqual([textToByteString('é')]);
  });

  it.each([
    ['$HOME/x', '/home/ann/x'],
    ['${HOME}x', '/home/annx'],
    ['$HOMEx', ''],
    ['$$HOME', '$HOME'],
    ['a$', 'a$'],
    ['a$.b', 'a$.b'],
    ['${}x', 'x'],
    ['${x', 'x'],
    ['$1a', 'onea'],
    ['${odd name}', 'odd'],
    ['$Abc$A', 'x'],
    ['$UMLAUT', '\xc3\xa4'],
  ])('expands %s', (text, expected) => {
    expect(expandVariables(textToByteString(text), environment)).toBe(expected);
  });
});
