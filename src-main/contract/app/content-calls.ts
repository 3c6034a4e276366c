/**
 * What looking around in time cannot answer from the catalogue alone: the bytes of a file and whose it was, which only the place
 * has, and how a version stands to the disk as it is now.
 */
import { z } from 'zod';
import type { CallTable } from '#contract/calls/call-table.ts';
import { bytesInJson, count, placeId, snapshotId, timeMs } from './values.ts';

/** So much of a file is told at once. */
export const MOST_CONTENT_BYTES = 4 << 20;

/** Files whose stored shares are told at once. */
export const MOST_SHARES = 100;

/** How an entry of a version stands to what is there now. */
export const ENTRY_NOW = ['same', 'older', 'newer', 'missing', 'replaced', 'unknown'] as const;

/** An entry of a version beside the disk as it is now, by kind, size and time; contents are never read. */
export const entriesNow = z.strictObject({
  states: z.array(
    z.strictObject({
      name: bytesInJson,
      /**
       * older, newer: the version is older, or newer, than what is there now. replaced: another kind of thing is there.
       * unknown: the disk does not say, or it is the disk of another computer.
       */
      now: z.enum(ENTRY_NOW),
    }),
  ),
  /** Where it was asked for: what lies there now and is not in the version. */
  onlyNow: z
    .array(
      z.strictObject({
        name: bytesInJson,
        label: z.string(),
        kind: z.enum(['file', 'folder', 'symlink', 'other']),
        sizeBytes: count,
        modifiedMs: z.number(),
      }),
    )
    .optional(),
  /** `onlyNow` has more than is told. */
  isOnlyNowCut: z.boolean(),
});
export type EntriesNow = z.output<typeof entriesNow>;

/** Whose an entry was when it was saved, and who might do what with it. */
export const entryOwner = z.strictObject({
  /** Empty: the computer knew no name for the number. */
  user: z.string(),
  group: z.string(),
  uid: count,
  gid: count,
  /** Bits of POSIX, with those for other accounts and a folder's own (0o7777). */
  permissions: z.number().int().min(0).max(0o7777),
});
export type EntryOwner = z.output<typeof entryOwner>;

/** A version whose own file the place lets nobody remove until a day. */
export const versionLock = z.strictObject({ snapshotId: z.string(), timeMs, untilMs: timeMs });
export type VersionLock = z.output<typeof versionLock>;

export const systemVersion = z.strictObject({ name: z.string(), version: z.string() });
export type SystemVersion = z.output<typeof systemVersion>;

/** Versions that a computer made from then on were made under this system. */
export const knownSystem = z.strictObject({ ...systemVersion.shape, hostname: z.string(), sinceMs: timeMs });

export const contentCalls = {
  /**
   * A part of a file, shorter only at its end. Needs the place. @throws files.pathNotInSnapshot,
   * request.invalidInput for what is no file, integrity.* for what is damaged, storage.* for a place that is not there
   */
  'browse.content': {
    kind: 'query',
    input: z.strictObject({
      placeId,
      snapshotId,
      path: bytesInJson,
      offset: count,
      length: z.number().int().min(1).max(MOST_CONTENT_BYTES),
    }),
    output: z.strictObject({ sizeBytes: count, offset: count, base64: z.base64() }),
  },
  /**
   * Needs the place, because the catalogue keeps no owners. Null: the version has none, as from Windows. @throws
   * files.pathNotInSnapshot, integrity.* for what is damaged, storage.* for a place that is not there
   */
  'browse.owner': {
    kind: 'query',
    input: z.strictObject({ placeId, snapshotId, path: bytesInJson }),
    output: entryOwner.nullable(),
  },
  /**
   * Of the versions of a series those that are known to be locked; one that is not told may be all the same. A place that is
   * away is not asked. What a version shares with older ones was stored before it, and may be locked for less.
   */
  'browse.locks': {
    kind: 'query',
    input: z.strictObject({ placeId, series: z.string() }),
    output: z.array(versionLock).readonly(),
  },
  /**
   * What share of each file's size is left of it once it is compressed and stored: near 1 for what looks random. From the
   * index and trees of the place, no contents are read. Null: nobody knows, as where nothing is compressed. Files that are
   * not reached in time are null, too. @throws storage.* for a place that is not there
   */
  'browse.storedShares': {
    kind: 'query',
    input: z.strictObject({
      placeId,
      files: z.array(z.strictObject({ snapshotId, path: bytesInJson })).max(MOST_SHARES),
    }),
    output: z.array(z.number().nonnegative().nullable()).readonly(),
  },
  /** Oldest first within each computer; of versions older than the first nothing is known. */
  'browse.systems': {
    kind: 'query',
    input: z.strictObject({}),
    output: z.array(knownSystem).readonly(),
  },
  /** Entries of a folder as they were beside the disk as it is now. */
  'browse.now': {
    kind: 'query',
    input: z.strictObject({
      placeId,
      snapshotId,
      folder: bytesInJson,
      names: z.array(bytesInJson).max(1_000),
      withOnlyNow: z.boolean().exactOptional(),
    }),
    output: entriesNow,
  },
} as const satisfies CallTable;
