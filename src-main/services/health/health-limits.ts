/** The numbers of health in one place, with their reasons. */

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** Over the promised age, before it counts as late: a run takes its time, and one failure is no news. */
export const MIN_LATE_GRACE_MS = 30 * MINUTE_MS;
export const MAX_LATE_GRACE_MS = DAY_MS;

/** Over the promised age, before it counts as danger: a weekend does not, a forgotten week does. */
export const MIN_DANGER_GRACE_MS = 3 * DAY_MS;

/** No alarm in the first minutes after waking: networks and drives come late. Source: product notes, B2. */
export const WAKE_GRACE_MS = 30 * MINUTE_MS;

/** The catching up after weeks may take long; a run that is in hand keeps the alarm back, but not for ever. */
export const RUNNING_GRACE_MS = DAY_MS;

/** The core notes its heartbeat every minute; three times nothing and something is wrong. Source: F9. */
export const HEARTBEAT_LIMIT_MS = 3 * MINUTE_MS;

/** A notice that nobody acted on comes again after these, then always after the last. */
export const REMIND_AFTER_MS = {
  /** Once. */
  notice: [],
  alarm: [DAY_MS, DAY_MS, DAY_MS, 7 * DAY_MS],
  /** Source: product notes, section 3, "Until proof". */
  recoveryUnproven: [DAY_MS, DAY_MS, 7 * DAY_MS],
} as const;

/** After the proof: one, three and nine months. Source: product notes, section 3, "Keeping it alive". */
export const KIT_ASKED_AFTER_MS = [30 * DAY_MS, 91 * DAY_MS, 274 * DAY_MS] as const;
/** After those. */
export const KIT_ASKED_EVERY_MS = 365 * DAY_MS;

/** After the first version; who was away for the rest of the month is not asked any more. Source: "Second week". */
export const TRIAL_AFTER_MS = { from: 7 * DAY_MS, to: 30 * DAY_MS } as const;
export const ONE_PLACE_AFTER_MS = 30 * DAY_MS;

/** Over the promised age. */
export function lateGraceMs(promisedAgeMs: number): number {
  return Math.min(Math.max(promisedAgeMs / 2, MIN_LATE_GRACE_MS), MAX_LATE_GRACE_MS);
}

/** Over the promised age. */
export function dangerGraceMs(promisedAgeMs: number): number {
  return Math.max(promisedAgeMs * 2, MIN_DANGER_GRACE_MS);
}
