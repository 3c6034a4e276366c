/**
 * Names for a file that is put beside another one of its name: `report (from 2026-11-03 14.20).pdf`. Pure; works on
 * bytes and cuts no character of UTF-8 in two.
 */
import type { ByteString } from '#base/byte-string.ts';

/** Longest name of usual file systems, in bytes. */
const MAX_NAME_BYTES = 255;
/** A longer ending belongs to the name; `.tar.gz` stays together. */
const EXTENSION = /(?:\.tar)?\.[A-Za-z0-9]{1,10}$/;

/** The first of `NAME (label).EXT`, `NAME (label 2).EXT`, … that is not taken. */
export function besideName(
  name: ByteString,
  label: string,
  isTaken: (candidate: ByteString) => boolean,
): ByteString {
  const found = EXTENSION.exec(name);
  const at = found === null || found.index === 0 ? name.length : found.index;
  for (let number = 1; ; number++) {
    const mark = ` (${label}${number === 1 ? '' : ` ${number}`})`;
    const end = mark + name.slice(at);
    const candidate = (cut(name.slice(0, at), MAX_NAME_BYTES - end.length) + end) as ByteString;
    if (!isTaken(candidate)) return candidate;
  }
}

/** At most so many bytes, without the beginning of a character that does not fit. */
function cut(bytes: string, length: number): string {
  if (bytes.length <= length) return bytes;
  let end = length;
  while (end > 0 && (bytes.charCodeAt(end) & 0xc0) === 0x80) end--;
  return bytes.slice(0, end);
}
