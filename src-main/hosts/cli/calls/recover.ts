/** The call that makes snapshots anew for trees that lost theirs. */
import type { ByteString } from '#base/byte-string.ts';
import type { CallContext, RepositoryAccess } from './access.ts';

export interface RecoverInput {
  /** Ids of lost trees or beginnings of them; none: all. */
  readonly trees: readonly string[];
  /** A snapshot for each, instead of one that holds them all. */
  readonly each: boolean;
  readonly dryRun: boolean;
  /** Absent: the machine's. */
  readonly hostname?: string;
}

export interface LostTree {
  readonly treeId: string;
  /** A bounded list; `topCount` counts all. */
  readonly topNames: readonly ByteString[];
  readonly topCount: number;
  readonly files: number;
  readonly folders: number;
  readonly bytes: number;
  /** RFC 3339: the newest change in it. */
  readonly newest?: string;
  readonly lostFiles: number;
  readonly lostFolders: number;
}

export interface RecoverHandlers {
  onProgress(done: number, total: number): void;
  onFound(tree: LostTree): void;
  onRecovered(snapshotId: string, treeIds: readonly string[]): void;
  /** A snapshot file that cannot be read, for people. */
  onDamaged(message: string): void;
}

export interface RecoverResult {
  readonly found: number;
  /** Folders looked at. */
  readonly trees: number;
  /** Of them those that could not be read. */
  readonly unreadable: number;
}

export interface RecoverCalls {
  recover(
    access: RepositoryAccess,
    input: RecoverInput,
    handlers: RecoverHandlers,
    context: CallContext,
  ): Promise<RecoverResult>;
}
