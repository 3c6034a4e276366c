/**
 * What the commands need of the engine, and nothing more: inputs, events and results. `connect-engine.ts` is the one
 * place where real functions are put behind it; the tests of the commands put their own.
 * Every call opens what it needs and leaves nothing open or locked, also when it fails or its signal fires.
 * Errors are TidemarkErrors. Paths and names are ByteStrings; times RFC 3339 as stored.
 */
import type { ByteString } from '#base/byte-string.ts';
import type { Snapshot } from '#format/snapshot.ts';
import type { TreeNode } from '#format/tree-node.ts';
import type { PatternOptions } from '#rules/exclude-rules.ts';
import type { ReadDataSubset } from '#rules/read-data-subset.ts';
import type { FolderTag } from '#rules/tagged-exclude.ts';

export interface RepositoryAccess {
  /** A path or an address, as given. */
  readonly location: string;
  readonly password: Uint8Array;
  /** Read without a lock, where the operation only reads. */
  readonly noLock: boolean;
}

export interface CallContext {
  readonly signal: AbortSignal;
}

/** Which snapshots; each list that is empty allows all. */
export interface SnapshotFilter {
  readonly hosts: readonly string[];
  /** A snapshot must have every tag of one of the lists; the list `['']` asks for snapshots without tags. */
  readonly tagLists: readonly (readonly string[])[];
  /** Absolute; a snapshot must have them all. */
  readonly paths: readonly string[];
}

export interface ListedSnapshot {
  readonly id: string;
  readonly snapshot: Snapshot;
}

export interface ListEntriesInput {
  /** `latest`, an id or its beginning; `:/path` after it makes that folder the root. */
  readonly snapshot: string;
  /** Considered for `latest` only. */
  readonly filter: SnapshotFilter;
  /** Absolute folders in the snapshot; none = everything. */
  readonly paths: readonly ByteString[];
  /** With `paths`: also what is in their folders. */
  readonly recursive: boolean;
}

export interface ListEntriesHandlers {
  onSnapshot(listed: ListedSnapshot): void;
  /** In tree order. `path` is absolute in the snapshot. Awaited, so that a slow reader slows the walk. */
  onEntry(path: ByteString, node: TreeNode): void | Promise<void>;
}

export type StatsMode = 'restore-size' | 'files-by-contents' | 'blobs-per-file' | 'raw-data';

export interface StatsInput {
  readonly mode: StatsMode;
  readonly filter: SnapshotFilter;
  /** Ids or `latest`; none = all that the filter lets through. */
  readonly snapshots: readonly string[];
}

export interface StatsResult {
  readonly snapshotsCount: number;
  readonly totalSize: number;
  readonly totalFileCount: number;
  readonly totalBlobCount: number;
  /** raw-data in version 2 only. */
  readonly totalUncompressedSize?: number;
  readonly compressedSize?: number;
  readonly compressedUncompressedSize?: number;
}

export interface KeyInfo {
  readonly id: string;
  readonly isCurrent: boolean;
  readonly username: string;
  readonly hostname: string;
  /** RFC 3339. */
  readonly created: string;
}

export interface NewKey {
  readonly password: Uint8Array;
  /** Of this machine when absent. */
  readonly username?: string;
  readonly hostname?: string;
}

export type CatKind =
  'masterkey' | 'config' | 'pack' | 'blob' | 'snapshot' | 'index' | 'key' | 'lock' | 'tree';

export interface DumpInput {
  readonly snapshot: string;
  readonly filter: SnapshotFilter;
  /** Absolute in the snapshot. */
  readonly path: ByteString;
  /** For a folder. */
  readonly archive: 'tar' | 'zip';
}

/** Where bytes go; resolves when more may come. */
export type ByteSink = (bytes: Uint8Array) => Promise<void>;

export interface BackupInput {
  readonly sources: readonly ByteString[];
  readonly exclude: PatternOptions;
  /** Patterns as stored in the snapshot: those that heed case. */
  readonly excludesForRecord: readonly string[];
  readonly folderTags: readonly FolderTag[];
  readonly excludeLargerThanBytes?: number;
  readonly oneFileSystem: boolean;
  readonly tags: readonly string[];
  readonly hostname?: string;
  /** Milliseconds since 1970; now when absent. */
  readonly timeMs?: number;
  /** An id or its beginning; chosen when absent. */
  readonly parent?: string;
  /** Read every file again. */
  readonly force: boolean;
  readonly ignoreInode: boolean;
  readonly ignoreCtime: boolean;
  readonly withAtime: boolean;
  readonly dryRun: boolean;
  readonly skipIfUnchanged: boolean;
  /** Store a source that is empty now although the last snapshot had files in it. */
  readonly allowEmpty: boolean;
  readonly compression: CompressionChoice;
}

export type CompressionChoice = 'auto' | 'off' | 'max';

export interface BackupProgress {
  readonly filesDone: number;
  readonly bytesDone: number;
  readonly totalFiles: number | undefined;
  readonly totalBytes: number | undefined;
  readonly current: readonly ByteString[];
  readonly problems: number;
}

/** Something that could not be read, or not be written back; the work goes on. */
export interface ItemProblem {
  readonly path: ByteString;
  /** For people. */
  readonly reason: string;
}

export interface BackupItem {
  readonly path: ByteString;
  readonly isDir: boolean;
  readonly action: 'new' | 'modified' | 'unchanged';
  readonly sizeBytes: number;
}

