/** The calls that remove snapshots: those that can be read, and files of those that nobody can read any more. */
import type { SpareReason } from '#rules/retention-brake.ts';
import type { RetentionPolicy } from '#rules/retention-policy.ts';
import type { KeepReason } from '#rules/retention.ts';
import type { GroupField, GroupKey } from '#rules/snapshot-groups.ts';
import type { CallContext, ListedSnapshot, RepositoryAccess, SnapshotFilter } from './access.ts';

export interface ForgetInput {
  /** Ids, beginnings of them, or `latest`: these go. None: the policy decides. */
  readonly ids: readonly string[];
  readonly filter: SnapshotFilter;
  readonly policy: RetentionPolicy;
  readonly groupBy: readonly GroupField[];
  readonly allowRemoveAll: boolean;
  /** Nobody watches: removes little at a time, and nothing while the clock is in doubt. */
  readonly unattended: boolean;
  readonly dryRun: boolean;
}

export interface ForgetGroup {
  readonly key: GroupKey;
  /** All newest first. */
  readonly keep: readonly { readonly listed: ListedSnapshot; readonly reasons: readonly KeepReason[] }[];
  /** Not kept by the policy, and yet not removed now. */
  readonly spared: readonly {
    readonly listed: ListedSnapshot;
    readonly reason: SpareReason | 'keptForEver';
  }[];
  readonly remove: readonly ListedSnapshot[];
}

export interface ForgetPlan {
  /** Empty when ids were given. */
  readonly groups: readonly ForgetGroup[];
  readonly remove: readonly ListedSnapshot[];
}

export interface ForgetHandlers {
  /** Before anything is removed; in a dry run this is all that happens. */
  onPlan(plan: ForgetPlan): void;
  onRemoved(listed: ListedSnapshot, done: number, total: number): void;
  /** The place did not let it go; `reason` is for people. */
  onRefused(listed: ListedSnapshot, reason: string): void;
  /** A snapshot file that cannot be read, which stays; `reason` is for people. */
  onDamaged(id: string, reason: string): void;
}

export interface ForgetResult {
  readonly removed: number;
  readonly refused: number;
  /** They stay because the place lets nothing go, as it is meant to. */
  readonly held: number;
  /** Until when the place keeps those, or what the removed ones were; null: no such day. */
  readonly keptUntilMs: number | null;
}

export interface ForgetDamagedResult {
  /** What was taken away, or would be; `reason` is for people. */
  readonly damaged: readonly { readonly id: string; readonly reason: string }[];
  /** Where the copies of the damaged files lie. */
  readonly copiesIn: string;
}

export interface ForgetCalls {
  forget(
    access: RepositoryAccess,
    input: ForgetInput,
    handlers: ForgetHandlers,
    context: CallContext,
  ): Promise<ForgetResult>;
  /** A copy of each file is kept in the current folder before it goes. */
  forgetDamaged(
    access: RepositoryAccess,
    input: { readonly ids: readonly string[]; readonly dryRun: boolean },
    context: CallContext,
  ): Promise<ForgetDamagedResult>;
}
