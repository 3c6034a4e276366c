/**
 * The brake on removals that nobody watches (invariant I8): per run at most a share of a series, never its newest
 * complete points, never its last clean one, nothing of a series on hold. What a policy proposes goes in; what may go
 * now comes out, the oldest first, and the rest waits for the next runs. Pure; what is complete, clean or on hold is the
 * caller's knowledge. Source: product notes, section 5, I8.
 */
import type { Instant } from '#format/time.ts';
import { compareInstants } from './calendar.ts';

export interface BrakeLimits {
  /** Of the complete points of a series, per run; 0 to 1. */
  readonly share: number;
  /** So many of the newest complete points stay whatever happens. */
  readonly newestComplete: number;
}

/** Source: product notes, section 5, I8. */
export const BRAKE_LIMITS: BrakeLimits = { share: 0.2, newestComplete: 3 };

/** Of one series. */
export interface BrakePoint {
  readonly time: Instant;
  /**
   * Counts for the share and among the newest: finished, and known to the caller. Forged or unfinished points must not
   * make room for removing others.
   */
  readonly isComplete: boolean;
  /** Made while nothing looked wrong with the files. */
  readonly isClean: boolean;
  /** Its time cannot be true: neither removed nor counted. */
  readonly isDoubtful: boolean;
}

export type SpareReason =
  /** Its time cannot be true; a person decides. */
  | 'doubtfulTime'
  | 'seriesOnHold'
  | 'newestComplete'
  | 'lastClean'
  /** Would go, but not in this run. */
  | 'shareReached';

export interface BrakeVerdict<Point> {
  /** Oldest first. */
  readonly remove: readonly Point[];
  /** Of those proposed. */
  readonly spared: ReadonlyMap<Point, SpareReason>;
}

/** @param points all of one series, in any order, with those that are `proposed` for removal among them */
export function brakeRemoval<Point extends BrakePoint>(
  points: readonly Point[],
  proposed: ReadonlySet<Point>,
  isOnHold: boolean,
  limits: BrakeLimits = BRAKE_LIMITS,
): BrakeVerdict<Point> {
  const oldestFirst = points.toSorted((a, b) => compareInstants(a.time, b.time));
  const believed = oldestFirst.filter((point) => !point.isDoubtful);
  const complete = believed.filter((point) => point.isComplete);
  const newest = new Set(complete.slice(Math.max(0, complete.length - limits.newestComplete)));
  const lastClean = believed.findLast((point) => point.isClean);
  // Rounded down: a share is a limit. The sum 0.2 * 5 must not fall short of 1 by a rounding error.
  const mostRemovals = Math.floor(complete.length * limits.share + 1e-9);
  const remove: Point[] = [];
  const spared = new Map<Point, SpareReason>();
  for (const point of oldestFirst) {
    if (!proposed.has(point)) continue;
    if (point.isDoubtful) spared.set(point, 'doubtfulTime');
    else if (isOnHold) spared.set(point, 'seriesOnHold');
    else if (newest.has(point)) spared.set(point, 'newestComplete');
    else if (point === lastClean) spared.set(point, 'lastClean');
    else if (remove.length >= mostRemovals) spared.set(point, 'shareReached');
    else remove.push(point);
  }
  return { remove, spared };
}
