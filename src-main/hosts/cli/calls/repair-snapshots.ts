/** The call that makes damaged snapshots whole again, as far as can be. */
import type { ByteString } from '#base/byte-string.ts';
import type { CallContext, ItemProblem, RepositoryAccess, SnapshotFilter } from './access.ts';

export interface RepairSnapshotsInput {
  /** Ids, beginnings of them, or `latest`; none: all that the filter lets through. */
  readonly ids: readonly string[];
  readonly filter: SnapshotFilter;
  readonly forget: boolean;
  readonly dryRun: boolean;
  /** Live files and folders, as given, in which lost content is looked for. */
  readonly fromFiles: readonly ByteString[];
  /** Another repository in which it is looked for. */
  readonly fromRepository?: RepositoryAccess;
}

export interface DamagedSnapshot {
  readonly id: string;
  /** RFC 3339, as stored. */
  readonly time: string;
  /** Nothing of it can be read. */
  readonly isLost: boolean;
  /** A bounded list; `lossCount` counts all. */
  readonly losses: readonly SnapshotLoss[];
  readonly lossCount: number;
}

export interface SnapshotLoss {
  readonly path: ByteString;
  readonly kind: 'fileEmptied' | 'fileShortened' | 'sizeCorrected' | 'folderEmptied' | 'entryRemoved';
  /** -1 when nobody knows. */
  readonly lostBytes: number;
}

export interface RepairSnapshotsHandlers {
  onProgress(stage: 'snapshots' | 'healing', done: number, total: number): void;
  /** What a snapshot lacks, before anything is changed. */
  onDamaged(snapshot: DamagedSnapshot): void;
  onRepaired(repaired: {
    readonly oldId: string;
    readonly newId?: string;
    readonly isRemoved: boolean;
  }): void;
  /** A snapshot that cannot be read or repaired, for people. */
  onProblem(message: string, snapshotId?: string): void;
  /** A live file that could not be read. */
  onFileProblem(problem: ItemProblem): void;
}

export interface RepairSnapshotsResult {
  readonly damaged: number;
  readonly whole: number;
  /** Snapshots of which nothing can be read. */
  readonly lost: number;
  /** Those that could not be read or repaired. */
  readonly problems: number;
  readonly healedBlobs: number;
  readonly lostBlobs: number;
  readonly brokenPacks: number;
}

export interface RepairSnapshotsCalls {
  repairSnapshots(
    access: RepositoryAccess,
    input: RepairSnapshotsInput,
    handlers: RepairSnapshotsHandlers,
    context: CallContext,
  ): Promise<RepairSnapshotsResult>;
}
