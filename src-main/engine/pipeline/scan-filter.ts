/** What a scan leaves out, applied to the disk: patterns, folder tags, size, other file systems. The rules themselves are pure and live in `rules/`. */
import { bytesToByteString, type ByteString } from '#base/byte-string.ts';
import type { FileStat, SourceFiles } from '#files/port.ts';
import { createExcludeFilter } from '#rules/exclude-rules.ts';
import { isLeftOutByTag, isTaggedBy, type FolderTag } from '#rules/tagged-exclude.ts';
import { UNDO_FOLDER } from '#rules/undo-folder.ts';
import type { ScanSettings } from './scan-settings.ts';

export interface ScanFilter {
  /** By its path alone, before anything is asked of the disk. */
  isExcludedByName(path: ByteString): boolean;
  isExcluded(stat: FileStat): boolean;
  /** A folder on another file system that is not to be entered: it stays, empty, so that a restore has the mount point. */
  isOtherFileSystem(stat: FileStat): boolean;
  /** The names of a folder that its tags leave in. */
  keptNames(folder: ByteString, names: ByteString[]): ByteString[];
}

export function createScanFilter(settings: ScanSettings, files: SourceFiles): ScanFilter {
  const patterns = createExcludeFilter(settings.exclude);
  const { onlyDevices, excludeLargerThanBytes, folderTags } = settings;
  const isOtherFileSystem = (stat: FileStat): boolean =>
    onlyDevices !== undefined && !onlyDevices.includes(stat.device);
  return {
    isExcludedByName: (path) => !patterns.isEmpty && patterns.isExcluded(path, false),
    isExcluded: (stat) =>
      (stat.kind !== 'dir' && isOtherFileSystem(stat)) ||
      (stat.kind === 'file' &&
        excludeLargerThanBytes !== undefined &&
        stat.sizeBytes > excludeLargerThanBytes),
    isOtherFileSystem,
    keptNames(folder, listed) {
      // What restores keep for a while is in the repository, or was there before: it is no part of anybody's files.
      const names = listed.includes(UNDO_FOLDER) ? listed.filter((name) => name !== UNDO_FOLDER) : listed;
      if (folderTags.length === 0) return names;
      const present = folderTags.filter(
        (tag) => names.includes(tag.fileName) && isTagged(files, folder, tag),
      );
      return names.filter((name) => present.every((tag) => !isLeftOutByTag(tag, name)));
    },
  };
}

function isTagged(files: SourceFiles, folder: ByteString, tag: FolderTag): boolean {
  if (tag.header === '') return true;
  try {
    const source = files.open(`${folder}/${tag.fileName}` as ByteString);
    try {
      const beginning = new Uint8Array(tag.header.length);
      const count = source.read(beginning);
      return isTaggedBy(tag, bytesToByteString(beginning.subarray(0, count)));
    } finally {
      source.close();
    }
  } catch {
    // A tag that cannot be read tags nothing; the file itself is reported when it is read.
    return false;
  }
}
