/** Everything a restore finds out before it changes anything. Reads only. */
import { toDisplay, type ByteString } from '#base/byte-string.ts';
import { isTidemarkError, TidemarkError } from '#base/errors.ts';
import type { BlobId } from '#base/ids.ts';
import type { TargetFiles } from '#files/port.ts';
import type { TreeNode } from '#format/tree-node.ts';
import type { Repository } from '#repository/repository.ts';
import type { StoredSnapshot } from '#repository/snapshot-store.ts';
import { loadNodes } from '../find-in-snapshot.ts';
import { placeOfRestore } from './place-of-restore.ts';
import { readFolder, type Selector } from './read-folder.ts';
import { meaningOf } from './rules.ts';
import type { SourcePlaces } from './source-places.ts';
import type { RestoreRequest, RestoreTotals } from './types.ts';

export interface PreparedRestore {
  readonly stored: StoredSnapshot;
  /** Of the folder whose contents come into the target. */
  readonly tree: BlobId;
  /** That folder, absolute in the snapshot. */
  readonly snapshotFolder: ByteString;
  readonly target: ByteString;
  /** What paths in results begin with. */
  readonly prefix: ByteString;
  readonly sources: SourcePlaces | undefined;
  readonly totals: RestoreTotals;
}

/**
 * Finds the snapshot and the folder in it, loads the index, and counts what is to come.
 * @throws repository.objectNotFound, repository.ambiguousId, files.pathNotInSnapshot; integrity and storage errors
 */
export async function prepareFromRepository(
  repository: Repository,
  files: TargetFiles,
  request: RestoreRequest,
  selector: Selector,
  signal: AbortSignal | undefined,
): Promise<PreparedRestore> {
  const { removesOthers } = meaningOf(request);
  const found = await placeOfRestore(repository, files, request, removesOthers, signal);
  const { place, target, prefix, sources } = found;
  const { stored, treeId, path } = place;
  if (treeId === undefined)
    throw new TidemarkError('files.pathNotInSnapshot', { path: toDisplay(path), snapshotId: stored.id });
  const { totalFilesProcessed, totalBytesProcessed: bytes } = stored.snapshot.summary ?? {};
  const isEverything =
    request.include === undefined && request.exclude === undefined && path === (prefix || '/');
  const totals =
    isEverything && totalFilesProcessed !== undefined && bytes !== undefined
      ? { files: totalFilesProcessed, bytes }
      : await countFiles(repository, treeId, prefix, selector, signal);
  return { stored, tree: treeId, snapshotFolder: path, target, prefix, sources, totals };
}

/** Trees that cannot be read count as empty: the walk will tell of them. */
async function countFiles(
  repository: Repository,
  root: BlobId,
  rootPrefix: ByteString,
  selector: Selector,
  signal: AbortSignal | undefined,
): Promise<RestoreTotals> {
  let files = 0;
  let bytes = 0;
  const folders: { readonly tree: BlobId; readonly prefix: string; readonly depth: number }[] = [
    { tree: root, prefix: `${rootPrefix}/`, depth: 1 },
  ];
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    const { tree, prefix, depth } = folder;
    const nodes = await loadNodesOrNone(repository, tree, signal);
    const locationOf = (name: ByteString): ByteString => (prefix + name) as ByteString;
    const contents = readFolder(nodes, depth, locationOf, selector);
    for (const { node, subtree, isEntered } of contents.folders)
      if (isEntered) folders.push({ tree: subtree, prefix: `${prefix}${node.name}/`, depth: depth + 1 });
    files += contents.entries.length;
    for (const node of contents.entries) if (node.type === 'file') bytes += Number(node.size);
  }
  return { files, bytes };
}

async function loadNodesOrNone(
  repository: Repository,
  tree: BlobId,
  signal: AbortSignal | undefined,
): Promise<readonly TreeNode[]> {
  try {
    return await loadNodes(repository, tree, signal);
  } catch (error) {
    if (isTidemarkError(error) && error.code.startsWith('integrity.')) return [];
    throw error;
  }
}

export interface FoundTarget {
  readonly isMissing: boolean;
  readonly freeSpaceBytes: number | undefined;
}

/** Looks at the target without making it; a missing one will lie where the nearest folder above it lies. */
export function findTarget(files: TargetFiles, target: ByteString): FoundTarget {
  let path = target;
  for (let isMissing = false; ; isMissing = true) {
    try {
      const root = files.openRoot(path, 'fail');
      try {
        return { isMissing, freeSpaceBytes: root.freeSpaceBytes() };
      } finally {
        root.close();
      }
    } catch (error) {
      if (systemCode(error) !== 'ENOENT' || path === '/') throw targetNotWritable(target, error);
      path = (path.slice(0, Math.max(path.lastIndexOf('/'), 0)) || '/') as ByteString;
    }
  }
}

export function targetNotWritable(target: ByteString, error: unknown): unknown {
  const code = systemCode(error);
  if (code === undefined) return error;
  return new TidemarkError(
    'files.targetNotWritable',
    { path: toDisplay(target), reason: `the system reported ${code}` },
    { retry: 'afterUser', cause: error },
  );
}

function systemCode(error: unknown): string | undefined {
  return error instanceof Error && 'syscall' in error && 'code' in error ? String(error.code) : undefined;
}
