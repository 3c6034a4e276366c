/**
 * JSON strings in the exact form restic writes them, and back. Everything here is bytes (ByteString): JSON text is
 * UTF-8, and what goes into a content-addressed tree must not change by a detour through UTF-16.
 * Does not own structure (json-fields.ts) nor the extra quoting of file names (name-quoting.ts).
 * Source: repository format, 11.2.
 */
import { textToByteString, toDisplay, type ByteString } from '#base/byte-string.ts';
import { FormatError } from '#format/format-error.ts';
import { codePointToUtf8, utf8LengthAt } from '#format/utf8.ts';

/** ASCII without controls, `"`, `\`, and the three characters that Go escapes for HTML. */
const NEEDS_NO_ESCAPE = /^[ !#-%'-;=?-[\]-\x7f]*$/;

const REPLACEMENT_CHARACTER = codePointToUtf8(0xfffd);

/** The literal with its quotes. Bytes that are not UTF-8 become `\ufffd` each: such a string does not come back. */
export function encodeJsonString(value: ByteString): ByteString {
  if (NEEDS_NO_ESCAPE.test(value)) return `"${value}"` as ByteString;
  let out = '"';
  for (let i = 0; i < value.length;) {
    const length = utf8LengthAt(value, i);
    out += length === 1 ? ASCII_ESCAPES[value.charCodeAt(i)] : escapeLong(value.slice(i, i + length), length);
    i += length || 1;
  }
  return `${out}"` as ByteString;
}

/** Same for text; lone surrogates become U+FFFD. */
export function encodeJsonText(text: string): ByteString {
  return encodeJsonString(textToByteString(text));
}

function escapeLong(character: string, length: number): string {
  if (length === 0) return '\\ufffd';
  if (character === '\xe2\x80\xa8') return '\\u2028';
  if (character === '\xe2\x80\xa9') return '\\u2029';
  return character;
}

const ASCII_ESCAPES: readonly string[] = Array.from({ length: 128 }, (_, code) => {
  const character = String.fromCharCode(code);
  const short: Readonly<Record<string, string>> = {
    '"': '\\"',
    '\\': '\\\\',
    '\n': '\\n',
    '\r': '\\r',
    '\t': '\\t',
    '\b': '\\b',
    '\f': '\\f',
  };
  if (short[character] !== undefined) return short[character];
  if (code < 0x20 || '<>&'.includes(character)) return `\\u${code.toString(16).padStart(4, '0')}`;
  return character;
});

const SHORT_ESCAPES: Readonly<Record<string, string>> = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
};

const ESCAPE = /\\(?:u([0-9a-fA-F]{4})(?:\\u([dD][c-fC-F][0-9a-fA-F]{2}))?|(.)|$)/gs;

/**
 * The UTF-8 bytes a JSON string stands for; `body` is what lies between its quotes. A lone surrogate escape becomes
 * U+FFFD, as in Go. Bytes that are not UTF-8 stay as they are.
 * @throws FormatError for an unknown escape.
 */
export function decodeJsonString(body: ByteString): ByteString {
  if (!body.includes('\\')) return body;
  return body.replace(ESCAPE, (whole, unit: string | undefined, low: string | undefined, short: string) => {
    if (unit !== undefined) return decodeUnits(Number.parseInt(unit, 16), low);
    const plain = SHORT_ESCAPES[short];
    if (plain === undefined)
      throw new FormatError(`unknown escape in a JSON string: ${JSON.stringify(whole)}`);
    return plain;
  }) as ByteString;
}

/** `low` is the unit behind `unit` if it is a low surrogate; it belongs to it only when `unit` is a high one. */
function decodeUnits(unit: number, low: string | undefined): string {
  const isHigh = unit >= 0xd800 && unit < 0xdc00;
  const isLow = unit >= 0xdc00 && unit < 0xe000;
  if (isHigh && low !== undefined) {
    const lowUnit = Number.parseInt(low, 16);
    return codePointToUtf8(0x10000 + ((unit - 0xd800) << 10) + (lowUnit - 0xdc00));
  }
  const first = isHigh || isLow ? REPLACEMENT_CHARACTER : codePointToUtf8(unit);
  return low === undefined ? first : first + REPLACEMENT_CHARACTER;
}

/** Text of a JSON string's body, for people and for fields that are text. */
export function decodeJsonText(body: ByteString): string {
  return toDisplay(decodeJsonString(body));
}
