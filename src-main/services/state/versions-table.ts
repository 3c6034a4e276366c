/**
 * Which versions each place is known to hold, so that health and the timeline can answer without the place. A memory,
 * not the truth: the place is, and nothing is ever removed there because of what stands here.
 */
import { z } from 'zod';
import { bytesInJson, placeId, planId, timeMs } from '#contract/app/values.ts';
import { decodeRow, encodeRow, flagColumn, jsonColumn } from './columns.ts';
import type { PlaceId, PlanId } from '#contract/app/values.ts';
import type { StateReader, StateWriter } from './state-database.ts';

const versionRow = z.strictObject({
  placeId,
  snapshotId: z.string().min(1),
  /** Null: of no plan of ours, or not known. */
  planId: planId.nullable(),
  /** RFC 3339 as the snapshot has it, with its nanoseconds and its own zone. */
  time: z.string(),
  /** The same, for ordering. */
  timeMs,
  tree: z.string(),
  hostname: z.string(),
  username: z.string(),
  paths: jsonColumn(z.array(bytesInJson)),
  tags: jsonColumn(z.array(z.string())),
  /** Nothing that was asked for is left out. */
  isComplete: flagColumn,
  /** When the place itself last proved that it has all of it; null: never. */
  confirmedAtMs: timeMs.nullable(),
});

export type KnownVersion = Readonly<z.output<typeof versionRow>>;

const PUT = `
INSERT OR REPLACE INTO versions (placeId, snapshotId, planId, time, timeMs, tree, hostname, username, paths, tags,
  isComplete, confirmedAtMs)
VALUES (:placeId, :snapshotId, :planId, :time, :timeMs, :tree, :hostname, :username, :paths, :tags,
  :isComplete, :confirmedAtMs)`;

/** Adds or replaces. Their places must be in the state. @throws request.invalidInput */
export function putVersions(writer: StateWriter, versions: readonly KnownVersion[]): void {
  writer.runMany(
    PUT,
    versions.map((version) => encodeRow('versions', versionRow, version)),
  );
}

export function removeVersions(writer: StateWriter, place: PlaceId, snapshotIds: readonly string[]): void {
  writer.runMany(
    'DELETE FROM versions WHERE placeId = :place AND snapshotId = :snapshotId',
    snapshotIds.map((snapshotId) => ({ place, snapshotId })),
  );
}

/** Newest first. @throws state.entryInvalid */
export function listVersions(reader: StateReader, place: PlaceId): KnownVersion[] {
  return reader
    .all('SELECT * FROM versions WHERE placeId = :place ORDER BY timeMs DESC, snapshotId DESC', { place })
    .map((row) => decodeRow('versions', versionRow, row));
}

export function findVersion(
  reader: StateReader,
  place: PlaceId,
  snapshotId: string,
): KnownVersion | undefined {
  const row = reader.first('SELECT * FROM versions WHERE placeId = :place AND snapshotId = :snapshotId', {
    place,
    snapshotId,
  });
  return row && decodeRow('versions', versionRow, row);
}

export interface SafeVersion {
  readonly snapshotId: string;
  readonly timeMs: number;
}

/** What health is judged by: complete and confirmed by the place. Newest first, times and ids only. */
export function listSafeVersions(
  reader: StateReader,
  place: PlaceId,
  plan: PlanId,
  limit: number,
): SafeVersion[] {
  return reader
    .all(
      `SELECT snapshotId, timeMs FROM versions
       WHERE placeId = :place AND planId = :plan AND isComplete = 1 AND confirmedAtMs IS NOT NULL
       ORDER BY timeMs DESC, snapshotId DESC LIMIT :limit`,
      { place, plan, limit },
    )
    .map((row) => ({ snapshotId: String(row['snapshotId']), timeMs: Number(row['timeMs']) }));
}

/** Complete and confirmed, each counted once for each of its places; for `StateFile.recall`. */
export function countSafeVersions(reader: StateReader): number {
  const row = reader.first(
    'SELECT COUNT(*) AS number FROM versions WHERE planId IS NOT NULL AND isComplete = 1 AND confirmedAtMs IS NOT NULL',
  );
  return Number(row?.['number'] ?? 0);
}

/** Whether the place has any version of the plan, complete or not. */
export function hasVersionOf(reader: StateReader, place: PlaceId, plan: PlanId): boolean {
  const query = 'SELECT 1 AS found FROM versions WHERE placeId = :place AND planId = :plan LIMIT 1';
  return reader.first(query, { place, plan }) !== undefined;
}

/** Enough to find some that no wrong clock has dated. */
const NEWEST = 20;

export type NewestVersions = (place: PlaceId, plan: PlanId) => readonly SafeVersion[];

/** The newest of `listSafeVersions`, each looked up once: true until the next change, so for `StateFile.recall`. */
export function newestSafeVersions(reader: StateReader): NewestVersions {
  const known = new Map<string, readonly SafeVersion[]>();
  return (place, plan) => {
    const key = JSON.stringify([place, plan]);
    const versions = known.get(key) ?? listSafeVersions(reader, place, plan, NEWEST);
    known.set(key, versions);
    return versions;
  };
}

/** What decides whether a version has to be written anew; rows are not read as a whole for it. */
export interface VersionMark {
  readonly isComplete: boolean;
  readonly isConfirmed: boolean;
}

/** By id. */
export function listVersionMarks(reader: StateReader, place: PlaceId): ReadonlyMap<string, VersionMark> {
  const rows = reader.all(
    'SELECT snapshotId, isComplete, confirmedAtMs FROM versions WHERE placeId = :place',
    {
      place,
    },
  );
  return new Map(
    rows.map((row) => [
      String(row['snapshotId']),
      { isComplete: Number(row['isComplete']) === 1, isConfirmed: row['confirmedAtMs'] !== null },
    ]),
  );
}
