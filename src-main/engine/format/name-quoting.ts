/**
 * File names inside trees: bytes turned into text by the rules of Go's string quoting, and that text into JSON.
 * Only printable characters stand for themselves, so which Unicode version decides "printable" is part of the
 * format; a difference would cost deduplication of one folder with restic, never data.
 * No normalisation: names that look alike may be different bytes.
 * Source: repository format, 10.2.
 */
import { toDisplay, type ByteString } from '#base/byte-string.ts';
import { FormatError } from '#format/format-error.ts';
import { decodeJsonString, encodeJsonString } from '#format/json-text.ts';
import { codePointToUtf8, utf8CodePointAt, utf8LengthAt } from '#format/utf8.ts';

/** Printable ASCII without `"`, `\`, `&`, `<`, `>`: the same in a name, quoted, and in JSON. */
const PLAIN_ASCII = /^[ !#-%'-;=?-[\]-~]*$/;

/** As text: nothing that quoting or JSON would change. U+FFFD is left out because it may stand for a broken byte. */
const PLAIN_TEXT = /^(?:(?!["\\&<>\ufffd])[\p{L}\p{M}\p{N}\p{P}\p{S} ])*$/u;

const PRINTABLE = /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]$/u;

/**
 * Characters that became printable after Unicode 15.0, which restic 0.19.1 uses; hex, inclusive ranges.
 * Found by backing up one file per character.
 */
const PRINTABLE_SINCE_UNICODE_15 =
  '88f 897 c5c cdc 1acf-1add 1ae0-1aeb 1b4e-1b4f 1b7f 1c89-1c8a 20c1 2427-2429 2b96 2ffc-2fff 31e4-31e5 ' +
  '31ef a7cb-a7cf a7d2 a7d4 a7da-a7dc a7f1 fbc3-fbd2 fd90-fd91 fdc8-fdce 105c0-105f3 10940-10959 ' +
  '10d40-10d65 10d69-10d85 10d8e-10d8f 10ec2-10ec7 10ed0-10ed8 10efa-10efc 11380-11389 1138b 1138e ' +
  '11390-113b5 113b7-113c0 113c2 113c5 113c7-113ca 113cc-113d5 113d7-113d8 113e1-113e2 116d0-116e3 ' +
  '11b60-11b67 11bc0-11be1 11bf0-11bf9 11db0-11ddb 11de0-11de9 11f5a 13460-143fa 16100-16139 ' +
  '16d40-16d79 16ea0-16eb8 16ebb-16ed3 16ff2-16ff6 187f8-187ff 18cff 18d09-18d1e 18d80-18df2 ' +
  '1cc00-1ccfc 1cd00-1ceb3 1ceba-1ced0 1cee0-1cef0 1e5d0-1e5fa 1e5ff 1e6c0-1e6de 1e6e0-1e6f5 ' +
  '1e6fe-1e6ff 1f6d8 1f777-1f77a 1f8b2-1f8bb 1f8c0-1f8c1 1f8d0-1f8d8 1fa54-1fa57 1fa89-1fa8a ' +
  '1fa8e-1fa8f 1fabe 1fac6 1fac8 1facd 1fadc 1fadf 1fae9-1faea 1faef 1fbcb-1fbef 1fbfa 2b73a-2b73f ' +
  '2cea2-2cead 2ebf0-2ee5d 323b0-33479';

const NEWLY_PRINTABLE = new RegExp(
  `[${PRINTABLE_SINCE_UNICODE_15.replace(/[0-9a-f]+/g, (hex) => `\\u{${hex}}`).replaceAll(' ', '')}]`,
  'u',
);

const LETTER_ESCAPES: readonly (readonly [string, string])[] = [
  ['\x07', 'a'],
  ['\b', 'b'],
  ['\t', 't'],
  ['\n', 'n'],
  ['\v', 'v'],
  ['\f', 'f'],
  ['\r', 'r'],
  ['"', '"'],
  ['\\', '\\'],
];
const ESCAPE_OF = new Map(LETTER_ESCAPES.map(([character, letter]) => [character, `\\${letter}`]));
const ESCAPED_BY = new Map(LETTER_ESCAPES.map(([character, letter]) => [letter, character]));

/** What stands between the quotes of a node's `name`. */
export function encodeName(name: ByteString): ByteString {
  if (PLAIN_ASCII.test(name)) return name;
  const text = toDisplay(name);
  if (PLAIN_TEXT.test(text) && !NEWLY_PRINTABLE.test(text)) return name;
  return encodeJsonString(quoteName(name)).slice(1, -1) as ByteString;
}

/**
 * Inverse of `encodeName`; also accepts what other writers may have escaped without need.
 * @throws FormatError when the text is not a quoted name.
 */
export function decodeName(body: ByteString): ByteString {
  return body.includes('\\') ? unquoteName(decodeJsonString(body)) : body;
}

/** Go's strconv.Quote without the outer quotes. */
export function quoteName(name: ByteString): ByteString {
  let out = '';
  for (let i = 0; i < name.length;) {
    const length = utf8LengthAt(name, i);
    out += length === 0 ? hexEscape(name.charCodeAt(i)) : quoteCharacter(name, i, length);
    i += length || 1;
  }
  return out as ByteString;
}

function quoteCharacter(name: ByteString, index: number, length: number): string {
  const codePoint = utf8CodePointAt(name, index, length);
  const character = String.fromCodePoint(codePoint);
  const escape = ESCAPE_OF.get(character);
  if (escape !== undefined) return escape;
  if (PRINTABLE.test(character) && !NEWLY_PRINTABLE.test(character)) return name.slice(index, index + length);
  if (codePoint < 0x80) return hexEscape(codePoint);
  const hex = codePoint.toString(16);
  return codePoint < 0x10000 ? `\\u${hex.padStart(4, '0')}` : `\\U${hex.padStart(8, '0')}`;
}

function hexEscape(byte: number): string {
  return `\\x${byte.toString(16).padStart(2, '0')}`;
}

const QUOTED_PART =
  /[^\\"\n]+|\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-3][0-7]{2})|([abfnrtv\\"]))/y;

/** Go's strconv.Unquote of the text in double quotes. @throws FormatError */
export function unquoteName(quoted: ByteString): ByteString {
  let out = '';
  let position = 0;
  while (position < quoted.length) {
    QUOTED_PART.lastIndex = position;
    const match = QUOTED_PART.exec(quoted);
    if (match === null) throw new FormatError('file name is not properly quoted');
    out += unquotePart(match);
    position = QUOTED_PART.lastIndex;
  }
  return out as ByteString;
}

function unquotePart([whole, byte, short, long, octal, letter]: RegExpExecArray): string {
  if (byte !== undefined) return String.fromCharCode(Number.parseInt(byte, 16));
  if (octal !== undefined) return String.fromCharCode(Number.parseInt(octal, 8));
  if (letter !== undefined) return ESCAPED_BY.get(letter) as string;
  const hex = short ?? long;
  if (hex === undefined) return whole;
  const codePoint = Number.parseInt(hex, 16);
  if (codePoint > 0x10ffff || (codePoint >= 0xd800 && codePoint < 0xe000)) {
    throw new FormatError('file name has an escape that is no character');
  }
  return codePointToUtf8(codePoint);
}
