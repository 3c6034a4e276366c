/** What keeps a place in order: proving, thinning out, giving back room, reading its history, carrying the settings. */
import { accessTo, requirePlace } from '#services/places/place-access.ts';
import { syncVersions } from '#services/places/sync-versions.ts';
import { requirePlan } from '#services/plans/require-plan.ts';
import { toThinOutChoice } from '#services/upkeep/thin-out-choice.ts';
import { removeVersions } from '#services/state/versions-table.ts';
import type { JobWork } from '../job-work.ts';
import { engineOptions, type WorkParts } from './work-parts.ts';

export function verifyWork({ state, engine, note }: WorkParts): JobWork<'verify'> {
  return async ({ placeId, part, of }, run) => {
    const place = state.read((reader) => requirePlace(reader, placeId));
    const outcome = await engine.calls.check({ access: accessTo(place), part, of }, engineOptions(run));
    const { errorCount, errors, affected, affectedCount, bytesRead } = outcome;
    if (errorCount > 0) note('damageFound', { placeId, errorCount, affectedCount });
    return {
      hasExceptions: errorCount > 0,
      result: {
        part,
        of,
        errorCount,
        errors: [...errors],
        affected: affected.map(({ path, snapshotIds }) => ({ path, snapshotIds: [...snapshotIds] })),
        affectedCount,
        bytesRead,
      },
    };
  };
}

/** Which versions went is in the log by id; what is held back is counted. */
export function thinOutWork(parts: WorkParts): JobWork<'thinOut'> {
  return async ({ planId, placeId }, run) => {
    const { state, engine, note } = parts;
    const { place, choice } = state.read((reader) => {
      const plan = requirePlan(reader, planId);
      return { place: requirePlace(reader, placeId), choice: toThinOutChoice(reader, plan, placeId) };
    });
    const outcome = await engine.calls.thinOut({ access: accessTo(place), choice }, engineOptions(run));
    const removedIds = [...outcome.removedIds];
    if (removedIds.length > 0) {
      note('versionsRemoved', { planId, placeId, snapshotIds: removedIds });
      await state.commitAnyway((writer) => removeVersions(writer, placeId, removedIds));
    }
    return {
      hasExceptions: outcome.refused > 0,
      result: {
        removed: removedIds.length,
        spared: outcome.spared,
        refused: outcome.refused,
        held: outcome.held,
        keptUntilMs: outcome.keptUntilMs,
      },
    };
  };
}

export function cleanUpWork({ state, engine }: WorkParts): JobWork<'cleanUp'> {
  return async ({ placeId }, run) => {
    const place = state.read((reader) => requirePlace(reader, placeId));
    const outcome = await engine.calls.cleanUp({ access: accessTo(place) }, engineOptions(run));
    return { hasExceptions: false, result: { ...outcome } };
  };
}

/** The digest tells later whether anything has changed since. */
export function saveSettingsWork({ state, engine, settings }: WorkParts): JobWork<'saveSettings'> {
  return async ({ placeId }) => {
    const place = state.read((reader) => requirePlace(reader, placeId));
    const { files, digest } = settings();
    const { snapshotId } = await engine.calls['settings.save']({ access: accessTo(place), files });
    return { hasExceptions: false, result: { snapshotId, digest } };
  };
}

/** Also learns of versions that others made, and of those that are gone. */
export function readHistoryWork(parts: WorkParts): JobWork<'readHistory'> {
  return async ({ placeId }, run) => {
    const { state, engine, clock } = parts;
    const place = state.read((reader) => requirePlace(reader, placeId));
    const { versions } = await engine.calls['versions.list']({ access: accessTo(place) });
    await syncVersions(state, placeId, versions, clock.nowMs());
    await parts.keyCopies.refresh(place);
    const { points } = await engine.calls['history.read']({ access: accessTo(place) }, engineOptions(run));
    return { hasExceptions: false, result: { points } };
  };
}
