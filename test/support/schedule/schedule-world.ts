/**
 * A machine's life for the scheduler, written down beforehand: when it sleeps or is off, what its clock and zone say,
 * which places are there, when writing to one fails. True time runs evenly and is known to tests only; what the
 * product is told is the clock on the wall. All moments lie on whole minutes.
 */
import type { FixedTime, RunConditions, ScheduledPlan } from '#services/scheduler/schedule-types.ts';

export const MINUTE_MS = 60_000;
export const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;

/** In true time; the end lies outside. */
export interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

export interface WorldPlace {
  readonly id: string;
  readonly absent: readonly Span[];
  /** Every run that ends within fails. */
  readonly failing: readonly Span[];
}

export interface ScheduleWorld {
  readonly startMs: number;
  readonly endMs: number;
  readonly plans: readonly ScheduledPlan[];
  readonly places: readonly WorldPlace[];
  /** Timers and runs stand still; a run goes on afterwards. */
  readonly asleep: readonly Span[];
  /** A run is cut off. */
  readonly off: readonly Span[];
  readonly onBattery: readonly Span[];
  /** The wall clock is wrong by this much. */
  readonly clockErrors: readonly (Span & { readonly byMs: number })[];
  /** In order; the first one begins at the start. */
  readonly zones: readonly { readonly fromMs: number; readonly zone: string }[];
  /** That a run takes awake. */
  readonly runMinutes: number;
  /** Runs to the same place go one after the other, as the queue lets them. */
  readonly oneWriterPerPlace?: boolean;
}

/** What happened in a world. */
export interface WorldRun {
  readonly planId: string;
  readonly placeId: string;
  /** True time. */
  readonly startMs: number;
  readonly isMissed: boolean;
}

export const NO_CONDITIONS: RunConditions = {
  mainsOnly: false,
  avoidMetered: false,
  quietHours: [],
  bandwidth: [],
};

export function scheduledPlan(
  id: string,
  placeIds: readonly string[],
  schedule: { maxAgeMs?: number; fixedTimes?: readonly FixedTime[] },
  conditions: Partial<RunConditions> = {},
): ScheduledPlan {
  return {
    id,
    isOn: true,
    placeIds,
    schedule: { fixedTimes: [], ...schedule },
    conditions: { ...NO_CONDITIONS, ...conditions },
  };
}

/** The moments at which a real system would tell, or the wall clock would be seen to jump. */
export function eventsOf(world: ScheduleWorld): number[] {
  const spans = [
    ...world.asleep,
    ...world.off,
    ...world.onBattery,
    ...world.clockErrors,
    ...world.places.flatMap(({ absent }) => absent),
  ];
  const moments = [
    ...spans.flatMap(({ fromMs, toMs }) => [fromMs, toMs]),
    ...world.zones.map(({ fromMs }) => fromMs),
  ];
  return [...new Set(moments)].sort((a, b) => a - b);
}

export function isInside(spans: readonly Span[], atMs: number): boolean {
  return spans.some((span) => span.fromMs <= atMs && atMs < span.toMs);
}

export function isAwake(world: ScheduleWorld, atMs: number): boolean {
  return !isInside(world.asleep, atMs) && !isInside(world.off, atMs);
}

/** What the clock on the wall says, as milliseconds since 1970. */
export function wallClockAt(world: ScheduleWorld, atMs: number): number {
  return atMs + (world.clockErrors.find((span) => isInside([span], atMs))?.byMs ?? 0);
}

export function zoneAt(world: ScheduleWorld, atMs: number): string {
  return world.zones.findLast(({ fromMs }) => fromMs <= atMs)!.zone;
}
