/**
 * UTF-8 read straight from a ByteString, the way Go reads it: a byte that starts no valid sequence counts as one
 * character of its own, U+FFFD, one byte wide. Patterns and case folding follow restic only when they agree with it
 * on what a character is, also in names that are not UTF-8.
 */
import type { ByteString } from './byte-string.ts';

export const REPLACEMENT_CHARACTER = 0xfffd;

/**
 * The character that starts at `index`, packed as `codePoint * 8 + widthInBytes`; width 1 with U+FFFD marks a byte
 * that is not UTF-8. Packed so that a loop over names allocates nothing.
 */
export function characterAt(bytes: string, index: number): number {
  const first = bytes.charCodeAt(index);
  if (first < 0x80) return first * 8 + 1;
  const second = index + 1 < bytes.length ? bytes.charCodeAt(index + 1) : 0;
  if (first >= 0xc2 && first <= 0xdf) {
    if (isContinuation(second)) return (((first & 0x1f) << 6) | (second & 0x3f)) * 8 + 2;
  } else if (first >= 0xe0 && first <= 0xef) {
    const low = first === 0xe0 ? 0xa0 : 0x80;
    const high = first === 0xed ? 0x9f : 0xbf;
    const third = index + 2 < bytes.length ? bytes.charCodeAt(index + 2) : 0;
    if (second >= low && second <= high && isContinuation(third)) {
      return (((first & 0x0f) << 12) | ((second & 0x3f) << 6) | (third & 0x3f)) * 8 + 3;
    }
  } else if (first >= 0xf0 && first <= 0xf4) {
    const low = first === 0xf0 ? 0x90 : 0x80;
    const high = first === 0xf4 ? 0x8f : 0xbf;
    const third = index + 2 < bytes.length ? bytes.charCodeAt(index + 2) : 0;
    const fourth = index + 3 < bytes.length ? bytes.charCodeAt(index + 3) : 0;
    if (second >= low && second <= high && isContinuation(third) && isContinuation(fourth)) {
      const codePoint =
        ((first & 0x07) << 18) | ((second & 0x3f) << 12) | ((third & 0x3f) << 6) | (fourth & 0x3f);
      return codePoint * 8 + 4;
    }
  }
  return REPLACEMENT_CHARACTER * 8 + 1;
}

/**
 * Lower case as Go's strings.ToLower does it: character by character, without regard to neighbours; bytes that are
 * not UTF-8 become U+FFFD (only when the text is not plain ASCII).
 */
export function lowerCaseBytes(bytes: ByteString): ByteString {
  if (isAscii(bytes)) return bytes.toLowerCase() as ByteString;
  let text = '';
  for (let index = 0; index < bytes.length;) {
    const character = characterAt(bytes, index);
    text += lowerCaseOf(character >>> 3);
    index += character & 7;
  }
  return Buffer.from(text, 'utf8').toString('latin1') as ByteString;
}

function isContinuation(byte: number): boolean {
  return (byte & 0xc0) === 0x80;
}

function isAscii(bytes: string): boolean {
  for (let index = 0; index < bytes.length; index++) if (bytes.charCodeAt(index) > 0x7f) return false;
  return true;
}

function lowerCaseOf(codePoint: number): string {
  // The only character whose lower case JavaScript spells with two characters and Go with one.
  if (codePoint === 0x130) return 'i';
  return String.fromCodePoint(codePoint).toLowerCase();
}
