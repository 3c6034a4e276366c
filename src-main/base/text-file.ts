/**
 * What restic does with a small text file that a person wrote (patterns, passwords): takes off a byte order mark,
 * turns UTF-16 into UTF-8, splits lines, trims white space. Works on bytes, because a pattern may hold a name that
 * is not UTF-8 and a password may be any bytes.
 */
import { bytesToByteString, textToByteString, type ByteString } from './byte-string.ts';

/** The file's content as UTF-8 bytes (or whatever bytes it holds) without a byte order mark. */
export function decodeTextFile(bytes: Uint8Array): ByteString {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) {
    return textToByteString(new TextDecoder('utf-16le').decode(bytes));
  }
  if (bytes[0] === 0xfe && bytes[1] === 0xff) {
    return textToByteString(new TextDecoder('utf-16be').decode(bytes));
  }
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) {
    return bytesToByteString(bytes.subarray(3));
  }
  return bytesToByteString(bytes);
}

/** Lines without their `\n` or `\r\n`; no empty line after the last newline. */
export function splitLines(content: ByteString): ByteString[] {
  const lines = content.split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines.map((line) => (line.endsWith('\r') ? line.slice(0, -1) : line) as ByteString);
}

/** Unicode white space, as the bytes of its UTF-8 form. Source: Go's unicode.IsSpace. */
const SPACE =
  '(?:[\\t\\n\\v\\f\\r ]|\\xc2[\\x85\\xa0]|\\xe1\\x9a\\x80|\\xe2\\x80[\\x80-\\x8a\\xa8\\xa9\\xaf]|\\xe2\\x81\\x9f|\\xe3\\x80\\x80)';
const LEADING_SPACE = new RegExp(`^${SPACE}+`);

/** Takes white space off both ends. */
export function trimSpace(value: ByteString): ByteString {
  const start = LEADING_SPACE.exec(value)?.[0].length ?? 0;
  let end = value.length;
  while (end > start) {
    const width = spaceWidthBefore(value, end);
    if (width === 0) break;
    end -= width;
  }
  return value.slice(start, Math.max(start, end)) as ByteString;
}

const ONE_SPACE = new RegExp(`^${SPACE}$`);

/** Bytes of the space character that ends at `end`; 0 when none does. Backwards, because a long file must not cost n squared. */
function spaceWidthBefore(value: string, end: number): number {
  for (let width = 1; width <= 3 && width <= end; width++) {
    if (ONE_SPACE.test(value.slice(end - width, end))) return width;
  }
  return 0;
}
