/**
 * What goes between the core and the workers while a snapshot is restored. Paths are names below the target. Everything is
 * plain and cloneable; a job carries many entries, because a message costs more than the work on one small file.
 */
import type { ByteString } from '#base/byte-string.ts';
import type { ExtendedAttribute } from '#base/extended-attribute.ts';
import type { FileKind, MetadataProblem, TargetPath } from '#files/port.ts';

/**
 * What happens to a file that is in the way. `refuse` leaves it, and the entry is a conflict. The others are restic's:
 * `always`; `if-changed`: when size, time or content differ; `if-newer`: when the snapshot's is younger; `never`.
 * With `always` and `if-changed` a file whose content is right already only gets its metadata. `beside`: both stay, the
 * restored one under a name of its own.
 */
export type OverwriteRule = 'refuse' | 'always' | 'if-changed' | 'if-newer' | 'never' | 'beside';

/** The same for all jobs of one restore. */
export interface RestoreSettings {
  /** Absolute. */
  readonly target: ByteString;
  /** Beginning of the names of unfinished files. */
  readonly temporaryPrefix: ByteString;
  /** For what has no rule of its own. */
  readonly overwrite: OverwriteRule;
  /** What is taken away goes into safe keeping under this id, and a journal says what was done. */
  readonly undoId: ByteString | undefined;
  /** From 1 on, of the restore of that id: what a later run has done is taken back before what an earlier one has. */
  readonly undoRun: number;
  /** Tell of entries that the snapshot's folder does not have. */
  readonly findsOthers: boolean;
  /** For names of files that are put beside others: `from 2026-11-03 14.20`. */
  readonly besideLabel: string;
  /** Zeros become holes. */
  readonly sparse: boolean;
  /** What was written is read again and compared before the file gets its name. */
  readonly verify: boolean;
  /** Look only. */
  readonly isDryRun: boolean;
}

/** A node's metadata; times as stored. */
export interface EntryMetadata {
  readonly kind: FileKind;
  readonly permissions: number;
  readonly uid: number;
  readonly gid: number;
  readonly mtime: string;
  /** Absent: as `mtime`. */
  readonly atime?: string;
  readonly extendedAttributes?: readonly ExtendedAttribute[];
}

/** An entry that is no folder, for comparing it with what is there. */
export interface EntryToCompare {
  readonly name: ByteString;
  /** Its own rule. */
  readonly overwrite?: OverwriteRule;
  readonly kind: FileKind;
  readonly mtime: string;
  readonly links: number;
  /** Files: blobs, 32 bytes each, and their plaintext lengths. */
  readonly ids: Uint8Array;
  readonly lengths: readonly number[];
  readonly linkTarget?: ByteString;
  readonly device: bigint;
}

export interface FolderToMake {
  readonly name: ByteString;
  readonly mtime: string;
  /** Its own rule. */
  readonly overwrite?: OverwriteRule;
}

export interface FolderToOpen {
  readonly path: TargetPath;
  /** The last this many names of `path` may be missing and are then made. */
  readonly uncertain: number;
  /** Nothing is in it: it was made by this run, or was empty. */
  readonly isFresh: boolean;
  /** Folders to make in it. */
  readonly folders: readonly FolderToMake[];
  /** Left out where the folder is fresh. */
  readonly entries: readonly EntryToCompare[];
  /** Further names that the snapshot's folder has; only where others are to be found. */
  readonly spared: readonly ByteString[];
}

export type FolderOutcome =
  /** `isReplacing`: something that is no folder gave way to it. */
  | { readonly kind: 'made'; readonly isReplacing: boolean }
  | { readonly kind: 'there' }
  /** Something that is no folder is in its place and stays. */
  | { readonly kind: 'conflict' }
  | { readonly kind: 'failed'; readonly code: string };

/**
 * `absent`: nothing is in the way. `replace`: something is, and gives way. `same`: the content is right, the metadata is to
 * be applied. `unchanged`: all is right. `kept`: the rule says to keep what is there. `conflict`: it is in the way.
 */
export type EntryOutcome =
  | 'absent'
  | 'replace'
  | 'same'
  | 'unchanged'
  | 'kept'
  | 'conflict'
  /** Both stay; the restored one gets this name, or has it already. */
  | { readonly beside: ByteString; readonly isThere: boolean };

export type OpenedFolder =
  | {
      readonly kind: 'opened';
      /** Of the uncertain names, from the front: was it made now? */
      readonly made: readonly boolean[];
      readonly folders: readonly FolderOutcome[];
      readonly entries: readonly EntryOutcome[];
      /** Unfinished files of other runs. */
      readonly unfinished: readonly ByteString[];
      /** What is there and not in the snapshot, when asked for. */
      readonly others: readonly { readonly name: ByteString; readonly isFolder: boolean }[];
    }
  | { readonly kind: 'conflict' }
  | { readonly kind: 'failed'; readonly code: string };

