/**
 * The lane of points: which stand alone, which are too close and become a capsule with their number, which one is
 * nearest to a pixel, and what each dot says of its point. Pure.
 */
import { lengthOf, xOf } from './time-scale.ts';
import { TOGETHER_MS } from '../sources.ts';
import type { TimeRange } from '../view-store.ts';
import type { Point } from '../wire-types.ts';

/** full: complete. half: complete but for some files, or a few files ahead of the first whole version. */
export type Fill = 'full' | 'half';

export interface PointMark {
  readonly point: Point;
  readonly fill: Fill;
  /** Only some of the places that hold the series hold this moment: drawn as a ring. */
  readonly isOnlyHere: boolean;
  readonly isKept: boolean;
  /** A place lets nobody remove it until a day. */
  readonly isLocked: boolean;
  readonly isDamaged: boolean;
  readonly isWaiting: boolean;
}

export interface Dot {
  readonly xPx: number;
  /** More than one: a capsule. */
  readonly marks: readonly PointMark[];
}

/** Points of one cell that have no room for a dot each become one capsule in its middle. */
const CELL_PX = 18;
const DOT_PX = 9;
const CAPSULE_PX = 14;
/** For each figure of its number after the first. */
const FIGURE_PX = 4;
/** Looks as if it just touched. */
const TOUCH_PX = 2;

export interface MarkFacts {
  readonly points: readonly Point[];
  /** Moments of the points of the same series in other places, a list per place. */
  readonly elsewhereMs: readonly (readonly number[])[];
  /** Points whose backup left files out. */
  readonly exceptIds: ReadonlySet<string>;
  readonly locks: ReadonlyMap<string, unknown>;
}

export function markPoints({ points, elsewhereMs, exceptIds, locks }: MarkFacts): readonly PointMark[] {
  const isEverywhere = (atMs: number): boolean =>
    elsewhereMs.every((times) => hasNear(times, atMs, TOGETHER_MS));
  return points.map((point) => ({
    point,
    fill: point.state === 'partly' || point.isPart || exceptIds.has(point.snapshotId) ? 'half' : 'full',
    isOnlyHere: elsewhereMs.length > 0 && !isEverywhere(point.timeMs),
    isKept: point.isKept,
    isLocked: locks.has(point.snapshotId),
    isDamaged: point.isFileDamaged,
    isWaiting: point.state === 'waiting',
  }));
}

/** Sorted times, oldest first. */
function hasNear(timesMs: readonly number[], atMs: number, withinMs: number): boolean {
  const at = lowerBound(timesMs.length, (index) => (timesMs[index] ?? 0) >= atMs - withinMs);
  return (timesMs[at] ?? Infinity) <= atMs + withinMs;
}

/** Those in sight. Cells are cut from time, not from the window, so that capsules keep together while the band moves. */
export function dotsOf(marks: readonly PointMark[], range: TimeRange, widthPx: number): readonly Dot[] {
  const cellMs = (CELL_PX / widthPx) * lengthOf(range);
  const fromMs = (Math.floor(range.fromMs / cellMs) - 1) * cellMs;
  const first = lowerBound(marks.length, (index) => (marks[index]?.point.timeMs ?? 0) >= fromMs);
  const dots: { xPx: number; marks: PointMark[] }[] = [];
  let cell = Number.NaN;
  let inCell: PointMark[] = [];
  const close = (): void => {
    const dotsOfCell = inCell.map((mark) => ({ xPx: xOf(range, widthPx, mark.point.timeMs), marks: [mark] }));
    const isCrowded = dotsOfCell.some((dot, at) => dot.xPx - (dotsOfCell[at - 1]?.xPx ?? -Infinity) < DOT_PX);
    if (isCrowded) dots.push({ xPx: xOf(range, widthPx, (cell + 0.5) * cellMs), marks: inCell });
    else dots.push(...dotsOfCell);
    inCell = [];
  };
  for (let index = first; index < marks.length; index++) {
    const mark = marks[index];
    if (mark === undefined || mark.point.timeMs > range.toMs + cellMs) break;
    const itsCell = Math.floor(mark.point.timeMs / cellMs);
    if (itsCell !== cell && inCell.length > 0) close();
    cell = itsCell;
    inCell.push(mark);
  }
  if (inCell.length > 0) close();
  return joinTouching(dots);
}

function joinTouching(dots: readonly { xPx: number; marks: PointMark[] }[]): readonly Dot[] {
  const joined: { xPx: number; marks: PointMark[] }[] = [];
  for (const dot of dots) {
    const last = joined.at(-1);
    const needsPx = last === undefined ? 0 : (widthOf(last) + widthOf(dot)) / 2 - TOUCH_PX;
    if (last === undefined || dot.xPx - last.xPx >= needsPx) joined.push(dot);
    else {
      const all = last.marks.length + dot.marks.length;
      last.xPx = (last.xPx * last.marks.length + dot.xPx * dot.marks.length) / all;
      last.marks.push(...dot.marks);
    }
  }
  return joined;
}

function widthOf({ marks }: Dot): number {
  return marks.length === 1 ? DOT_PX : CAPSULE_PX + FIGURE_PX * (String(marks.length).length - 1);
}

/** Index of the point nearest to a moment; -1 where there is none. */
export function nearestIndex(timesMs: readonly number[], atMs: number): number {
  const after = lowerBound(timesMs.length, (index) => (timesMs[index] ?? 0) >= atMs);
  if (after === 0) return timesMs.length === 0 ? -1 : 0;
  const before = after - 1;
  if (after === timesMs.length) return before;
  return atMs - (timesMs[before] ?? 0) <= (timesMs[after] ?? 0) - atMs ? before : after;
}

/** The first of `length` for which it holds, where it holds from somewhere on. */
function lowerBound(length: number, holds: (index: number) => boolean): number {
  let low = 0;
  let high = length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (holds(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}
