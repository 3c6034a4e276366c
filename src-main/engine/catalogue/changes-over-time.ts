/** What changed in a folder along the time: for the heat lane, for its tooltip, and for going from change to change. */
import { toDisplay, type ByteString } from '#base/byte-string.ts';
import { addChange, addCounts, changeOf, emptyTally } from './change-tally.ts';
import { isSameContent } from './entry-state.ts';
import { findNode, pathOf } from './find-path.ts';
import type { PointRow } from './points-table.ts';
import type { Span } from './spans-table.ts';
import type { Tables } from './tables.ts';
import { refOf, type SeriesPoints, type Timeline } from './timeline.ts';
import type { FolderHeat, HeatBucket, NextChange } from './types.ts';

/** @param edges ascending, milliseconds since 1970: each bucket goes from one up to the next, without that */
export function changesOverTime(
  tables: Tables,
  points: SeriesPoints,
  folder: ByteString,
  edges: readonly number[],
): HeatBucket[] {
  const node = findNode(tables, points.series, folder);
  const changes = new Map(
    node === undefined
      ? []
      : tables.changes.listOf(node, 0, Number.MAX_SAFE_INTEGER).map((row) => [row.position, row]),
  );
  const buckets = edges
    .slice(1)
    .map(() => ({ ...emptyTally(), points: 0, quietPoints: 0, waitingPoints: 0 }));
  for (const { timeMs, position, isKnown } of points.rows) {
    const bucket = buckets[bucketOf(edges, timeMs)];
    if (bucket === undefined) continue;
    if (!isKnown) {
      bucket.waitingPoints++;
      continue;
    }
    bucket.points++;
    const change = changes.get(position);
    if (change === undefined) bucket.quietPoints++;
    else addCounts(bucket, change);
  }
  return buckets;
}

/** -1 outside of all. */
function bucketOf(edges: readonly number[], timeMs: number): number {
  let low = 0;
  let high = edges.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (edges[middle]! <= timeMs) low = middle + 1;
    else high = middle;
  }
  return low - 1 < edges.length - 1 ? low - 1 : -1;
}

/**
 * Folders below one that changed the most from a time up to another. Where all that changed in a folder did so in one
 * folder of it, that one is told: `/home` says nothing.
 */
export function topFolders(
  tables: Tables,
  points: SeriesPoints,
  folder: ByteString,
  { fromMs, toMs, most = 3 }: { readonly fromMs: number; readonly toMs: number; readonly most?: number },
): FolderHeat[] {
  const node = findNode(tables, points.series, folder);
  const within = points.known.filter(({ timeMs }) => timeMs >= fromMs && timeMs < toMs);
  const [first] = within;
  const last = within.at(-1);
  if (node === undefined || first === undefined || last === undefined) return [];
  const heatsIn = (parent: number): { node: number; changed: number }[] =>
    tables.spans
      .listFoldersIn(parent)
      .map((child) => ({ node: child, changed: tables.changes.sumOf(child, first.position, last.position) }))
      .filter(({ changed }) => changed > 0)
      .toSorted((a, b) => b.changed - a.changed || a.node - b.node)
      .slice(0, most);
  return heatsIn(node).map((heat) => {
    let deepest = heat;
    for (;;) {
      const [inner] = heatsIn(deepest.node);
      if (inner?.changed !== deepest.changed) break;
      deepest = inner;
    }
    const path = pathOf(tables, deepest.node);
    return { path, label: toDisplay(path), changed: heat.changed };
  });
}

/** Undefined when there is none that way. */
export function nextChange(
  tables: Tables,
  timeline: Timeline,
  path: ByteString,
  point: PointRow,
  direction: 'older' | 'newer',
): NextChange | undefined {
  const points = timeline.pointsOf(point.series);
  const node = findNode(tables, points.series, path);
  if (node === undefined) return undefined;
  const spans = tables.spans.listOf(node).filter((span) => timeline.ends(point.series, span) !== undefined);
  const isFolder = (spanAt(spans, point.position) ?? spans.at(-1))?.kind === 'folder';
  return isFolder
    ? nextInFolder(tables, timeline, node, point, direction)
    : nextOfEntry(timeline, spans, points, point, direction);
}

function nextInFolder(
  { changes }: Tables,
  timeline: Timeline,
  node: number,
  { series, position }: PointRow,
  direction: 'older' | 'newer',
): NextChange | undefined {
  const row = direction === 'newer' ? changes.findAfter(node, position) : changes.findUpTo(node, position);
  const changedAt = row && timeline.pointsOf(series).known.find((known) => known.position === row.position);
  if (row === undefined || changedAt === undefined) return undefined;
  const point = direction === 'newer' ? changedAt : timeline.neighbours(series, row.position).before;
  if (point === undefined) return undefined;
  const { position: _position, ...counts } = row;
  return { point: refOf(point), changedAt: refOf(changedAt), counts };
}

function nextOfEntry(
  timeline: Timeline,
  spans: readonly Span[],
  { known }: SeriesPoints,
  from: PointRow,
  direction: 'older' | 'newer',
): NextChange | undefined {
  const now = spanAt(spans, from.position);
  const isSame = (other: Span | undefined): boolean =>
    now === undefined || other === undefined ? now === other : isSameContent(now, other);
  const way = direction === 'newer' ? 1 : -1;
  const start = known.findIndex(({ position }) => position === from.position);
  for (let at = start + way; at >= 0 && at < known.length; at += way) {
    const other = spanAt(spans, known[at]!.position);
    if (isSame(other)) continue;
    const counts = emptyTally();
    const [before, after] = direction === 'newer' ? [now, other] : [other, now];
    const change = changeOf(before, after);
    if (change !== undefined) addChange(counts, change, before, after);
    const changedAt = direction === 'newer' ? known[at]! : known[at + 1]!;
    return { point: refOf(known[at]!), changedAt: refOf(changedAt), counts };
  }
  return undefined;
}

/** Of spans that are oldest first. */
function spanAt(spans: readonly Span[], position: number): Span | undefined {
  return spans.find(({ first, last }) => first <= position && last >= position);
}
