/** Gathers what health is judged from: versions of the state, runs, what waits, what verification has found. */
import type { DueAnswer } from '#services/scheduler/schedule-types.ts';
import type { CopyFacts, PlaceFacts } from '#services/health/health-types.ts';
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
  const { runs, memory, waiting } = sources;
  const safe = sources.newestVersions(place.id, plan.id);
  const ofPair = runs.ofPair(plan.id, place.id);
  const promise = promisedAgeMs(plan.schedule);
  const wait = waiting.find((run) => run.planId === plan.id && run.placeId === place.id)?.wait;
  const failure = failureOf(ofPair);
  const [newest] = safe;
  return {
    planId: plan.id,
    placeId: place.id,
    isOn: plan.isOn,
    ...(promise === undefined ? {} : { promisedAgeMs: promise }),
    sinceMs: Math.max(plan.createdAtMs, place.addedAtMs),
    isListed: sources.isListed(place.id) || safe.length > 0,
    confirmedAtMs: safe.map(({ timeMs }) => timeMs),
    filesLeftOut: leftOutOf(ofPair),
    isDamaged: newest !== undefined && memory.isDamaged(place.id, newest.snapshotId),
    ...(wait === undefined ? {} : { wait }),
    ...(failure === undefined ? {} : { failure }),
    isRunning: ofPair.some(({ endedAtMs, state }) => endedAtMs === null && state !== 'paused'),
  };
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
): PlaceFacts[] {
  return places.map(({ id, isRecoveryProven }) => {
    const untilMs = memory.keptUntilMs(id);
    return {
      placeId: id,
      isRecoveryProven,
      lacksKeys: lackingIn(id).length > 0,
      ...(untilMs === undefined ? {} : { keeps: { untilMs } }),
    };
  });
}
