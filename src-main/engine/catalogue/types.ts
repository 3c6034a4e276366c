/**
 * What the catalogue tells, as plain values that may cross to other processes. Paths and names are ByteStrings, absolute in
 * the snapshot; beside them `label`, which is for people. A point is named by the id of its snapshot. Times are milliseconds since
 * 1970; `time` is the snapshot's own text. Positions, nodes and other numbers of the tables never leave the catalogue.
 */
import type { ByteString } from '#base/byte-string.ts';
import type { SnapshotId } from '#base/ids.ts';
import type { SnapshotSummary } from '#format/snapshot.ts';

export type EntryKind = 'file' | 'folder' | 'symlink' | 'other';

export interface PointRef {
  readonly snapshotId: SnapshotId;
  readonly time: string;
  readonly timeMs: number;
}

export interface Point extends PointRef {
  /** Of one protected set of folders; points are compared within one only. */
  readonly series: string;
  /** waiting: what was in it is not read yet. partly: some folders of it cannot be read; they are told as damaged. */
  readonly state: 'waiting' | 'known' | 'partly';
  /** The snapshot's file is damaged now; what is known of it is from before. */
  readonly isFileDamaged: boolean;
  /** What the snapshot was called before it was written anew. */
  readonly original?: SnapshotId;
  readonly hostname: string;
  readonly username: string;
  readonly paths: readonly string[];
  readonly tags: readonly string[];
  /** A rough heat for points that wait. */
  readonly summary: Pick<
    SnapshotSummary,
    | 'filesNew'
    | 'filesChanged'
    | 'filesUnmodified'
    | 'dataAdded'
    | 'dataAddedPacked'
    | 'totalFilesProcessed'
    | 'totalBytesProcessed'
  >;
}

export interface Entry {
  readonly name: ByteString;
  readonly label: string;
  readonly kind: EntryKind;
  readonly sizeBytes: number;
  readonly modifiedMs: number;
  /** When its versions begin, newest first, 30 at most. */
  readonly changedMs: readonly number[];
  /** Was there before the point in view and is not now. */
  readonly deleted?: { readonly lastSeen: PointRef; readonly firstMissed: PointRef };
}

export type OpenedFolder =
  | {
      readonly kind: 'folder';
      /** Sorted by the bytes of the names, deleted ones among the living. */
      readonly entries: readonly Entry[];
      /** Give it as `after` for what follows. */
      readonly next: ByteString | undefined;
      /** Told with the first page. `areFolded`: they are too many and were left out. Undefined count: too many entries to count in passing. */
      readonly deleted?: { readonly count: number | undefined; readonly areFolded: boolean };
    }
  /** It is no folder then, but was before: go there. */
  | { readonly kind: 'deleted'; readonly lastSeen: PointRef }
  /** It cannot be read at this point. */
  | { readonly kind: 'damaged' }
  | { readonly kind: 'waiting' }
  | { readonly kind: 'missing' };

export interface Version {
  readonly kind: 'version';
  readonly from: PointRef;
  readonly to: PointRef;
  readonly entryKind: EntryKind;
  readonly sizeBytes: number;
  readonly modifiedMs: number;
  /** Equal where contents are equal. */
  readonly content: string;
  /** The newest point of it where its folder can be read; absent: there is none. */
  readonly fetchFrom?: PointRef;
  /** It may have begun before `from`: nothing older is known. */
  readonly isOldestKnown: boolean;
  /** It is there at the newest point. */
  readonly isNewest: boolean;
  /** The same content left this path at the point where it appeared here. */
  readonly movedFrom?: ByteString;
  /** The same content appeared at this path at the point where it was gone here. */
  readonly movedTo?: ByteString;
}

export interface Gap {
  readonly kind: 'gap';
  readonly lastSeen: PointRef;
  readonly seenAgain: PointRef;
}

export interface Counts {
  readonly added: number;
  readonly modified: number;
  readonly removed: number;
  /** Of added and modified files, as they became. */
  readonly bytesIn: number;
  /** Of removed and modified files, as they were. */
  readonly bytesOut: number;
}

export interface HeatBucket extends Counts {
  /** Known points in it. */
  readonly points: number;
  /** Those of them where nothing changed in the folder. */
  readonly quietPoints: number;
  /** Points that were not read yet. */
  readonly waitingPoints: number;
}

export interface FolderHeat {
  readonly path: ByteString;
  readonly label: string;
  readonly changed: number;
}

export interface FolderSize {
  readonly folder: ByteString;
  readonly label: string;
  readonly bytes: number;
}

export interface NextChange {
  /** The nearest point where what is in view is different. */
  readonly point: PointRef;
  /** Where the change is counted: the point itself, or going back the one after it. */
  readonly changedAt: PointRef;
  readonly counts: Counts;
}

export interface SearchFilters {
  readonly series?: string;
  /** As `kindOfName` names them, or `folder`. */
  readonly kind?: string;
  /** Name of a folder above, or a path; case and accents do not matter. */
  readonly in?: string;
  readonly deleted?: boolean;
  /** Of a version that began, or a deletion. What was there at the oldest known point did not change then. */
  readonly changed?: { readonly fromMs: number; readonly toMs: number };
  /** Of any version. */
  readonly largerBytes?: number;
  readonly existed?: { readonly fromMs: number; readonly toMs: number };
  /** Without the dot. */
  readonly ext?: string;
}

export interface SearchResult {
  readonly series: string;
  readonly path: ByteString;
  readonly label: string;
  readonly kind: EntryKind;
  readonly sizeBytes: number;
  readonly modifiedMs: number;
  /** When it was there, oldest first. */
  readonly life: readonly { readonly from: PointRef; readonly to: PointRef }[];
  readonly versionCount: number;
  readonly isDeleted: boolean;
  /** Lower comes first; compare as texts. */
  readonly rank: string;
}

export interface SearchSlice {
  /** New among the best; in the order of their rank. */
  readonly results: readonly SearchResult[];
  /** All that match so far. */
  readonly matched: number;
  /** So many match that the rest is not looked at. */
  readonly isCut: boolean;
  /** 0 to 1. */
  readonly done: number;
}

export interface DifferenceEntry {
  readonly name: ByteString;
  readonly label: string;
  readonly change: 'added' | 'modified' | 'removed' | 'replaced' | 'inside';
  readonly before?: EntryFacts;
  readonly after?: EntryFacts;
  /** Of folders: what differs below. */
  readonly counts: DifferenceCounts;
  readonly movedFrom?: ByteString;
  readonly movedTo?: ByteString;
}

export interface EntryFacts {
  readonly kind: EntryKind;
  readonly sizeBytes: number;
  readonly modifiedMs: number;
}

export interface DifferenceCounts extends Counts {
  /** Of the added ones: those that were moved here. */
  readonly moved: number;
}

export interface DifferencePage {
  readonly entries: readonly DifferenceEntry[];
  readonly next: ByteString | undefined;
  /** Of the folder as a whole. */
  readonly counts: DifferenceCounts;
  /** Folders that cannot be read on either side are left out of the comparison. */
  readonly isComplete: boolean;
}

export interface UpdateProgress {
  readonly pointsDone: number;
  readonly pointsTotal: number;
  /** Of the point being read. */
  readonly folders: number;
}

export interface UpdateResult {
  readonly pointsRead: number;
  readonly pointsRemoved: number;
  /** Points with folders that cannot be read. */
  readonly damagedPoints: number;
}
