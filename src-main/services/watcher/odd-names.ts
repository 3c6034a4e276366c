/**
 * Names that chokidar cannot be asked about: it takes paths as text, so bytes that are not UTF-8 are lost on the way, and it
 * takes `\` for `/`. Such entries are never believed to be unchanged. A folder is listed as bytes once, and again when a
 * notice names something that may be one.
 */
import { isUtf8 } from 'node:buffer';
import { readdirSync, type Dirent } from 'node:fs';
import { sep } from 'node:path';
import { byteStringToBytes, textToByteString, type ByteString } from '#base/byte-string.ts';

/** Above so many in one folder the whole folder is named instead. */
const MAX_PER_FOLDER = 256;

export interface OddEntries {
  /** To be looked at with all below. */
  readonly folders: readonly ByteString[];
  readonly others: readonly ByteString[];
}

export function isOddName(name: ByteString): boolean {
  return (
    (sep === '/' && name.includes('\\')) || (/[\x80-\xff]/.test(name) && !isUtf8(byteStringToBytes(name)))
  );
}

/** Whether a name that the system told as text may stand for an odd one. */
export function mayBeOdd(text: string): boolean {
  return text.includes('\uFFFD') || (sep === '/' && text.includes('\\'));
}

/** Those of a folder whose own path is not odd; undefined: there are none, or it cannot be listed. */
export function listOddEntries(
  folder: string,
  isLeftOut: (path: ByteString) => boolean,
): OddEntries | undefined {
  let entries: Dirent[];
  try {
    entries = readdirSync(folder, { encoding: 'latin1', withFileTypes: true });
  } catch {
    return undefined;
  }
  const folderBytes = textToByteString(folder);
  const folders: ByteString[] = [];
  const others: ByteString[] = [];
  for (const entry of entries) {
    if (!isOddName(entry.name as ByteString)) continue;
    const path = `${folderBytes === '/' ? '' : folderBytes}/${entry.name}` as ByteString;
    if (!isLeftOut(path)) (entry.isDirectory() ? folders : others).push(path);
  }
  const count = folders.length + others.length;
  if (count > MAX_PER_FOLDER) return { folders: [folderBytes], others: [] };
  return count === 0 ? undefined : { folders, others };
}
