/** Gathers what upkeep is decided from. */
import type { PlaceId } from '#contract/app/values.ts';
import type { ErrorCode } from '#base/errors.ts';
import { isEmptyPolicy } from '#rules/retention-policy.ts';
import type { Job } from '#services/state/jobs-table.ts';
import type { Place } from '#services/state/places-table.ts';
import type { Plan } from '#services/state/plans-table.ts';
import type { PlaceUpkeep } from '#services/upkeep/upkeep-due.ts';
import { numberOf, type JobMemory } from './job-memory.ts';

/** What a run fails with that may mean that its folders were lost, not emptied on purpose. */
const SOURCE_TROUBLE: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'files.sourceMissing',
  'files.sourceEmpty',
]);

export interface UpkeepSources {
  readonly plans: readonly Plan[];
  readonly memory: JobMemory;
  isPresent(placeId: PlaceId): boolean;
  isBusy(placeId: PlaceId): boolean;
  isPuttingBack(placeId: PlaceId): boolean;
  areSettingsSaved(placeId: PlaceId): boolean;
}

export function gatherUpkeep(place: Place, sources: UpkeepSources): PlaceUpkeep {
  const { memory } = sources;
  const endOf = (job: Job | undefined): number | undefined => job?.endedAtMs ?? undefined;
  const verified = memory.lastDone('verify', place.id);
  return {
    placeId: place.id,
    isPresent: sources.isPresent(place.id),
    isBusy: sources.isBusy(place.id),
    isPuttingBack: sources.isPuttingBack(place.id),
    isDamaged: memory.damagedVersions(place.id).size > 0,
    plans: sources.plans
      .filter(({ placeIds, isOn }) => isOn && placeIds.includes(place.id))
      .map((plan) => ({
        planId: plan.id,
        changedAtMs: plan.changedAtMs,
        lastBackupMs: endOf(memory.lastDone('backup', place.id, plan.id)),
        lastThinOutMs: endOf(memory.lastDone('thinOut', place.id, plan.id)),
        sourceLooksWrong: looksWrong(memory.lastEnded('backup', place.id, plan.id)),
        keepsAll: isEmptyPolicy(plan.retention),
      })),
    lastCleanUpMs: endOf(memory.lastDone('cleanUp', place.id)),
    lastRemovalMs: memory.lastRemovalMs(place.id),
    lastVerifyMs: endOf(memory.lastDone('verify', place.id)),
    lastVerifyPart: verified === undefined || numberOf(verified, 'of') === 1 ? 0 : numberOf(verified, 'part'),
    areSettingsSaved: sources.areSettingsSaved(place.id),
    lastSettingsMs: endOf(memory.lastDone('saveSettings', place.id)),
    lastHistoryMs: endOf(memory.lastDone('readHistory', place.id)),
  };
}

function looksWrong(run: Job | undefined): boolean {
  const code = run?.error?.code;
  return code !== undefined && SOURCE_TROUBLE.has(code);
}
