/** What the scan and read jobs are told and what they find. Plain values that cross threads: few and flat on purpose. */
import type { ByteString } from '#base/byte-string.ts';
import type { BlobId } from '#base/ids.ts';
import type { SealedBlob } from './job-types.ts';
import type { PathProblem } from './protocol.ts';

/** An entry that is known beforehand: a source, or a folder above one. Stored whatever the rules say. */
export interface GivenEntry {
  readonly name: ByteString;
  readonly path: ByteString;
}

export interface FolderToScan {
  readonly path: ByteString;
  /** The same folder's tree in the parent snapshot. */
  readonly parentTree: SealedBlob | undefined;
  /** These entries instead of the listing, each with its own place on disk: used for the root and the folders above the sources. */
  readonly onlyEntries: readonly GivenEntry[] | undefined;
  /** A folder in which nothing changed may be answered by `same`, without the texts of its nodes. */
  readonly maySaySame: boolean;
  /** Given when hints are followed: all other entries are taken from the parent's tree, if that can be opened. */
  readonly touched: TouchedEntries | undefined;
}

export interface TouchedEntries {
  /** To be looked at; some may be gone. */
  readonly names: readonly ByteString[];
  /** The folder itself was touched: it is listed, and all its entries are looked at. */
  readonly isListed: boolean;
}

/** What of the parent's tree is not taken over as it was: what is still there is counted where it is looked at. */
export interface LeftBehind {
  readonly files: number;
  readonly sizeBytes: number;
  readonly folders: number;
  /** Trees of folders that are gone, or others now, with all that is in them. */
  readonly subtrees: readonly BlobId[];
}

/** One entry of a scanned folder, in tree order. */
export type ScannedEntry =
  /** Link, device or fifo: complete. */
  | { readonly kind: 'node'; readonly text: ByteString }
  /** Unchanged file: complete if the repository still has its blobs. */
  | {
      readonly kind: 'unchanged';
      readonly text: ByteString;
      readonly sizeBytes: number;
      /** 32 bytes per blob. */
      readonly contentIds: Uint8Array;
    }
  /** New or changed file that was small enough to be read at once: complete. */
  | {
      readonly kind: 'stored';
      readonly text: ByteString;
      readonly sizeBytes: number;
      readonly wasInParent: boolean;
      readonly changedWhileReading: boolean;
    }
  /** New or changed file that is still to be read. */
  | {
      readonly kind: 'file';
      readonly name: ByteString;
      readonly sizeBytes: number;
      readonly wasInParent: boolean;
    }
  | ScannedSubfolder;

/**
 * Against the parent snapshot: another folder than the one of that name, or none was there; the very same but with another
 * ctime, so that entries may have come or gone; the very same as it was.
 */
export type FolderLikeness = 'other' | 'changed' | 'same';

export interface ScannedSubfolder {
  readonly kind: 'dir';
  readonly name: ByteString;
  /** Its node up to the subtree's id. */
  readonly textBeforeSubtree: ByteString;
  /** In hex, when the parent snapshot has it. */
  readonly parentSubtree: string | undefined;
  /** Stored without its contents (another file system). */
  readonly isLeaf: boolean;
  readonly likeness: FolderLikeness;
}

export type ScannedFolder =
  | { readonly kind: 'unlisted'; readonly problems: readonly PathProblem[] }
  /** The job had enough with the folders before: to be scanned by another. */
  | { readonly kind: 'deferred' }
  | {
      readonly kind: 'entries';
      readonly entries: readonly ScannedEntry[];
      readonly problems: readonly PathProblem[];
      /** Undefined when no hints were followed here: every entry was looked at. */
      readonly left: LeftBehind | undefined;
    }
  /**
   * The folder's tree is the parent's, provided that every subfolder's is and that the repository still has all blobs.
   */
  | {
      readonly kind: 'same';
      readonly subfolders: readonly { readonly name: ByteString; readonly subtree: string }[];
      readonly fileCount: number;
      readonly sizeBytes: number;
      /** Of all files, 32 bytes per blob. */
      readonly contentIds: Uint8Array;
    };

export interface FileToRead {
  readonly path: ByteString;
  readonly name: ByteString;
}

export type ReadFile =
  | {
      readonly kind: 'stored';
      readonly text: ByteString;
      readonly sizeBytes: number;
      readonly changedWhileReading: boolean;
    }
  | { readonly kind: 'failed'; readonly code: string };
