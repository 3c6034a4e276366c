/**
 * Names that chokidar cannot be asked about: it takes paths as text, so bytes that are not UTF-8 are lost on the way, and it
 * takes `\` for `/`. Such entries are never believed to be unchanged. A folder is listed as bytes once, and again when a
 * notice names something that may be one.
 */
import { isUtf8 } from 'node:buffer';
import { readdirSync } from 'node:fs';
import { sep } from 'node:path';
import { byteStringToBytes, textToByteString, type ByteString } from '#base/byte-string.ts';

/** Above so many in one folder the whole folder is named instead. */
const MAX_PER_FOLDER = 256;

export function isOddName(name: ByteString): boolean {
  return (
    (sep === '/' && name.includes('\\')) || (/[\x80-\xff]/.test(name) && !isUtf8(byteStringToBytes(name)))
  );
}

/** Whether a name that the system told as text may stand for an odd one. */
export function mayBeOdd(text: string): boolean {
  return text.includes('\uFFFD') || (sep === '/' && text.includes('\\'));
}

/** Paths of the odd entries of a folder, whose own path is not odd; none when it cannot be listed. */
export function listOddEntries(folder: string): ByteString[] {
  let names: ByteString[];
  try {
    names = readdirSync(folder, { encoding: 'latin1' }) as ByteString[];
  } catch {
    return [];
  }
  const odd = names.filter(isOddName);
  const folderBytes = textToByteString(folder);
  if (odd.length > MAX_PER_FOLDER) return [folderBytes];
  return odd.map((name) => `${folderBytes === '/' ? '' : folderBytes}/${name}` as ByteString);
}
