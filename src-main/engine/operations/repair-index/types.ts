/** What a repair of the index is asked for, what it means to do and what it did. Everything is safe for JSON. */
import type { CheckResult } from '../check/types.ts';

export interface RepairIndexRequest {
  /** Holds every pack's own header against the index, not only those of packs that look wrong. */
  readonly readAllPacks: boolean;
  readonly dryRun: boolean;
}

/** Ids are whole. */
export interface RepairIndexPlan {
  readonly indexFiles: number;
  /** Cannot be read, twice: what they said is read anew from the packs. */
  readonly damagedIndexFiles: readonly string[];
  /** There, but in no index that can be read. */
  readonly addedPacks: readonly string[];
  /** The index said something else than the pack itself. */
  readonly correctedPacks: readonly string[];
  /** In the index, but gone: in none of two listings and not to be had by name. */
  readonly missingPacks: readonly string[];
  /** There, but without a readable header. Left alone, and so is what an index says of them. */
  readonly unreadablePacks: readonly string[];
  /** Index files that will go, the damaged ones among them. */
  readonly replacedIndexFiles: readonly string[];
}

export interface RepairIndexResult extends RepairIndexPlan {
  readonly savedIndexFiles: number;
  /** How whole everything is now; absent when the repair met nothing that could have cost a blob. */
  readonly checked?: CheckResult;
}

export interface RepairIndexProgress {
  /** Index files read, packs looked at, packs described in new index files, folders looked at in the end. */
  readonly stage: 'index' | 'packs' | 'saving' | 'checking';
  readonly done: number;
  readonly total: number;
}

/** Calls come from the core's thread and must be quick. */
export interface RepairIndexObserver {
  onProgress?(progress: RepairIndexProgress): void;
}
