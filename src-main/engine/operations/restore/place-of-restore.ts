/** Where a restore goes: below a folder of the person's choice, or to where the files came from. */
import type { ByteString } from '#base/byte-string.ts';
import { isTidemarkError, TidemarkError } from '#base/errors.ts';
import type { TargetFiles } from '#files/port.ts';
import type { Repository } from '#repository/repository.ts';
import { findPlace, resolveSnapshotPath, type SnapshotPlace } from '../find-in-snapshot.ts';
import { recordOfJob } from '../undo/undo-record.ts';
import { commonFolder, findSourcePlaces, joinPaths, type SourcePlaces } from './source-places.ts';
import type { RestoreRequest } from './types.ts';

export interface PlaceOfRestore {
  readonly place: SnapshotPlace;
  /** Absolute. */
  readonly target: ByteString;
  /** What paths in results begin with: empty, or the snapshot's folder when it was not named by the person. */
  readonly prefix: ByteString;
  /** In place, or when others may be removed; undefined too where it cannot be told. */
  readonly sources: SourcePlaces | undefined;
}

/**
 * In place, the target is the lowest folder that holds everything that was saved, so that what is kept for an undo lies
 * near; where that is not there any more, the nearest folder above it. One that goes on stays where its first run began.
 * @throws what resolveSnapshotPath throws; request.invalidInput where it cannot be told where the files came from
 */
export async function placeOfRestore(
  repository: Repository,
  files: TargetFiles,
  request: RestoreRequest,
  removesOthers: boolean,
  signal: AbortSignal | undefined,
): Promise<PlaceOfRestore> {
  const place = await resolveSnapshotPath(repository, request.snapshot, request.filter, signal);
  const none = '' as ByteString;
  const needsSources = request.target === undefined || removesOthers;
  const sources = needsSources ? await findSourcePlaces(repository, place.stored, signal) : undefined;
  if (needsSources && sources === undefined)
    throw new TidemarkError('request.invalidInput', {
      what: 'this snapshot does not tell where its files came from',
      reason: 'name the folder to restore into with --target, and remove nothing from it',
    });
  if (request.target !== undefined || sources === undefined)
    return { place, target: request.target ?? place.path, prefix: none, sources };
  const onDisk = (path: ByteString): ByteString => joinPaths(sources.rootOnDisk, path);
  if (place.path !== '/') return { place, target: onDisk(place.path), prefix: none, sources };
  const lowest = commonFolder(sources.inTree);
  const isBegun = (folder: ByteString): boolean => hasBegunIn(repository, files, onDisk(folder), request.job);
  const begun = foldersFrom(lowest).find(isBegun);
  for (const folder of begun === undefined ? foldersFrom(lowest) : [begun]) {
    if (folder === '/' || !isFolder(files, onDisk(folder))) continue;
    const found = await findFolder(repository, place, folder, signal);
    if (found !== undefined) return { place: found, target: onDisk(folder), prefix: folder, sources };
  }
  return { place, target: sources.rootOnDisk, prefix: none, sources };
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

/** The folder and all above it. */
function foldersFrom(folder: ByteString): ByteString[] {
  if (folder === '/') return [folder];
  const above = (folder.slice(0, Math.max(folder.lastIndexOf('/'), 0)) || '/') as ByteString;
  return [folder, ...foldersFrom(above)];
}

function hasBegunIn(
  { ports }: Repository,
  files: TargetFiles,
  path: ByteString,
  job: string | undefined,
): boolean {
  if (job === undefined) return false;
  try {
    const root = files.openRoot(path, 'fail');
    try {
      return recordOfJob(root, ports.identity, job) !== undefined;
    } finally {
      root.close();
    }
  } catch {
    return false;
  }
}

function isFolder(files: TargetFiles, path: ByteString): boolean {
  try {
    files.openRoot(path, 'fail').close();
    return true;
  } catch {
    return false;
  }
}
