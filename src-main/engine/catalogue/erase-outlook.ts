/** What erasing paths from every version of a series would take away. Lets others have their turn while it counts. */
import { setImmediate } from 'node:timers/promises';
import { toDisplay, type ByteString } from '#base/byte-string.ts';
import { throwIfCancelled, TidemarkError } from '#base/errors.ts';
import type { SnapshotId } from '#base/ids.ts';
import { findNode } from './find-path.ts';
import type { Span } from './spans-table.ts';
import type { Tables } from './tables.ts';
import { lowerBound, type SeriesPoints } from './timeline.ts';

export interface EraseOutlook {
  /** Points that have any of it. */
  readonly versions: number;
  /** Paths that were ever a file. */
  readonly files: number;
  /** Of distinct contents. */
  readonly bytes: number;
  /** Some of the points, the newest first. */
  readonly newestIds: readonly SnapshotId[];
}

/** Enough to ask a place about. */
const NEWEST_NAMED = 8;

/** Folders between two looks at the signal. */
const FOLDERS_AT_A_TIME = 64;

/** @throws files.pathNotInSnapshot for a path that was never in the series, job.cancelled */
export async function outlookOfErasing(
  tables: Tables,
  points: SeriesPoints,
  paths: readonly ByteString[],
  signal: AbortSignal | undefined,
): Promise<EraseOutlook> {
  const { known } = points;
  const roots = new Set(paths.map((path) => nodeOf(tables, points, path)));
  const positions = new Set<number>();
  const contents = new Map<string, number>();
  let files = 0;
  const waiting = [...roots];
  const seen = new Set<number>();
  for (const root of roots)
    for (const span of tables.spans.listOf(root))
      for (const position of covered(known, span)) positions.add(position);
  for (let count = 0; waiting.length > 0; count++) {
    if (count % FOLDERS_AT_A_TIME === 0) {
      throwIfCancelled(signal);
      await setImmediate();
    }
    const node = waiting.pop()!;
    // One path may lie in another.
    if (seen.has(node)) continue;
    seen.add(node);
    const spans = tables.spans.listOf(node);
    if (spans.some(({ kind }) => kind === 'file')) files++;
    for (const { kind, key, sizeBytes } of spans)
      if (kind === 'file') contents.set(`${sizeBytes} ${key}`, sizeBytes);
    if (spans.some(({ kind }) => kind === 'folder')) waiting.push(...tables.nodes.listChildren(node));
  }
  const bytes = [...contents.values()].reduce((sum, size) => sum + size, 0);
  const newest = known.filter(({ position }) => positions.has(position)).slice(-NEWEST_NAMED);
  const newestIds = newest.map(({ snapshotId }) => snapshotId).toReversed();
  return { versions: positions.size, files, bytes, newestIds };
}

function nodeOf(tables: Tables, { series }: SeriesPoints, path: ByteString): number {
  const node = findNode(tables, series, path);
  if (node !== undefined && node !== series.root) return node;
  throw new TidemarkError('files.pathNotInSnapshot', { path: toDisplay(path), snapshotId: series.key });
}

function covered(known: SeriesPoints['known'], { first, last }: Span): number[] {
  return known.slice(lowerBound(known, first), lowerBound(known, last + 1)).map(({ position }) => position);
}
