/** The call that leaves files out of snapshots that exist, and changes their host or time. */
import type { ByteString } from '#base/byte-string.ts';
import type { PatternOptions } from '#rules/exclude-rules.ts';
import type { CallContext, RepositoryAccess, SnapshotFilter } from './access.ts';

export interface RewriteInput {
  /** Ids, beginnings of them, or `latest`; none: all that the filter lets through. */
  readonly ids: readonly string[];
  readonly filter: SnapshotFilter;
  readonly exclude?: PatternOptions;
  readonly forget: boolean;
  readonly newHost?: string;
  /** Milliseconds since 1970. */
  readonly newTimeMs?: number;
  readonly addSummary: boolean;
  readonly dryRun: boolean;
}

export interface RewrittenItem {
  readonly oldId: string;
  /** Absent in a dry run. */
  readonly newId?: string;
  readonly goneFiles: number;
  readonly goneBytes: number;
}

export interface RewriteHandlers {
  onProgress(done: number, total: number): void;
  onExcluded(path: ByteString): void;
  onChanged(item: RewrittenItem): void;
  /** A snapshot that cannot be read or rewritten, for people. */
  onProblem(message: string, snapshotId?: string): void;
}

export interface RewriteResult {
  readonly changed: number;
  readonly unchanged: number;
  readonly problems: number;
}

export interface RewriteCalls {
  rewrite(
    access: RepositoryAccess,
    input: RewriteInput,
    handlers: RewriteHandlers,
    context: CallContext,
  ): Promise<RewriteResult>;
}
