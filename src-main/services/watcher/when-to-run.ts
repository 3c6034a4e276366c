/**
 * When changes become a version: after a short quiet, or after the longest delay when it never gets quiet; more rarely when
 * there were many runs, or when runs take long. Pure; all times are of one clock that never goes backwards. However the
 * changes come, a run is asked for at most five minutes after the first of them, plus the rest after a run under way.
 */
import {
  ASK_AGAIN_MS,
  CAPPED_GAP_MS,
  FREE_RUNS_PER_HOUR,
  MAX_DELAY_MS,
  MAX_REST_MS,
  QUIET_MS,
  REST_FACTOR,
} from './watch-limits.ts';

const HOUR_MS = 3_600_000;

export interface ChangeFacts {
  /** Of the changes that no run has taken yet; undefined: there are none. */
  readonly changes: { readonly firstMs: number; readonly lastMs: number } | undefined;
  /** When runs began that took changes, oldest first. */
  readonly runStartsMs: readonly number[];
  readonly lastRun: { readonly endedMs: number; readonly tookMs: number } | undefined;
  readonly isRunning: boolean;
  /** When a run was last asked for; undefined once one has begun. */
  readonly askedMs: number | undefined;
}

export type RunMoment =
  | { readonly kind: 'never' }
  | { readonly kind: 'now' }
  | {
      readonly kind: 'later';
      readonly atMs: number;
      readonly why: 'settling' | 'resting' | 'rateCap' | 'asked';
    };

export function whenToRun(facts: ChangeFacts, nowMs: number): RunMoment {
  const { changes, runStartsMs, lastRun, isRunning, askedMs } = facts;
  if (changes === undefined || isRunning) return { kind: 'never' };
  if (askedMs !== undefined) {
    const atMs = askedMs + ASK_AGAIN_MS;
    return atMs <= nowMs ? { kind: 'now' } : { kind: 'later', atMs, why: 'asked' };
  }
  const settledMs = Math.min(changes.lastMs + QUIET_MS, changes.firstMs + MAX_DELAY_MS);
  const restedMs =
    lastRun === undefined ? -Infinity : lastRun.endedMs + Math.min(MAX_REST_MS, lastRun.tookMs * REST_FACTOR);
  const atMs = Math.max(settledMs, restedMs, uncappedMs(runStartsMs, nowMs));
  if (atMs <= nowMs) return { kind: 'now' };
  return {
    kind: 'later',
    atMs,
    why: atMs === settledMs ? 'settling' : atMs === restedMs ? 'resting' : 'rateCap',
  };
}

/** When the cap lets the next run begin. */
function uncappedMs(runStartsMs: readonly number[], nowMs: number): number {
  const recent = runStartsMs.filter((startMs) => nowMs - startMs < HOUR_MS);
  const last = recent.at(-1);
  return last === undefined || recent.length < FREE_RUNS_PER_HOUR ? -Infinity : last + CAPPED_GAP_MS;
}
