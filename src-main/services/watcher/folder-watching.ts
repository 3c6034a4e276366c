/**
 * The port to whoever notices changes in folders, in the watcher's words. News are hints and never the truth: they may
 * name what did not change, come late and in any order. What they leave out must be covered by a doubt: an implementation
 * that cannot tell whether it missed something says so.
 */
import type { ByteString } from '#base/byte-string.ts';
import type { DoubtReason, UnwatchedReason } from '#contract/watch-codes.ts';
import type { PatternOptions } from '#rules/exclude-rules.ts';

export interface WatchRequest {
  /** Absolute and clean. One that is not there is waited for. */
  readonly folders: readonly ByteString[];
  /** What is excluded is not told of; folders that are excluded take no watch. */
  readonly exclude: PatternOptions;
  /** Folders beyond this number are left unwatched; absent: a share of what the system allows. */
  readonly maxFolders?: number | undefined;
}

export interface UnwatchedFolder {
  readonly path: ByteString;
  readonly reason: UnwatchedReason;
}

/** Plain values that cross threads. Paths are absolute and clean. */
export interface WatchNews {
  /** Touched paths, each for itself: a folder stands for its own attributes and its list of names. */
  readonly touched: readonly ByteString[];
  /** As `touched`, but no reason to make a version: what was excluded came or went in these folders. */
  readonly touchedBeside: readonly ByteString[];
  /** Folders that are new, or others than before: all in them counts as touched. */
  readonly whole: readonly ByteString[];
  readonly doubts: readonly DoubtReason[];
  /** All folders that cannot be watched now, when that list changed. */
  readonly unwatched?: readonly UnwatchedFolder[];
  /** All paths to be looked at in every run because a change of them may go unnoticed, when that list changed. */
  readonly always?: readonly ByteString[];
  /** From here on changes are noticed; or, while the watching begins anew, they are not. */
  readonly isReady?: boolean;
  /** How many folders are watched now. */
  readonly watchedCount: number;
}

/** May be called at any time until `close` has been called; must be quick. */
export type WatchListener = (news: WatchNews) => void;

export interface FolderWatch {
  /** No news comes any more, at once; resolves when the system's part is given back. */
  close(): Promise<void>;
}

export interface FolderWatching {
  /** Returns at once. Whatever fails comes as news. */
  watch(request: WatchRequest, listener: WatchListener): FolderWatch;
}
