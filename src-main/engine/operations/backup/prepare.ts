/**
 * Everything a backup decides before it changes anything: whether the sources are there, which snapshot it compares
 * with. Reads only.
 */
import { toDisplay, type ByteString } from '#base/byte-string.ts';
import { isTidemarkError, TidemarkError } from '#base/errors.ts';
import type { BlobId } from '#base/ids.ts';
import type { SourceFiles } from '#files/port.ts';
import { formatTime, localZone, parseTime } from '#format/time.ts';
import { parseTree } from '#format/tree.ts';
import type { TreeNode } from '#format/tree-node.ts';
import { chooseParent, chooseParentInSeries } from '#rules/parent-choice.ts';
import { isPart } from '#rules/snapshot-marks.ts';
import type { Repository } from '#repository/repository.ts';
import type { StoredSnapshot } from '#repository/snapshot-store.ts';
import { absolutePath, buildSourceTree, type SourceFolder } from './source-tree.ts';
import type { StorageEntry } from '#storage/port.ts';
import type { BackupRequest } from './types.ts';

export interface PreparedBackup {
  /** RFC 3339, the snapshot's time. */
  readonly time: string;
  readonly startedAt: string;
  /** Absolute, in given order, without repetition. */
  readonly paths: readonly ByteString[];
  /** Some source without a name of its own (`.`) is an empty folder. */
  readonly hasEmptyNameless: boolean;
  readonly sourceTree: SourceFolder;
  /** st_dev of the sources when the backup stays on them. */
  readonly onlyDevices: readonly bigint[] | undefined;
  readonly parent: StoredSnapshot | undefined;
  /** Being listed, where some may have been left without an index. */
  readonly packs?: Promise<readonly StorageEntry[]> | undefined;
}

/**
 * Looks at the sources; needs no repository.
 * @throws files.sourceMissing, files.nothingToSave, request.invalidInput
 */
export function prepareSources(
  request: BackupRequest,
  files: SourceFiles,
): Pick<PreparedBackup, 'paths' | 'hasEmptyNameless' | 'sourceTree' | 'onlyDevices'> {
  if (request.sources.length === 0) throw new TidemarkError('files.nothingToSave', {});
  // An unset variable in a script, not the working folder.
  if (request.sources.includes('' as ByteString)) {
    throw new TidemarkError('request.invalidInput', {
      what: 'an empty path to save',
      reason: 'name a file or folder; the working folder is "."',
    });
  }
  const paths = [...new Set(request.sources.map((source) => absolutePath(source, request.workingFolder)))];
  const devices = new Set<bigint>();
  for (const path of paths) devices.add(statSource(files, path).device);
  let hasEmptyNameless = false;
  const sourceTree = buildSourceTree(request.sources, request.workingFolder, (path) => {
    const names = files.list(path);
    hasEmptyNameless ||= names.length === 0;
    return names;
  });
  return {
    paths,
    hasEmptyNameless,
    sourceTree,
    onlyDevices: request.oneFileSystem ? [...devices] : undefined,
  };
}

function statSource(files: SourceFiles, path: ByteString): ReturnType<SourceFiles['stat']> {
  try {
    return files.stat(path);
  } catch (error) {
    throw new TidemarkError(
      'files.sourceMissing',
      { path: toDisplay(path) },
      { retry: 'afterUser', cause: error },
    );
  }
}

/** When the new snapshot is dated, and when the run began. */
export function backupTimes(
  request: BackupRequest,
  nowMs: number,
): Pick<PreparedBackup, 'time' | 'startedAt'> {
  const startedAt = timeText(nowMs);
  return { time: request.time ?? startedAt, startedAt };
}

export function timeText(nowMs: number): string {
  const sec = Math.floor(nowMs / 1000);
  return formatTime(sec, Math.round((nowMs - sec * 1000) * 1e6), localZone());
}

/**
 * The snapshot to compare with. Snapshots that cannot be read are passed over, and those of a part: what they lack is not
 * new because of that, and a run that follows one is still the first of its kind.
 * @throws repository.objectNotFound for a named parent that does not exist
 */
export async function chooseBackupParent(
  repository: Repository,
  request: BackupRequest,
  paths: readonly ByteString[],
  time: string,
  signal: AbortSignal | undefined,
): Promise<StoredSnapshot | undefined> {
  if (request.parent === 'none') return undefined;
  if (request.parent !== undefined) return repository.snapshots.find(request.parent, {}, signal);
  const { snapshots } = await repository.snapshots.loadAll(signal);
  const candidates = snapshots
    .filter(({ snapshot }) => snapshot.tree !== null && !isPart(snapshot.tags))
    .map((stored) => ({ ...stored.snapshot, timeNs: timeNs(stored.snapshot.time), stored }));
  const wish = { hostname: request.hostname, paths: paths.map(toDisplay), timeNs: timeNs(time) };
  const chosen = chooseParentInSeries(candidates, request.seriesTag, wish.timeNs);
  return (chosen ?? chooseParent(candidates, wish))?.stored;
}

function timeNs(text: string): bigint {
  const { sec, nsec } = parseTime(text);
  return BigInt(sec) * 1_000_000_000n + BigInt(nsec);
}

/**
 * A source that had files in the snapshot before and is an empty folder now is more likely an unmounted disk than a
 * wish: storing it would look like a fresh, empty version. What cannot be read of that snapshot refuses nothing.
 * @throws files.sourceEmpty
 */
export async function refuseEmptiedSources(
  repository: Repository,
  { sourceTree, hasEmptyNameless, paths }: Pick<PreparedBackup, 'sourceTree' | 'hasEmptyNameless' | 'paths'>,
  previous: StoredSnapshot | undefined,
  files: SourceFiles,
  signal: AbortSignal | undefined,
): Promise<void> {
  const rootId = previous?.snapshot.tree ?? undefined;
  if (rootId === undefined) return;
  if (hasEmptyNameless && (await namesIn(rootId)).some((name) => !sourceTree.has(name))) refuse(paths[0]!);
  await refuseEmptied(sourceTree, rootId);

  async function refuseEmptied(folder: SourceFolder, treeId: BlobId): Promise<void> {
    const nodes = await nodesIn(treeId);
    for (const entry of folder.values()) {
      const subtree = nodes.find(({ name }) => name === entry.name)?.subtree;
      if (subtree === undefined) continue;
      if (entry.children !== undefined) await refuseEmptied(entry.children, subtree);
      else if (isEmptyFolder(files, entry.path) && (await namesIn(subtree)).length > 0) refuse(entry.path);
    }
  }

  async function namesIn(treeId: BlobId): Promise<ByteString[]> {
    return (await nodesIn(treeId)).map(({ name }) => name);
  }

  async function nodesIn(treeId: BlobId): Promise<readonly TreeNode[]> {
    try {
      return parseTree(await repository.loadBlob('tree', treeId, signal)).nodes;
    } catch (error) {
      if (isTidemarkError(error, 'job.cancelled')) throw error;
      return [];
    }
  }
}

function refuse(path: ByteString): never {
  throw new TidemarkError('files.sourceEmpty', { path: toDisplay(path) }, { retry: 'afterUser' });
}

/** A folder that cannot be listed is reported by the walk. */
function isEmptyFolder(files: SourceFiles, path: ByteString): boolean {
  try {
    return files.stat(path).kind === 'dir' && files.list(path).length === 0;
  } catch {
    return false;
  }
}
