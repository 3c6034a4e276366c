/**
 * What of a folder may be taken away because the version does not have it. Only below what was saved, only what was asked for,
 * and nothing that the backup left out on purpose: that was never a part of the version.
 */
import type { ByteString } from '#base/byte-string.ts';
import { isTidemarkError } from '#base/errors.ts';
import { createExcludeFilter, type ExcludeFilter } from '#rules/exclude-rules.ts';
import { parseExclusions } from '#rules/exclusion-record.ts';
import type { FolderContents, Selector } from './read-folder.ts';
import type { RestoreFolder } from './restore-folder.ts';
import type { PathRules } from './rules.ts';
import { joinPaths, type SourcePlaces } from './source-places.ts';

export interface OthersParts {
  readonly sources: SourcePlaces;
  /** What was left out when the snapshot was made, as it records it. */
  readonly excludes: readonly string[];
  /** Absolute in the snapshot: the folder that the restore begins in. */
  readonly snapshotFolder: ByteString;
  readonly target: ByteString;
  readonly selector: Selector;
  /** What has a rule of its own is not made as it was. */
  readonly rules: PathRules;
  /** Absolute; they and all above them stay. */
  readonly protectedPaths: readonly ByteString[];
}

export class Others {
  readonly #parts: OthersParts;
  readonly #leftOut: ExcludeFilter;
  /** Names of files that had all else in their folder left out. */
  readonly #tagFiles: ReadonlySet<ByteString>;

  constructor(parts: OthersParts) {
    this.#parts = parts;
    const { exclude, folderTags } = readRecord(parts.excludes);
    this.#leftOut = createExcludeFilter(exclude);
    this.#tagFiles = new Set(folderTags.map(({ fileName }) => fileName));
  }

  /** Whether something in this folder may be taken away at all. */
  mayBeIn(folder: RestoreFolder, contents: FolderContents): boolean {
    const { snapshotFolder, sources } = this.#parts;
    if (!contents.isKnown || this.#wasTagged(contents)) return false;
    const path = join(snapshotFolder, folder.path);
    return sources.inTree.some((source) => isAtOrBelow(path, source));
  }

  /** The version has nothing of the folder but the file that tagged it. */
  #wasTagged({ folders, entries, spared }: FolderContents): boolean {
    const names = [...entries.map(({ name }) => name), ...spared];
    return folders.length === 0 && names.length === 1 && this.#tagFiles.has(names[0]!);
  }

  mayRemove(folder: RestoreFolder, name: ByteString, isFolder: boolean): boolean {
    const { snapshotFolder, sources, target, selector, rules, protectedPaths } = this.#parts;
    const location = join(folder.location, [name]);
    if (rules.of(location) !== undefined) return false;
    const names = [...folder.path, name];
    const onDisk = join(target, names);
    if (protectedPaths.some((path) => isAtOrBelow(path, onDisk))) return false;
    const wasAt = joinPaths(sources.rootOnDisk, join(snapshotFolder, names));
    if (!this.#leftOut.isEmpty && this.#leftOut.isExcluded(wasAt, isFolder)) return false;
    return selector(() => location, isFolder).isSelected;
  }
}

function readRecord(excludes: readonly string[]): ReturnType<typeof parseExclusions> {
  try {
    const record = parseExclusions(excludes);
    createExcludeFilter(record.exclude);
    return record;
  } catch (error) {
    // Another program's patterns may mean nothing here: nothing is known to have been left out then.
    if (isTidemarkError(error, 'request.invalidInput')) return parseExclusions([]);
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
