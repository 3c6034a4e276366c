/**
 * Which files of a repository go into the storage class that a person has chosen. All of them; but into one from which nothing
 * can be read before it was brought back only packs that hold nothing but contents of files, so that everything else works at
 * once: opening, listing, another backup. The rule is restic's.
 */
import type { PackContent, StorageFileType } from '#storage/port.ts';

const ARCHIVES: ReadonlySet<string> = new Set(['GLACIER', 'DEEP_ARCHIVE']);

/** Undefined: the bucket's own. */
export function storageClassOf(
  chosen: string | undefined,
  type: StorageFileType,
  content: PackContent | undefined,
): string | undefined {
  if (chosen === undefined || !ARCHIVES.has(chosen)) return chosen;
  return type === 'pack' && content === 'data' ? chosen : undefined;
}
