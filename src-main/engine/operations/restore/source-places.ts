/**
 * Where what was saved lies in a snapshot's tree. Trap: a snapshot names its sources by their absolute paths, but one that
 * was given as a relative path lies in the tree under that relative path (`docs` of `/home/me/docs`), and the folder that it
 * was relative to is recorded nowhere. Source: repository format, 9.2.
 */
import { textToByteString, type ByteString } from '#base/byte-string.ts';
import { isTidemarkError } from '#base/errors.ts';
import type { Repository } from '#repository/repository.ts';
import type { StoredSnapshot } from '#repository/snapshot-store.ts';
import { findPlace } from '../find-in-snapshot.ts';

export interface SourcePlaces {
  /** What the tree's root was on disk: `/` for sources given by absolute paths. */
  readonly rootOnDisk: ByteString;
  /** Absolute in the tree. */
  readonly inTree: readonly ByteString[];
}

/** Undefined when it cannot be told. Reads trees only. @throws integrity errors of the trees on the way */
export async function findSourcePlaces(
  repository: Repository,
  stored: StoredSnapshot,
  signal: AbortSignal | undefined,
): Promise<SourcePlaces | undefined> {
  const paths = stored.snapshot.paths.map((path) => namesOf(textToByteString(path)));
  const [first] = paths;
  if (first === undefined) return undefined;
  const common = namesOf(commonFolder(paths.map((names) => toPath(names))));
  // With the first name of an absolute path in its root, the tree is one of absolute paths, whatever else is in it.
  const isAbsolute = await isThere(repository, stored, toPath(first.slice(0, 1)), signal);
  for (let cut = 0; cut <= (isAbsolute ? 0 : common.length); cut++) {
    const inTree = paths.map((names) => toPath(names.slice(cut)));
    let found = 0;
    for (const path of inTree) if (await isThere(repository, stored, path, signal)) found++;
    if (found === inTree.length) return { rootOnDisk: toPath(common.slice(0, cut)), inTree };
  }
  // Some sources could not be read at all when it was made.
  return isAbsolute ? { rootOnDisk: toPath([]), inTree: paths.map((names) => toPath(names)) } : undefined;
}

async function isThere(
  repository: Repository,
  stored: StoredSnapshot,
  path: ByteString,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  try {
    await findPlace(repository, stored, path, signal);
    return true;
  } catch (error) {
    if (isTidemarkError(error, 'files.pathNotInSnapshot')) return false;
    throw error;
  }
}

/** The longest path that all begin with; `/` for none. */
export function commonFolder(paths: readonly ByteString[]): ByteString {
  const [first, ...rest] = paths.map(namesOf);
  if (first === undefined) return toPath([]);
  let length = first.length;
  for (const names of rest) {
    while (length > 0 && !first.slice(0, length).every((name, depth) => names[depth] === name)) length--;
  }
  return toPath(first.slice(0, length));
}

function namesOf(path: ByteString): readonly ByteString[] {
  return path.split('/').filter((name) => name !== '') as ByteString[];
}

function toPath(names: readonly ByteString[]): ByteString {
  return `/${names.join('/')}` as ByteString;
}

/** Of clean absolute paths. */
export function joinPaths(folder: ByteString, below: ByteString): ByteString {
  if (below === '/') return folder;
  return folder === '/' ? below : ((folder + below) as ByteString);
}
