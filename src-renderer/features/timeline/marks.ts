/**
 * Marks that time carries by itself: the first backup, what a person called a point, the moment before very many files
 * changed, the last one under a system that was updated then, the first one after something was put back. Judged by what each
 * backup counted; what was put back is no change to be wondered at. Pure.
 */
import { filesPutBack, type PutBackRun } from './put-backs.ts';
import type { Answers, Point } from './wire-types.ts';

type Systems = Answers<'browse.systems'>;

export type Mark =
  | { readonly kind: 'first'; readonly pointId: string; readonly atMs: number }
  | { readonly kind: 'label'; readonly pointId: string; readonly atMs: number; readonly label: string }
  /** The last point before so many files changed at once. */
  | { readonly kind: 'beforeMany'; readonly pointId: string; readonly atMs: number; readonly files: number }
  /** The last point under the system that the computer had before. */
  | { readonly kind: 'beforeUpdate'; readonly pointId: string; readonly atMs: number; readonly words: string }
  /** The first point with what was put back before it. */
  | { readonly kind: 'putBack'; readonly pointId: string; readonly atMs: number; readonly files: number };

/** What looks as when something encrypts files: most of what there is, changed within one point. */
export interface Suspicion {
  readonly point: Point;
  readonly files: number;
  readonly totalFiles: number;
  /** The last point before it. */
  readonly cleanPoint: Point;
}

/** A change worth a mark, and one worth a warning. */
const MANY_FILES = 200;
const TIMES_THE_USUAL = 10;
const SUSPICIOUS_SHARE = 0.5;
const SUSPICIOUS_FILES = 100;

/** @param systems which system each computer had since when, oldest first */
export function marksOf(
  points: readonly Point[],
  runs: readonly PutBackRun[],
  systems: Systems = [],
): readonly Mark[] {
  const standing = runs.filter(({ stands }) => stands);
  const changed = points.map(({ summary, timeMs }, at) => {
    const files = (summary.filesNew ?? 0) + (summary.filesChanged ?? 0);
    return files - filesPutBack(runs, points[at - 1]?.timeMs ?? timeMs, timeMs);
  });
  const usual = medianOf(changed.slice(1).filter((count) => count > 0));
  const marks: Mark[] = [];
  for (const [at, point] of points.entries()) {
    const { snapshotId: pointId, timeMs: atMs, label } = point;
    if (at === 0) marks.push({ kind: 'first', pointId, atMs });
    if (label !== null && label !== '') marks.push({ kind: 'label', pointId, atMs, label });
    const before = points[at - 1];
    const back = before === undefined ? 0 : filesPutBack(standing, before.timeMs, atMs);
    if (back > 0) marks.push({ kind: 'putBack', pointId, atMs, files: back });
    // The first whole version has changed nothing that was there before.
    const files = point.isPart ? 0 : (changed[at + 1] ?? 0);
    if (files >= MANY_FILES && files >= usual * TIMES_THE_USUAL)
      marks.push({ kind: 'beforeMany', pointId, atMs, files });
    const words = updateAfter(systems, point, points[at + 1]);
    if (words !== undefined) marks.push({ kind: 'beforeUpdate', pointId, atMs, words });
  }
  return marks;
}

/** "Ubuntu 24.04 → 24.10", where the computer had another system at its next point, or has one now. Undefined: none, or nobody knows. */
function updateAfter(
  systems: Systems,
  { hostname, timeMs }: Point,
  next: Point | undefined,
): string | undefined {
  // Another computer's system is no update of this one's.
  if (next !== undefined && next.hostname !== hostname) return undefined;
  const own = systems.filter((system) => system.hostname === hostname);
  const before = own.findLast(({ sinceMs }) => sinceMs <= timeMs);
  const after = next === undefined ? own.at(-1) : own.findLast(({ sinceMs }) => sinceMs <= next.timeMs);
  if (before === undefined || after === undefined) return undefined;
  if (before.name === after.name)
    return before.version === after.version
      ? undefined
      : `${before.name} ${before.version} → ${after.version}`;
  return `${before.name} ${before.version} → ${after.name} ${after.version}`;
}

export function suspicionsOf(points: readonly Point[], runs: readonly PutBackRun[]): readonly Suspicion[] {
  const found: Suspicion[] = [];
  for (const [at, point] of points.entries()) {
    const before = points[at - 1];
    if (before === undefined) continue;
    const files = (point.summary.filesChanged ?? 0) - filesPutBack(runs, before.timeMs, point.timeMs);
    const totalFiles = point.summary.totalFilesProcessed ?? 0;
    if (files < SUSPICIOUS_FILES || files < totalFiles * SUSPICIOUS_SHARE) continue;
    found.push({ point, files, totalFiles, cleanPoint: before });
  }
  return found;
}

function medianOf(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[sorted.length >> 1] ?? 0;
}
