/** What a copy between two repositories is asked for, what it tells on the way and what comes out. */
import type { SnapshotId } from '#base/ids.ts';
import type { Compression } from '#pipeline/protocol.ts';
import type { SnapshotFilter, StoredSnapshot } from '#repository/snapshot-store.ts';
import type { AffectedPath } from '../check/types.ts';

export interface CopyRequest {
  /** Of the source: ids, beginnings of them, or `latest`; none: all that the filter lets through. */
  readonly ids: readonly string[];
  readonly filter: SnapshotFilter;
  readonly compression: Compression;
  /** Read the source without a lock. */
  readonly sourceNoLock: boolean;
  /** So many bytes of blobs are gathered from several snapshots before they are made durable and the snapshots follow. */
  readonly batchBytes: number;
}

export const DEFAULT_BATCH_BYTES = 256 << 20;

export interface CopiedSnapshot {
  readonly sourceId: SnapshotId;
  /** In the destination. */
  readonly id: SnapshotId;
}

/** A snapshot that is not copied, because it is not whole in the source. */
export interface CopyProblem {
  readonly sourceId: string;
  readonly reason: string;
  /** What of it cannot be had; a bounded list. */
  readonly affected: readonly AffectedPath[];
  readonly affectedCount: number;
}

export interface CopyProgress {
  readonly snapshotsDone: number;
  readonly snapshots: number;
  /** Packs of the source read, of those known to be needed so far. */
  readonly packsDone: number;
  readonly packs: number;
  /** The same in bytes of blobs. */
  readonly bytesDone: number;
  readonly bytes: number;
}

/** Calls come from the core's thread and must be quick. */
export interface CopyObserver {
  onProgress?(progress: CopyProgress): void;
  /** It is in the destination already. */
  onSkipped?(source: StoredSnapshot, existing: SnapshotId): void;
  /** Its turn has come. */
  onStarted?(source: StoredSnapshot): void;
  /** It is durable in the destination. */
  onCopied?(source: StoredSnapshot, id: SnapshotId): void;
  onProblem?(problem: CopyProblem): void;
}

export interface CopyResult {
  readonly copied: readonly CopiedSnapshot[];
  /** Were there already. */
  readonly skipped: readonly CopiedSnapshot[];
  readonly problems: readonly CopyProblem[];
  readonly blobs: number;
  /** As they lie in the source. */
  readonly bytes: number;
}
