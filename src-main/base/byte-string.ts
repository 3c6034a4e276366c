/**
 * Names, paths and link targets of files are bytes, not text. A ByteString holds such bytes as a JavaScript string
 * with one character (U+0000 to U+00FF) per byte: cheap to join, compare and use as a key, lossless for names that
 * are not UTF-8, and ordered by `<` exactly as memcmp orders the bytes. Never show one to a person: `toDisplay`.
 */

declare const byteStringBrand: unique symbol;
export type ByteString = string & { readonly [byteStringBrand]: true };

export function bytesToByteString(bytes: Uint8Array): ByteString {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1') as ByteString;
}

export function byteStringToBytes(value: ByteString): Buffer {
  return Buffer.from(value, 'latin1');
}

/** Text to the bytes of its UTF-8 form. */
export function textToByteString(text: string): ByteString {
  return /^[\0-\x7f]*$/.test(text) ? (text as ByteString) : bytesToByteString(Buffer.from(text, 'utf8'));
}

/** Text for people; bytes that are not UTF-8 become U+FFFD. */
export function toDisplay(value: ByteString): string {
  return /^[\0-\x7f]*$/.test(value) ? value : Buffer.from(value, 'latin1').toString('utf8');
}

/** Memcmp order. */
export function compareByteStrings(a: ByteString, b: ByteString): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
