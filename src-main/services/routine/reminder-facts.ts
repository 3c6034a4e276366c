/** Gathers what reminders are made from: when kits were last at hand, since when anything is protected, what was got back. */
import type { Health } from '#services/health/health-types.ts';
import type { ReminderFacts } from '#services/health/remind.ts';
import { knownKit } from './known-kits.ts';
import type { Place } from '#services/state/places-table.ts';
import type { Plan } from '#services/state/plans-table.ts';
import { getSetting } from '#services/state/settings-table.ts';
import type { StateFile } from '#services/state/state-file.ts';
import { countSafeVersions } from '#services/state/versions-table.ts';
import type { JobMemory } from './job-memory.ts';

export function gatherReminders(
  {
    state,
    plans,
    places,
    memory,
    health,
  }: {
    readonly state: StateFile;
    readonly plans: readonly Plan[];
    readonly places: readonly Place[];
    readonly memory: JobMemory;
    readonly health: Health;
  },
  nowMs: number,
): ReminderFacts {
  const used = places.filter(({ id }) => plans.some(({ placeIds }) => placeIds.includes(id)));
  const since = plans.map(({ createdAtMs }) => createdAtMs);
  return {
    kits: used
      .filter(({ isRecoveryProven }) => isRecoveryProven)
      .map((place) => {
        const { provenAtMs, seenAtMs } = state.read((reader) => knownKit(reader, place));
        // What a clock that was ahead has dated would never be asked again.
        const pastMs = (atMs: number): number => (atMs > nowMs ? Math.min(place.addedAtMs, nowMs) : atMs);
        return { placeId: place.id, provenAtMs: pastMs(provenAtMs), seenAtMs: pastMs(seenAtMs) };
      }),
    placeIds: used.map(({ id }) => id),
    ...(since.length === 0 ? {} : { protectedSinceMs: Math.min(...since) }),
    versionCount: state.recall(countSafeVersions),
    hasPutBack: places.some(({ id }) => memory.lastDone('restore', id) !== undefined),
    isWell: health.state === 'protected' || health.state === 'protectedExcept',
    dismissed: state.read((reader) => getSetting(reader, 'dismissedReminders')) ?? [],
    nowMs,
  };
}
