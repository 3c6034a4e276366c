/**
 * The scan job: lists folders, looks at every entry, compares it with the parent snapshot's tree and leaves out what
 * the rules exclude. New and changed small files are read on the spot, up to a limit, so that they cross threads once. An
 * unchanged file keeps the parent's content list and gets fresh metadata (repository format, 9.3).
 */
import { compareByteStrings, type ByteString } from '#base/byte-string.ts';
import { idToBytes, joinIds, type BlobId } from '#base/ids.ts';
import { CHUNK_MIN_BYTES } from '#format/chunker.ts';
import { parseTime } from '#format/time.ts';
import { encodeNode, parseTree } from '#format/tree.ts';
import type { TreeNode } from '#format/tree-node.ts';
import type { FileStat } from '#files/port.ts';
import { isNodeOf, nodeFromStat, storedTimes, type StoredTimes } from '../node-from-stat.ts';
import type { JobTypes, SealedBlob } from '../job-types.ts';
import { packFolders } from '../packed-folders.ts';
import type { PathProblem } from '../protocol.ts';
import { createScanFilter, type ScanFilter } from '../scan-filter.ts';
import type { ScanSettings } from '../scan-settings.ts';
import type { FolderToScan, GivenEntry, ScannedEntry, ScannedFolder, TouchedEntries } from '../scan-types.ts';
import { leftBehind, likenessOf, mergeEntries, type NamedEntry } from '../touched-folder.ts';
import type { JobContext } from '../worker-thread.ts';
import { errorCodeOf, isDiskError } from './error-code.ts';
import { FileReader } from './file-reader.ts';

type Scan = JobTypes['scan'];

/** Bytes of small files that one job reads itself; what is beyond goes to other workers. */
const READ_AT_ONCE_BYTES = 8 << 20;
/** Entries after which a job leaves its remaining folders to another, so that no answer grows with the sum of large folders. */
const ENTRIES_PER_JOB = 1_000;
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
    for (const folder of folders) {
      scanned.push(scanner.entriesSeen < ENTRIES_PER_JOB ? await scanner.scan(folder) : { kind: 'deferred' });
    }
    await reader.finish();
    return { packed: packFolders(scanned), stored: reader.stored };
  } finally {
    reader.release();
  }
}

/** The parent's tree of a folder, opened. */
type ParentTree = ReadonlyMap<ByteString, TreeNode>;

/** An entry as the disk shows it. */
interface SeenEntry {
  readonly name: ByteString;
  readonly path: ByteString;
  readonly stat: FileStat;
  readonly times: StoredTimes;
  /** A folder that is stored without its contents. */
  readonly isLeaf: boolean;
  /** The same place in the parent snapshot. */
  readonly parent: TreeNode | undefined;
}

class FolderScanner {
  readonly #context: JobContext;
  readonly #settings: ScanSettings;
  readonly #filter: ScanFilter;
  readonly #reader: FileReader;
  #bytesLeft = READ_AT_ONCE_BYTES;
  #entriesSeen = 0;

  constructor(context: JobContext, settings: ScanSettings, filter: ScanFilter, reader: FileReader) {
    this.#context = context;
    this.#settings = settings;
    this.#filter = filter;
    this.#reader = reader;
  }

  get entriesSeen(): number {
    return this.#entriesSeen;
  }

