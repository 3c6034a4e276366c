/**
 * What of a folder may be taken away because the version does not have it. Only below what was saved, only what was asked for,
 * and nothing that the backup left out on purpose: that was never a part of the version.
 */
import { textToByteString, type ByteString } from '#base/byte-string.ts';
import { isTidemarkError } from '#base/errors.ts';
import { createExcludeFilter, type ExcludeFilter } from '#rules/exclude-rules.ts';
import type { Selector } from './read-folder.ts';
import type { RestoreFolder } from './restore-folder.ts';
import { joinPaths, type SourcePlaces } from './source-places.ts';

export interface OthersParts {
  readonly sources: SourcePlaces;
  /** Patterns of what was left out when the snapshot was made. */
  readonly excludes: readonly string[];
  /** Absolute in the snapshot: the folder that the restore begins in. */
  readonly snapshotFolder: ByteString;
  readonly target: ByteString;
  readonly selector: Selector;
  /** Absolute; they and all above them stay. */
  readonly protectedPaths: readonly ByteString[];
}

export class Others {
  readonly #parts: OthersParts;
  readonly #leftOut: ExcludeFilter;

  constructor(parts: OthersParts) {
    this.#parts = parts;
    this.#leftOut = filterOf(parts.excludes.map(textToByteString));
  }

  /** Whether something in this folder may be taken away at all. */
  mayBeIn(folder: RestoreFolder): boolean {
    const { snapshotFolder, sources } = this.#parts;
    const path = join(snapshotFolder, folder.path);
    return sources.inTree.some((source) => isAtOrBelow(path, source));
  }

  mayRemove(folder: RestoreFolder, name: ByteString, isFolder: boolean): boolean {
    const { snapshotFolder, sources, target, selector, protectedPaths } = this.#parts;
    const names = [...folder.path, name];
    const onDisk = join(target, names);
    if (protectedPaths.some((path) => isAtOrBelow(path, onDisk))) return false;
    const wasAt = joinPaths(sources.rootOnDisk, join(snapshotFolder, names));
    if (!this.#leftOut.isEmpty && this.#leftOut.isExcluded(wasAt, isFolder)) return false;
    return selector(() => join(folder.location, [name]), isFolder).isSelected;
  }
}

function filterOf(patterns: readonly ByteString[]): ExcludeFilter {
  try {
    return createExcludeFilter({ patterns });
  } catch (error) {
    // Another program's patterns may mean nothing here: nothing is known to have been left out then.
    if (isTidemarkError(error, 'request.invalidInput')) return createExcludeFilter({ patterns: [] });
    throw error;
  }
}

function join(folder: ByteString, names: readonly ByteString[]): ByteString {
  if (names.length === 0) return folder;
  return `${folder === '/' ? '' : folder}/${names.join('/')}` as ByteString;
}

function isAtOrBelow(path: ByteString, folder: ByteString): boolean {
  return path === folder || path.startsWith(folder.endsWith('/') ? folder : `${folder}/`);
}
