/** Versions that a place lets nobody remove until a day: which points show it, and what is said of several. Pure. */
import type { Words } from '../../../text/language.ts';
import type { Formats } from '../../../text/formats.ts';
import { TOGETHER_MS } from '../sources.ts';
import type { Answers, Point } from '../wire-types.ts';

export interface Lock {
  readonly untilMs: number;
  readonly placeName: string;
}

export interface PlaceLocks {
  readonly placeName: string;
  /** Those of another place are told from this one's by their moment; a few files saved ahead are no version there. */
  readonly isOwn: boolean;
  readonly locks: Answers<'browse.locks'>;
}

/** What a bar says of the points in it. */
export interface LockedPoints extends Lock {
  readonly count: number;
}

/** By the id of the point; of several places the one that keeps it longest. */
export function locksOf(
  points: readonly Pick<Point, 'snapshotId' | 'timeMs' | 'isPart'>[],
  told: readonly PlaceLocks[],
): ReadonlyMap<string, Lock> {
  const found = new Map<string, Lock>();
  for (const { placeName, isOwn, locks } of told) {
    if (locks.length === 0) continue;
    const own = new Map(locks.map(({ snapshotId, untilMs }) => [snapshotId, untilMs]));
    for (const { snapshotId, timeMs, isPart } of points) {
      const others = (): readonly number[] =>
        locks.filter((lock) => Math.abs(lock.timeMs - timeMs) <= TOGETHER_MS).map(({ untilMs }) => untilMs);
      const untilMs = isOwn ? own.get(snapshotId) : isPart ? undefined : Math.max(0, ...others());
      if (untilMs !== undefined && untilMs > (found.get(snapshotId)?.untilMs ?? 0))
        found.set(snapshotId, { untilMs, placeName });
    }
  }
  return found;
}

/** Undefined: none of them is. */
export function lockedPoints(locks: readonly Lock[]): LockedPoints | undefined {
  const [longest] = locks.toSorted((one, other) => other.untilMs - one.untilMs);
  return longest === undefined ? undefined : { ...longest, count: locks.length };
}

/** "locked in Cloud until 3 Dec", "2 of 5 versions locked, the last of them in Cloud until 3 Dec". */
export function lockWords(
  { count, untilMs, placeName }: LockedPoints,
  points: number,
  { history, formats, nowMs }: { history: Words['history']; formats: Formats; nowMs: number },
): string {
  const one = history.locked(placeName, formats.day(untilMs, nowMs));
  return points <= 1 ? one : history.someLocked(formats.count(count), formats.count(points), one);
}
