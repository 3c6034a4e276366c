/**
 * Finding one's way inside a snapshot: `ID:/path` to a place, and the walk over everything below a place. Shared by
 * whatever lists or gives out files. Reads trees only; names are bytes as stored and are not made safe here.
 */
import { textToByteString, toDisplay, type ByteString } from '#base/byte-string.ts';
import type { BlobId } from '#base/ids.ts';
import { isTidemarkError, throwIfCancelled, TidemarkError } from '#base/errors.ts';
import { parseTree } from '#format/tree.ts';
import type { TreeNode } from '#format/tree-node.ts';
import type { Repository } from '#repository/repository.ts';
import type { SnapshotFilter, StoredSnapshot } from '#repository/snapshot-store.ts';

/** A folder or file of a snapshot; `node` is absent for the root, which has none. */
export interface SnapshotPlace {
  readonly stored: StoredSnapshot;
  /** Absolute in the snapshot, without a slash at the end; `/` for the root. */
  readonly path: ByteString;
  readonly node: TreeNode | undefined;
  /** Of a folder. */
  readonly treeId: BlobId | undefined;
}

export interface SnapshotEntry {
  readonly path: ByteString;
  readonly node: TreeNode;
}

/** `ID:/path` in its parts; the path is `/` when there is none. */
export function splitSnapshotPath(text: string): { readonly snapshot: string; readonly path: ByteString } {
  const colon = text.indexOf(':');
  if (colon < 0) return { snapshot: text, path: '/' as ByteString };
  return { snapshot: text.slice(0, colon), path: textToByteString(text.slice(colon + 1)) };
}

/**
 * The place that `latest:/a/b`, `ID:/a/b` or an id alone names; loads the index.
 * @throws repository.objectNotFound, repository.ambiguousId, files.pathNotInSnapshot, integrity errors
 */
export async function resolveSnapshotPath(
  repository: Repository,
  text: string,
  filter: SnapshotFilter = {},
  signal?: AbortSignal,
): Promise<SnapshotPlace> {
  const { snapshot, path } = splitSnapshotPath(text);
  // The snapshot first: then all its blobs are in the index that is loaded after it.
  const stored = await repository.snapshots.find(snapshot, filter, signal);
  await repository.loadIndex({ signal });
  return findPlace(repository, stored, path, signal);
}

/** @throws files.pathNotInSnapshot; integrity.fileCorrupt for a snapshot without a tree */
export async function findPlace(
  repository: Repository,
  stored: StoredSnapshot,
  path: ByteString,
  signal?: AbortSignal,
): Promise<SnapshotPlace> {
  const rootId = stored.snapshot.tree;
  if (rootId === null) {
    throw new TidemarkError('integrity.fileCorrupt', {
      kind: 'snapshot',
      id: stored.id,
      reason: 'it has no tree',
    });
  }
  let place: SnapshotPlace = { stored, path: '/' as ByteString, node: undefined, treeId: rootId };
  for (const name of splitPath(path)) {
    const nodes = place.treeId === undefined ? [] : await loadNodes(repository, place.treeId, signal);
    const node = nodes.find((candidate) => candidate.name === name);
    if (node === undefined) {
      throw new TidemarkError(
        'files.pathNotInSnapshot',
        { path: toDisplay(path), snapshotId: stored.id },
        { retry: 'afterUser' },
      );
    }
    place = { stored, path: joinPath(place.path, name), node, treeId: treeOf(node) };
  }
  return place;
}

/**
 * Everything below a folder, each folder before its contents, in stored order. `enter` decides which folders are
 * looked into; all when absent. `path` is that of the folder itself.
 * @throws integrity.blobMissing, integrity.blobCorrupt, integrity.treeCorrupt, job.cancelled
 */
export async function* walkTree(
  repository: Repository,
  treeId: BlobId,
  path: ByteString,
  options: {
    readonly signal?: AbortSignal | undefined;
    readonly enter?: (entry: SnapshotEntry) => boolean;
  } = {},
): AsyncGenerator<SnapshotEntry, void, undefined> {
  const { signal, enter } = options;
  const stack = [{ path, nodes: (await loadNodes(repository, treeId, signal)).values() }];
  for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
    const next = top.nodes.next();
    if (next.done === true) {
      stack.pop();
      continue;
    }
    const node = next.value;
    const entry = { path: joinPath(top.path, node.name), node };
    yield entry;
    const subtree = treeOf(node);
    if (subtree !== undefined && (enter?.(entry) ?? true))
      stack.push({ path: entry.path, nodes: (await loadNodes(repository, subtree, signal)).values() });
  }
}

/** @throws integrity errors */
export async function loadNodes(
  repository: Repository,
  treeId: BlobId,
  signal?: AbortSignal,
): Promise<readonly TreeNode[]> {
  throwIfCancelled(signal);
  const plain = await repository.loadBlob('tree', treeId, signal);
  try {
    return parseTree(plain).nodes;
  } catch (error) {
    if (isTidemarkError(error)) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new TidemarkError('integrity.treeCorrupt', { treeId, reason }, { cause: error });
  }
}

/** Names of an absolute or relative path; empty parts and `.` fall away. */
export function splitPath(path: ByteString): ByteString[] {
  return path.split('/').filter((part) => part !== '' && part !== '.') as ByteString[];
}

/** Is `path` the folder itself or below it? Both absolute, without a slash at the end. */
export function isWithin(folder: ByteString, path: ByteString): boolean {
  return folder === '/' || path === folder || path.startsWith(`${folder}/`);
}

/** As `findPlace` gives paths: absolute, without a slash at the end. */
export function cleanPath(path: ByteString): ByteString {
  return `/${splitPath(path).join('/')}` as ByteString;
}

/** Where a snapshot's tree has what it names as saved: `C:\Users` of Windows is `/C/Users`. */
export function treePathOf(path: string): ByteString {
  const isWindows = /^[A-Za-z]:[\\/]/.test(path);
  return cleanPath(textToByteString(isWindows ? path.replace(':', '').replaceAll('\\', '/') : path));
}

export function joinPath(folder: ByteString, name: ByteString): ByteString {
  return (folder === '/' ? `/${name}` : `${folder}/${name}`) as ByteString;
}

function treeOf(node: TreeNode): BlobId | undefined {
  return node.type === 'dir' ? node.subtree : undefined;
}
