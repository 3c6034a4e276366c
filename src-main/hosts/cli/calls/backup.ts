/** The call that saves files and folders. */
import type { ByteString } from '#base/byte-string.ts';
import type { PatternOptions } from '#rules/exclude-rules.ts';
import type { FolderTag } from '#rules/tagged-exclude.ts';
import type { RepositoryAccess, CallContext, ItemProblem } from './access.ts';

export interface BackupInput {
  readonly sources: readonly ByteString[];
  readonly exclude: PatternOptions;
  readonly folderTags: readonly FolderTag[];
  readonly excludeLargerThanBytes?: number;
  readonly oneFileSystem: boolean;
  readonly tags: readonly string[];
  readonly hostname?: string;
  /** Milliseconds since 1970; now when absent. */
  readonly timeMs?: number;
  /** An id or its beginning; chosen when absent. */
  readonly parent?: string;
  /** Look only at these and take the rest from the parent; relative ones are taken from the working folder. */
  readonly changedPaths?: readonly ByteString[];
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

export interface BackupItem {
  readonly path: ByteString;
  readonly isDir: boolean;
  readonly action: 'new' | 'modified' | 'unchanged';
  readonly sizeBytes: number;
  readonly cost: BackupItemCost;
}

/** All 0 for what is unchanged. */
export interface BackupItemCost {
  readonly seconds: number;
  /** Of new content, and what it takes in the repository. */
  readonly dataBytes: number;
  readonly dataBytesPacked: number;
  /** The same of the lists of a folder and of those below it. */
  readonly treeBytes: number;
  readonly treeBytesPacked: number;
}

export interface UnreadItem extends ItemProblem {
  /** Its disk failed; the snapshot has it as the one before has it. */
  readonly keptPrevious: boolean;
}

export interface BackupHandlers {
  /** Given only when somebody watches: knowing how much there is costs a count. */
  onProgress?(progress: BackupProgress): void;
  onProblem(problem: UnreadItem): void;
  /** Something about a file that is saved all the same. */
  onWarning(problem: ItemProblem): void;
  /** Given only by who wants to hear of every entry: unchanged folders are otherwise passed over as a whole. */
  onItem?(item: BackupItem): void;
  /** How much there is is known; only beside `onProgress`. */
  onCounted?(files: number, bytes: number): void;
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

/** Whether the list stood for looking at everything; `outside`: how many of its paths have nothing to do with the sources. */
export type ChangedPathsOutcome =
  | { readonly kind: 'followed'; readonly pathCount: number; readonly outsideCount: number }
  | { readonly kind: 'walked'; readonly reason: WalkReason };

export type WalkReason =
  'doubt' | 'noParent' | 'otherParent' | 'otherProgram' | 'rewritten' | 'otherSources' | 'otherExcludes';

export interface BackupResult {
  /** Absent after a dry run, and when the snapshot was skipped as unchanged. */
  readonly snapshotId?: string;
  readonly parentId?: string;
  /** Present when changed paths were given. */
  readonly changedPaths?: ChangedPathsOutcome;
  readonly summary: BackupSummary;
  /** How many times `onProblem` was called. */
  readonly problems: number;
  /** Of them, those for which the disk is to blame. */
  readonly diskProblems: number;
  readonly seconds: number;
}

export interface BackupCalls {
  backup(
    access: RepositoryAccess,
    input: BackupInput,
    handlers: BackupHandlers,
    context: CallContext,
  ): Promise<BackupResult>;
}
