/** What a comparison of two versions is asked for and what it tells. */
import type { ByteString } from '#base/byte-string.ts';
import type { BlobId } from '#base/ids.ts';
import type { Repository } from '#repository/repository.ts';
import type { StoredSnapshot } from '#repository/snapshot-store.ts';
import type { PipelineHost } from '../pipeline-host.ts';

export interface DiffParts {
  /** Its index must not be loaded yet. */
  readonly repository: Repository;
  readonly pipeline: PipelineHost;
}

export interface DiffRequest {
  /** `latest`, an id or its beginning; `:/path` after it compares only that folder. */
  readonly from: string;
  readonly to: string;
  /** Also tell entries of which only the metadata differs. */
  readonly withMetadata: boolean;
  /** Tell a file or folder that is gone in one place and new in another with the same content as renamed. */
  readonly findRenames: boolean;
  /** Tell an added or removed folder without what is in it. */
  readonly foldFolders: boolean;
  /**
   * Count the blobs that only one side has. To be exact, the unchanged folders must be looked through for them too; without,
   * `blobs` of the result are absent.
   */
  readonly countBlobs: boolean;
}

/** What lies in a folder, at all depths. */
export interface FolderCounts {
  readonly files: number;
  readonly folders: number;
  readonly others: number;
}

interface ChangeBase {
  /** Absolute below what is compared, without a slash at the end. */
  readonly path: ByteString;
  readonly isFolder: boolean;
}

export type Change =
  | (ChangeBase & { readonly kind: 'added' | 'removed'; readonly inside: FolderCounts })
  /** `letters`: as `differenceOf` gives them. */
  | (ChangeBase & { readonly kind: 'changed'; readonly letters: string })
  /** A folder is renamed with all that is in it. */
  | (ChangeBase & { readonly kind: 'renamed'; readonly from: ByteString; readonly inside: FolderCounts });

export interface DiffObserver {
  /** What the request's texts stand for. */
  onStart?(from: StoredSnapshot, to: StoredSnapshot): void | Promise<void>;
  /** By path, a folder before its contents; a rename at its new place. Awaited. */
  onChange(change: Change): void | Promise<void>;
  /** A folder that cannot be read on one side: what is in it is not compared. */
  onDamaged?(damaged: UncomparedFolder): void;
}

export interface UncomparedFolder {
  readonly path: ByteString;
  readonly treeId: BlobId;
  readonly reason: string;
}

/** One direction; renames count in both, as an entry each that is gone and new. */
export interface DiffCounts extends FolderCounts {
  /** Blobs that only this side has; absent unless asked for. */
  readonly blobs?: {
    readonly data: number;
    readonly trees: number;
    /** Plaintext. */
    readonly bytes: number;
  };
}

export interface DiffResult {
  readonly added: DiffCounts;
  readonly removed: DiffCounts;
  readonly changedFiles: number;
  /** Of those added and removed. */
  readonly renamed: FolderCounts;
  readonly damagedFolders: number;
}