/** Where a blob lies in the bytes of a job. */
export interface BlobInBytes {
  readonly at: number;
  readonly length: number;
  /** 0 when stored without compression. */
  readonly uncompressedLength: number;
}

/** What is done with an opened blob. Uses come in the order of their blobs. */
export type BlobUse =
  /** The blob is the whole file. */
  | {
      readonly kind: 'file';
      /** Index of the blob. */
      readonly blob: number;
      /** Index into the job's folders. */
      readonly folder: number;
      readonly name: ByteString;
      readonly isReplacing: boolean;
      readonly metadata: EntryMetadata;
    }
  /** The blob is a part of a file that is still unfinished. */
  | {
      readonly kind: 'part';
      readonly blob: number;
      readonly folder: number;
      readonly temporaryName: ByteString;
      readonly offset: number;
    };

/** What a file consists of. */
export interface PlacedContent {
  /** Of its blobs, 32 bytes each. */
  readonly ids: Uint8Array;
  /** Of their plaintexts. */
  readonly lengths: readonly number[];
}

/** Work on entries that needs no blob. */
export type EntryToPlace = { readonly folder: number } & (
  | {
      readonly kind: 'create';
      readonly name: ByteString;
      readonly isReplacing: boolean;
      readonly metadata: EntryMetadata;
      readonly linkTarget?: ByteString;
      readonly device: bigint;
    }
  | {
      readonly kind: 'hardLink';
      readonly name: ByteString;
      readonly isReplacing: boolean;
      readonly existing: TargetPath;
      /** Absent for links, fifos and devices. */
      readonly content?: PlacedContent;
    }
  /** All parts of a file are written: gives it its length, metadata and name. */
  | {
      readonly kind: 'finish';
      readonly name: ByteString;
      readonly isReplacing: boolean;
      readonly metadata: EntryMetadata;
      readonly temporaryName: ByteString;
      readonly sizeBytes: number;
      readonly content: PlacedContent;
    }
  /** An unfinished file that will not be finished. */
  | { readonly kind: 'discard'; readonly temporaryName: ByteString }
  /** Gives up its name and goes into safe keeping, a folder with all that is in it. */
  | { readonly kind: 'setAside'; readonly name: ByteString }
  /** Content is right already. */
  | { readonly kind: 'metadata'; readonly name: ByteString; readonly metadata: EntryMetadata }
);

/** What did not go as it should with an entry. */
export type EntryProblem =
  | { readonly kind: 'conflict' }
  /** A system error's code. */
  | { readonly kind: 'failed'; readonly code: string }
  /** It is there, without these. */
  | { readonly kind: 'incomplete'; readonly problems: readonly MetadataProblem[] };

/** Of the `index`-th use or entry of a job; those not mentioned went well. */
export type PlaceOutcome = { readonly index: number } & EntryProblem;

export interface WriteFilesInput {
  readonly settings: RestoreSettings;
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly blobs: readonly BlobInBytes[];
  /** 32 bytes per blob. */
  readonly ids: Uint8Array;
  readonly folders: readonly TargetPath[];
  readonly uses: readonly BlobUse[];
  /** Names for unfinished files are made from this number on, one per use. */
  readonly firstTemporary: number;
}

export interface WriteFilesOutput {
  readonly outcomes: readonly PlaceOutcome[];
  /** Blobs that do not open to what they should be; none of their uses was done. */
  readonly damaged: readonly { readonly blob: number; readonly reason: string }[];
}

/** The jobs of a restore. */
export interface RestoreJobTypes {
  /** Makes folders and looks at what is there. */
  openFolders: {
    input: { readonly settings: RestoreSettings; readonly folders: readonly FolderToOpen[] };
    output: readonly OpenedFolder[];
  };
  /** Opens blobs and writes them where they belong. @throws files.noSpace */
  writeFiles: { input: WriteFilesInput; output: WriteFilesOutput };
  /** @throws files.noSpace */
  placeEntries: {
    input: {
      readonly settings: RestoreSettings;
      readonly folders: readonly TargetPath[];
      readonly entries: readonly EntryToPlace[];
      readonly firstTemporary: number;
    };
    output: readonly PlaceOutcome[];
  };
  /** Metadata of folders whose contents are complete. */
  finishFolders: {
    input: {
      readonly settings: RestoreSettings;
      readonly folders: readonly { readonly path: TargetPath; readonly metadata: EntryMetadata }[];
    };
    output: readonly PlaceOutcome[];
  };
  /** Lets go of the target; for every worker once. */
  endRestore: { input: undefined; output: undefined };
}
