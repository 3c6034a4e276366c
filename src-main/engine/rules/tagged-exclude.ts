/**
 * Folders that say of themselves that they need no backup: a file of a given name in them (`--exclude-if-present`),
 * with a given beginning for cache folders (`--exclude-caches`). Everything in such a folder is left out but the tag
 * file itself; the folder stays. Source: https://bford.info/cachedir/ and restic's manual.
 */
import { TidemarkError } from '#base/errors.ts';
import { toDisplay, type ByteString } from '#base/byte-string.ts';

/** Plain and cloneable. */
export interface FolderTag {
  readonly fileName: ByteString;
  /** Bytes the file must begin with; empty when its presence is enough. */
  readonly header: ByteString;
}

export const CACHE_FOLDER_TAG: FolderTag = {
  fileName: 'CACHEDIR.TAG' as ByteString,
  header: 'Signature: 8a477f597d28d172789f06886806bc55' as ByteString,
};

/** `name` or `name:header`; the first colon divides. @throws request.invalidInput when there is no name. */
export function parseFolderTag(specification: ByteString): FolderTag {
  const colon = specification.indexOf(':');
  const fileName = colon < 0 ? specification : specification.slice(0, colon);
  if (fileName === '') {
    throw new TidemarkError('request.invalidInput', {
      what: `the tag "${toDisplay(specification)}"`,
      reason: 'it needs the name of a file, such as .nobackup',
    });
  }
  return {
    fileName: fileName as ByteString,
    header: (colon < 0 ? '' : specification.slice(colon + 1)) as ByteString,
  };
}

/**
 * Whether a tag file whose first bytes are `beginning` tags its folder. Hand in at least `tag.header.length` bytes if
 * the file has them; any regular or other entry of the name counts when the header is empty.
 */
export function isTaggedBy(tag: FolderTag, beginning: ByteString): boolean {
  return beginning.startsWith(tag.header);
}

/** Whether an entry of a tagged folder is left out: all but the tag file. */
export function isLeftOutByTag(tag: FolderTag, entryName: ByteString): boolean {
  return entryName !== tag.fileName;
}
