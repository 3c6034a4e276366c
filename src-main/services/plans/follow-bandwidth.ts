/**
 * A plan's limits by hour, obeyed while its backup runs: what holds now is told to the engine at once and again whenever the
 * hour, the clock or the zone says something else.
 */
import type { Clock } from '#base/clock.ts';
import { bandwidthAt } from '#services/scheduler/day-hours.ts';
import type { BandwidthHours } from '#services/scheduler/schedule-types.ts';

/** A clock that is set, or a person who travels, is noticed within it. */
const SLICE_MS = 15_000;

export interface BandwidthParts {
  readonly clock: Clock;
  zone(): string;
  /** Undefined: no limit. */
  limit(bytesPerSecond: number | undefined): Promise<void>;
}

/** Resolves when the limit of this moment holds. @returns what ends it and takes the limit back */
export async function followBandwidth(
  hours: readonly BandwidthHours[],
  parts: BandwidthParts,
): Promise<() => Promise<void>> {
  if (hours.length === 0) return () => Promise.resolve();
  const { clock } = parts;
  const over = new AbortController();
  const now = (): number | undefined =>
    bandwidthAt(hours, { nowMs: clock.nowMs(), zone: parts.zone() }).bytesPerSecond;
  let told = now();
  await parts.limit(told);
  const following = (async () => {
    for (;;) {
      await clock.sleep(SLICE_MS, over.signal);
      const limit = now();
      if (limit === told) continue;
      told = limit;
      await parts.limit(limit);
    }
  })().catch(() => undefined);
  return async () => {
    over.abort();
    await following;
    if (told !== undefined) await parts.limit(undefined).catch(() => undefined);
  };
}
