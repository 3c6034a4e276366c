/** The call that brings snapshots from one repository to another. */
import type { CallContext, ListedSnapshot, RepositoryAccess, SnapshotFilter } from './access.ts';

export interface CopyInput {
  readonly from: RepositoryAccess;
  /** Of the source; ids, beginnings of them, or `latest`. */
  readonly snapshots: readonly string[];
  readonly filter: SnapshotFilter;
  readonly compression: 'auto' | 'off' | 'max';
}

export interface CopyProgress {
  readonly packsDone: number;
  readonly packs: number;
  readonly bytesDone: number;
  readonly bytes: number;
  readonly snapshotsDone: number;
  readonly snapshots: number;
}

export interface CopyHandlers {
  onProgress(progress: CopyProgress): void;
  onStarted(source: ListedSnapshot): void;
  /** The destination has it already, under this id. */
  onSkipped(source: ListedSnapshot, id: string): void;
  onCopied(source: ListedSnapshot, id: string): void;
  /** A snapshot of the source that is not whole; `details`: one line per file that cannot be had. */
  onProblem(sourceId: string, reason: string, details: readonly string[]): void;
}

export interface CopyResult {
  readonly copied: number;
  readonly skipped: number;
  readonly problems: number;
  readonly blobs: number;
  readonly bytes: number;
}

export interface CopyCalls {
  /** `access`: the destination. */
  copy(
    access: RepositoryAccess,
    input: CopyInput,
    handlers: CopyHandlers,
    context: CallContext,
  ): Promise<CopyResult>;
}
