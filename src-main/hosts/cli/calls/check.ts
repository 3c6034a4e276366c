/** The call that proves a repository. */
import type { ReadDataSubset } from '#rules/read-data-subset.ts';
import type { RepositoryAccess, CallContext } from './access.ts';

export interface CheckInput {
  /** Absent: structure only. */
  readonly readData?: 'all' | ReadDataSubset;
}

export interface CheckProgress {
  readonly stage: 'index' | 'packs' | 'snapshots' | 'data';
  readonly done: number;
  readonly total: number;
  /** While reading data. */
  readonly bytesDone: number;
  readonly totalBytes: number;
}

export interface CheckHandlers {
  onProgress(progress: CheckProgress): void;
  /** One problem, for people. */
  onError(message: string): void;
  /** Harmless: packs in no index, packs in several. */
  onHint(message: string): void;
}

export interface CheckResult {
  readonly errors: number;
  readonly brokenPacks: readonly string[];
  readonly damagedSnapshots: readonly string[];
  readonly suggestRepairIndex: boolean;
  readonly suggestPrune: boolean;
}

export interface CheckCalls {
  check(
    access: RepositoryAccess,
    input: CheckInput,
    handlers: CheckHandlers,
    context: CallContext,
  ): Promise<CheckResult>;
}
