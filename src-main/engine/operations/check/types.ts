/** What goes into a check and what comes out; everything of the result is safe for JSON. */
import type { BlobFault, PackFault } from '#pipeline/job-types.ts';
import type { NodeFaultCode } from '#pipeline/tree-inspection.ts';
import type { ReadDataSubset } from '#rules/read-data-subset.ts';

export interface CheckRequest {
  /** `none` looks at the structure only. */
  readonly readData: 'none' | 'all' | ReadDataSubset;
  /** Without a lock files may vanish meanwhile and be reported as missing. */
  readonly noLock: boolean;
}

/** Something that is wrong: data is lost, or would be lost by further use. Ids are whole; names are display text. */
export type CheckProblem =
  | { readonly code: 'configDamaged'; readonly reason: string }
  | { readonly code: 'keyDamaged'; readonly keyId: string; readonly reason: string }
  | { readonly code: 'indexDamaged'; readonly indexId: string; readonly reason: string }
  | {
      readonly code: 'packDescribedDifferently';
      readonly packId: string;
      readonly indexIds: readonly string[];
    }
  | { readonly code: 'packMissing'; readonly packId: string; readonly blobCount: number }
  | {
      readonly code: 'packSizeDiffers';
      readonly packId: string;
      readonly expectedBytes: number;
      readonly foundBytes: number;
    }
  /** The place did not give the file out. */
  | { readonly code: 'packUnreadable'; readonly packId: string; readonly reason: string }
  | {
      readonly code: 'packDamaged';
      readonly packId: string;
      readonly faults: readonly PackFault[];
      /** The first MAX_BLOBS_LISTED. */
      readonly blobs: readonly BlobFault[];
      readonly faultyBlobCount: number;
    }
  | { readonly code: 'snapshotDamaged'; readonly snapshotId: string; readonly reason: string }
  /** In no index although a snapshot or folder needs it. */
  | { readonly code: 'treeMissing'; readonly treeId: string }
  | {
      readonly code: 'treeDamaged';
      readonly treeId: string;
      readonly packId: string;
      readonly reason: string;
      /** Another pack has it in order. */
      readonly hasGoodCopy: boolean;
    }
  | {
      readonly code: 'nodeInvalid';
      readonly treeId: string;
      readonly name: string;
      readonly fault: NodeFaultCode;
    }
  /** In no index although a file needs it. */
  | { readonly code: 'dataMissing'; readonly blobId: string; readonly treeId: string };

/** Something worth knowing that loses nothing by itself. */
export type CheckHint =
  | {
      readonly code: 'packInSeveralIndexes';
      readonly packId: string;
      readonly indexIds: readonly string[];
    }
  | { readonly code: 'mixedPack'; readonly packId: string }
  /** Left behind by an interrupted run. */
  | { readonly code: 'packNotIndexed'; readonly packId: string; readonly sizeBytes: number }
  | {
      readonly code: 'nodeOdd';
      readonly treeId: string;
      readonly name: string;
      readonly fault: NodeFaultCode;
    }
  | {
      readonly code: 'fileSizeDiffers';
      readonly treeId: string;
      readonly name: string;
      readonly storedBytes: number;
      readonly contentBytes: number;
    };

/** A file or folder that cannot be restored whole from some snapshots. */
export interface AffectedPath {
  /** Absolute in the snapshot, as display text. */
  readonly path: string;
  /** The folder's own list is lost: everything below it is. */
  readonly isFolder: boolean;
  readonly snapshotIds: readonly string[];
  /** What it lacks. */
  readonly blobIds: readonly string[];
}

export interface CheckCounts {
  readonly snapshots: number;
  readonly indexFiles: number;
  readonly packs: number;
  readonly blobs: number;
  /** Distinct trees looked at. */
  readonly trees: number;
  /** Files in them. */
  readonly files: number;
  readonly packsRead: number;
  readonly packBytesRead: number;
  readonly plainBytesRead: number;
}

export interface CheckResult {
  /** The first MAX_LISTED; `errorCount` counts all. Likewise the hints. */
  readonly errors: readonly CheckProblem[];
  readonly errorCount: number;
  readonly hints: readonly CheckHint[];
  readonly hintCount: number;
  /** What the errors mean for files; the first MAX_LISTED. */
  readonly affected: readonly AffectedPath[];
  readonly affectedCount: number;
  readonly counts: CheckCounts;
  /** Packs that are missing or damaged. */
  readonly brokenPacks: readonly string[];
}

export const MAX_LISTED = 10_000;
export const MAX_BLOBS_LISTED = 500;

export interface CheckProgress {
  readonly stage: 'index' | 'packs' | 'snapshots' | 'data';
  /** Index files, packs, trees (whose total grows while they are found), packs. */
  readonly done: number;
  readonly total: number;
  /** Of packs, while data is read. */
  readonly bytesDone: number;
  readonly totalBytes: number;
}

/** Calls come from the core's thread and must be quick. */
export interface CheckObserver {
  onProgress?(progress: CheckProgress): void;
  /** Every error, beyond MAX_LISTED too, as it is found. */
  onError?(problem: CheckProblem): void;
  onHint?(hint: CheckHint): void;
}
