/** What a search through trees asks for and what the worker threads tell of the trees they looked through. */
import type { ByteString } from '#base/byte-string.ts';
import type { Instant } from '#format/time.ts';
import type { SearchPatterns } from '#rules/pattern-states.ts';
import type { SealedBlob } from './job-types.ts';

/** All that is given must hold; sizes and contents are those of files only. */
export interface NodeConditions {
  /** Modified then or later. */
  readonly modifiedFrom?: Instant;
  /** Modified then or earlier. */
  readonly modifiedTo?: Instant;
  readonly largerThanBytes?: bigint;
  readonly smallerThanBytes?: bigint;
  /** Exactly these blobs: 32 bytes each. */
  readonly contentIds?: Uint8Array;
  /**
   * SHA-256 of the whole content, 32 bytes. Files of several blobs are told with their content, as the ids do not say;
   * whoever asks reads them.
   */
  readonly contentHash?: Uint8Array;
}

/** Objects of the repository instead of names: 32 bytes per id. */
export interface ObjectQuery {
  readonly blobIds: Uint8Array;
  readonly treeIds: Uint8Array;
}

export interface TreeQuery {
  readonly patterns: SearchPatterns;
  readonly conditions: NodeConditions;
  /** Then files are told that hold one of the blobs, with only those blobs as content, and folders that are one of the trees. */
  readonly objects?: ObjectQuery;
}

/** Flat, for many trees at once; names in each tree in ascending order of their bytes, whatever order is stored. */
export interface SearchedTrees {
  /** Per tree: how many nodes were found in it, how many folders below it must be looked into. */
  readonly foundCounts: Uint32Array;
  readonly folderCounts: Uint32Array;
  readonly found: FoundNodes;
  /** Folders' ids, 32 bytes each. */
  readonly folderIds: Uint8Array;
  /** Per folder: length of its name in `folderNames`, its state in `states`, and how many found nodes of its tree come before what is in it. */
  readonly folderNumbers: Uint32Array;
  readonly folderNames: ByteString;
  readonly states: readonly string[];
  /** Trees that could not be read at all. */
  readonly failures: readonly { readonly tree: number; readonly reason: string }[];
}

/** Nodes as canonical texts, without extended attributes and, unless it was asked for, content. */
export interface FoundNodes {
  /** Those of one tree joined by commas, those of the next behind. */
  readonly texts: ByteString;
  /** Per tree. */
  readonly textLengths: Uint32Array;
  /** CONTENT_KEY_BYTES per node: equal when type and content (blobs, tree, target of a link) are. */
  readonly contentKeys: Uint8Array;
}

export const CONTENT_KEY_BYTES = 16;

export type NamedContent =
  /** 32 bytes per blob. */
  | { readonly kind: 'named'; readonly ids: Uint8Array }
  /** The system's code. */
  | { readonly kind: 'failed'; readonly code: string };

export interface SearchJobTypes {
  /** Comes to every worker before its first searchTrees. */
  beginSearch: { input: TreeQuery; output: undefined };
  searchTrees: {
    /** `states`: of each tree's folder, as PatternStates gives them. */
    input: { readonly trees: readonly SealedBlob[]; readonly states: readonly string[] };
    output: SearchedTrees;
  };
  /** Cuts a file of this machine and tells which blobs it would be; stores nothing. */
  nameContent: { input: { readonly path: ByteString }; output: NamedContent };
}
