/** The call that makes the index anew from what the packs say of themselves. */
import type { RepositoryAccess, CallContext } from './access.ts';

export interface RepairIndexInput {
  readonly readAllPacks: boolean;
  readonly dryRun: boolean;
}

export interface RepairProgress {
  readonly noun: string;
  readonly done: number;
  readonly total: number;
}

export interface RepairIndexHandlers {
  onProgress(progress: RepairProgress): void;
}

export interface RepairIndexResult {
  readonly damagedIndexFiles: readonly string[];
  readonly addedPacks: readonly string[];
  readonly correctedPacks: readonly string[];
  readonly missingPacks: readonly string[];
  readonly unreadablePacks: readonly string[];
  readonly savedIndexFiles: number;
  readonly removedIndexFiles: number;
  /** What cannot be restored whole, for people: one line per file. */
  readonly losses: readonly string[];
  readonly lossCount: number;
}

export interface RepairIndexCalls {
  repairIndex(
    access: RepositoryAccess,
    input: RepairIndexInput,
    handlers: RepairIndexHandlers,
    context: CallContext,
  ): Promise<RepairIndexResult>;
}
