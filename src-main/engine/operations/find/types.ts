/** What a search across versions is asked for, what it is handed, and what it tells. */
import type { ByteString } from '#base/byte-string.ts';
import type { BlobId, SnapshotId } from '#base/ids.ts';
import type { TreeNode } from '#format/tree-node.ts';
import type { NodeConditions } from '#pipeline/search-types.ts';
import type { SearchPatterns } from '#rules/pattern-states.ts';
import type { Repository } from '#repository/repository.ts';
import type { SnapshotFilter, StoredSnapshot } from '#repository/snapshot-store.ts';
import type { PipelineHost } from '../pipeline-host.ts';

export interface FindParts {
  /** Its index must not be loaded yet. */
  readonly repository: Repository;
  readonly pipeline: PipelineHost;
  /** SHA-256 in parts, for contents that do not fit into memory. */
  createHasher(): ContentHasher;
}

export interface ContentHasher {
  update(bytes: Uint8Array): void;
  /** 32 bytes; nothing may follow. */
  digest(): Uint8Array;
}

/** Which snapshots are searched. */
export interface SnapshotChoice {
  /** Ids, beginnings of them, or `latest`; none: all that the filter lets through. */
  readonly ids?: readonly string[];
  readonly filter?: SnapshotFilter;
  readonly oldestFirst?: boolean;
}

export interface FindRequest {
  readonly snapshots: SnapshotChoice;
  readonly patterns: SearchPatterns;
  readonly conditions: Omit<NodeConditions, 'contentIds'>;
  /** Absolute path of a file of this machine whose content is looked for. */
  readonly contentOf?: ByteString;
}

export interface FoundEntry {
  /** Absolute in the snapshot. */
  readonly path: ByteString;
  /** Without extended and generic attributes, and without content. */
  readonly node: TreeNode;
}

export interface FindObserver {
  /** Folders looked through, in all versions, so far. */
  onProgress?(foldersDone: number): void;
  /** A folder that cannot be read: what is in it was not searched. */
  onDamaged?(damaged: DamagedFolder): void;
}

export interface DamagedFolder {
  readonly snapshotId: SnapshotId;
  readonly path: ByteString;
  /** Empty for a snapshot that cannot be read at all. */
  readonly treeId: BlobId;
  readonly reason: string;
}

export interface FindObserverOfEntries extends FindObserver {
  /** Snapshot by snapshot, in each by path, a folder before its contents. Awaited. */
  onEntry(stored: StoredSnapshot, entry: FoundEntry): void | Promise<void>;
}

/** All that the searched snapshots hold under one path. */
export interface PathHistory {
  readonly path: ByteString;
  /** As the newest snapshot that has it stores it. */
  readonly node: TreeNode;
  readonly oldest: StoredSnapshot;
  readonly newest: StoredSnapshot;
  /** How many of the snapshots searched hold it. */
  readonly snapshotCount: number;
  /** How many were searched. */
  readonly searchedCount: number;
  /** Different contents among them. */
  readonly contentCount: number;
  /** A later snapshot of the same host and paths was searched and does not have it. */
  readonly isGone: boolean;
}

export interface FindObserverOfPaths extends FindObserver {
  /** In the order of paths, a folder before its contents. Awaited. */
  onPath(history: PathHistory): void | Promise<void>;
}

/** Objects of the repository; each id may be its beginning. */
export interface FindObjectsRequest {
  readonly snapshots: SnapshotChoice;
  readonly blobs: readonly string[];
  readonly trees: readonly string[];
  /** Stand for all blobs and trees in them. */
  readonly packs: readonly string[];
}

export interface FoundObject {
  readonly kind: 'blob' | 'tree';
  readonly id: BlobId;
  /** Of the file or folder. */
  readonly path: ByteString;
  /** Of a blob: the folder's tree that names it. */
  readonly parentTree: BlobId | undefined;
}

export interface FindObserverOfObjects extends FindObserver {
  onObject(stored: StoredSnapshot, found: FoundObject): void | Promise<void>;
}

export interface FindResult {
  readonly snapshotsSearched: number;
  /** Entries, paths or objects told. */
  readonly found: number;
  readonly damagedFolders: number;
}

/** Where an object lies, first place only. */
export interface ObjectPlace {
  readonly kind: 'blob' | 'tree';
  readonly id: BlobId;
  /** Absent when no index names the object. */
  readonly place?: {
    readonly packId: string;
    readonly offset: number;
    /** Sealed. */
    readonly length: number;
    /** 0 when stored without compression. */
    readonly uncompressedLength: number;
  };
}
