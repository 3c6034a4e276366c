/**
 * What of a stored folder is to be restored: judges every node, because a tree may come from anybody. Names that stand for
 * more than one entry of the folder, names that occur twice, kinds that cannot be made and nodes without what they need
 * are refused; sockets are left out as everywhere. Source: repository format, 10 and 19.
 */
import type { ByteString } from '#base/byte-string.ts';
import type { BlobId } from '#base/ids.ts';
import type { FileKind } from '#files/port.ts';
import { permissionsOfMode } from '#format/mode.ts';
import { isSafeName } from '#format/tree.ts';
import type { NodeType, TreeNode } from '#format/tree-node.ts';
import type { EntryMetadata } from '#pipeline/restore-types.ts';
import { createExcludeFilter, createIncludeFilter, type PatternOptions } from '#rules/exclude-rules.ts';
import { UNDO_FOLDER } from '#rules/undo-folder.ts';
import type { RestoreProblem } from './types.ts';

/** Deeper trees than this do not come from disks. */
export const MAX_DEPTH = 2048;

export interface Selection {
  /** Restored. */
  readonly isSelected: boolean;
  /** Folders: something in it may be restored. */
  readonly isEntered: boolean;
}

/** Tells what is restored by its path. Everything, when nothing is given. */
export type Selector = (path: () => ByteString, isFolder: boolean) => Selection;

const ALL: Selection = { isSelected: true, isEntered: true };
const NONE: Selection = { isSelected: false, isEntered: false };

/** @throws request.invalidInput for a malformed pattern */
export function createSelector(
  include: PatternOptions | undefined,
  exclude: PatternOptions | undefined,
): Selector {
  const includes = createIncludeFilter(include ?? { patterns: [] });
  const excludes = createExcludeFilter(exclude ?? { patterns: [] });
  if (includes.isEmpty && excludes.isEmpty) return () => ALL;
  return (path, isFolder) => {
    const location = path();
    if (!excludes.isEmpty && excludes.isExcluded(location, isFolder)) return NONE;
    if (includes.isEmpty) return ALL;
    const { matched, childMayMatch } = includes.select(location, isFolder);
    return { isSelected: matched, isEntered: childMayMatch };
  };
}

export interface FolderNode extends Selection {
  readonly node: TreeNode;
  readonly subtree: BlobId;
}

export interface FolderContents {
  readonly folders: readonly FolderNode[];
  /** Files, links, fifos, devices. */
  readonly entries: readonly TreeNode[];
  /** Names of all others, which are not to be restored, or cannot be. */
  readonly spared: readonly ByteString[];
  /** False when the list of entries cannot be read: then nothing is known of what the folder does not have. */
  readonly isKnown: boolean;
  readonly problems: readonly RestoreProblem[];
}

/** `locationOf` gives an entry's path; `depth` is that of the entries. */
export function readFolder(
  nodes: readonly TreeNode[],
  depth: number,
  locationOf: (name: ByteString) => ByteString,
  selector: Selector,
): FolderContents {
  const folders: FolderNode[] = [];
  const entries: TreeNode[] = [];
  const spared: ByteString[] = [];
  const problems: RestoreProblem[] = [];
  const names = new Set<ByteString>();
  for (const node of nodes) {
    spared.push(node.name);
    // A safe keeping that was saved has nothing to say here: only what a restore of this target wrote counts.
    if (node.type === 'socket' || node.name === UNDO_FOLDER) continue;
    const isFolder = node.type === 'dir';
    const selection = isSafeName(node.name) ? selector(() => locationOf(node.name), isFolder) : ALL;
    if (!selection.isSelected && !(isFolder && selection.isEntered)) continue;
    const wrong = whatIsWrong(node, names, depth);
    if (wrong !== undefined) {
      problems.push({ path: locationOf(node.name), ...wrong });
      continue;
    }
    names.add(node.name);
    spared.pop();
    if (isFolder) folders.push({ node, subtree: node.subtree!, ...selection });
    else entries.push(node);
  }
  return { folders, entries, spared, isKnown: true, problems };
}

function whatIsWrong(
  node: TreeNode,
  names: ReadonlySet<ByteString>,
  depth: number,
): Omit<RestoreProblem, 'path'> | undefined {
  if (!isSafeName(node.name))
    return { kind: 'refused', code: 'unsafeName', reason: 'its name would lead out of its folder' };
  if (names.has(node.name))
    return { kind: 'refused', code: 'duplicateName', reason: 'the folder has two entries of this name' };
  if (depth > MAX_DEPTH)
    return { kind: 'refused', code: 'tooDeep', reason: `it lies more than ${MAX_DEPTH} folders deep` };
  if (KINDS[node.type] === undefined)
    return { kind: 'refused', code: 'unknownKind', reason: 'it is of a kind that cannot be restored' };
  const isIncomplete =
    (node.type === 'dir' && node.subtree === undefined) ||
    (node.type === 'file' && (node.content === null || (node.content.length === 0 && node.size > 0n))) ||
    (node.type === 'symlink' && node.linkTarget === undefined);
  return isIncomplete
    ? { kind: 'damaged', code: 'integrity.treeCorrupt', reason: 'its content is not recorded' }
    : undefined;
}

const KINDS: Readonly<Partial<Record<NodeType, FileKind>>> = {
  file: 'file',
  dir: 'dir',
  symlink: 'symlink',
  dev: 'blockDevice',
  chardev: 'charDevice',
  fifo: 'fifo',
};

/** What restic makes of a time that was absent. */
const ZERO_TIME = '0001-01-01T00:00:00Z';

/** Of a node that `readFolder` let through. */
export function metadataOf(node: TreeNode): EntryMetadata {
  const mtime = node.mtime ?? ZERO_TIME;
  return {
    kind: KINDS[node.type] ?? 'other',
    permissions: permissionsOfMode(node.mode),
    uid: node.uid,
    gid: node.gid,
    mtime,
    ...(node.atime === undefined || node.atime === mtime ? {} : { atime: node.atime }),
    ...(node.extendedAttributes === undefined ? {} : { extendedAttributes: node.extendedAttributes }),
  };
}
