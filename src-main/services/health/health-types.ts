/**
 * What health is judged from and what comes out. Facts are handed in at every look; nothing is kept here. All moments
 * are milliseconds since 1970 by the wall clock.
 */
import type { ErrorCode } from '#base/errors.ts';
import type { Problem, ProtectionState, WaitReason } from '#contract/protection-codes.ts';
import type { ClockDoubt } from '#rules/clock-doubt.ts';

/** What is known of one plan's versions in one place. */
export interface CopyFacts {
  readonly planId: string;
  readonly placeId: string;
  /** False: switched off by the person. */
  readonly isOn: boolean;
  /** How old the newest version may get by schedule (`promisedAgeMs`); absent: by hand only, no age is wrong. */
  readonly promisedAgeMs?: number;
  /** When this plan began to use this place. */
  readonly sinceMs: number;
  /** False: what the place holds has not been listed by this profile yet. */
  readonly isListed: boolean;
  /** Times of the complete versions that the place has confirmed, in any order; the newest few are enough. */
  readonly confirmedAtMs: readonly number[];
  /** Files that had trouble in the newest of them and have not been accepted by the person. */
  readonly filesLeftOut: number;
  /** A verification found that data is lost or damaged there, and it is not mended: of the newest version, or of older ones only. */
  readonly damage?: 'newest' | 'older';
  /** Why a run that is due does not start (`DueAnswer.waiting`). */
  readonly wait?: WaitReason;
  /** What the last run failed with, if it failed and none was complete since. */
  readonly failure?: {
    readonly code: ErrorCode;
    /** Trying again alone does not help: a password, rights, a source that is gone. */
    readonly needsPerson: boolean;
  };
  /** A run is in hand. */
  readonly isRunning: boolean;
}

export interface PlaceFacts {
  readonly placeId: string;
  /** The person has shown that the place opens without this computer. Source: product notes, section 3, "Proof". */
  readonly isRecoveryProven: boolean;
  /** Its config or all of its keys are missing or damaged, and there is a copy. */
  readonly lacksKeys?: boolean;
  /** The last clean-up there found that it keeps what is removed; `untilMs`: null where it names no day. */
  readonly keeps?: { readonly untilMs: number | null };
}

export interface HealthFacts {
  readonly copies: readonly CopyFacts[];
  readonly places: readonly PlaceFacts[];
  readonly nowMs: number;
  /** Since the machine was started or woke, by a clock that cannot jump. */
  readonly awakeForMs: number;
  /** What `doubtClock` says. */
  readonly clockDoubt?: ClockDoubt;
  /** The profile's own folder is full, or cannot be written to. */
  readonly isUnsaved?: boolean;
  /**
   * Sign of life of the core, as an outside watchdog reads it from the heartbeat file; absent: asked from within, where
   * the answer itself is the sign.
   */
  readonly heartbeatAtMs?: number;
}

export interface CopyHealth {
  readonly planId: string;
  readonly placeId: string;
  readonly state: ProtectionState;
  /** Absent: there is none, or nobody knows. */
  readonly newestAtMs?: number;
}

export interface Health {
  /** The worst of the plans. */
  readonly state: ProtectionState;
  /** A plan with one good copy is at most late, whatever its other copies are. */
  readonly plans: readonly { readonly planId: string; readonly state: ProtectionState }[];
  readonly copies: readonly CopyHealth[];
  /** Worst first, one per cause. */
  readonly problems: readonly Problem[];
}
