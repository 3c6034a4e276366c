/**
 * What the scheduler's rules are asked with and answer. Owns no data: plans, history and the machine's state are kept
 * by others and handed in at every look, so that a decision depends on nothing but its arguments. All moments are
 * milliseconds since 1970 by the wall clock; nobody here believes one that lies ahead of now.
 */
import type { ErrorCode, RetryAdvice } from '#base/errors.ts';
import type { WaitReason } from '#contract/protection-codes.ts';

/** Monday is 1, Sunday 7, as in ISO 8601. */
export type Weekday = 1 | 2 | 3 | 4 | 5 | 6 | 7;

/** A time by the clock on the wall, wherever the machine is then. Absent or empty weekdays: every day. */
export interface FixedTime {
  /** Minutes since midnight, 0 to 1439. */
  readonly minuteOfDay: number;
  readonly weekdays?: readonly Weekday[];
}

/** Hours of the day by the clock on the wall; past midnight when `toMinute` is not after `fromMinute`. */
export interface DayHours {
  /** First minute within, since midnight. */
  readonly fromMinute: number;
  /** First minute outside, since midnight. */
  readonly toMinute: number;
  /** Days on which they begin. Absent or empty: every day. */
  readonly weekdays?: readonly Weekday[];
}

export interface BandwidthHours extends DayHours {
  /** More than 0; to stop altogether are quiet hours. */
  readonly bytesPerSecond: number;
  /** Of what goes to the place (absent: this), or of what comes from it. */
  readonly direction?: 'up' | 'down';
}

export interface Schedule {
  /** "Never older than": a new version begins when the newest one has this age. At least MIN_MAX_AGE_MS. */
  readonly maxAgeMs?: number;
  readonly fixedTimes: readonly FixedTime[];
}

export interface RunConditions {
  readonly mainsOnly: boolean;
  /** Concerns places behind the network only. */
  readonly avoidMetered: boolean;
  readonly quietHours: readonly DayHours[];
  readonly bandwidth: readonly BandwidthHours[];
}

/** Both moments, so that a clock that was set back ends a pause instead of making it last for years. */
export interface Pause {
  readonly sinceMs: number;
  readonly untilMs: number;
}

/** What scheduling needs of a plan. */
export interface ScheduledPlan {
  readonly id: string;
  /** Switched off by the person: never due. */
  readonly isOn: boolean;
  readonly placeIds: readonly string[];
  readonly schedule: Schedule;
  readonly conditions: RunConditions;
  readonly pause?: Pause;
}

export type RunOutcome =
  /** A complete version is confirmed in the place, with or without files that were left out. */
  | 'complete'
  /** Ended by an error, or a version without all that could be read (a full disk). */
  | 'failed'
  /** Killed, cut off by the machine's end, lock lost: nobody's decision. */
  | 'interrupted'
  /** The person stopped it. */
  | 'cancelled';

export interface RunEnd {
  readonly atMs: number;
  readonly outcome: RunOutcome;
  /** Of the error, where there was one. */
  readonly retry?: RetryAdvice;
  readonly errorCode?: ErrorCode;
}

/** One run of one plan to one place, started by whomever. */
export interface RunRecord {
  readonly planId: string;
  readonly placeId: string;
  readonly startedAtMs: number;
  /** East of UTC, what the clocks on the wall showed when it started: tells which local day it belongs to. */
  readonly offsetSec: number;
  /** Absent while it waits in the queue or runs. */
  readonly end?: RunEnd;
  /** An earlier look named it in `DueAnswer.ahead`: a wrong clock made it, whatever time it is now. */
  readonly isAhead?: boolean;
}

export interface PlaceState {
  readonly id: string;
  /** Behind the network. */
  readonly isRemote: boolean;
  readonly presence: 'present' | 'absent' | 'unknown';
  /** Since when it is present, or since when it is not (waking makes it unknown and counts anew). */
  readonly sinceMs: number;
  /** Of the last try to reach it while it was not present. */
  readonly probedAtMs?: number;
}

export interface MachineState {
  /** `unknown`: no battery, or a system that does not say. */
  readonly power: 'mains' | 'battery' | 'unknown';
  readonly isBatteryLow: boolean;
  /** `unasked`: a network that the person has not judged and the system does not know. */
  readonly network: 'none' | 'metered' | 'unmetered' | 'unasked';
  readonly pause?: Pause;
}

/** The moment of a look. */
export interface Moment {
  readonly nowMs: number;
  /** IANA name of the zone that the machine is in now; one that the system does not know counts as UTC. */
  readonly zone: string;
}

export interface ScheduleFacts {
  readonly plans: readonly ScheduledPlan[];
  /** One that a plan names and that is not among them counts as present. */
  readonly places: readonly PlaceState[];
  /**
   * In the order in which the runs were started, not by their times: clocks lie, the order of a log does not. Of each
   * plan and place at least the newest hundred, and the last complete one with all after it. A run whose version is
   * gone from its place is left out. After a crash the caller ends what was in hand as `interrupted`.
   */
  readonly history: readonly RunRecord[];
  readonly machine: MachineState;
}

export type DueReason = 'first' | 'tooOld' | 'fixedTime';

export interface DueRun {
  readonly planId: string;
  readonly placeId: string;
  readonly reason: DueReason;
  /** When it fell due; the earliest of several missed moments. For a first run: now. */
  readonly dueAtMs: number;
  /** Its time passed while nothing could run: this one run stands for all that were missed. */
  readonly isMissed: boolean;
  /** Tries that failed since the last complete version. */
  readonly failedTries: number;
}

export interface WaitingRun extends DueRun {
  readonly wait: WaitReason;
  /** When it may start, as far as the clock decides that. */
  readonly untilMs?: number;
}

/** Not due yet. */
export interface UpcomingRun {
  readonly planId: string;
  readonly placeId: string;
  readonly atMs: number;
}

export interface DueAnswer {
  readonly due: readonly DueRun[];
  readonly waiting: readonly WaitingRun[];
  /** The next run by schedule of each plan and place that has none due. */
  readonly upcoming: readonly UpcomingRun[];
  /** Places to be looked for now: runs wait for them. */
  readonly probe: readonly string[];
  /**
   * Runs that lie ahead of now. The caller notes it with them (`RunRecord.isAhead`) before the next look, or they would
   * be believed once their time comes.
   */
  readonly ahead: readonly RunRecord[];
  /** Later than now, at most MAX_LOOK_MS. Until then only events can change the answer. */
  readonly nextLookMs: number;
}
