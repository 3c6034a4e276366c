/** The call that removes data which no snapshot needs. */
import type { SnapshotId } from '#base/ids.ts';
import type { UnusedLimit } from '#rules/unused-limit.ts';
import type { CallContext, RepositoryAccess } from './access.ts';

export interface PruneInput {
  readonly dryRun: boolean;
  readonly maxUnused: UnusedLimit;
  /** Absent: no limit. */
  readonly maxRepackBytes?: number;
  readonly repackCacheableOnly: boolean;
  /** Packs below this are put together; absent: only very small ones. */
  readonly smallPackBytes?: number;
  readonly repackUncompressed: boolean;
  readonly compression: 'auto' | 'off' | 'max';
  /** In a dry run: as if these were forgotten already. */
  readonly ignoredSnapshots?: ReadonlySet<SnapshotId>;
}

export interface PruneSum {
  readonly blobs: number;
  readonly bytes: number;
}

export interface PruneNumbers {
  readonly used: PruneSum;
  readonly duplicate: PruneSum;
  readonly unused: PruneSum;
  readonly repack: PruneSum;
  readonly repackRemoves: PruneSum;
  readonly remove: PruneSum;
  /** Left by interrupted runs. */
  readonly unindexed: { readonly packs: number; readonly bytes: number };
  readonly remaining: PruneSum;
  readonly unusedAfterBytes: number;
  readonly packs: {
    readonly used: number;
    readonly partlyUsed: number;
    readonly unused: number;
    readonly keep: number;
    readonly repack: number;
    readonly remove: number;
    /** In the index, not there, and not needed. */
    readonly missing: number;
  };
}

export interface PruneProgress {
  readonly stage: 'index' | 'snapshots' | 'repack' | 'rewriteIndex' | 'remove';
  readonly done: number;
  readonly total: number;
  /** While repacking. */
  readonly bytesDone: number;
  readonly totalBytes: number;
}

export interface PruneHandlers {
  onProgress(progress: PruneProgress): void;
  /** Before anything is changed; in a dry run this is all that happens. */
  onPlan(numbers: PruneNumbers): void;
}

export interface PruneResult {
  readonly removedPacks: number;
  readonly repackedPacks: number;
  readonly newPacks: number;
  /** Removed, less what the place keeps all the same and what was written anew. */
  readonly freedBytes: number;
  /** Not repacked for want of room. */
  readonly postponedPacks: number;
  /** The place does not allow removing. */
  readonly removalRefused: boolean;
  /** Of what was removed, what the place keeps all the same. */
  readonly keptBytes: number;
  /** Until when it keeps that, or what it refused; null: no such day. */
  readonly keptUntilMs: number | null;
}

export interface PruneCalls {
  prune(
    access: RepositoryAccess,
    input: PruneInput,
    handlers: PruneHandlers,
    context: CallContext,
  ): Promise<PruneResult>;
}
