/** The call that puts files back. */
import type { ByteString } from '#base/byte-string.ts';
import type { PatternOptions } from '#rules/exclude-rules.ts';
import type { RepositoryAccess, CallContext, SnapshotFilter, ItemProblem } from './access.ts';

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
  readonly action: 'restored' | 'updated' | 'unchanged' | 'deleted';
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

export interface RestoreCalls {
  restore(
    access: RepositoryAccess,
    input: RestoreInput,
    handlers: RestoreHandlers,
    context: CallContext,
  ): Promise<RestoreResult>;
}
