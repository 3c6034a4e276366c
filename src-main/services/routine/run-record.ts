/** A job of the state as the scheduler’s rules want it. */
import type { Job } from '#services/state/jobs-table.ts';
import type { RunOutcome, RunRecord } from '#services/scheduler/schedule-types.ts';

/** One that waits has no start yet: it counts from when it was asked for. */
export function toRunRecord(job: Job): RunRecord | undefined {
  const { planId, placeId, startedAtMs, queuedAtMs, startOffsetSec, endedAtMs, error, isAhead } = job;
  if (planId === null || placeId === null) return undefined;
  return {
    planId,
    placeId,
    startedAtMs: startedAtMs ?? queuedAtMs,
    offsetSec: startOffsetSec ?? 0,
    ...(isAhead ? { isAhead } : {}),
    ...(endedAtMs === null
      ? {}
      : {
          end: {
            atMs: endedAtMs,
            outcome: outcomeOf(job),
            ...(error === null ? {} : { retry: error.retry, errorCode: error.code }),
          },
        }),
  };
}

function outcomeOf({ state }: Job): RunOutcome {
  switch (state) {
    case 'done':
    case 'doneExcept':
      return 'complete';
    case 'cancelled':
      return 'cancelled';
    case 'interrupted':
      return 'interrupted';
    case 'failed':
    case 'queued':
    case 'running':
    case 'paused':
      return 'failed';
  }
}
