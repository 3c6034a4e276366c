/** Jobs of a restore that need no blobs: links and special files, ends of large files, metadata. */
import type { TargetPath } from '#files/port.ts';
import type { EntryToPlace, EntryProblem, PlaceOutcome, RestoreJobTypes } from '../restore-types.ts';
import { leaveRestorePlace, restorePlace, type RestorePlace } from '../restore-place.ts';
import type { JobContext } from '../worker-thread.ts';

const NOTHING = new Uint8Array(0);

type PlaceEntries = RestoreJobTypes['placeEntries'];
type FinishFolders = RestoreJobTypes['finishFolders'];

export function placeEntries(input: PlaceEntries['input'], context: JobContext): PlaceEntries['output'] {
  const place = restorePlace(context, input.settings);
  const outcomes: PlaceOutcome[] = [];
  place.begin(input.entries.length);
  try {
    for (const [index, entry] of input.entries.entries()) {
      // What is to be removed is removed after a cancel too.
      if (entry.kind !== 'discard') context.reportRead(0);
      const folder = input.folders[entry.folder]!;
      place.at(index);
      const outcome = placeEntry(entry, folder, place, input.firstTemporary + index, context);
      if (outcome !== undefined) outcomes.push({ index, ...outcome });
    }
    outcomes.push(...place.commit());
  } finally {
    place.abandon();
  }
  return outcomes;
}

function placeEntry(
  entry: EntryToPlace,
  folder: TargetPath,
  place: RestorePlace,
  temporary: number,
  context: JobContext,
): EntryProblem | undefined {
  switch (entry.kind) {
    case 'create':
      return createEntry(entry, folder, place, temporary);
    case 'hardLink': {
      const { name, isReplacing, existing, content } = entry;
      let madeAt: TargetPath = [];
      const link = (path: TargetPath): void => {
        madeAt = path;
        place.root.makeHardLink(existing, path);
      };
      const mark = content && place.contentMark(context, content.ids, content.lengths);
      const outcome = place.makeEntry(folder, name, isReplacing, temporary, undefined, link, mark);
      // Renaming one name of a file over another one of it does nothing and leaves both (POSIX).
      const isReplaced = isReplacing && place.keeping === undefined;
      if (isReplaced && madeAt.length > 0) place.discard(madeAt);
      return outcome;
    }
    case 'finish':
      return place.finishFile(
        folder,
        entry.temporaryName,
        entry.name,
        entry.sizeBytes,
        entry.metadata,
        entry.isReplacing,
        place.contentMark(context, entry.content.ids, entry.content.lengths),
      );
    case 'discard':
      place.discard([...folder, entry.temporaryName]);
      return undefined;
    case 'setAside':
      return place.setAside([...folder, entry.name]);
    case 'metadata':
      return place.changeMetadata([...folder, entry.name], entry.metadata);
  }
}

function createEntry(
  { name, metadata, isReplacing, linkTarget, device }: EntryToPlace & { readonly kind: 'create' },
  folder: TargetPath,
  place: RestorePlace,
  temporary: number,
): EntryProblem | undefined {
  const { kind } = metadata;
  const make = (by: (path: TargetPath) => void): EntryProblem | undefined =>
    place.makeEntry(folder, name, isReplacing, temporary, metadata, by);
  switch (kind) {
    case 'file':
      return place.writeFile(folder, name, NOTHING, metadata, isReplacing, temporary);
    case 'symlink':
      if (linkTarget === undefined) return { kind: 'failed', code: 'EINVAL' };
      return make((path) => place.root.makeSymlink(path, linkTarget));
    case 'fifo':
      return make((path) => place.root.makeFifo(path));
    case 'blockDevice':
    case 'charDevice':
      return make((path) => place.root.makeDevice(path, kind, device));
    case 'dir':
    case 'socket':
    case 'other':
      return { kind: 'failed', code: 'EINVAL' };
  }
}

export function finishFolders(input: FinishFolders['input'], context: JobContext): FinishFolders['output'] {
  const place = restorePlace(context, input.settings);
  const outcomes: PlaceOutcome[] = [];
  for (const [index, { path, metadata }] of input.folders.entries()) {
    const outcome = place.applyMetadata(path, metadata);
    if (outcome !== undefined) outcomes.push({ index, ...outcome });
  }
  return outcomes;
}

export function endRestore(_input: undefined, context: JobContext): undefined {
  leaveRestorePlace(context);
  return undefined;
}
