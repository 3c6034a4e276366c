/**
 * The openFolders job: makes folders of a restore and compares what is there with what is to come. Content counts as
 * right only when its hashes are; size and time decide whether it is worth reading.
 */
import type { ByteString } from '#base/byte-string.ts';
import { idAt } from '#base/ids.ts';
import type { FileStat, TargetPath } from '#files/port.ts';
import { parseTime } from '#format/time.ts';
import { besideName } from '#rules/beside-name.ts';
import { UNDO_FOLDER } from '#rules/undo-folder.ts';
import { ownerOfUnfinished } from '#rules/unfinished-name.ts';
import type {
  EntryOutcome,
  EntryToCompare,
  FolderOutcome,
  FolderToMake,
  FolderToOpen,
  OpenedFolder,
  OverwriteRule,
  RestoreJobTypes,
  RestoreSettings,
} from '../restore-types.ts';
import { restorePlace, throwIfFull, type RestorePlace } from '../restore-place.ts';
import type { JobContext } from '../worker-thread.ts';
import { errorCodeOf } from './error-code.ts';

type Types = RestoreJobTypes['openFolders'];

export function openFolders(input: Types['input'], context: JobContext): Types['output'] {
  const place = restorePlace(context, input.settings);
  const opened = input.folders.map((folder): OpenedFolder => {
    context.reportRead(0);
    try {
      return openFolder(folder, input.settings, place, context);
    } catch (error) {
      const code = errorCodeOf(error);
      throwIfFull(code, folder.path, error);
      return code === 'EEXIST' || code === 'ENOTDIR' || code === 'ELOOP'
        ? { kind: 'conflict' }
        : { kind: 'failed', code };
    }
  });
  flushJournal(place);
  return opened;
}

/** Before anything is done in the folders. @throws files.noSpace */
function flushJournal({ keeping }: RestorePlace): void {
  try {
    keeping?.flush();
  } catch (error) {
    throwIfFull(errorCodeOf(error), [], error);
    throw error;
  }
}

function openFolder(
  { path, uncertain, isFresh, folders, entries, spared }: FolderToOpen,
  settings: RestoreSettings,
  place: RestorePlace,
  context: JobContext,
): OpenedFolder {
  const made: boolean[] = [];
  for (let length = path.length - uncertain + 1; length <= path.length; length++) {
    const part = path.slice(0, length);
    const found = made.at(-1) === true ? undefined : place.root.stat(part);
    made.push(found === undefined);
    if (settings.isDryRun) continue;
    if (found === undefined) noteFolder(part, place);
    else if (found.kind === 'dir') place.keeping?.noteMetadata(part, found);
    place.root.makeDir(part);
  }
  const isEmpty = isFresh || made.at(-1) === true;
  const names = new Set(isEmpty ? [] : place.root.list(path));
  const wanted = new Set([...entries, ...folders].map(({ name }) => name).concat(spared));
  const unfinished = [...names].filter(
    (name) =>
      ownerOfUnfinished(name) !== undefined &&
      !name.startsWith(settings.temporaryPrefix) &&
      !wanted.has(name),
  );
  for (const name of unfinished) names.delete(name);
  const besides = new Besides(path, names, wanted, { settings, place, context });
  return {
    kind: 'opened',
    made,
    folders: folders.map((folder) =>
      makeFolder([...path, folder.name], names.has(folder.name), folder, settings, place),
    ),
    entries: entries.map((entry) => {
      if (!names.has(entry.name)) return 'absent';
      const outcome = compareEntry([...path, entry.name], entry, settings, place, context);
      return outcome === 'beside' ? besides.nameFor(entry) : outcome;
    }),
    unfinished,
    others: settings.findsOthers && !isEmpty ? othersIn(path, names, besides.ours, place) : [],
  };
}

interface LookParts {
  readonly settings: RestoreSettings;
  readonly place: RestorePlace;
  readonly context: JobContext;
}

/** Names beside what is there. One that holds what is to come already serves: an earlier run of the restore put it there. */
class Besides {
  /** What the snapshot has in the folder, under its own name or beside it. */
  readonly ours: Set<ByteString>;
  readonly #path: TargetPath;
  readonly #names: ReadonlySet<ByteString>;
  readonly #parts: LookParts;

  constructor(
    path: TargetPath,
    names: ReadonlySet<ByteString>,
    wanted: ReadonlySet<ByteString>,
    parts: LookParts,
  ) {
    this.ours = new Set(wanted);
    this.#path = path;
    this.#names = names;
    this.#parts = parts;
  }

  nameFor(entry: EntryToCompare): { readonly beside: ByteString; readonly isThere: boolean } {
    let isThere = false;
    const beside = besideName(entry.name, this.#parts.settings.besideLabel, (name) => {
      if (this.ours.has(name)) return true;
      isThere = this.#names.has(name) && this.#holds(name, entry);
      return this.#names.has(name) && !isThere;
    });
    this.ours.add(beside);
    return { beside, isThere };
  }

  #holds(name: ByteString, entry: EntryToCompare): boolean {
    const { place, context } = this.#parts;
    const path = [...this.#path, name];
    try {
      const found = place.root.stat(path);
      return found !== undefined && isSameContent(path, found, entry, place, context);
    } catch (error) {
      errorCodeOf(error);
      return false;
    }
  }
}

/** Entries that the snapshot does not have, without those that are a restore's own. */
function othersIn(
  path: TargetPath,
  names: ReadonlySet<ByteString>,
  ours: ReadonlySet<ByteString>,
  place: RestorePlace,
): { readonly name: ByteString; readonly isFolder: boolean }[] {
  const others = [];
  for (const name of names) {
    if (ours.has(name) || name === UNDO_FOLDER || ownerOfUnfinished(name) !== undefined) continue;
    const found = place.root.stat([...path, name]);
    if (found !== undefined) others.push({ name, isFolder: found.kind === 'dir' });
  }
  return others;
}

