/**
 * The scan job: lists folders, looks at every entry, compares it with the parent snapshot's tree and leaves out what
 * the rules exclude. New and changed small files are read on the spot, up to a limit, so that they cross threads once. An
 * unchanged file keeps the parent's content list and gets fresh metadata (repository format, 9.3).
 */
import { compareByteStrings, type ByteString } from '#base/byte-string.ts';
import { idToBytes, ID_BYTES, joinIds, type BlobId } from '#base/ids.ts';
import { CHUNK_MIN_BYTES } from '#format/chunker.ts';
import { parseTime } from '#format/time.ts';
import { encodeNode, encodeTree, parseTree } from '#format/tree.ts';
import type { TreeNode } from '#format/tree-node.ts';
import type { FileStat } from '#files/port.ts';
import { nodeFromStat, storedTimes, type StoredTimes } from '../node-from-stat.ts';
import type { JobTypes, SealedBlob } from '../job-types.ts';
import { packFolders } from '../packed-folders.ts';
import type { PathProblem } from '../protocol.ts';
import { createScanFilter, type ScanFilter } from '../scan-filter.ts';
import type { ScanSettings } from '../scan-settings.ts';
import type { FolderToScan, GivenEntry, ScannedEntry, ScannedFolder } from '../scan-types.ts';
import type { JobContext } from '../worker-thread.ts';
import { errorCodeOf } from './error-code.ts';
import { FileReader } from './file-reader.ts';

type Scan = JobTypes['scan'];

/** Bytes of small files that one job reads itself; what is beyond goes to other workers. */
const READ_AT_ONCE_BYTES = 8 << 20;
/** Stands in for a subtree's id that is not known yet; cut off again with the two characters behind it. */
const UNKNOWN_SUBTREE = '0'.repeat(64) as BlobId;
const SUBTREE_TAIL = `${UNKNOWN_SUBTREE}"}`.length;

export async function scan(
  { folders, settings }: Scan['input'],
  context: JobContext,
): Promise<Scan['output']> {
  const reader = new FileReader(context, settings);
  const filter = createScanFilter(settings, context.sourceFiles);
  const scanner = new FolderScanner(context, settings, filter, reader);
  try {
    const scanned: ScannedFolder[] = [];
    for (const folder of folders) scanned.push(await scanner.scan(folder));
    await reader.finish();
    return { packed: packFolders(scanned), stored: reader.stored };
  } finally {
    reader.release();
  }
}

/** The parent's tree of a folder, opened. */
interface ParentTree {
  readonly bytes: Uint8Array;
  readonly nodes: ReadonlyMap<ByteString, TreeNode>;
}

class FolderScanner {
  readonly #context: JobContext;
  readonly #settings: ScanSettings;
  readonly #filter: ScanFilter;
  readonly #reader: FileReader;
  #bytesLeft = READ_AT_ONCE_BYTES;

  constructor(context: JobContext, settings: ScanSettings, filter: ScanFilter, reader: FileReader) {
    this.#context = context;
    this.#settings = settings;
    this.#filter = filter;
    this.#reader = reader;
  }

  async scan(folder: FolderToScan): Promise<ScannedFolder> {
    const problems: PathProblem[] = [];
    let found: readonly GivenEntry[];
    try {
      found = folder.onlyEntries ?? this.#list(folder.path);
    } catch (error) {
      return {
        kind: 'unlisted',
        problems: [{ path: folder.path, code: errorCodeOf(error), during: 'scan' }],
      };
    }
    // What the person named is stored whatever the rules say, as restic does; so are the folders above.
    const isJudged = folder.onlyEntries === undefined;
    const parent = this.#openParent(folder.parentTree);
    const entries: ScannedEntry[] = [];
    for (const { name, path } of found) {
      try {
        const entry = await this.#scanEntry(name, path, isJudged, parent?.nodes.get(name), problems);
        if (entry !== undefined) entries.push(entry);
      } catch (error) {
        problems.push({ path, code: errorCodeOf(error), during: 'scan' });
      }
    }
    const same = folder.maySaySame && problems.length === 0 ? sayIfSame(entries, parent) : undefined;
    return same ?? { kind: 'entries', entries, problems };
  }

