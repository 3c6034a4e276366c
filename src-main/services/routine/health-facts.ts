/** Gathers what health is judged from: versions of the state, runs, what waits, what verification has found. */
import type { DueAnswer } from '#services/scheduler/schedule-types.ts';
import type { CopyFacts, PlaceFacts } from '#services/health/health-types.ts';
import type { PlaceId, PlanId } from '#contract/app/values.ts';
import { promisedAgeMs } from '#services/scheduler/check-schedule.ts';
import type { Job } from '#services/state/jobs-table.ts';
import type { Place } from '#services/state/places-table.ts';
import type { Plan } from '#services/state/plans-table.ts';
import type { NewestVersions } from '#services/state/versions-table.ts';
import { numberOf, type JobMemory } from './job-memory.ts';
import type { RememberedRuns } from './remembered-runs.ts';

export interface CopySources {
  readonly newestVersions: NewestVersions;
  readonly plans: readonly Plan[];
  readonly places: readonly Place[];
  readonly runs: RememberedRuns;
  readonly memory: JobMemory;
  readonly waiting: DueAnswer['waiting'];
  isListed(placeId: string): boolean;
  /** Of a version that the place is known to hold. */
  planOf(placeId: PlaceId, snapshotId: string): PlanId | null | undefined;
}

export function gatherCopies(sources: CopySources): CopyFacts[] {
  const places = new Map(sources.places.map((place) => [place.id, place]));
  return sources.plans.flatMap((plan) =>
    plan.placeIds.flatMap((placeId) => {
      const place = places.get(placeId);
      return place === undefined ? [] : [gatherCopy(sources, plan, place)];
    }),
  );
}

function gatherCopy(sources: CopySources, plan: Plan, place: Place): CopyFacts {
  const { runs, waiting } = sources;
  const safe = sources.newestVersions(place.id, plan.id);
  const ofPair = runs.ofPair(plan.id, place.id);
  const promise = promisedAgeMs(plan.schedule);
  const wait = waiting.find((run) => run.planId === plan.id && run.placeId === place.id)?.wait;
  const failure = failureOf(ofPair);
  const damage = damageOf(sources, plan, place, safe);
  return {
    planId: plan.id,
    placeId: place.id,
    isOn: plan.isOn,
    ...(promise === undefined ? {} : { promisedAgeMs: promise }),
    sinceMs: Math.max(plan.createdAtMs, place.addedAtMs),
    isListed: sources.isListed(place.id) || safe.length > 0,
    confirmedAtMs: safe.map(({ timeMs }) => timeMs),
    filesLeftOut: leftOutOf(ofPair),
    ...(damage === undefined ? {} : { damage }),
    ...(wait === undefined ? {} : { wait }),
    ...(failure === undefined ? {} : { failure }),
    isRunning: ofPair.some(({ endedAtMs, state }) => endedAtMs === null && state !== 'paused'),
  };
}

function damageOf(
  { memory, planOf }: CopySources,
  plan: Plan,
  place: Place,
  [newest]: readonly { readonly snapshotId: string }[],
): CopyFacts['damage'] {
  const damaged = memory.damagedVersions(place.id);
  if (newest !== undefined && damaged.has(newest.snapshotId)) return 'newest';
  return [...damaged].some((id) => planOf(place.id, id) === plan.id) ? 'older' : undefined;
}

/** @param runs newest first */
function failureOf(runs: readonly Job[]): CopyFacts['failure'] {
  for (const { state, error, endedAtMs } of runs) {
    if (endedAtMs === null || state === 'cancelled' || state === 'interrupted') continue;
    if (state !== 'failed' || error === null) return undefined;
    return { code: error.code, needsPerson: error.retry !== 'later' };
  }
  return undefined;
}

function leftOutOf(runs: readonly Job[]): number {
  const last = runs.find(({ state }) => state === 'done' || state === 'doneExcept');
  return last === undefined ? 0 : numberOf(last, 'leftOut');
}

export function gatherPlaces(
  places: readonly Place[],
  memory: JobMemory,
  lackingIn: (placeId: string) => readonly unknown[],
  opensByPassphrase: (place: Place) => boolean,
): PlaceFacts[] {
  return places.map((place) => {
    const { id } = place;
    const untilMs = memory.keptUntilMs(id);
    return {
      placeId: id,
      isRecoveryProven: place.isRecoveryProven || opensByPassphrase(place),
      lacksKeys: lackingIn(id).length > 0,
      ...(untilMs === undefined ? {} : { keeps: { untilMs } }),
    };
  });
}
