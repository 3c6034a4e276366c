/** What is in a folder at a point, in pages, with what was in it before and is gone by then. */
import { toDisplay, type ByteString } from '#base/byte-string.ts';
import { findNode, isUnreadAt } from './find-path.ts';
import type { PointRow } from './points-table.ts';
import type { FolderChild } from './spans-table.ts';
import type { Tables } from './tables.ts';
import { refOf, type Timeline } from './timeline.ts';
import type { Entry, OpenedFolder } from './types.ts';

/** More deleted entries are told as one number. Source: product, 2. */
const MOST_DELETED = 500;
/** In a folder that ever had more entries, deleted ones are not counted in passing. */
const MOST_COUNTED = 20_000;
const DEFAULT_PAGE = 500;
/** Versions told with an entry. */
const CHANGES_TOLD = 30;

export interface OpenFolderOptions {
  /** none: only what is there. folded (default): all, unless they are more than 500. all: however many. */
  readonly deleted?: 'none' | 'folded' | 'all';
  /** The `next` of the page before. */
  readonly after?: ByteString | undefined;
  readonly limit?: number;
}

export function openFolder(
  tables: Tables,
  timeline: Timeline,
  point: PointRow,
  path: ByteString,
  { deleted = 'folded', after, limit = DEFAULT_PAGE }: OpenFolderOptions,
): OpenedFolder {
  if (!point.isKnown) return { kind: 'waiting' };
  const { series } = timeline.pointsOf(point.series);
  const node = findNode(tables, series, path);
  if (node === undefined) return { kind: 'missing' };
  const { position } = point;
  if (isUnreadAt(tables, tables.points, series, position, node)) return { kind: 'damaged' };
  if (tables.spans.findAt(node, position)?.kind !== 'folder')
    return findDeleted(tables, timeline, point, node);

  // Pages after the first tell no number; they need it only to know whether there are too many.
  const isAsked = after === undefined ? deleted !== 'none' : deleted === 'folded';
  const areCounted = isAsked && tables.nodes.countChildren(node) <= MOST_COUNTED;
  const count = areCounted ? tables.spans.countEnded(node, position) : undefined;
  const areFolded = deleted === 'folded' && (count === undefined || count > MOST_DELETED);
  const withDeleted = deleted !== 'none' && !areFolded;
  const page = tables.spans.pageOfFolder(node, position, {
    after,
    most: limit,
    mostFirsts: CHANGES_TOLD,
    withEnded: withDeleted,
  });
  return {
    kind: 'folder',
    entries: page
      .map((child) => describe(tables, timeline, point, child))
      .filter((entry) => entry !== undefined),
    next: page.length < limit ? undefined : page.at(-1)?.name,
    ...(after === undefined && deleted !== 'none' ? { deleted: { count, areFolded } } : {}),
  };
}

/** The last point where it was a folder, before the one in view. */
function findDeleted(
  { spans }: Tables,
  timeline: Timeline,
  { series, position }: PointRow,
  node: number,
): OpenedFolder {
  const last = spans.listOf(node).findLast(({ kind, first }) => kind === 'folder' && first <= position);
  const ends = last && timeline.ends(series, last);
  return ends === undefined ? { kind: 'missing' } : { kind: 'deleted', lastSeen: refOf(ends.to) };
}

function describe(
  tables: Tables,
  timeline: Timeline,
  point: PointRow,
  { node, name, span, firsts }: FolderChild,
): Entry | undefined {
  const { kind, sizeBytes, modifiedMs } = span;
  const entry = {
    name,
    label: toDisplay(name),
    kind,
    sizeBytes,
    modifiedMs,
    // Of a folder: what changed in it.
    changedMs: timesOf(
      timeline,
      point,
      kind === 'folder' ? tables.changes.listPositions(node, CHANGES_TOLD) : firsts,
    ),
  };
  if (span.last >= point.position) return entry;
  const lastSeen = timeline.ends(point.series, span)?.to;
  // Of a point that is just being read.
  if (lastSeen === undefined) return undefined;
  const firstMissed = timeline.neighbours(point.series, lastSeen.position).after;
  if (firstMissed === undefined) return undefined;
  return { ...entry, deleted: { lastSeen: refOf(lastSeen), firstMissed: refOf(firstMissed) } };
}

/** Of the points that spans begin at. */
function timesOf(timeline: Timeline, { series }: PointRow, firsts: readonly number[]): number[] {
  const times = firsts.map(
    (first) => timeline.ends(series, { first, last: Number.MAX_SAFE_INTEGER })?.from.timeMs,
  );
  return times.filter((timeMs) => timeMs !== undefined);
}
