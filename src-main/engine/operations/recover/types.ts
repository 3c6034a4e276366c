/** What goes into a recovery of lost snapshots and what comes out; everything is safe for JSON but errors. */
import type { ByteString } from '#base/byte-string.ts';
import type { BlobId, SnapshotId } from '#base/ids.ts';
import type { TidemarkError } from '#base/errors.ts';

/** The top names told of a tree; `topCount` counts all. */
export const MAX_TOP_NAMES = 10;

/** A folder's list that neither a snapshot nor another folder names: most likely the root of a snapshot that was lost. */
export interface OrphanTree {
  readonly treeId: BlobId;
  readonly topNames: readonly ByteString[];
  readonly topCount: number;
  /** In it and below it, each as often as it comes. */
  readonly files: number;
  readonly folders: number;
  readonly bytes: number;
  /** RFC 3339: the last change of any entry, so the snapshot is not older. Absent when nothing in it has a time that can be true. */
  readonly newest?: string;
  /** Files and folders whose contents are not all in the repository any more. */
  readonly lostFiles: number;
  readonly lostFolders: number;
}

export interface RecoverPlan {
  /** Oldest first; those without a time before all others. */
  readonly orphans: readonly OrphanTree[];
  /** Distinct trees that were looked at. */
  readonly treeCount: number;
  /** Trees that cannot be read: what is below them may be among the orphans. */
  readonly unreadableTrees: number;
  /** Snapshot files that cannot be read. */
  readonly damaged: readonly TidemarkError<'integrity.fileCorrupt'>[];
}

export interface RecoverRequest {
  /** Ids of orphans or beginnings of them; none: all. */
  readonly trees: readonly string[];
  /**
   * `together`: one snapshot that holds each orphan in a folder named after it, dated now, as restic makes it. `each`: a snapshot
   * for each, with its files under the paths they had, dated by the newest change in it.
   */
  readonly form: 'together' | 'each';
  readonly hostname: string;
  readonly programVersion: string;
}

export interface RecoveredSnapshot {
  readonly snapshotId: SnapshotId;
  readonly treeIds: readonly BlobId[];
}

export interface RecoverResult extends RecoverPlan {
  readonly recovered: readonly RecoveredSnapshot[];
}

/** Calls come from the core's thread and must be quick. */
export interface RecoverObserver {
  /** Trees looked at for what they refer to. */
  readonly onProgress?: (done: number, total: number) => void;
  /** Before anything is stored. */
  readonly onOrphan?: (orphan: OrphanTree) => void;
  /** It is durable. */
  readonly onRecovered?: (snapshot: RecoveredSnapshot) => void;
}
