/** The call that saves what is good in damaged packs. */
import type { RepositoryAccess, CallContext } from './access.ts';
import type { RepairProgress } from './repair-index.ts';

export interface RepairPacksInput {
  /** Ids or beginnings of them. */
  readonly packs: readonly string[];
  readonly dryRun: boolean;
}

export interface RepairPacksHandlers {
  onProgress(progress: RepairProgress): void;
}

export interface RepairPacksResult {
  readonly packs: readonly {
    readonly packId: string;
    readonly state: 'whole' | 'damaged' | 'missing';
    readonly blobs: number;
    readonly goodBlobs: number;
  }[];
  readonly lostBlobs: number;
  readonly healedBlobs: number;
  /** Folder that has copies of the damaged packs now; absent when none was made. */
  readonly copiesIn?: string;
  /** What cannot be restored whole, for people: one line per file. */
  readonly losses: readonly string[];
  readonly lossCount: number;
}

export interface RepairPacksCalls {
  repairPacks(
    access: RepositoryAccess,
    input: RepairPacksInput,
    handlers: RepairPacksHandlers,
    context: CallContext,
  ): Promise<RepairPacksResult>;
}
