/** What a repair of packs is asked for, what it finds in them and what it did. Everything is safe for JSON. */
import type { ByteString } from '#base/byte-string.ts';
import type { CheckResult } from '../check/types.ts';
import type { HealSources } from '../heal-blobs.ts';

export interface RepairPacksRequest {
  /** Whole ids or beginnings of them; at least one. */
  readonly packs: readonly string[];
  readonly dryRun: boolean;
  /** Where to look for what is lost; a trial does not look. */
  readonly heal?: HealSources;
}

export interface ExaminedPack {
  readonly packId: string;
  /**
   * `whole`: nothing is wrong with it, so it stays. `damaged`: what is good in it is saved. `missing`: there is nothing to
   * save, it only goes from the index.
   */
  readonly state: 'whole' | 'damaged' | 'missing';
  /** All that the index or its own header say is in it. */
  readonly blobs: number;
  readonly goodBlobs: number;
}

export interface RepairPacksPlan {
  readonly packs: readonly ExaminedPack[];
  /** Distinct blobs that are good nowhere in the repository. */
  readonly lostBlobs: number;
}

export interface RepairPacksResult extends RepairPacksPlan {
  /** Of the lost ones, those that another place had. */
  readonly healedBlobs: number;
  /** It was damaged, and was repaired before anything else. */
  readonly hasRepairedIndex: boolean;
  /** How whole everything is now; absent when nothing was changed. */
  readonly checked?: CheckResult;
}

export interface RepairPacksProgress {
  /** Packs looked at, packs saved from, lost blobs found elsewhere, folders looked at in the end. */
  readonly stage: 'examining' | 'saving' | 'healing' | 'checking';
  readonly done: number;
  readonly total: number;
}

/** Calls come from the core's thread and must be quick. */
export interface RepairPacksObserver {
  onProgress?(progress: RepairPacksProgress): void;
  /** A live file that could not be read; `code` as the system's. */
  onProblem?(path: ByteString, code: string): void;
}
