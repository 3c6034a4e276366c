/** What goes into a rewrite and what comes out; everything of the plan and the result is safe for JSON but errors. */
import type { ByteString } from '#base/byte-string.ts';
import type { TidemarkError } from '#base/errors.ts';
import type { SnapshotId } from '#base/ids.ts';
import type { Snapshot } from '#format/snapshot.ts';
import type { PatternOptions } from '#rules/exclude-rules.ts';
import type { SnapshotsRequest } from '../snapshots.ts';

export interface RewriteRequest {
  readonly snapshots: SnapshotsRequest;
  /** What is left out of the new snapshots. */
  readonly exclude?: PatternOptions;
  /** Put the new snapshots in the place of the old ones. Otherwise both stay, the new ones tagged `rewrite`. */
  readonly forget: boolean;
  readonly newHost?: string;
  /** RFC 3339. */
  readonly newTime?: string;
  /** Give counts of files and bytes to snapshots that have none. */
  readonly addSummary: boolean;
}

/** A snapshot that changes. */
export interface PlannedRewrite {
  readonly oldId: SnapshotId;
  /** As it will be stored. */
  readonly next: Snapshot;
  /** An earlier run was stopped after storing it: only the old one is still to be removed. */
  readonly isStoredAlready: boolean;
  /** What goes from this snapshot. */
  readonly goneFiles: number;
  readonly goneBytes: number;
}

/** A snapshot that was to be changed and cannot be. */
export interface RefusedRewrite {
  readonly id: SnapshotId;
  readonly error: TidemarkError;
}

export interface RewritePlan {
  /** Oldest first. */
  readonly changes: readonly PlannedRewrite[];
  readonly unchanged: readonly SnapshotId[];
  readonly refused: readonly RefusedRewrite[];
  /** Snapshot files that cannot be read. */
  readonly damaged: readonly TidemarkError<'integrity.fileCorrupt'>[];
}

export interface RewrittenSnapshot {
  readonly oldId: SnapshotId;
  readonly newId: SnapshotId;
  readonly goneFiles: number;
  readonly goneBytes: number;
}

export interface RewriteResult extends Omit<RewritePlan, 'changes'> {
  readonly changed: readonly RewrittenSnapshot[];
}

export interface RewriteObserver {
  /** Snapshots looked through. */
  readonly onProgress?: (done: number, total: number) => void;
  /** A file or folder is left out; once per place in a tree, however many snapshots share it. */
  readonly onExcluded?: (path: ByteString) => void;
  /** The new one is durable, the old one gone if it was to go. */
  readonly onChanged?: (rewritten: RewrittenSnapshot) => void;
}