  async scan(folder: FolderToScan): Promise<ScannedFolder> {
    const problems: PathProblem[] = [];
    const parent = this.#openParent(folder.parentTree, folder.touched !== undefined);
    const touched = parent === undefined ? undefined : folder.touched;
    let found: readonly GivenEntry[];
    let kept: readonly TreeNode[] = [];
    try {
      if (folder.onlyEntries !== undefined) found = folder.onlyEntries;
      else if (touched === undefined) found = this.#list(folder.path);
      else ({ found, kept } = this.#listTouched(folder.path, touched, parent!));
    } catch (error) {
      return {
        kind: 'unlisted',
        problems: [{ path: folder.path, code: errorCodeOf(error), during: 'scan' }],
      };
    }
    this.#entriesSeen += found.length;
    // What the person named is stored whatever the rules say, as restic does; so are the folders above.
    const isJudged = folder.onlyEntries === undefined;
    const lost: NamedEntry[] = [];
    const seen = this.#lookAt(found, isJudged, isJudged && touched !== undefined, parent, problems, lost);
    if (
      folder.maySaySame &&
      problems.length === 0 &&
      seen.length === parent?.size &&
      this.#areAsInParent(seen)
    ) {
      return sameFolder(seen);
    }
    const entries: NamedEntry[] = [];
    for (const entry of seen) {
      try {
        const described = await this.#describe(entry, problems);
        if (described !== undefined) entries.push({ name: entry.name, entry: described });
      } catch (error) {
        loseEntry(entry, errorCodeOf(error), problems, lost);
      }
    }
    if (lost.length > 0) {
      entries.push(...lost);
      entries.sort((a, b) => compareByteStrings(a.name, b.name));
    }
    if (touched === undefined)
      return { kind: 'entries', entries: entries.map(({ entry }) => entry), problems, left: undefined };
    const left = leftBehind(parent!.values(), new Set(kept), entries);
    return { kind: 'entries', entries: mergeEntries(entries, kept), problems, left };
  }

  /** What the rules leave in, as the disk shows it. */
  #lookAt(
    found: readonly GivenEntry[],
    isJudged: boolean,
    mayBeGone: boolean,
    parent: ParentTree | undefined,
    problems: PathProblem[],
    lost: NamedEntry[],
  ): SeenEntry[] {
    const { sourceFiles, zone } = this.#context;
    const seen: SeenEntry[] = [];
    for (const { name, path } of found) {
      try {
        if (isJudged && this.#filter.isExcludedByName(path)) continue;
        const stat = sourceFiles.stat(path);
        if (stat.kind === 'socket' || (isJudged && this.#filter.isExcluded(stat))) continue;
        const times = storedTimes(stat, zone, this.#settings.withAtime);
        const isLeaf = isJudged && stat.kind === 'dir' && this.#filter.isOtherFileSystem(stat);
        seen.push({ name, path, stat, times, isLeaf, parent: parent?.get(name) });
      } catch (error) {
        const code = errorCodeOf(error);
        if (!(mayBeGone && code === 'ENOENT'))
          loseEntry({ name, path, parent: parent?.get(name) }, code, problems, lost);
      }
    }
    return seen;
  }

  #areAsInParent(seen: readonly SeenEntry[]): boolean {
    return seen.every(
      ({ stat, times, isLeaf, parent }) =>
        parent !== undefined &&
        !isLeaf &&
        this.#hasSameInodeState(stat, times, parent) &&
        isNodeOf(parent, stat, times, this.#context.sourceFiles),
    );
  }

  /** Entries in tree order. A listing may name one twice (some network file systems); a tree may not. */
  #list(path: ByteString): GivenEntry[] {
    const names = this.#filter.keptNames(path, this.#context.sourceFiles.list(path)).sort(compareByteStrings);
    return names
      .filter((name, index) => index === 0 || name !== names[index - 1])
      .map((name) => ({ name, path: pathIn(path, name) }));
  }

  /**
   * What to look at in a folder that is otherwise as in the parent. Folder tags leave names in or out by what else is there:
   * then names are compared, too.
   */
  #listTouched(
    path: ByteString,
    { names, isListed }: TouchedEntries,
    parent: ParentTree,
  ): { found: readonly GivenEntry[]; kept: readonly TreeNode[] } {
    if (isListed) return { found: this.#list(path), kept: [] };
    const touched = new Set(names);
    const untouched = [...parent.values()].filter(({ name }) => !touched.has(name));
    if (this.#settings.folderTags.length === 0)
      return { found: names.map((name) => ({ name, path: pathIn(path, name) })), kept: untouched };
    const listed = this.#list(path);
    const present = new Set(listed.map(({ name }) => name));
    return {
      found: listed.filter(({ name }) => touched.has(name) || !parent.has(name)),
      kept: untouched.filter(({ name }) => present.has(name)),
    };
  }

  /**
   * A parent tree that cannot be opened only costs speed: its files are read again. So does one of which nodes were to be
   * taken over and not everything was understood.
   */
  #openParent(sealed: SealedBlob | undefined, isTakenOver: boolean): ParentTree | undefined {
    if (sealed === undefined) return undefined;
    try {
      const bytes = this.#context.codec.open(sealed.bytes, sealed.uncompressedLength, sealed.id);
      const { nodes, hasUnknownFields } = parseTree(bytes);
      if (isTakenOver && hasUnknownFields) return undefined;
      return new Map(nodes.map((node) => [node.name, node]));
    } catch {
      return undefined;
    }
  }

  async #describe(seen: SeenEntry, problems: PathProblem[]): Promise<ScannedEntry | undefined> {
    const { name, path, stat, times, isLeaf, parent } = seen;
    const { sourceFiles } = this.#context;
    if (stat.kind === 'file') return this.#describeFile(seen, problems);
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
      isLeaf,
      likeness: likenessOf(stat, times.ctime, parent),
    };
  }

  async #describeFile(
    { name, path, stat, times, parent }: SeenEntry,
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
      return {
        kind: 'unchanged',
        text: encodeNode(node),
        sizeBytes,
        contentIds: joinIds(content.map(idToBytes)),
      };
    }
    const wasInParent = parent?.type === 'file';
    const isForAnother = sizeBytes >= CHUNK_MIN_BYTES || sizeBytes > this.#bytesLeft;
    if (isForAnother || this.#settings.readsLater === true)
      return { kind: 'file', name, sizeBytes, wasInParent };
    this.#bytesLeft -= sizeBytes;
    const read = await this.#reader.read({ name, path }, stat);
    if (read.kind === 'stored') return { ...read, wasInParent };
    // Another try does no harm, and whoever asks for it knows what to do when it fails, too.
    if (isDiskError(read.code)) return { kind: 'file', name, sizeBytes, wasInParent };
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

function pathIn(folder: ByteString, name: ByteString): ByteString {
  return (folder.endsWith('/') ? folder + name : `${folder}/${name}`) as ByteString;
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

/** All entries are as in the parent: the folder's tree is, provided that its subfolders' are. */
function sameFolder(seen: readonly SeenEntry[]): ScannedFolder {
  const files = seen.filter(({ stat }) => stat.kind === 'file');
  const subfolders = seen.filter(({ stat }) => stat.kind === 'dir');
  return {
    kind: 'same',
    subfolders: subfolders.map(({ name, parent }) => ({ name, subtree: parent?.subtree ?? '' })),
    fileCount: files.length,
    sizeBytes: files.reduce((sum, { stat }) => sum + stat.sizeBytes, 0),
    contentIds: joinIds(files.flatMap(({ parent }) => (parent?.content ?? []).map(idToBytes))),
  };
}

/** What cannot even be looked at: left out, but for what the parent has of it when the disk is to blame. */
function loseEntry(
  { name, path, parent }: Pick<SeenEntry, 'name' | 'path' | 'parent'>,
  code: string,
  problems: PathProblem[],
  lost: NamedEntry[],
): void {
  const isKept = parent !== undefined && isDiskError(code);
  if (isKept) lost.push({ name, entry: entryOfParent(parent) });
  // A file is tried once more, and told of then.
  if (!isKept || parent.type !== 'file') problems.push({ path, code, during: 'scan' });
}

function entryOfParent({ error: _error, ...node }: TreeNode): ScannedEntry {
  const { name, type, subtree } = node;
  if (type === 'file') return { kind: 'file', name, sizeBytes: Number(node.size), wasInParent: true };
  const text = encodeNode(node);
  if (type !== 'dir' || subtree === undefined) return { kind: 'node', text };
  const textBeforeSubtree = text.slice(0, -SUBTREE_TAIL) as ByteString;
  return { kind: 'dir', name, textBeforeSubtree, parentSubtree: subtree, isLeaf: false, likeness: 'other' };
}
