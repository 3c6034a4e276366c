/**
 * Limits by hour, obeyed while something is done at a place: what holds now is told to the engine at once and again whenever the
 * hour, the clock, the zone or the limits themselves say something else.
 */
import type { Clock } from '#base/clock.ts';
import { bandwidthAt } from '#services/scheduler/day-hours.ts';
import type { BandwidthHours } from '#services/scheduler/schedule-types.ts';

/** A clock that is set, a person who travels, and a plan that is changed are noticed within it. */
const SLICE_MS = 15_000;

/** Bytes a second to the place and from it; undefined: no limit. */
export interface Pace {
  readonly up: number | undefined;
  readonly down: number | undefined;
}

const NO_LIMIT: Pace = { up: undefined, down: undefined };

export interface BandwidthParts {
  readonly clock: Clock;
  zone(): string;
  /** As they are now. */
  hours(): readonly BandwidthHours[];
  limit(pace: Pace): Promise<void>;
}

/** Resolves when the limits of this moment hold. @returns what ends it and takes the limits back */
export async function followBandwidth(parts: BandwidthParts): Promise<() => Promise<void>> {
  const { clock } = parts;
  const over = new AbortController();
  let told = NO_LIMIT;
  const tell = async (): Promise<void> => {
    const { up, down } = bandwidthAt(parts.hours(), { nowMs: clock.nowMs(), zone: parts.zone() });
    if (up === told.up && down === told.down) return;
    told = { up, down };
    await parts.limit(told);
  };
  await tell();
  const following = (async () => {
    for (;;) {
      await clock.sleep(SLICE_MS, over.signal);
      await tell();
    }
  })().catch(() => undefined);
  return async () => {
    over.abort();
    await following;
    if (told !== NO_LIMIT) await parts.limit(NO_LIMIT).catch(() => undefined);
  };
}
