/**
 * What is made up for when a place is back, though nothing is due by schedule: runs that it took along when it went, and the
 * watcher's wishes while it was away. Owns that memory and decides; adds no job. Source: product notes, section 5, C1.
 */
import type { ErrorCode } from '#base/errors.ts';
import type { PlaceId, PlanId } from '#contract/app/values.ts';
import type { Starter } from '#contract/app/job-values.ts';
import type { Job } from '#services/state/jobs-table.ts';
import type { Plan } from '#services/state/plans-table.ts';
import { saysAway } from './place-presence.ts';

interface MissedRun {
  readonly planId: PlanId;
  readonly placeId: PlaceId;
  readonly startedBy: Starter;
}

export interface MissedSources {
  readonly plans: readonly Plan[];
  /** The newest run of a plan to a place. */
  lastRun(planId: PlanId, placeId: PlaceId): Job | undefined;
  /** Whether anything speaks against a run now; then it is asked again at the next look. */
  isHeld(plan: Plan, placeId: PlaceId): boolean;
}

export class ReturnedPlaces {
  readonly #returned = new Set<PlaceId>();
  readonly #wishes = new Set<string>();

  returned(placeId: PlaceId): void {
    this.#returned.add(placeId);
  }

  /** The watcher wanted a run, and the place was away. */
  wish(planId: PlanId, placeId: PlaceId): void {
    this.#wishes.add(keyOf(planId, placeId));
  }

  /** Each missed run once. */
  take(sources: MissedSources): MissedRun[] {
    const returned = [...this.#returned];
    this.#returned.clear();
    return returned.flatMap((placeId) =>
      sources.plans
        .filter(({ isOn, placeIds }) => isOn && placeIds.includes(placeId))
        .flatMap((plan) => this.#missed(plan, placeId, sources)),
    );
  }

  #missed(plan: Plan, placeId: PlaceId, { lastRun, isHeld }: MissedSources): MissedRun[] {
    const key = keyOf(plan.id, placeId);
    const wasTakenAlong = failedForAbsence(lastRun(plan.id, placeId));
    if (!wasTakenAlong && !this.#wishes.has(key)) return [];
    if (isHeld(plan, placeId)) {
      this.#returned.add(placeId);
      return [];
    }
    this.#wishes.delete(key);
    return [{ planId: plan.id, placeId, startedBy: wasTakenAlong ? 'retry' : 'watcher' }];
  }
}

function keyOf(planId: PlanId, placeId: PlaceId): string {
  return JSON.stringify([planId, placeId]);
}

function failedForAbsence(job: Job | undefined): boolean {
  return job?.state === 'failed' && job.error !== null && saysAway(job.error.code as ErrorCode);
}
