/** The calls that only look. */
import type { ByteString } from '#base/byte-string.ts';
import type { TreeNode } from '#format/tree-node.ts';
import type { RepositoryAccess, CallContext, SnapshotFilter, ListedSnapshot, ByteSink } from './access.ts';

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

export interface SnapshotsHandlers {
  /** A snapshot file that cannot be read, whatever the filter says; `reason` is for people. */
  onDamaged(id: string, reason: string): void;
}

export interface ReadingCalls {
  /** Oldest first. `ids` may hold `latest`; unknown ones are errors. */
  snapshots(
    access: RepositoryAccess,
    input: { filter: SnapshotFilter; ids: readonly string[] },
    handlers: SnapshotsHandlers,
    context: CallContext,
  ): Promise<readonly ListedSnapshot[]>;
  listEntries(
    access: RepositoryAccess,
    input: ListEntriesInput,
    handlers: ListEntriesHandlers,
    context: CallContext,
  ): Promise<void>;
  stats(access: RepositoryAccess, input: StatsInput, context: CallContext): Promise<StatsResult>;
  /** The plain bytes; JSON objects as stored. */
  cat(
    access: RepositoryAccess,
    input: { kind: CatKind; id: string; filter: SnapshotFilter },
    context: CallContext,
  ): Promise<Uint8Array>;
  dump(access: RepositoryAccess, input: DumpInput, sink: ByteSink, context: CallContext): Promise<void>;
}
