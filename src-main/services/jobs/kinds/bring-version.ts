/**
 * Before a plan is backed up to a place that has nothing of it yet, or has been away for long: what a place on this computer
 * has already is brought over from there, so that the run which follows reads only what has changed since. A help and no more:
 * whatever fails, the run reads everything itself. Source: product notes, "several places".
 */
import { isTidemarkError } from '#base/errors.ts';
import { accessTo, isRemote } from '#services/places/place-access.ts';
import { toKnownVersion } from '#services/places/sync-versions.ts';
import type { JobRequest } from '#contract/app/job-values.ts';
import { getPlace, listPlaces, type Place } from '#services/state/places-table.ts';
import type { Plan } from '#services/state/plans-table.ts';
import type { StateReader } from '#services/state/state-database.ts';
import {
  hasVersionOf,
  listSafeVersions,
  putVersions,
  type SafeVersion,
} from '#services/state/versions-table.ts';
import type { JobRun } from '../job-work.ts';
import { engineOptions, type WorkParts } from './work-parts.ts';

const DAY_MS = 86_400_000;
/** What a run by itself reads in less than that is not worth going through a whole version. */
const BEHIND_MS = DAY_MS;
/** Of an older one too much may be gone from the sources. */
const OLDEST_MS = 7 * DAY_MS;

/** The first run of a plan to a place waits so long for one that may spare it the reading; a slow place holds up no other. */
const WAIT_MS = 3_600_000;

interface Found {
  readonly place: Place;
  readonly version: SafeVersion;
}

/** @returns whether something was brought @throws job.cancelled */
export async function bringVersion(
  { state, engine, clock }: WorkParts,
  plan: Plan,
  place: Place,
  run: JobRun,
): Promise<boolean> {
  const found = state.read((reader) => findToBring(reader, plan, place, clock.nowMs()));
  if (found === undefined) return false;
  try {
    const brought = await engine.calls.bring(
      { access: accessTo(place), from: accessTo(found.place), snapshotId: found.version.snapshotId },
      engineOptions(run),
    );
    if (brought === null) return false;
    const version = toKnownVersion(brought, place.id, plan.id, clock.nowMs(), true);
    await state.commitAnyway((writer) => putVersions(writer, [version]));
    return true;
  } catch (error) {
    if (!isTidemarkError(error) || error.code === 'job.cancelled' || error.code === 'internal.connectionLost')
      throw error;
    return false;
  }
}

/** Whether a first backup is better begun when the plan's backup to a place on this computer is done. */
export function isBetterBroughtLater(
  reader: StateReader,
  waiting: JobRequest,
  running: JobRequest,
  waitedMs: number,
): boolean {
  if (waiting.kind !== 'backup' || running.kind !== 'backup' || running.planId !== waiting.planId)
    return false;
  if (Math.abs(waitedMs) > WAIT_MS) return false;
  const lead = getPlace(reader, running.placeId);
  if (lead === undefined || isRemote(lead)) return false;
  return !hasVersionOf(reader, waiting.placeId, waiting.planId);
}

/** The newest complete version of the plan in another place on this computer, when it is worth it. */
function findToBring(reader: StateReader, plan: Plan, place: Place, nowMs: number): Found | undefined {
  const newestIn = (where: Place): SafeVersion | undefined =>
    listSafeVersions(reader, where.id, plan.id, 1)[0];
  const hasSinceMs = newestIn(place)?.timeMs ?? Number.NEGATIVE_INFINITY;
  return listPlaces(reader)
    .filter((other) => other.id !== place.id && plan.placeIds.includes(other.id) && !isRemote(other))
    .flatMap((other): Found[] => {
      const version = newestIn(other);
      return version === undefined ? [] : [{ place: other, version }];
    })
    .filter(({ version: { timeMs } }) => timeMs <= nowMs && nowMs - timeMs < OLDEST_MS)
    .filter(({ version: { timeMs } }) => timeMs - hasSinceMs > BEHIND_MS)
    .toSorted((a, b) => b.version.timeMs - a.version.timeMs)[0];
}
