/** How much a choice of folders is, and how much the exclusions leave out, before anything is saved. Only looks. */
import { readdir, lstat } from 'node:fs/promises';
import { byteStringToBytes, bytesToByteString, type ByteString } from '#base/byte-string.ts';
import { throwIfCancelled } from '#base/errors.ts';
import { createExcludeFilter } from '#rules/exclude-rules.ts';
import { excludePatternsOf } from '#services/plans/exclusion-presets.ts';
import type { CoreParts, FolderSizes } from './core-parts.ts';

const TELL_EVERY_FILES = 2_000;

export const measureFolders: CoreParts['measureFolders'] = async (choice, tell, signal) => {
  const sizes: FolderSizes = { files: 0, bytes: 0, leftOutFiles: 0, leftOutBytes: 0 };
  const filter = createExcludeFilter({ patterns: excludePatternsOf(choice) });
  const waiting = choice.folders.map((folder) => ({ folder, isOut: false }));
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    throwIfCancelled(signal);
    for (const entry of await entriesOf(next.folder)) {
      const path = `${next.folder === '/' ? '' : next.folder}/${entry.name}` as ByteString;
      const isOut = next.isOut || filter.isExcluded(path, entry.isFolder);
      if (entry.isFolder) waiting.push({ folder: path, isOut });
      else {
        const bytes = await sizeOf(path);
        sizes[isOut ? 'leftOutFiles' : 'files']++;
        sizes[isOut ? 'leftOutBytes' : 'bytes'] += bytes;
        if ((sizes.files + sizes.leftOutFiles) % TELL_EVERY_FILES === 0)
          tell({ files: sizes.files, bytes: sizes.bytes });
      }
    }
  }
  return sizes;
};

async function entriesOf(folder: ByteString): Promise<{ name: ByteString; isFolder: boolean }[]> {
  try {
    const entries = await readdir(byteStringToBytes(folder), { withFileTypes: true, encoding: 'buffer' });
    return entries.map((entry) => ({ name: bytesToByteString(entry.name), isFolder: entry.isDirectory() }));
  } catch {
    // What may not be read is told by the backup.
    return [];
  }
}

async function sizeOf(path: ByteString): Promise<number> {
  try {
    return (await lstat(byteStringToBytes(path))).size;
  } catch {
    return 0;
  }
}
