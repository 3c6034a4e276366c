/**
 * Strict UTF-8 inside byte strings: where a character starts, how long it is, which code point it has. Encoded
 * surrogates, overlong forms and values above U+10FFFF are not valid, exactly as in Go, whose rules decide how names
 * and strings of a repository are written.
 */
import type { ByteString } from '#base/byte-string.ts';

/** Bytes of the character that starts at `index`: 1 to 4, or 0 when no valid character starts there. */
export function utf8LengthAt(value: ByteString, index: number): 0 | 1 | 2 | 3 | 4 {
  const first = value.charCodeAt(index);
  if (first < 0x80) return 1;
  if (first < 0xc2 || first > 0xf4) return 0;
  const second = value.charCodeAt(index + 1);
  if (first < 0xe0) return isContinuation(second) ? 2 : 0;
  if (first < 0xf0) {
    const lowest = first === 0xe0 ? 0xa0 : 0x80;
    const highest = first === 0xed ? 0x9f : 0xbf;
    if (!(second >= lowest && second <= highest)) return 0;
    return isContinuation(value.charCodeAt(index + 2)) ? 3 : 0;
  }
  const lowest = first === 0xf0 ? 0x90 : 0x80;
  const highest = first === 0xf4 ? 0x8f : 0xbf;
  if (!(second >= lowest && second <= highest)) return 0;
  return isContinuation(value.charCodeAt(index + 2)) && isContinuation(value.charCodeAt(index + 3)) ? 4 : 0;
}

/** Code point of the valid character of `length` bytes at `index`. */
export function utf8CodePointAt(value: ByteString, index: number, length: number): number {
  const first = value.charCodeAt(index);
  if (length === 1) return first;
  let codePoint = first & (0x7f >> length);
  for (let i = 1; i < length; i++) codePoint = (codePoint << 6) | (value.charCodeAt(index + i) & 0x3f);
  return codePoint;
}

export function isValidUtf8(value: ByteString): boolean {
  if (isAscii(value)) return true;
  for (let i = 0; i < value.length;) {
    const length = utf8LengthAt(value, i);
    if (length === 0) return false;
    i += length;
  }
  return true;
}

/** UTF-8 bytes of one code point, which must not be a surrogate. */
export function codePointToUtf8(codePoint: number): ByteString {
  const tail = (shift: number): number => 0x80 | ((codePoint >> shift) & 0x3f);
  if (codePoint < 0x80) return String.fromCharCode(codePoint) as ByteString;
  if (codePoint < 0x800) return String.fromCharCode(0xc0 | (codePoint >> 6), tail(0)) as ByteString;
  if (codePoint < 0x10000) {
    return String.fromCharCode(0xe0 | (codePoint >> 12), tail(6), tail(0)) as ByteString;
  }
  return String.fromCharCode(0xf0 | (codePoint >> 18), tail(12), tail(6), tail(0)) as ByteString;
}

function isAscii(value: ByteString): boolean {
  return /^[\0-\x7f]*$/.test(value);
}

/** False for NaN, which charCodeAt gives behind the end. */
function isContinuation(code: number): boolean {
  return (code & 0xc0) === 0x80;
}
