/** The call that saves what is good in damaged packs. */
import type { ByteString } from '#base/byte-string.ts';
import type { CallContext, ItemProblem, RepositoryAccess } from './access.ts';
import type { RepairProgress } from './repair-index.ts';

export interface RepairPacksInput {
  /** Ids or beginnings of them. */
  readonly packs: readonly string[];
  readonly dryRun: boolean;
  /** Live files and folders, as given, in which lost content is looked for. */
  readonly fromFiles: readonly ByteString[];
  /** Another repository in which it is looked for. */
  readonly fromRepository?: RepositoryAccess;
}

export interface RepairPacksHandlers {
  onProgress(progress: RepairProgress): void;
  /** A live file that could not be read. */
  onFileProblem(problem: ItemProblem): void;
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
  /** It was damaged, and was repaired first. */
  readonly hasRepairedIndex: boolean;
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
