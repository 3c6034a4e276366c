/**
 * What the scheduler and health say to window, tray and command line: codes and facts only. The sentences are in
 * `protection-texts.ts`. Codes are API: scripts and tests branch on them.
 */
import type { ErrorCode } from '#base/errors.ts';

/** Why a run that is due does not start now. */
export type WaitReason =
  /** The person paused everything, or this plan. */
  | 'paused'
  | 'quietHours'
  | 'onBattery'
  | 'lowBattery'
  | 'meteredNetwork'
  /** Nobody has said whether this network costs money: ask once. */
  | 'unknownNetwork'
  | 'offline'
  | 'placeAway'
  /** The place has not been looked at since the machine woke. */
  | 'placeUnseen'
  /** After failures; the next try has a time. */
  | 'backOff';

/** From best to worst in this order, so that the worst of several can be told. */
export const PROTECTION_STATES = ['protected', 'protectedExcept', 'cannotTell', 'late', 'inDanger'] as const;
export type ProtectionState = (typeof PROTECTION_STATES)[number];

/** What keeps a copy, a plan or the whole from being simply protected. */
export type ProblemCode =
  /** A wait that has lasted so long that the newest version is too old. */
  | WaitReason
  /** Runs fail; `errorCode` says by what. */
  | 'failing'
  /** Too old, and nothing known speaks against a run: it has just become possible, or runs now. */
  | 'catchingUp'
  | 'neverSaved'
  | 'switchedOff'
  | 'filesLeftOut'
  | 'recoveryUnproven'
  /** The place cannot be opened: a small file of it is missing or damaged, of which there is a copy. */
  | 'keysLost'
  | 'damaged'
  /** What was to be removed there stays, as the place is set up; `untilMs` where it has a day. No fault. */
  | 'placeKeeps'
  | 'neverListed'
  | 'clockDoubtful'
  /** The profile's own folder takes nothing: what is decided and noted now may be forgotten. */
  | 'notNoted'
  | 'notRunning'
  | 'noPlans'
  | ReminderCode;

/** Nothing is wrong: what a person is asked or told once in a while. */
export type ReminderCode =
  /** Whether the recovery kits of these places are still at hand. */
  | 'kitToFind'
  /** Nothing has been got back yet: try it once. */
  | 'tryRestore'
  | 'onePlace';

/** How loudly a problem is told: in the list only, as one notice, as an alarm. */
export type NoticeLevel = 'quiet' | 'notice' | 'alarm';

/** One problem however many plans and places it touches. */
export interface Problem {
  /** The same for the same problem from one look to the next. */
  readonly key: string;
  readonly code: ProblemCode;
  readonly level: NoticeLevel;
  /** The worst state among the copies that it touches. */
  readonly state: ProtectionState;
  /** Sorted; empty: it touches everything. */
  readonly planIds: readonly string[];
  readonly placeIds: readonly string[];
  /** Only with `failing`. */
  readonly errorCode?: ErrorCode;
  /** Of the newest version it touches that is the oldest; absent where there is none or nobody knows. */
  readonly newestAtMs?: number;
  /** Only with `filesLeftOut`. */
  readonly fileCount?: number;
  /** Only with `placeKeeps`. */
  readonly untilMs?: number;
  /** Only with `tryRestore`. */
  readonly versionCount?: number;
}
