/** The call that compares two versions. */
import type { ByteString } from '#base/byte-string.ts';
import type { CallContext, ListedSnapshot, RepositoryAccess } from './access.ts';

export interface DiffInput {
  /** `latest`, an id or its beginning; `:/path` after it compares only that folder. */
  readonly from: string;
  readonly to: string;
  readonly withMetadata: boolean;
  readonly findRenames: boolean;
  /** An added or removed folder without what is in it. */
  readonly foldFolders: boolean;
  /** Absent counts otherwise. */
  readonly countBlobs: boolean;
}

export interface EntryCounts {
  readonly files: number;
  readonly folders: number;
  readonly others: number;
}

interface ChangeBase {
  readonly path: ByteString;
  readonly isFolder: boolean;
}

export type DiffChange =
  | (ChangeBase & { readonly kind: 'added' | 'removed'; readonly inside: EntryCounts })
  /** restic's letters: T, M, U, ?. */
  | (ChangeBase & { readonly kind: 'changed'; readonly letters: string })
  | (ChangeBase & { readonly kind: 'renamed'; readonly from: ByteString; readonly inside: EntryCounts });

export interface DiffHandlers {
  onStart(from: ListedSnapshot, to: ListedSnapshot): void | Promise<void>;
  /** Awaited. */
  onChange(change: DiffChange): void | Promise<void>;
  /** A folder that could not be compared. */
  onDamaged(damaged: { readonly path: ByteString; readonly treeId: string; readonly reason: string }): void;
}

export interface DiffCounts extends EntryCounts {
  readonly blobs?: { readonly data: number; readonly trees: number; readonly bytes: number };
}

export interface DiffResult {
  /** Renamed entries count here too, once on each side. */
  readonly added: DiffCounts;
  readonly removed: DiffCounts;
  readonly changedFiles: number;
  readonly renamed: EntryCounts;
  readonly damagedFolders: number;
}

export interface DiffCalls {
  diff(
    access: RepositoryAccess,
    input: DiffInput,
    handlers: DiffHandlers,
    context: CallContext,
  ): Promise<DiffResult>;
}
