/** The call that puts files back. */
import type { ByteString } from '#base/byte-string.ts';
import type { PatternOptions } from '#rules/exclude-rules.ts';
import type { RepositoryAccess, CallContext, SnapshotFilter, ItemProblem } from './access.ts';

/** Restic's four, and those that can be taken back. */
export type OverwriteRule =
  | 'always'
  | 'if-changed'
  | 'if-newer'
  | 'never'
  | 'replace-keep-current'
  | 'keep-both'
  | 'only-missing'
  | 'only-older'
  | 'exact';

export interface RestoreInput {
  readonly snapshot: string;
  readonly filter: SnapshotFilter;
  /** Absent: everything goes back to where it came from. */
  readonly target?: ByteString;
  /** At most one of the two. */
  readonly include?: PatternOptions;
  readonly exclude?: PatternOptions;
  /** Absent: refuse where a file is there already. */
  readonly overwrite?: OverwriteRule;
  /** What the snapshot does not have goes into safe keeping. */
  readonly removeOthers: boolean;
  readonly ignoreSpace: boolean;
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

/** Of a dry run: what would be written, and the room there is. */
export interface RestoreRoom {
  readonly neededBytes: number;
  readonly freeBytes: number | undefined;
}

export interface RestoreItem {
  readonly path: ByteString;
  readonly isDir: boolean;
  readonly action: 'restored' | 'updated' | 'unchanged' | 'deleted';
  readonly sizeBytes: number;
}

export interface RestoreHandlers {
  /** What is done from now on can be taken back, also when the restore does not come to its end. */
  onUndoable(target: ByteString, undoId: string): void;
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
  /** Where the files went; absolute. */
  readonly target: ByteString;
  /** By which `undo` knows it; absent when it cannot be taken back. */
  readonly undoId?: string;
  /** How many files had something in their place; how many were taken away, not being in the snapshot. */
  readonly filesUpdated: number;
  readonly filesRemoved: number;
  /** Of a dry run. */
  readonly room?: RestoreRoom;
  readonly problems: number;
  readonly warnings: number;
  readonly seconds: number;
}

export interface RestoreCalls {
  restore(
    access: RepositoryAccess,
    input: RestoreInput,
    handlers: RestoreHandlers,
    context: CallContext,
  ): Promise<RestoreResult>;
}