  /** Entries in tree order. A listing may name one twice (some network file systems); a tree may not. */
  #list(path: ByteString): GivenEntry[] {
    const names = this.#filter.keptNames(path, this.#context.sourceFiles.list(path)).sort(compareByteStrings);
    const prefix = path.endsWith('/') ? path : `${path}/`;
    return names
      .filter((name, index) => index === 0 || name !== names[index - 1])
      .map((name) => ({ name, path: (prefix + name) as ByteString }));
  }

  /** A parent tree that cannot be opened only costs speed: its files are read again. */
  #openParent(sealed: SealedBlob | undefined): ParentTree | undefined {
    if (sealed === undefined) return undefined;
    try {
      const bytes = this.#context.codec.open(sealed.bytes, sealed.uncompressedLength, sealed.id).slice();
      return { bytes, nodes: new Map(parseTree(bytes).nodes.map((node) => [node.name, node])) };
    } catch {
      return undefined;
    }
  }

  async #scanEntry(
    name: ByteString,
    path: ByteString,
    isJudged: boolean,
    parent: TreeNode | undefined,
    problems: PathProblem[],
  ): Promise<ScannedEntry | undefined> {
    const { sourceFiles, zone } = this.#context;
    if (isJudged && this.#filter.isExcludedByName(path)) return undefined;
    const stat = sourceFiles.stat(path);
    if (stat.kind === 'socket' || (isJudged && this.#filter.isExcluded(stat))) return undefined;
    const times = storedTimes(stat, zone, this.#settings.withAtime);
    if (stat.kind === 'file') return this.#scanFile(name, path, stat, times, parent, problems);
    // Whatever changes an entry's attributes changes its ctime: then those of the parent still hold.
    const known = this.#hasSameInodeState(stat, times, parent) ? parent : undefined;
    if (stat.kind !== 'dir') {
      return {
        kind: 'node',
        text: encodeNode(nodeFromStat(sourceFiles, path, name, stat, times, {}, known)),
      };
    }
    const node = nodeFromStat(sourceFiles, path, name, stat, times, { subtree: UNKNOWN_SUBTREE }, known);
    return {
      kind: 'dir',
      name,
      textBeforeSubtree: encodeNode(node).slice(0, -SUBTREE_TAIL) as ByteString,
      parentSubtree: parent?.type === 'dir' ? parent.subtree : undefined,
      isLeaf: isJudged && this.#filter.isOtherFileSystem(stat),
    };
  }

  async #scanFile(
    name: ByteString,
    path: ByteString,
    stat: FileStat,
    times: StoredTimes,
    parent: TreeNode | undefined,
    problems: PathProblem[],
  ): Promise<ScannedEntry | undefined> {
    const { sizeBytes } = stat;
    const content = parent?.type === 'file' ? parent.content : null;
    if (parent !== undefined && content !== null && this.#isUnchanged(stat, times, parent)) {
      const known = this.#hasSameInodeState(stat, times, parent) ? parent : undefined;
      const node = nodeFromStat(
        this.#context.sourceFiles,
        path,
        name,
        stat,
        times,
        { content, sizeBytes },
        known,
      );
      const contentIds = new Uint8Array(content.length * ID_BYTES);
      for (const [index, id] of content.entries()) contentIds.set(idToBytes(id), index * ID_BYTES);
      return { kind: 'unchanged', text: encodeNode(node), sizeBytes, contentIds };
    }
    const wasInParent = parent?.type === 'file';
    if (sizeBytes >= CHUNK_MIN_BYTES || sizeBytes > this.#bytesLeft)
      return { kind: 'file', name, sizeBytes, wasInParent };
    this.#bytesLeft -= sizeBytes;
    const read = await this.#reader.read({ name, path }, stat);
    if (read.kind === 'stored') return { ...read, wasInParent };
    problems.push({ path, code: read.code, during: 'read' });
    return undefined;
  }

  #isUnchanged(stat: FileStat, times: StoredTimes, parent: TreeNode): boolean {
    return (
      parent.size === BigInt(stat.sizeBytes) &&
      isSameInstant(parent.mtime, times.mtime) &&
      (this.#settings.ignoreCtime || isSameInstant(parent.ctime, times.ctime)) &&
      (this.#settings.ignoreInode || parent.inode === stat.inode)
    );
  }

  #hasSameInodeState(stat: FileStat, times: StoredTimes, parent: TreeNode | undefined): boolean {
    return (
      this.#settings.trustsParentAttributes &&
      parent !== undefined &&
      isSameInstant(parent.ctime, times.ctime) &&
      parent.inode === stat.inode &&
      stat.inode !== 0n
    );
  }
}

/** The same text, as nearly always, or the same time told in another zone. */
function isSameInstant(stored: string | undefined, found: string): boolean {
  if (stored === found) return true;
  if (stored === undefined) return false;
  try {
    const [a, b] = [parseTime(stored), parseTime(found)];
    return a.sec === b.sec && a.nsec === b.nsec;
  } catch {
    return false;
  }
}

/** Whether the tree these entries make, with every subfolder as in the parent, is the parent's tree byte for byte. */
function sayIfSame(
  entries: readonly ScannedEntry[],
  parent: ParentTree | undefined,
): ScannedFolder | undefined {
  if (parent === undefined || entries.length !== parent.nodes.size) return undefined;
  const texts: ByteString[] = [];
  const subfolders = [];
  const contentIds: Uint8Array[] = [];
  let fileCount = 0;
  let sizeBytes = 0;
  for (const entry of entries) {
    if (entry.kind === 'stored' || entry.kind === 'file') return undefined;
    if (entry.kind === 'dir') {
      if (entry.parentSubtree === undefined || entry.isLeaf) return undefined;
      subfolders.push(entry);
      texts.push(`${entry.textBeforeSubtree}${entry.parentSubtree}"}` as ByteString);
      continue;
    }
    texts.push(entry.text);
    if (entry.kind !== 'unchanged') continue;
    fileCount++;
    sizeBytes += entry.sizeBytes;
    contentIds.push(entry.contentIds);
  }
  if (Buffer.compare(encodeTree(texts), parent.bytes) !== 0) return undefined;
  return { kind: 'same', subfolders, fileCount, sizeBytes, contentIds: joinIds(contentIds) };
}
