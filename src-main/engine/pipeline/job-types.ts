/** Every job a pipeline worker can do, with what goes in and comes out. One file per job lies beside this one. */
import type { ByteString } from '#base/byte-string.ts';
import type { PackColumns } from '#format/pack-header.ts';
import type { PackedFolders } from './packed-folders.ts';
import type { BlobType, UnfinishedPack } from './protocol.ts';
import type { LargeFileJobTypes } from './large-file-types.ts';
import type { RestoreJobTypes } from './restore-types.ts';
import type { ScanSettings } from './scan-settings.ts';
import type { FileToRead, FolderToScan, ReadFile } from './scan-types.ts';
import type { SearchJobTypes } from './search-types.ts';
import type { InspectedTrees } from './tree-inspection.ts';

/** A blob in sealed form together with what is needed to open it. */
export interface SealedBlob {
  readonly bytes: Uint8Array;
  readonly uncompressedLength: number;
  readonly id: Uint8Array;
}

/** What storing blobs cost, added up over a job. */
export interface StoredCounts {
  readonly blobs: number;
  /** Plaintext bytes. */
  readonly bytes: number;
  /** Sealed bytes. */
  readonly packedBytes: number;
}

/** What the index says of one pack, in order of offset. */
export type PackEntries = PackColumns;

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

export interface JobTypes extends RestoreJobTypes, LargeFileJobTypes, SearchJobTypes {
  scan: {
    input: { readonly folders: readonly FolderToScan[]; readonly settings: ScanSettings };
    output: { readonly packed: PackedFolders; readonly stored: StoredCounts };
  };
  read: {
    input: { readonly files: readonly FileToRead[]; readonly settings: ScanSettings };
    output: { readonly files: readonly ReadFile[]; readonly stored: StoredCounts };
  };
  /** Adds up what a scan will meet; `folders` are still to be counted. */
  count: {
    input: {
      readonly paths: { readonly kind: 'sources' | 'folders'; readonly paths: readonly ByteString[] };
      readonly settings: ScanSettings;
    };
    output: { readonly files: number; readonly bytes: number; readonly folders: readonly ByteString[] };
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
      /** The trees that opened, by their place in the entries; absent when there were none. */
      readonly trees?: { readonly positions: Uint32Array; readonly inspected: InspectedTrees };
    };
  };
  /** Puts blobs of one pack into new packs; see jobs/repack.ts. */
  repack: {
    input: {
      /** A part of the pack; to be transferred, its memory is given up. */
      readonly bytes: Uint8Array<ArrayBuffer>;
      /** Those to take out of it, in any order; offsets count from the start of `bytes`. */
      readonly blobs: PackEntries;
    };
    output: {
      readonly stored: Readonly<Record<BlobType, StoredCounts>>;
      /** Blobs that did not open, by their place in `blobs`: not stored. */
      readonly failures: readonly { readonly position: number; readonly reason: string }[];
    };
  };
  /** Gives up all open packs. */
  flush: { input: undefined; output: readonly UnfinishedPack[] };
}
