/**
 * The scan job: lists folders, looks at every entry, compares it with the parent snapshot's tree and leaves out what
 * the rules exclude. Reads no file contents. An unchanged file keeps the parent's content list and gets fresh
 * metadata (repository format, 9.3).
 */
import { compareByteStrings, type ByteString } from '#base/byte-string.ts';
import { idToBytes, ID_BYTES, type BlobId } from '#base/ids.ts';
import type { FileStat } from '#files/port.ts';
import { encodeNode, parseTree } from '#format/tree.ts';
import type { TreeNode } from '#format/tree-node.ts';
import { createScanFilter, type ScanFilter } from '../scan-filter.ts';
import { nodeFromStat, storedTimes, type StoredTimes } from '../node-from-stat.ts';
import type { FolderToScan, JobTypes, ScannedEntry, ScannedFolder, SealedBlob } from '../job-types.ts';
import type { PathProblem } from '../protocol.ts';
import type { ScanSettings } from '../scan-settings.ts';
import type { JobContext } from '../worker-thread.ts';
import { errorCodeOf } from './error-code.ts';

/** Stands in for a subtree's id that is not known yet; cut off again with the two characters behind it. */
const UNKNOWN_SUBTREE = '0'.repeat(64) as BlobId;
const SUBTREE_TAIL = UNKNOWN_SUBTREE.length + 2;

export function scan(input: JobTypes['scan']['input'], context: JobContext): readonly ScannedFolder[] {
  const filter = createScanFilter(input.settings, context.sourceFiles);
  return input.folders.map((folder) => scanFolder(folder, input.settings, filter, context));
}

interface FoundEntry {
  readonly name: ByteString;
  readonly path: ByteString;
}

function scanFolder(
  folder: FolderToScan,
  settings: ScanSettings,
  filter: ScanFilter,
  context: JobContext,
): ScannedFolder {
  const problems: PathProblem[] = [];
  let found: readonly FoundEntry[];
  try {
    found = folder.onlyEntries ?? listFolder(folder.path, filter, context);
  } catch (error) {
    return {
      entries: [],
      problems: [{ path: folder.path, code: errorCodeOf(error), during: 'scan' }],
      isListed: false,
    };
  }
  const parent = parentNodes(folder.parentTree, context);
  const entries: ScannedEntry[] = [];
  // What the person named is stored whatever the rules say, as restic does; so are the folders above.
  const isJudged = folder.onlyEntries === undefined;
  for (const item of found) {
    try {
      const entry = scanEntry(item, isJudged, parent.get(item.name), settings, filter, context);
      if (entry !== undefined) entries.push(entry);
    } catch (error) {
      problems.push({ path: item.path, code: errorCodeOf(error), during: 'scan' });
    }
  }
  return { entries, problems, isListed: true };
}

/** Names in tree order. A listing may name an entry twice (some network file systems); a tree may not. */
function listFolder(path: ByteString, filter: ScanFilter, context: JobContext): FoundEntry[] {
  const names = filter.keptNames(path, context.sourceFiles.list(path)).sort(compareByteStrings);
  const prefix = path.endsWith('/') ? path : `${path}/`;
  return names
    .filter((name, index) => index === 0 || name !== names[index - 1])
    .map((name) => ({ name, path: (prefix + name) as ByteString }));
}

/** A parent tree that cannot be opened only costs speed: its files are read again. */
function parentNodes(sealed: SealedBlob | undefined, context: JobContext): ReadonlyMap<ByteString, TreeNode> {
  if (sealed === undefined) return new Map();
  try {
    const nodes = parseTree(context.codec.open(sealed.bytes, sealed.uncompressedLength, sealed.id)).nodes;
    return new Map(nodes.map((node) => [node.name, node]));
  } catch {
    return new Map();
  }
}

function scanEntry(
  { name, path }: FoundEntry,
  isJudged: boolean,
  parent: TreeNode | undefined,
  settings: ScanSettings,
  filter: ScanFilter,
  context: JobContext,
): ScannedEntry | undefined {
  const { sourceFiles } = context;
  if (isJudged && filter.isExcludedByName(path)) return undefined;
  const stat = sourceFiles.stat(path);
  if (stat.kind === 'socket' || (isJudged && filter.isExcluded(stat))) return undefined;
  if (stat.kind === 'file') return scanFile(name, path, stat, parent, settings, context);
  const times = storedTimes(stat, context.zone, settings.withAtime);
  if (stat.kind !== 'dir') {
    const node = nodeFromStat(sourceFiles, path, name, stat, times, {});
    return { kind: 'node', text: encodeNode(node), type: node.type };
  }
  const node = nodeFromStat(sourceFiles, path, name, stat, times, { subtree: UNKNOWN_SUBTREE });
  return {
    kind: 'dir',
    name,
    textBeforeSubtree: encodeNode(node).slice(0, -SUBTREE_TAIL) as ByteString,
    parentSubtree: parent?.type === 'dir' ? parent.subtree : undefined,
    isLeaf: isJudged && filter.isOtherFileSystem(stat),
  };
}

function scanFile(
  name: ByteString,
  path: ByteString,
  stat: FileStat,
  parent: TreeNode | undefined,
  settings: ScanSettings,
  context: JobContext,
): ScannedEntry {
  const times = storedTimes(stat, context.zone, settings.withAtime);
  if (parent?.type !== 'file' || parent.content === null || !isUnchanged(stat, times, parent, settings)) {
    return { kind: 'file', name, sizeBytes: stat.sizeBytes, wasInParent: parent?.type === 'file' };
  }
  const { content } = parent;
  const node = nodeFromStat(context.sourceFiles, path, name, stat, times, {
    content,
    sizeBytes: stat.sizeBytes,
  });
  const contentIds = new Uint8Array(content.length * ID_BYTES);
  content.forEach((id, index) => contentIds.set(idToBytes(id), index * ID_BYTES));
  return { kind: 'unchanged', name, text: encodeNode(node), sizeBytes: stat.sizeBytes, contentIds };
}

function isUnchanged(stat: FileStat, times: StoredTimes, parent: TreeNode, settings: ScanSettings): boolean {
  return (
    parent.size === BigInt(stat.sizeBytes) &&
    parent.mtime === times.mtime &&
    (settings.ignoreCtime || parent.ctime === times.ctime) &&
    (settings.ignoreInode || parent.inode === stat.inode)
  );
}
