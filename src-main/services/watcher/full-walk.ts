/** When a run must look at everything although hints are there. Pure. */
import type { DoubtReason, FullWalkReason } from '#contract/watch-codes.ts';
import { FULL_WALK_MS } from './watch-limits.ts';

/**
 * Hints are believed for a day at most, and never over a doubt. `lastFullWalkAtMs`: wall clock, when the last complete
 * run that looked at everything began, per plan and place. @returns undefined when hints may be followed
 */
export function needsFullWalk(
  doubts: readonly DoubtReason[],
  lastFullWalkAtMs: number | undefined,
  nowMs: number,
): FullWalkReason | undefined {
  if (lastFullWalkAtMs === undefined) return 'neverWalked';
  if (doubts.length > 0) return 'doubt';
  if (lastFullWalkAtMs > nowMs) return 'clockJumped';
  return nowMs - lastFullWalkAtMs >= FULL_WALK_MS ? 'daily' : undefined;
}
