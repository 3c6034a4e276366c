/**
 * When to try again: a run after failures, a place that cannot be seen. Nothing here gives up; the delays grow to a
 * limit and stay there. Pure arithmetic over moments.
 */
import {
  AHEAD_TOLERANCE_MS,
  PATIENT_RETRY_DELAYS_MS,
  PROBE_AFTER_MS,
  PROBE_EVERY_MS,
  RETRY_DELAYS_MS,
} from './schedule-limits.ts';
import type { PlaceState, RunEnd, RunRecord } from './schedule-types.ts';

/**
 * Earliest start after failures; undefined: at once.
 * @param failed the believed tries since the last complete version that ended as `failed` or `interrupted`, in order
 */
export function nextTryMs(
  failed: readonly RunRecord[],
  place: PlaceState | undefined,
  nowMs: number,
): number | undefined {
  const end = failed.at(-1)?.end;
  if (end === undefined || end.atMs > nowMs + AHEAD_TOLERANCE_MS) return undefined;
  const isPatient = end.retry === 'afterUser' || end.retry === 'never';
  if (!isPatient && hasReturnedSince(place, end, nowMs)) return undefined;
  // The first time that a run was cut off says nothing against the next one.
  const row = failed.length - (end.outcome === 'interrupted' ? 2 : 1);
  if (row < 0) return undefined;
  const delays = isPatient ? PATIENT_RETRY_DELAYS_MS : RETRY_DELAYS_MS;
  const tryMs = end.atMs + delays[Math.min(row, delays.length - 1)]!;
  return tryMs > nowMs ? tryMs : undefined;
}

/** A drive or network that came back after the failure deserves a try of its own. */
function hasReturnedSince(place: PlaceState | undefined, end: RunEnd, nowMs: number): boolean {
  return place?.presence === 'present' && place.sinceMs > end.atMs && place.sinceMs <= nowMs;
}

/** When a place that is not present is to be looked for; now or earlier: at once. */
export function nextProbeMs(place: PlaceState, nowMs: number): number {
  const { sinceMs, probedAtMs } = place;
  if (probedAtMs === undefined || sinceMs > nowMs || probedAtMs > nowMs) return nowMs;
  const early = PROBE_AFTER_MS.find((afterMs) => sinceMs + afterMs > probedAtMs);
  if (early !== undefined) return sinceMs + early;
  const lastEarlyMs = sinceMs + PROBE_AFTER_MS.at(-1)!;
  return lastEarlyMs + (Math.floor((probedAtMs - lastEarlyMs) / PROBE_EVERY_MS) + 1) * PROBE_EVERY_MS;
}
