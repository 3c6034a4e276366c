/** The calls that look for something in all versions at once. */
import type { ByteString } from '#base/byte-string.ts';
import type { Instant } from '#format/time.ts';
import type { TreeNode } from '#format/tree-node.ts';
import type { CallContext, ListedSnapshot, RepositoryAccess, SnapshotFilter } from './access.ts';

export interface SearchedSnapshots {
  readonly filter: SnapshotFilter;
  /** Ids or `latest`; none = all that the filter lets through. */
  readonly ids: readonly string[];
  readonly oldestFirst: boolean;
}

export interface FindInput {
  readonly snapshots: SearchedSnapshots;
  /** None: every name. */
  readonly patterns: readonly ByteString[];
  readonly ignoreCase: boolean;
  readonly modifiedFrom?: Instant;
  readonly modifiedTo?: Instant;
  readonly largerThanBytes?: bigint;
  readonly smallerThanBytes?: bigint;
  /** SHA-256 of the whole content, 64 hex digits. */
  readonly contentHash?: string;
  /** A file of this machine, absolute or relative to the working folder. */
  readonly contentOf?: ByteString;
}

export interface FindHandlers {
  onProgress(foldersDone: number): void;
  /** A folder that could not be searched. */
  onDamaged(damaged: DamagedFolder): void;
}

export interface DamagedFolder {
  readonly snapshotId: string;
  readonly path: ByteString;
  readonly treeId: string;
  /** For people. */
  readonly reason: string;
}

export interface FindResult {
  readonly snapshotsSearched: number;
  readonly found: number;
  readonly damagedFolders: number;
}

export interface PathHistory {
  readonly path: ByteString;
  /** As in the newest snapshot that has it. */
  readonly node: TreeNode;
  readonly oldest: ListedSnapshot;
  readonly newest: ListedSnapshot;
  readonly snapshotCount: number;
  readonly contentCount: number;
  readonly searchedCount: number;
  /** A later snapshot of the same host and paths does not have it. */
  readonly isGone: boolean;
}

/** Ids, or beginnings of them. */
export interface FindObjectsInput {
  readonly snapshots: SearchedSnapshots;
  readonly blobs: readonly string[];
  readonly trees: readonly string[];
  readonly packs: readonly string[];
}

export interface FoundObject {
  readonly kind: 'blob' | 'tree';
  readonly id: string;
  readonly path: ByteString;
  /** Of a blob. */
  readonly parentTree: string | undefined;
}

export interface ObjectPlace {
  readonly kind: 'blob' | 'tree';
  readonly id: string;
  /** Absent when no index names the object. */
  readonly place?: {
    readonly packId: string;
    readonly offset: number;
    readonly length: number;
    readonly uncompressedLength: number;
  };
}

export interface FindCalls {
  /** Snapshot by snapshot, in each by path. `onEntry` is awaited. */
  find(
    access: RepositoryAccess,
    input: FindInput,
    handlers: FindHandlers & {
      onEntry(listed: ListedSnapshot, path: ByteString, node: TreeNode): void | Promise<void>;
    },
    context: CallContext,
  ): Promise<FindResult>;
  /** Each path once, with the snapshots that have it. `onPath` is awaited. */
  findPaths(
    access: RepositoryAccess,
    input: FindInput,
    handlers: FindHandlers & { onPath(history: PathHistory): void | Promise<void> },
    context: CallContext,
  ): Promise<FindResult>;
  /** Every use of objects of the repository. `onObject` is awaited. */
  findObjects(
    access: RepositoryAccess,
    input: FindObjectsInput,
    handlers: FindHandlers & {
      onObject(listed: ListedSnapshot, found: FoundObject): void | Promise<void>;
    },
    context: CallContext,
  ): Promise<FindResult & { readonly places: readonly ObjectPlace[] }>;
}