function noteFolder(path: TargetPath, { keeping }: RestorePlace): void {
  keeping?.note({ kind: 'folder', path });
  keeping?.write();
}

function makeFolder(
  path: TargetPath,
  isThere: boolean,
  { mtime, overwrite }: FolderToMake,
  settings: RestoreSettings,
  place: RestorePlace,
): FolderOutcome {
  const { keeping } = place;
  try {
    const found = isThere ? place.root.stat(path) : undefined;
    if (found?.kind === 'dir') {
      keeping?.noteMetadata(path, found);
      return { kind: 'there' };
    }
    if (found !== undefined && !givesWay(found, mtime, overwrite ?? settings.overwrite))
      return { kind: 'conflict' };
    const isReplacing = found !== undefined;
    if (settings.isDryRun) return { kind: 'made', isReplacing };
    if (found !== undefined) {
      const code = keeping?.moveAll([{ path, from: undefined, isReplacing: true }])[0];
      if (code !== undefined) return { kind: 'failed', code };
      if (keeping === undefined) place.root.remove(path);
    }
    noteFolder(path, place);
    place.root.makeDir(path);
    return { kind: 'made', isReplacing };
  } catch (error) {
    const code = errorCodeOf(error);
    throwIfFull(code, path, error);
    return code === 'EEXIST' ? { kind: 'conflict' } : { kind: 'failed', code };
  }
}

/** Whether the rule lets something be replaced that is of another kind or content. */
function givesWay(found: FileStat, mtime: string, overwrite: OverwriteRule): boolean {
  switch (overwrite) {
    case 'always':
    case 'if-changed':
      return true;
    case 'if-newer':
      return compareTime(mtime, found) > 0;
    case 'never':
    case 'refuse':
    case 'beside':
      return false;
  }
}

/** `beside`: the name is still to be chosen. */
function compareEntry(
  path: TargetPath,
  entry: EntryToCompare,
  settings: RestoreSettings,
  place: RestorePlace,
  context: JobContext,
): Exclude<EntryOutcome, object> | 'beside' {
  let found: FileStat | undefined;
  try {
    found = place.root.stat(path);
  } catch (error) {
    errorCodeOf(error);
    return 'conflict';
  }
  if (found === undefined) return 'absent';
  const { undoId } = settings;
  const overwrite = entry.overwrite ?? settings.overwrite;
  if (found.kind === 'dir') {
    if (overwrite === 'beside') return 'beside';
    // Otherwise a folder never gives way to something else: all that is in it would be lost.
    return overwrite === 'always' && undoId !== undefined ? 'replace' : 'conflict';
  }
  if (overwrite === 'never') return 'kept';
  const isSameTime = compareTime(entry.mtime, found) === 0;
  if (overwrite === 'refuse')
    return isSameTime && isSameContent(path, found, entry, place, context) ? 'unchanged' : 'conflict';
  if (overwrite === 'if-newer') return compareTime(entry.mtime, found) > 0 ? 'replace' : 'kept';
  if (overwrite === 'beside')
    return isSameContent(path, found, entry, place, context) ? 'unchanged' : 'beside';
  if (overwrite === 'if-changed' && !isSameTime) return 'replace';
  // Its other names may lie outside of the target: they must not change with it.
  if (found.links > 1 && entry.links <= 1) return 'replace';
  return isSameContent(path, found, entry, place, context) ? 'same' : 'replace';
}

function isSameContent(
  path: TargetPath,
  found: FileStat,
  entry: EntryToCompare,
  place: RestorePlace,
  context: JobContext,
): boolean {
  if (found.kind !== entry.kind) return false;
  if (entry.kind === 'fifo') return true;
  if (entry.kind === 'blockDevice' || entry.kind === 'charDevice') return found.rdev === entry.device;
  if (entry.kind !== 'file' && entry.kind !== 'symlink') return false;
  const sizeBytes = entry.lengths.reduce((sum, length) => sum + length, 0);
  if (entry.kind === 'file' && found.sizeBytes !== sizeBytes) return false;
  try {
    if (entry.kind === 'symlink') return place.root.readLink(path) === entry.linkTarget;
    return hasBlobs(path, entry, place, context);
  } catch (error) {
    errorCodeOf(error);
    return false;
  }
}

let blobBuffer = new Uint8Array(0);
const hash = new Uint8Array(32);

function hasBlobs(
  path: TargetPath,
  entry: EntryToCompare,
  place: RestorePlace,
  context: JobContext,
): boolean {
  const file = place.root.openFile(path, 'read');
  try {
    let offset = 0;
    for (const [index, length] of entry.lengths.entries()) {
      context.reportRead(0);
      if (blobBuffer.length < length) blobBuffer = new Uint8Array(length);
      const into = blobBuffer.subarray(0, length);
      if (file.read(into, offset) !== length) return false;
      context.codec.hashInto(into, hash, 0);
      if (Buffer.compare(hash, idAt(entry.ids, index)) !== 0) return false;
      offset += length;
    }
    return true;
  } finally {
    file.close();
  }
}

/** Above 0 when the stored time is later. A stored time that is not valid is never the same and never later. */
function compareTime(stored: string, found: FileStat): number {
  try {
    const { sec, nsec } = parseTime(stored);
    return sec - found.mtimeSec || nsec - found.mtimeNsec;
  } catch {
    return -1;
  }
}
