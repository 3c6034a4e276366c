/**
 * What a restore is made of. Where files go back to where they came from, each restore has one folder in which it keeps what is
 * in the way. Folders of a plan that have no such folder in common that may be written in (`/home/me` and `/mnt/photos`) are
 * restored one by one, so that nobody needs rights on what lies above them.
 */
import { access, constants } from 'node:fs/promises';
import { isAbsolute, posix } from 'node:path';
import { textToByteString, toDisplay, type ByteString } from '#base/byte-string.ts';
import type { RestoreAsk } from '#contract/engine/engine-values.ts';
import { isWithin, treePathOf } from '#operations/find-in-snapshot.ts';
import { commonFolder } from '#operations/restore/source-places.ts';
import type { RestoreRequest } from '#operations/restore/types.ts';
import type { Repository } from '#repository/repository.ts';
import { literalPattern } from '#rules/literal-pattern.ts';
import { diskPathOf } from './disk-path.ts';

export interface RestorePart {
  readonly request: RestoreRequest;
  /** What stands before the paths in its result, so that they are those of the version; empty or a folder. */
  readonly above: ByteString;
  /** It may have been away when the version was made: then the others go on without it. */
  readonly isOptional: boolean;
}

const NOTHING = '' as ByteString;

/** At least one. */
export async function partsOfRestore(
  repository: Repository,
  ask: RestoreAsk,
  signal: AbortSignal,
): Promise<RestorePart[]> {
  const whole = { request: toRequest(repository, ask, ask.snapshotId), above: NOTHING, isOptional: false };
  if (ask.target !== null) return [elsewhere(repository, ask) ?? whole];
  const { snapshot } = await repository.snapshots.find(ask.snapshotId, {}, signal);
  const sources = snapshot.paths.map(treePathOf);
  if (sources.length < 2 || (await canWrite(commonFolder(sources)))) return [whole];
  const wanted = sources.filter((path) => isWanted(ask, path));
  const parts = wanted.map((path) => {
    const inside = insideOf(path, ask);
    const request = toRequest(repository, inside, `${ask.snapshotId}:${toDisplay(path)}`);
    return { request, above: path, isOptional: ask.paths.length === 0 };
  });
  return parts.length === 0 ? [whole] : parts;
}

/**
 * A copy keeps the folders from the lowest one that holds all that was chosen, not the whole way from the top. Undefined:
 * that is the top, or its name cannot be said in a request (it is no UTF-8).
 */
function elsewhere(repository: Repository, ask: RestoreAsk): RestorePart | undefined {
  const above = folderOfCopy(ask.paths);
  if (above === undefined) return undefined;
  const request = toRequest(repository, insideOf(above, ask), `${ask.snapshotId}:${toDisplay(above)}`);
  return { request, above, isOptional: false };
}

/** What does not come along of the paths in a copy; undefined: they come whole. */
export function folderOfCopy(paths: readonly ByteString[]): ByteString | undefined {
  if (paths.length === 0) return undefined;
  const above = commonFolder(paths.map((path) => posix.dirname(path) as ByteString));
  return above === '/' || textToByteString(toDisplay(above)) !== above ? undefined : above;
}

function isWanted({ paths, excludePaths = [] }: RestoreAsk, source: ByteString): boolean {
  if (excludePaths.some((path) => isWithin(path, source))) return false;
  return paths.length === 0 || paths.some((path) => isWithin(source, path) || isWithin(path, source));
}

/** The same, with paths as they are seen from the folder. */
function insideOf(folder: ByteString, ask: RestoreAsk): RestoreAsk {
  const { paths, excludePaths = [], rulesByPath = [] } = ask;
  // Of those above, or of the folder itself, the deepest is that of all in it.
  const ofAll = rulesByPath
    .filter(({ path }) => isWithin(path, folder))
    .toSorted((a, b) => b.path.length - a.path.length)[0];
  return {
    ...ask,
    paths: below(folder, paths),
    excludePaths: below(folder, excludePaths),
    rulesByPath: [
      ...(ofAll === undefined ? [] : [{ ...ofAll, path: '/' as ByteString }]),
      ...rulesByPath
        .filter(({ path }) => path !== folder && isWithin(folder, path))
        .map(({ path, rule }) => ({ path: path.slice(folder.length) as ByteString, rule })),
    ],
  };
}

/** Seen from the folder; empty where one of them is the folder or holds it: then it is all of it. */
function below(folder: ByteString, paths: readonly ByteString[]): ByteString[] {
  if (paths.some((path) => isWithin(path, folder))) return [];
  return paths
    .filter((path) => isWithin(folder, path))
    .map((path) => path.slice(folder.length) as ByteString);
}

async function canWrite(folder: ByteString): Promise<boolean> {
  if (folder === '/') return false;
  try {
    await access(diskPathOf(folder), constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

function toRequest(
  { storage }: Repository,
  { paths, target, rule, excludePaths = [], rulesByPath = [] }: RestoreAsk,
  snapshot: string,
): RestoreRequest {
  const style = process.platform === 'win32' ? ('windows' as const) : ('posix' as const);
  const patterns = (list: readonly ByteString[]) => ({
    patterns: list.map((path) => literalPattern(path, style)),
    style,
  });
  return {
    snapshot,
    target: target ?? undefined,
    ...(paths.length === 0 ? {} : { include: patterns(paths) }),
    ...(excludePaths.length === 0 ? {} : { exclude: patterns(excludePaths) }),
    overwrite: rule,
    rulesByPath,
    // A place on this disk may lie in the very folder that is made as it was. An address of another kind is no path there.
    protectedPaths: isAbsolute(storage.location) ? [textToByteString(storage.location)] : [],
    sparse: false,
    verify: true,
    noLock: false,
    dryRun: false,
  };
}
