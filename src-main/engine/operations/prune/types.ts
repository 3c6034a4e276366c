/** What goes into a prune and what comes out; plan and result are safe for JSON. */
import type { SnapshotId } from '#base/ids.ts';
import type { Compression } from '#pipeline/protocol.ts';
import type { UnusedLimit } from '#rules/unused-limit.ts';

export interface PruneRequest {
  /** Only say what would be done. */
  readonly dryRun: boolean;
  readonly maxUnused: UnusedLimit;
  /** Repack at most so many bytes of packs; no limit when absent. */
  readonly maxRepackBytes?: number;
  /** Leave packs with file contents as they are unless nothing in them is used. */
  readonly repackCacheableOnly: boolean;
  /** Packs below this size count as small; the default is a 25th of the pack size. */
  readonly smallPackBytes?: number;
  /** Repository version 2 only: bring everything into compressed form. */
  readonly repackUncompressed: boolean;
  readonly compression: Compression;
  readonly packSizeBytes: number;
  /** Treat these as forgotten already; for the preview of a forget. */
  readonly ignoredSnapshots?: ReadonlySet<SnapshotId>;
}

export const DEFAULT_PRUNE_REQUEST: PruneRequest = {
  dryRun: false,
  maxUnused: { kind: 'percent', percent: 5 },
  repackCacheableOnly: false,
  repackUncompressed: false,
  compression: 'auto',
  packSizeBytes: 16 << 20,
};

/** Blobs with their sealed bytes, headers counted in. */
export interface BlobSum {
  readonly blobs: number;
  readonly bytes: number;
}

export interface PruneStats {
  /** One place of each blob that a snapshot needs. */
  readonly used: BlobSum;
  /** Further places of them. */
  readonly duplicate: BlobSum;
  readonly unused: BlobSum;
  /** Whole contents of the packs that are taken apart. */
  readonly repack: BlobSum;
  /** Of it what is left behind. */
  readonly repackRemoves: BlobSum;
  /** In packs that go as a whole. */
  readonly remove: BlobSum;
  /** Files that no index names, left by interrupted runs. */
  readonly unindexed: { readonly packs: number; readonly bytes: number };
  readonly remaining: BlobSum;
  /** Of what remains, bytes that nobody needs. */
  readonly unusedAfterBytes: number;
  readonly packs: {
    readonly used: number;
    readonly partlyUsed: number;
    readonly unused: number;
    readonly keep: number;
    readonly repack: number;
    readonly remove: number;
    /** In the index but not there, and not needed: struck from the index. */
    readonly missing: number;
  };
}

export interface PruneResult {
  readonly stats: PruneStats;
  /** Files removed, and their bytes. */
  readonly removedPacks: number;
  readonly removedBytes: number;
  readonly repackedPacks: number;
  readonly newPacks: number;
  readonly newBytes: number;
  /** Packs that were to be repacked and were not, because the place has no room for the new ones. */
  readonly postponedPacks: number;
  /** The place does not allow removing (append-only, object lock): what is unused stays until it does. */
  readonly removalRefused: boolean;
  /** Of what was removed, what the place keeps all the same (object lock). */
  readonly keptBytes: number;
  /** Until when it keeps that, or what it refused; undefined where there is no such day. */
  readonly keptUntilMs: number | undefined;
  readonly removedTemporaryFiles: number;
}

export interface PruneProgress {
  readonly stage: 'index' | 'snapshots' | 'repack' | 'rewriteIndex' | 'remove';
  /** Index files, trees (whose total grows while they are found), packs, index files, packs. */
  readonly done: number;
  readonly total: number;
  /** Of packs, while repacking. */
  readonly bytesDone: number;
  readonly totalBytes: number;
}

/** Calls come from the core's thread and must be quick. */
export interface PruneObserver {
  onProgress?(progress: PruneProgress): void;
  /** Before anything is changed. */
  onPlan?(stats: PruneStats): void;
}
