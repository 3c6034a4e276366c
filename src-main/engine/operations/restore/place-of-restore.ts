/** Where a restore goes: below a folder of the person's choice, or to where the files came from. */
import { textToByteString, type ByteString } from '#base/byte-string.ts';
import { isTidemarkError } from '#base/errors.ts';
import type { BlobId } from '#base/ids.ts';
import type { TargetFiles } from '#files/port.ts';
import type { Repository } from '#repository/repository.ts';
import { findPlace, resolveSnapshotPath, type SnapshotPlace } from '../find-in-snapshot.ts';
import type { RestoreRequest } from './types.ts';

export interface PlaceOfRestore {
  readonly place: SnapshotPlace & { readonly treeId: BlobId | undefined };
  /** Absolute. */
  readonly target: ByteString;
  /** What paths in results begin with: empty, or the snapshot's folder when it was not named by the person. */
  readonly prefix: ByteString;
}

/**
 * In place, the target is the lowest folder that holds everything that was saved, so that what is kept for an undo lies
 * near; where that is not there any more, the nearest folder above it.
 * @throws what resolveSnapshotPath throws
 */
export async function placeOfRestore(
  repository: Repository,
  files: TargetFiles,
  request: RestoreRequest,
  signal: AbortSignal | undefined,
): Promise<PlaceOfRestore> {
  const place = await resolveSnapshotPath(repository, request.snapshot, request.filter, signal);
  const none = '' as ByteString;
  if (request.target !== undefined) return { place, target: request.target, prefix: none };
  if (place.path !== '/') return { place, target: place.path, prefix: none };
  let folder = commonFolder(place.stored.snapshot.paths.map(textToByteString));
  for (; folder !== '/'; folder = folderAbove(folder)) {
    if (!isFolder(files, folder)) continue;
    const found = await findFolder(repository, place, folder, signal);
    if (found !== undefined) return { place: found, target: folder, prefix: folder };
  }
  return { place, target: folder, prefix: none };
}

/** Undefined when the snapshot has something else, or nothing, in that place. */
async function findFolder(
  repository: Repository,
  { stored }: SnapshotPlace,
  folder: ByteString,
  signal: AbortSignal | undefined,
): Promise<SnapshotPlace | undefined> {
  try {
    const found = await findPlace(repository, stored, folder, signal);
    return found.treeId === undefined ? undefined : found;
  } catch (error) {
    if (isTidemarkError(error, 'files.pathNotInSnapshot')) return undefined;
    throw error;
  }
}

/** The longest path that all begin with; `/` for none. */
export function commonFolder(paths: readonly ByteString[]): ByteString {
  const [first, ...rest] = paths.map((path) => path.split('/').filter((name) => name !== ''));
  if (first === undefined) return '/' as ByteString;
  let length = first.length;
  for (const names of rest) {
    while (length > 0 && !first.slice(0, length).every((name, depth) => names[depth] === name)) length--;
  }
  return `/${first.slice(0, length).join('/')}` as ByteString;
}

function folderAbove(path: ByteString): ByteString {
  return (path.slice(0, Math.max(path.lastIndexOf('/'), 0)) || '/') as ByteString;
}

function isFolder(files: TargetFiles, path: ByteString): boolean {
  try {
    files.openRoot(path, 'fail').close();
    return true;
  } catch {
    return false;
  }
}
