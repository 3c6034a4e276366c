/** How much is in a folder, counted up live for a person who is about to choose it. Looks at names and sizes only. */
import { lstat, readdir } from 'node:fs/promises';
import { byteStringToBytes, bytesToByteString, type ByteString } from '#base/byte-string.ts';
import { throwIfCancelled } from '#base/errors.ts';

export interface FolderSize {
  files: number;
  bytes: number;
  /** Folders and files that cannot be looked at. */
  unreadable: number;
}

/** Whoever has more knows that it is much. */
const MOST_MEASURED = 5_000_000;
const TELL_EVERY = 500;
const AT_A_TIME = 64;

/** Links are not followed. @throws job.cancelled */
export async function measureFolder(
  folder: ByteString,
  tell: (size: FolderSize) => void,
  signal: AbortSignal,
  most = MOST_MEASURED,
): Promise<FolderSize & { readonly isCut: boolean }> {
  const size: FolderSize = { files: 0, bytes: 0, unreadable: 0 };
  const folders = [folder];
  let [seen, toldAt] = [0, 0];
  for (let next = folders.pop(); next !== undefined; next = folders.pop()) {
    const files: ByteString[] = [];
    for (const { path, isFolder } of await entriesOf(next, size)) (isFolder ? folders : files).push(path);
    for (let start = 0; start < files.length; start += AT_A_TIME) {
      throwIfCancelled(signal);
      await Promise.all(files.slice(start, start + AT_A_TIME).map((file) => addFile(file, size)));
    }
    throwIfCancelled(signal);
    seen += files.length + 1;
    if (seen >= most) return { ...size, isCut: folders.length > 0 };
    if (seen - toldAt < TELL_EVERY) continue;
    toldAt = seen;
    tell({ ...size });
  }
  return { ...size, isCut: false };
}

async function entriesOf(
  folder: ByteString,
  size: FolderSize,
): Promise<{ path: ByteString; isFolder: boolean }[]> {
  try {
    const entries = await readdir(byteStringToBytes(folder), { withFileTypes: true, encoding: 'buffer' });
    const above = folder.endsWith('/') ? folder : `${folder}/`;
    return entries.map((entry) => ({
      path: (above + bytesToByteString(entry.name)) as ByteString,
      isFolder: entry.isDirectory(),
    }));
  } catch {
    size.unreadable++;
    return [];
  }
}

async function addFile(file: ByteString, size: FolderSize): Promise<void> {
  try {
    const { size: bytes } = await lstat(byteStringToBytes(file));
    size.files++;
    size.bytes += bytes;
  } catch {
    size.unreadable++;
  }
}
