/** What the jobs that ran say of the points: which backups came to nothing, which left files out. Pure. */
import type { Mirror } from '#contract/app/mirror-values.ts';

type Job = Mirror['jobs'][number];

/** When a backup of the series to the place failed or was cut off. One that the person stopped is no gap. */
export function failedRuns(jobs: readonly Job[], placeId: string, series: string): readonly number[] {
  return backupsOf(jobs, placeId, series).flatMap(({ state, startedAtMs, queuedAtMs }) =>
    state === 'failed' || state === 'interrupted' ? [startedAtMs ?? queuedAtMs] : [],
  );
}

/** Versions whose backup left files out. */
export function exceptPoints(jobs: readonly Job[], placeId: string, series: string): ReadonlySet<string> {
  const ids = backupsOf(jobs, placeId, series).flatMap(({ state, result }) => {
    if (state !== 'doneExcept' || typeof result !== 'object' || result === null) return [];
    const id = (result as { snapshotId?: unknown }).snapshotId;
    return typeof id === 'string' ? [id] : [];
  });
  return new Set(ids);
}

function backupsOf(jobs: readonly Job[], placeId: string, series: string): readonly Job[] {
  return jobs.filter((job) => job.kind === 'backup' && job.placeId === placeId && job.planId === series);
}
