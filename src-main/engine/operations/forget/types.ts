/** What goes into a forget and what comes out. */
import type { TidemarkError } from '#base/errors.ts';
import type { SnapshotId } from '#base/ids.ts';
import type { SnapshotFilter, StoredSnapshot } from '#repository/snapshot-store.ts';
import type { BrakeLimits, SpareReason } from '#rules/retention-brake.ts';
import type { RetentionPolicy } from '#rules/retention-policy.ts';
import type { KeepReason } from '#rules/retention.ts';
import type { GroupField, GroupKey } from '#rules/snapshot-groups.ts';

export interface ForgetRequest {
  /** Ids, beginnings of them, or `latest`: these go, and neither policy nor filter is looked at. */
  readonly ids: readonly string[];
  /** Only these are considered; the others stay. */
  readonly filter: SnapshotFilter;
  readonly policy: RetentionPolicy;
  readonly groupBy: readonly GroupField[];
  /** With an empty policy and a filter: everything that the filter lets through goes. */
  readonly allowRemoveAll: boolean;
  /** Nobody watches: the brake is on. */
  readonly unattended?: UnattendedTerms;
  /** Of a plan that a person has seen: nothing else goes, whatever has come since. */
  readonly atMost?: ReadonlySet<SnapshotId>;
}

/** What the caller knows beyond the repository; whatever is absent is taken as harmless. */
export interface UnattendedTerms {
  readonly limits?: BrakeLimits;
  /** The latest moment, in milliseconds since 1970, at which the clock was known to be right. */
  readonly lastSeenMs?: number;
  /** Finished, and one of the caller's own. */
  readonly isComplete?: (stored: StoredSnapshot) => boolean;
  readonly isClean?: (stored: StoredSnapshot) => boolean;
  /** Its time contradicts the order in which the caller saw snapshots come. */
  readonly isDoubtful?: (stored: StoredSnapshot) => boolean;
  /** Keys as `seriesKey` makes them: their source looks wrong, or nobody has said yet whose they are. */
  readonly seriesOnHold?: ReadonlySet<string>;
}

export interface ForgetGroup {
  readonly key: GroupKey;
  /** All three newest first; every snapshot of the group is in one of them. */
  readonly keep: readonly KeptSnapshot[];
  readonly spared: readonly SparedSnapshot[];
  readonly remove: readonly StoredSnapshot[];
}

export interface KeptSnapshot {
  readonly stored: StoredSnapshot;
  /** At least one. */
  readonly reasons: readonly KeepReason[];
}

/** Not kept by the policy, but not removed either: a person or the brake holds it, or the plan that was seen does not name it. */
export interface SparedSnapshot {
  readonly stored: StoredSnapshot;
  readonly reason: SpareReason | 'keptForEver' | 'notInPlan';
}

export interface ForgetPlan {
  /** Empty when ids were given. */
  readonly groups: readonly ForgetGroup[];
  /** Oldest first, each once. */
  readonly remove: readonly StoredSnapshot[];
  /** Files that could not be read: they stay and are not counted. Empty when ids were given. */
  readonly damaged: readonly TidemarkError<'integrity.fileCorrupt'>[];
}

export interface ForgetResult {
  readonly plan: ForgetPlan;
  readonly removed: readonly StoredSnapshot[];
  readonly refused: readonly RefusedRemoval[];
  /** Those that the place keeps because it lets nothing go; that is as it is meant to be. */
  readonly held: readonly StoredSnapshot[];
  /** Until when the place keeps what is held, or what the removed files hold; undefined where there is no such day. */
  readonly keptUntilMs: number | undefined;
}

/** The place did not let it go; everything else went on. */
export interface RefusedRemoval {
  readonly stored: StoredSnapshot;
  readonly error: TidemarkError;
}

/** Who watches hears of each removal at once, and so knows what is done when a run ends early. */
export interface ForgetObserver {
  /** Before anything is removed. */
  readonly onPlan?: (plan: ForgetPlan) => void;
  readonly onRemoved?: (stored: StoredSnapshot, done: number, total: number) => void;
  readonly onRefused?: (refusal: RefusedRemoval) => void;
}
