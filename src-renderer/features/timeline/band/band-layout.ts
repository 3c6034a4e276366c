/** The lanes of the band from above to below, in CSS pixels, and what of them is under a pointer. Pure. */
import { xOf } from './time-scale.ts';
import type { TimeRange } from '../view-store.ts';

export const LANES = {
  /** Where the handle and its neighbours float. */
  handle: { top: 0, height: 34 },
  heat: { top: 30, height: 56 },
  points: { top: 86, height: 30 },
  axis: { top: 116, height: 24 },
  overview: { top: 142, height: 10 },
} as const;
export const BAND_HEIGHT_PX = 158;

/** What is nearer to an end of the overview's window than this takes hold of that end. */
const GRIP_PX = 7;
const HEAD_GRIP_PX = 6;

export type Grip = 'playhead' | 'compare' | 'pan' | 'overviewFrom' | 'overviewTo' | 'overview';

export interface GripFacts {
  readonly range: TimeRange;
  readonly whole: TimeRange;
  readonly widthPx: number;
  /** Of the second playhead, where there is one. */
  readonly compareMs: number | null;
}

export function gripAt(xPx: number, yPx: number, { range, whole, widthPx, compareMs }: GripFacts): Grip {
  if (yPx >= LANES.overview.top - 3) {
    const fromPx = xOf(whole, widthPx, range.fromMs);
    const toPx = xOf(whole, widthPx, range.toMs);
    const isNarrow = toPx - fromPx < 3 * GRIP_PX;
    if (Math.abs(xPx - toPx) <= GRIP_PX && (!isNarrow || xPx >= (fromPx + toPx) / 2)) return 'overviewTo';
    if (Math.abs(xPx - fromPx) <= GRIP_PX) return 'overviewFrom';
    return 'overview';
  }
  if (yPx >= LANES.axis.top) return 'pan';
  if (compareMs !== null && Math.abs(xOf(range, widthPx, compareMs) - xPx) <= HEAD_GRIP_PX) return 'compare';
  return 'playhead';
}

/** Keeps something that is centred on the playhead within the band. */
export function centreWithin(xPx: number, itemPx: number, widthPx: number): number {
  const half = itemPx / 2 + 8;
  return Math.min(Math.max(xPx, half), Math.max(half, widthPx - half));
}