export interface BackupHandlers {
  /** Given only when somebody watches: knowing how much there is costs a count. */
  onProgress?(progress: BackupProgress): void;
  onProblem(problem: ItemProblem): void;
  /** Something about a file that is saved all the same. */
  onWarning(problem: ItemProblem): void;
  /** Given only by who wants to hear of every entry: unchanged folders are otherwise passed over as a whole. */
  onItem?(item: BackupItem): void;
}

export interface BackupSummary {
  readonly filesNew: number;
  readonly filesChanged: number;
  readonly filesUnmodified: number;
  readonly dirsNew: number;
  readonly dirsChanged: number;
  readonly dirsUnmodified: number;
  readonly dataBlobs: number;
  readonly treeBlobs: number;
  readonly dataAdded: number;
  readonly dataAddedPacked: number;
  readonly totalFilesProcessed: number;
  readonly totalBytesProcessed: number;
  readonly backupStart: string;
  readonly backupEnd: string;
}

export interface BackupResult {
  /** Absent after a dry run, and when the snapshot was skipped as unchanged. */
  readonly snapshotId?: string;
  readonly parentId?: string;
  readonly summary: BackupSummary;
  /** How many times `onProblem` was called. */
  readonly problems: number;
  readonly seconds: number;
}

export type OverwriteRule = 'always' | 'if-changed' | 'if-newer' | 'never';

export interface RestoreInput {
  readonly snapshot: string;
  readonly filter: SnapshotFilter;
  readonly target: ByteString;
  /** At most one of the two. */
  readonly include?: PatternOptions;
  readonly exclude?: PatternOptions;
  /** Absent: refuse where a file is there already. */
  readonly overwrite?: OverwriteRule;
  readonly sparse: boolean;
  readonly verify: boolean;
  readonly dryRun: boolean;
}

export interface RestoreProgress {
  readonly totalFiles: number;
  readonly filesRestored: number;
  readonly filesSkipped: number;
  readonly totalBytes: number;
  readonly bytesRestored: number;
  readonly bytesSkipped: number;
}

export interface RestoreItem {
  readonly path: ByteString;
  readonly isDir: boolean;
  readonly action: 'restored' | 'updated' | 'unchanged';
  readonly sizeBytes: number;
}

export interface RestoreHandlers {
  onProgress(progress: RestoreProgress): void;
  /** A file that could not be restored. */
  onProblem(problem: ItemProblem): void;
  /** Something about a restored file that could not be applied (an owner, an attribute); not an error. */
  onWarning(problem: ItemProblem): void;
  onItem(item: RestoreItem): void;
}

export interface RestoreResult {
  readonly progress: RestoreProgress;
  readonly snapshotId: string;
  readonly problems: number;
  readonly warnings: number;
  readonly seconds: number;
}

export interface CheckInput {
  /** Absent: structure only. */
  readonly readData?: 'all' | ReadDataSubset;
}

export interface CheckProgress {
  readonly stage: 'index' | 'packs' | 'snapshots' | 'data';
  readonly done: number;
  readonly total: number;
  /** While reading data. */
  readonly bytesDone: number;
  readonly totalBytes: number;
}

export interface CheckHandlers {
  onProgress(progress: CheckProgress): void;
  /** One problem, for people. */
  onError(message: string): void;
  /** Harmless: packs in no index, packs in several. */
  onHint(message: string): void;
}

export interface CheckResult {
  readonly errors: number;
  readonly brokenPacks: readonly string[];
  readonly suggestRepairIndex: boolean;
  readonly suggestPrune: boolean;
}

export interface EngineCalls {
  init(
    input: { location: string; password: Uint8Array; version: 1 | 2 },
    context: CallContext,
  ): Promise<{ readonly id: string; readonly location: string }>;
  /** Oldest first. `ids` may hold `latest`; unknown ones are errors. */
  snapshots(
    access: RepositoryAccess,
    input: { filter: SnapshotFilter; ids: readonly string[] },
    context: CallContext,
  ): Promise<readonly ListedSnapshot[]>;
  listEntries(
    access: RepositoryAccess,
    input: ListEntriesInput,
    handlers: ListEntriesHandlers,
    context: CallContext,
  ): Promise<void>;
  stats(access: RepositoryAccess, input: StatsInput, context: CallContext): Promise<StatsResult>;
  listKeys(access: RepositoryAccess, context: CallContext): Promise<readonly KeyInfo[]>;
  /** Returns the new key's id. */
  addKey(access: RepositoryAccess, key: NewKey, context: CallContext): Promise<string>;
  /** Returns the whole id of the removed key. */
  removeKey(access: RepositoryAccess, id: string, context: CallContext): Promise<string>;
  /** Adds the new key, proves that it opens, then removes the one opened with. Returns the new key's id. */
  changePassword(access: RepositoryAccess, key: NewKey, context: CallContext): Promise<string>;
  /** Returns how many locks were removed. */
  unlock(access: RepositoryAccess, input: { all: boolean }, context: CallContext): Promise<number>;
  /** The plain bytes; JSON objects as stored. */
  cat(
    access: RepositoryAccess,
    input: { kind: CatKind; id: string; filter: SnapshotFilter },
    context: CallContext,
  ): Promise<Uint8Array>;
  dump(access: RepositoryAccess, input: DumpInput, sink: ByteSink, context: CallContext): Promise<void>;
  backup(
    access: RepositoryAccess,
    input: BackupInput,
    handlers: BackupHandlers,
    context: CallContext,
  ): Promise<BackupResult>;
  restore(
    access: RepositoryAccess,
    input: RestoreInput,
    handlers: RestoreHandlers,
    context: CallContext,
  ): Promise<RestoreResult>;
  check(
    access: RepositoryAccess,
    input: CheckInput,
    handlers: CheckHandlers,
    context: CallContext,
  ): Promise<CheckResult>;
}
