/**
 * Whether the machine's clock can be believed before something is removed because of its age, and which points carry a
 * time that cannot be true. Refuses rather than guesses. Pure. Source: product notes, section 5, B4 and F2.
 */

/** All milliseconds since 1970. */
export interface ClockWitnesses {
  readonly nowMs: number;
  /** The latest moment at which the caller knows the clock to have been right; absent: it does not know. */
  readonly lastSeenMs?: number;
}

export interface ClockDoubt {
  readonly kind: 'behindLastSeen' | 'behindNewestPoint' | 'farAhead';
  /** What the clock disagrees with. */
  readonly witnessMs: number;
}

const DAY_MS = 86_400_000;

/** A point may be this far ahead of the clock: machines that share a place do not agree to the minute. */
export const FUTURE_TOLERANCE_MS = 3_600_000;

/** Being set back by this much is no correction any more. Zones cannot do it: times are compared in UTC. */
const BEHIND_TOLERANCE_MS = DAY_MS;

/** A machine may lie in a drawer for months; a clock that is more than a year ahead of all it has seen has jumped. */
const AHEAD_TOLERANCE_MS = 366 * DAY_MS;

/** Points that lie so close before now may be products of the same jump and witness nothing. */
const SAME_JUMP_MS = DAY_MS;

/** Undefined: nothing speaks against the clock. @param pointTimesMs of all points, in any order */
export function doubtClock(
  { nowMs, lastSeenMs }: ClockWitnesses,
  pointTimesMs: readonly number[],
): ClockDoubt | undefined {
  if (lastSeenMs !== undefined) {
    // A clock that agrees with what was seen is right; a point from the future is then the point's fault.
    if (nowMs < lastSeenMs - BEHIND_TOLERANCE_MS) return { kind: 'behindLastSeen', witnessMs: lastSeenMs };
    if (nowMs > lastSeenMs + AHEAD_TOLERANCE_MS) return { kind: 'farAhead', witnessMs: lastSeenMs };
    return undefined;
  }
  const newestMs = newestOf(pointTimesMs);
  if (nowMs < newestMs - BEHIND_TOLERANCE_MS) return { kind: 'behindNewestPoint', witnessMs: newestMs };
  const earlierMs = newestOf(pointTimesMs.filter((timeMs) => timeMs < nowMs - SAME_JUMP_MS));
  if (Number.isFinite(earlierMs) && nowMs > earlierMs + AHEAD_TOLERANCE_MS)
    return { kind: 'farAhead', witnessMs: earlierMs };
  return undefined;
}

/** The point says that it was made later than now. */
export function isFutureDated(pointMs: number, nowMs: number): boolean {
  return pointMs > nowMs + FUTURE_TOLERANCE_MS;
}

function newestOf(timesMs: readonly number[]): number {
  return timesMs.reduce((newest, timeMs) => Math.max(newest, timeMs), Number.NEGATIVE_INFINITY);
}
