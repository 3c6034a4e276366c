/** What goes into a repair of snapshots and what comes out. */
import type { ByteString } from '#base/byte-string.ts';
import type { TidemarkError } from '#base/errors.ts';
import type { SnapshotId } from '#base/ids.ts';
import type { Snapshot } from '#format/snapshot.ts';
import type { Repository } from '#repository/repository.ts';
import type { HealObserver } from '../heal-blobs.ts';
import type { SnapshotsRequest } from '../snapshots.ts';

export interface RepairSnapshotsRequest {
  readonly snapshots: SnapshotsRequest;
  /** Put the repaired snapshots in the place of the damaged ones. Otherwise both stay, the new ones tagged `repaired`. */
  readonly forget: boolean;
  /** What is found elsewhere is put back, and snapshots that still lack something stay as they are. */
  readonly healsOnly?: boolean;
  /** Where lost content is looked for before it is given up. */
  readonly heal?: {
    readonly repositories: readonly Repository[];
    /** Live folders or files, absolute. */
    readonly paths: readonly ByteString[];
    readonly noLock?: boolean;
  };
}

/** What a repaired snapshot lacks, or what else was put right in it. */
export type LossKind =
  /** None of the file's content is there: it is empty now. */
  | 'fileEmptied'
  /** Parts of the file's content are not there: what is left stands together. */
  | 'fileShortened'
  /** All content is there, only its size was told wrongly. */
  | 'sizeCorrected'
  /** The folder's list is not there: it is empty now. */
  | 'folderEmptied'
  /** An entry of no known kind, left out. */
  | 'entryRemoved';

export interface Loss {
  /** Absolute in the snapshot. */
  readonly path: ByteString;
  readonly kind: LossKind;
  /** Of a file: content that is gone; -1 when nobody knows how much. */
  readonly lostBytes: number;
}

export const MAX_LOSSES_LISTED = 1000;

export interface PlannedRepair {
  readonly oldId: SnapshotId;
  /** RFC 3339, as stored. */
  readonly time: string;
  /** As it will be stored; absent when nothing of it can be read. */
  readonly next?: Snapshot;
  /** An earlier run was stopped after storing it: only the old one is still to be removed. */
  readonly isStoredAlready: boolean;
  /** The first MAX_LOSSES_LISTED; `lossCount` counts all. */
  readonly losses: readonly Loss[];
  readonly lossCount: number;
}

/** A snapshot that is damaged and cannot be repaired without losing more. */
export interface RefusedRepair {
  readonly id: SnapshotId;
  readonly error: TidemarkError;
}

export interface RepairPlan {
  /** Oldest first. */
  readonly repairs: readonly PlannedRepair[];
  readonly whole: readonly SnapshotId[];
  readonly refused: readonly RefusedRepair[];
  /** Snapshot files that cannot be read. */
  readonly damaged: readonly TidemarkError<'integrity.fileCorrupt'>[];
  /** Distinct blobs that are needed and not to be had. */
  readonly lostBlobs: number;
  /** Packs that an index names and that are not there, or not whole. */
  readonly brokenPacks: number;
}

export interface RepairedSnapshot {
  readonly oldId: SnapshotId;
  /** Absent when nothing of it can be read. */
  readonly newId?: SnapshotId;
  /** The old one is gone. */
  readonly isRemoved: boolean;
}

export interface RepairSnapshotsResult extends RepairPlan {
  readonly repaired: readonly RepairedSnapshot[];
  /** Blobs that were lost and are there again. */
  readonly healedBlobs: number;
}

export interface RepairSnapshotsObserver extends Pick<HealObserver, 'onProblem'> {
  readonly onProgress?: (stage: 'snapshots' | 'healing', done: number, total: number) => void;
  /** Before anything of it is stored. */
  readonly onRepair?: (repair: PlannedRepair) => void;
  readonly onRepaired?: (repaired: RepairedSnapshot) => void;
}
