/** How long putting back so much will take, as the last restores from the same place tell. Pure. */
import type { Mirror } from '#contract/app/mirror-values.ts';

type Job = Mirror['jobs'][number];

/** Places and networks change: what was long ago says little. */
const RESTORES_LOOKED_AT = 5;
/** Of less most of the time goes into looking, and says nothing about more. */
const TELLING_BYTES = 1_000_000;

/** @param jobs newest first; @returns undefined: nothing like it has been put back yet */
export function fetchMs(jobs: readonly Job[], placeId: string | null, bytes: number): number | undefined {
  const speeds = jobs
    .flatMap((job) => (job.placeId === placeId ? (speedOf(job) ?? []) : []))
    .slice(0, RESTORES_LOOKED_AT)
    .toSorted((a, b) => a - b);
  // The one in the middle: one that was let rest over night, or found all in memory, must not decide.
  const speed = speeds[speeds.length >> 1];
  return speed === undefined ? undefined : bytes / speed;
}

/** In bytes a millisecond. */
function speedOf({ kind, state, startedAtMs, endedAtMs, result }: Job): number | undefined {
  if (kind !== 'restore' || (state !== 'done' && state !== 'doneExcept')) return undefined;
  if (startedAtMs === null || endedAtMs === null || endedAtMs <= startedAtMs) return undefined;
  const bytes =
    typeof result === 'object' ? (result as { bytesRestored?: unknown } | null)?.bytesRestored : 0;
  return typeof bytes === 'number' && bytes >= TELLING_BYTES ? bytes / (endedAtMs - startedAtMs) : undefined;
}
