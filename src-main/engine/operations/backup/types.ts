/** What goes into a backup and what comes out. */
import type { ByteString } from '#base/byte-string.ts';
import type { SnapshotId } from '#base/ids.ts';
import type { EntryCost } from './entry-cost.ts';
import type { SnapshotSummary } from '#format/snapshot.ts';
import type { Compression, PathProblem } from '#pipeline/protocol.ts';
import type { ScanSettings } from '#pipeline/scan-settings.ts';

export interface BackupRequest {
  /** As the person gave them; relative ones are taken from `workingFolder`. */
  readonly sources: readonly ByteString[];
  readonly workingFolder: ByteString;
  /** What the snapshot is said to be of, where the sources are only a part of that; the sources when absent. */
  readonly partOf?: readonly ByteString[];
  readonly scan: Omit<ScanSettings, 'onlyDevices' | 'trustsParentAttributes' | 'readsLater'>;
  readonly oneFileSystem: boolean;
  readonly tags: readonly string[];
  readonly hostname: string;
  /** RFC 3339; now when absent. */
  readonly time?: string;
  /** `none` reads every file again; an id (or its beginning) names the parent; otherwise it is chosen. */
  readonly parent?: string;
  /** Where the parent is chosen: among snapshots with this tag; as ever when there is none. */
  readonly seriesTag?: string | undefined;
  /** Look only at what was touched; the rest is taken from the parent snapshot. Walks all the same when that is not safe. */
  readonly changeHints?: ChangeHints | undefined;
  readonly compression: Compression;
  readonly packSizeBytes: number;
  readonly dryRun: boolean;
  /** Store a source that is empty now although the parent snapshot has files in it. */
  readonly allowEmptySource: boolean;
  /** Do not save a snapshot that would equal its parent. */
  readonly skipIfUnchanged: boolean;
  readonly programVersion: string;
}

/**
 * What somebody saw change since a snapshot. It says: whatever is not named here is as that snapshot has it, under the
 * settings of this very request, and that snapshot left nothing out. A path that is named for nothing does no harm; one
 * that is missing leaves what it names as it was in the parent.
 */
export interface ChangeHints {
  /**
   * Of files, folders, and what is no longer there under that name; relative ones are taken from `workingFolder`. A folder
   * stands for itself and its list of names, not for what is in its entries; one that was not there before is saved whole.
   */
  readonly paths: readonly ByteString[];
  /** Folders to be looked at whole, with everything below: nobody could watch them. */
  readonly wholeFolders?: readonly ByteString[];
  /** The snapshot since which they were gathered; any that is chosen as parent when absent. */
  readonly since?: SnapshotId;
  /** Something may have been missed. */
  readonly doubt?: boolean;
}

/** Why hints were not followed: everything was looked at. */
export type HintRefusal =
  | 'doubt'
  | 'noParent'
  /** The parent is not the snapshot since which the hints were gathered. */
  | 'otherParent'
  /** Another program, another version of this one or another user made the parent: it may have seen less. */
  | 'otherProgram'
  /** The parent was altered after it was made: something may have been taken out of it. */
  | 'rewritten'
  | 'otherSources'
  /** The parent was made under other rules of what is left out. */
  | 'otherExcludes';

export type HintOutcome =
  | {
      readonly kind: 'followed';
      readonly pathCount: number;
      /** Paths among them that have nothing to do with the sources. */
      readonly outsideCount: number;
    }
  | { readonly kind: 'walked'; readonly reason: HintRefusal };

export interface BackupProgress {
  readonly filesDone: number;
  readonly bytesDone: number;
  /** From the parent snapshot while nothing better is known; undefined when there is none. */
  readonly totalFiles: number | undefined;
  readonly totalBytes: number | undefined;
  /** The folder looked at last. */
  readonly currentFolder: ByteString | undefined;
  readonly problems: number;
}

/** Something that could not be read. */
export interface BackupProblem extends PathProblem {
  /** The disk failed: the snapshot has the file or folder as the parent has it. Otherwise it is not in the snapshot. */
  readonly keptPrevious: boolean;
}

export interface BackupResult {
  /** Undefined after a dry run and when nothing had changed and that was to be skipped. */
  readonly snapshotId: SnapshotId | undefined;
  readonly parentId: SnapshotId | undefined;
  /** Undefined when no hints were given. */
  readonly hints: HintOutcome | undefined;
  readonly summary: Required<Omit<SnapshotSummary, 'unknownFields'>>;
  /** What could not be read. */
  readonly problems: readonly BackupProblem[];
  /** Files that changed on every try; the snapshot has them as they were found. */
  readonly changedWhileReading: readonly ByteString[];
}

export type FileChange = 'new' | 'changed' | 'unmodified';

/** Calls come from the core's thread and must be quick. */
export interface BackupObserver {
  onProgress?(progress: BackupProgress): void;
  onProblem?(problem: BackupProblem): void;
  /** A file changed on every try and is stored as it was found. */
  onChangedWhileReading?(path: ByteString): void;
  /** For a listing of everything (`--verbose`); costs a call per entry. */
  onEntry?(
    path: ByteString,
    kind: 'file' | 'dir',
    change: FileChange,
    sizeBytes: number,
    cost: EntryCost,
  ): void;
  /** How much there is to look at is known; only where somebody watches. */
  onCounted?(files: number, bytes: number): void;
}
