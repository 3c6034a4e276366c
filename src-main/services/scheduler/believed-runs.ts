/**
 * Which runs of a history can be believed, whatever the clock did meanwhile. A run that lies ahead of now was made
 * while the clock was wrong; so was one that lies ahead of a later run. Believing too little costs one run more,
 * believing too much costs the person a version. Source: product notes, section 5, B4.
 */
import { AHEAD_TOLERANCE_MS } from './schedule-limits.ts';
import type { RunRecord } from './schedule-types.ts';

/** In the order given. @param runs of one plan and place, in the order in which they were started */
export function believedRuns(runs: readonly RunRecord[], nowMs: number): RunRecord[] {
  let latestMs = nowMs + AHEAD_TOLERANCE_MS;
  const believed: RunRecord[] = [];
  for (const run of runs.toReversed()) {
    if (run.isAhead === true || run.startedAtMs > latestMs) continue;
    latestMs = Math.min(latestMs, run.startedAtMs + AHEAD_TOLERANCE_MS);
    believed.push(run);
  }
  return believed.reverse();
}

/** Those that a wrong clock has made, as far as now shows it. */
export function runsAhead(runs: readonly RunRecord[], nowMs: number): RunRecord[] {
  return runs.filter((run) => run.isAhead !== true && run.startedAtMs > nowMs + AHEAD_TOLERANCE_MS);
}
