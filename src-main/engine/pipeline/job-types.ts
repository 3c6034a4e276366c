/** Every job a pipeline worker can do, with what goes in and comes out. One file per job lies beside this one. */
import type { ByteString } from '#base/byte-string.ts';
import type { BlobType, PathProblem, UnfinishedPack } from './protocol.ts';
import type { RestoreJobTypes } from './restore-types.ts';
import type { ScanSettings } from './scan-settings.ts';
import type { InspectedTrees } from './tree-inspection.ts';

/** A blob in sealed form together with what is needed to open it. */
export interface SealedBlob {
  readonly bytes: Uint8Array;
  readonly uncompressedLength: number;
  readonly id: Uint8Array;
}

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
}

/** One entry of a scanned folder, in tree order. */
export type ScannedEntry =
  /** Complete: node text. */
  | { readonly kind: 'node'; readonly text: ByteString; readonly type: string }
  /** Unchanged file: complete if the repository still has its blobs. */
  | {
      readonly kind: 'unchanged';
      readonly name: ByteString;
      readonly text: ByteString;
      readonly sizeBytes: number;
      /** 32 bytes per blob. */
      readonly contentIds: Uint8Array;
    }
  /** File to be read. `wasInParent` tells changed from new. */
  | {
      readonly kind: 'file';
      readonly name: ByteString;
      readonly sizeBytes: number;
      readonly wasInParent: boolean;
    }
  /** Folder: node text up to the subtree's id, `parentSubtree` in hex when the parent has it. */
  | {
      readonly kind: 'dir';
      readonly name: ByteString;
      readonly textBeforeSubtree: ByteString;
      readonly parentSubtree: string | undefined;
      /** Set when the folder is stored without its contents (another file system). */
      readonly isLeaf: boolean;
    };

export interface ScannedFolder {
  readonly entries: readonly ScannedEntry[];
  readonly problems: readonly PathProblem[];
  /** Undefined when the folder could not be listed. */
  readonly isListed: boolean;
}

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

/** What storing blobs cost, added up over a job. */
export interface StoredCounts {
  readonly blobs: number;
  /** Plaintext bytes. */
  readonly bytes: number;
  /** Sealed bytes. */
  readonly packedBytes: number;
}

/** What the index says of one pack, in order of offset. */
export interface PackEntries {
  /** 32 bytes per blob. */
  readonly ids: Uint8Array;
  /** 1 = tree, 0 = data. */
  readonly isTree: Uint8Array;
  /** Per blob: offset, sealed length, uncompressed length. */
  readonly numbers: Uint32Array;
}

/** What is wrong with a pack as a whole. */
export type PackFault =
  | { readonly code: 'hashDiffers' }
  /** The index leaves gaps between blobs, or lets them overlap. */
  | { readonly code: 'notContiguous' }
  /** The header does not begin where its last blob ends. */
  | { readonly code: 'headerMisplaced' }
  | { readonly code: 'headerUnreadable'; readonly reason: string };

/** What is wrong with one blob of a pack. */
export interface BlobFault {
  /** Place in the entries sent; -1 for a blob that only the header names. */
  readonly position: number;
  readonly type: BlobType;
  readonly blobId: string;
  /** The first two: the blob cannot be had from here. */
  readonly code: 'damaged' | 'beyondEnd' | 'notInHeader' | 'notInIndex' | 'differsFromHeader';
  readonly reason?: string;
}

export interface JobTypes extends RestoreJobTypes {
  scan: {
    input: { readonly folders: readonly FolderToScan[]; readonly settings: ScanSettings };
    output: readonly ScannedFolder[];
  };
  read: {
    input: { readonly files: readonly FileToRead[]; readonly settings: ScanSettings };
    output: { readonly files: readonly ReadFile[]; readonly stored: StoredCounts };
  };
  storeTrees: {
    /** Node texts of each tree, joined by commas. */
    input: { readonly nodeTexts: readonly ByteString[] };
    /** 32 bytes per tree. */
    output: { readonly ids: Uint8Array; readonly stored: StoredCounts };
  };
  /** Opens trees and judges their nodes. */
  inspectTrees: { input: { readonly trees: readonly SealedBlob[] }; output: InspectedTrees };
  /** Proves a whole pack file. `bytes` is to be transferred; its memory is given up. */
  verifyPack: {
    input: {
      readonly packId: Uint8Array;
      readonly bytes: Uint8Array<ArrayBuffer>;
      readonly entries: PackEntries;
    };
    output: {
      readonly faults: readonly PackFault[];
      readonly blobs: readonly BlobFault[];
      /** Plaintext bytes of the blobs that opened. */
      readonly plainBytes: number;
    };
  };
  /** Gives up all open packs. */
  flush: { input: undefined; output: readonly UnfinishedPack[] };
}
