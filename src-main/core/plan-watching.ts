/**
 * Connects the watcher with what it serves: plans come in, runs are asked for, backups take hints and hand them back.
 * Decides when hints may be followed; the watching itself is the watcher's.
 */
import type { Clock } from '#base/clock.ts';
import type { MirrorParts } from '#contract/app/mirror-values.ts';
import { planId, type PlanId } from '#contract/app/values.ts';
import type { HintSource } from '#services/jobs/kinds/work-parts.ts';
import { excludePatternsOf } from '#services/plans/exclusion-presets.ts';
import type { Plan } from '#services/state/plans-table.ts';
import type { FolderWatching } from '#services/watcher/folder-watching.ts';
import { needsFullWalk } from '#services/watcher/full-walk.ts';
import { Watcher, type PlanWatchStatus } from '#services/watcher/watcher.ts';

export interface PlanWatchingParts {
  readonly clock: Clock;
  /** Ends with `stop`. Absent where nobody stays to watch. */
  readonly watching: (FolderWatching & { stop(): Promise<void> }) | undefined;
  /** When the last complete run that looked at everything began; undefined: never. */
  lastFullWalkMs(planId: string, placeId: string): number | undefined;
  onWanted(planId: PlanId): void;
  onStatus(): void;
}

export class PlanWatching implements HintSource {
  readonly #parts: PlanWatchingParts;
  readonly #watcher: Watcher | undefined;
  #plans: readonly Plan[] = [];

  constructor(parts: PlanWatchingParts) {
    this.#parts = parts;
    this.#watcher =
      parts.watching &&
      new Watcher(parts.watching, parts.clock, {
        onWanted: (id) => parts.onWanted(planId.parse(id)),
        onStatus: () => parts.onStatus(),
      });
  }

  /** All plans there are now; the first call begins to watch. */
  update(plans: readonly Plan[]): void {
    this.#plans = plans;
    this.#watcher?.start(plans.filter(({ isOn }) => isOn).map(toWatched));
    this.#watcher?.updatePlans(plans.filter(({ isOn }) => isOn).map(toWatched));
  }

  woke(): void {
    this.#watcher?.doubt('woke');
  }

  take(plan: string, placeId: string): ReturnType<HintSource['take']> {
    const watcher = this.#watcher;
    if (watcher === undefined)
      return { hints: undefined, confirm: () => undefined, giveBack: () => undefined };
    const { clock, lastFullWalkMs } = this.#parts;
    const taken = watcher.takeHints(plan, placeId);
    const { paths, wholeFolders, since } = taken;
    const mustWalk = needsFullWalk(taken.doubts, lastFullWalkMs(plan, placeId), clock.nowMs()) !== undefined;
    return {
      hints: mustWalk || since === undefined ? undefined : { paths, wholeFolders, since },
      confirm: (snapshotId, unread) => watcher.confirm(taken, { snapshotId, unread }),
      giveBack: () => watcher.giveBack(taken),
    };
  }

  statuses(): MirrorParts['watch'] {
    return this.#plans.map(({ id }) => toStatus(id, this.#watcher?.statusOf(id)));
  }

  async close(): Promise<void> {
    await this.#watcher?.stop();
    await this.#parts.watching?.stop();
  }
}

function toWatched(plan: Plan): Parameters<Watcher['updatePlans']>[0][number] {
  return {
    id: plan.id,
    folders: plan.folders,
    exclude: { patterns: excludePatternsOf(plan) },
    placeIds: plan.placeIds,
    isWatching: plan.schedule.isWatching,
  };
}

function toStatus(id: PlanId, status: PlanWatchStatus | undefined): MirrorParts['watch'][number] {
  if (status === undefined) return { planId: id, kind: 'off', reason: null };
  const reason = status.unwatched[0]?.reason ?? null;
  return { planId: id, kind: status.kind === 'partly' ? 'walking' : status.kind, reason };
}
