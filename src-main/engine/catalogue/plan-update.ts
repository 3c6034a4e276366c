/**
 * What a catalogue has to do to follow the snapshots of a repository. A snapshot that was only written anew (tags, a label) keeps
 * its point: it has the same time and tree. A series all of whose snapshots went over to a new key keeps its points, too.
 * Pure; where points stand is decided here as well.
 */
import type { StoredSnapshot } from '#repository/snapshot-store.ts';
import { parseTime } from '#format/time.ts';
import { seriesKey } from '#rules/snapshot-groups.ts';
import type { PointRow } from './points-table.ts';
import type { SeriesPoints } from './timeline.ts';

/** Room between two points that are read one after the other. */
export const POSITION_STEP = 1024;
/** Where the first point of a series stands, so that older ones find room. */
export const FIRST_POSITION = 1 << 20;

export interface UpdatePlan {
  readonly gone: readonly PointRow[];
  /** Same point, other snapshot. */
  readonly rewritten: readonly { readonly row: PointRow; readonly stored: StoredSnapshot }[];
  readonly renamedSeries: readonly { readonly id: number; readonly key: string }[];
  /** By key of their series, oldest first. */
  readonly added: ReadonlyMap<string, readonly StoredSnapshot[]>;
}

/** @param isDamaged of a snapshot's id: its file is there and cannot be read; its point stays */
export function planUpdate(
  known: readonly SeriesPoints[],
  snapshots: readonly StoredSnapshot[],
  isDamaged: (snapshotId: string) => boolean,
): UpdatePlan {
  const ids = new Set<string>(snapshots.map(({ id }) => id));
  const rows = known.flatMap((series) => series.rows);
  const rowIds = new Set<string>(rows.map(({ snapshotId }) => snapshotId));
  const fresh = snapshots.filter(({ id }) => !rowIds.has(id));
  const isGone = ({ snapshotId }: PointRow): boolean => !ids.has(snapshotId) && !isDamaged(snapshotId);
  const renamedSeries = findRenamed(known, fresh, isGone);
  const keyOf = new Map<number, string>(known.map(({ series }) => [series.id, series.key]));
  for (const { id, key } of renamedSeries) keyOf.set(id, key);

  const waiting = Map.groupBy(rows.filter(isGone), (row) =>
    identity(keyOf.get(row.series)!, row.time, row.tree),
  );
  const rewritten: { row: PointRow; stored: StoredSnapshot }[] = [];
  const added: StoredSnapshot[] = [];
  for (const stored of fresh) {
    const { time, tree } = stored.snapshot;
    const row = waiting.get(identity(seriesKey(stored.snapshot), time, tree))?.shift();
    if (row === undefined) added.push(stored);
    else rewritten.push({ row, stored });
  }
  return {
    gone: [...waiting.values()].flat(),
    rewritten,
    renamedSeries,
    added: Map.groupBy(inOrder(added), ({ snapshot }) => seriesKey(snapshot)),
  };
}

function identity(series: string, time: string, tree: string | null): string {
  return JSON.stringify([series, time, tree]);
}

/** As points stand in a series. */
export function inOrder(snapshots: readonly StoredSnapshot[]): StoredSnapshot[] {
  return snapshots.toSorted((one, other) => compareMoments(momentOf(one), momentOf(other)));
}

function findRenamed(
  known: readonly SeriesPoints[],
  fresh: readonly StoredSnapshot[],
  isGone: (row: PointRow) => boolean,
): { readonly id: number; readonly key: string }[] {
  const keys = new Set(known.map(({ series }) => series.key));
  const freshKeys = new Map<string, string>();
  for (const { snapshot } of fresh)
    freshKeys.set(identity('', snapshot.time, snapshot.tree), seriesKey(snapshot));
  const renamed: { id: number; key: string }[] = [];
  for (const { series, rows } of known) {
    if (!rows.every(isGone)) continue;
    const found = new Set(rows.map(({ time, tree }) => freshKeys.get(identity('', time, tree))));
    found.delete(undefined);
    const [key] = found;
    if (key === undefined || found.size > 1 || keys.has(key)) continue;
    keys.add(key);
    renamed.push({ id: series.id, key });
  }
  return renamed;
}

/**
 * Positions for new points among the rows of their series, both oldest first. Undefined when there is no room left
 * somewhere: the series has to be read anew.
 */
export function placePoints(
  rows: readonly PointRow[],
  added: readonly StoredSnapshot[],
): number[] | undefined {
  const positions: number[] = [];
  let low: number | undefined;
  let next = 0;
  for (let start = 0; start < added.length;) {
    while (next < rows.length && !isBefore(added[start]!, rows[next]!)) low = rows[next++]!.position;
    const high = rows[next]?.position;
    let end = start + 1;
    while (end < added.length && (high === undefined || isBefore(added[end]!, rows[next]!))) end++;
    const count = end - start;
    const first = firstOf(low, high, count);
    if (first === undefined) return undefined;
    for (let i = 0; i < count; i++) positions.push(first.position + i * first.step);
    low = positions.at(-1);
    start = end;
  }
  return positions;
}

function firstOf(
  low: number | undefined,
  high: number | undefined,
  count: number,
): { readonly position: number; readonly step: number } | undefined {
  if (high === undefined)
    return { position: low === undefined ? FIRST_POSITION : low + POSITION_STEP, step: POSITION_STEP };
  if (low === undefined) {
    const step = Math.min(POSITION_STEP, Math.floor((high - 1) / count));
    return step === 0 ? undefined : { position: high - step * count, step };
  }
  const step = Math.floor((high - low) / (count + 1));
  return step === 0 ? undefined : { position: low + step, step };
}

/** Of equal times the first id decides, which a snapshot keeps when it is written anew. */
function compareMoments(one: Moment, other: Moment): number {
  const [a, b] = [parseTime(one.time), parseTime(other.time)];
  return a.sec - b.sec || a.nsec - b.nsec || (one.id < other.id ? -1 : one.id > other.id ? 1 : 0);
}

interface Moment {
  readonly time: string;
  readonly id: string;
}

function momentOf({ id, snapshot }: StoredSnapshot): Moment {
  return { time: snapshot.time, id: snapshot.original ?? id };
}

function isBefore(stored: StoredSnapshot, { time, snapshotId, facts }: PointRow): boolean {
  return compareMoments(momentOf(stored), { time, id: facts.original ?? snapshotId }) < 0;
}
