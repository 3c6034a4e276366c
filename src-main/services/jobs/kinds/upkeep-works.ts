/** What keeps a place in order: proving, thinning out, giving back room, reading its history, carrying the settings. */
import path from 'node:path';
import type { CheckOutcome } from '#contract/engine/engine-values.ts';
import { accessTo, requirePlace } from '#services/places/place-access.ts';
import { syncVersions } from '#services/places/sync-versions.ts';
import { requirePlan } from '#services/plans/require-plan.ts';
import { toThinOutChoice } from '#services/upkeep/thin-out-choice.ts';
import { listPlaces } from '#services/state/places-table.ts';
import { listPlans } from '#services/state/plans-table.ts';
import { removeVersions } from '#services/state/versions-table.ts';
import type { JobWork } from '../job-work.ts';
import { replaceVersions } from './version-works.ts';
import { engineOptions, type WorkParts } from './work-parts.ts';

export function verifyWork({ state, engine, note }: WorkParts): JobWork<'verify'> {
  return async ({ placeId, part, of }, run) => {
    const place = state.read((reader) => requirePlace(reader, placeId));
    const outcome = await engine.calls.check({ access: accessTo(place), part, of }, engineOptions(run));
    const { errorCount } = outcome;
    if (errorCount > 0) note('damageFound', { placeId, errorCount, affectedCount: outcome.affectedCount });
    return {
      hasExceptions: errorCount > 0,
      result: { part, of, ...foundIn(outcome) },
    };
  };
}

function foundIn(outcome: CheckOutcome) {
  const { errorCount, errors, affected, affectedCount, bytesRead, brokenPacks, damagedVersions } = outcome;
  return {
    errorCount,
    errors: [...errors],
    affected: affected.map(({ path, snapshotIds }) => ({ path, snapshotIds: [...snapshotIds] })),
    affectedCount,
    damagedVersions: [...damagedVersions],
    bytesRead,
    brokenPacks: [...brokenPacks],
  };
}

/** From every other place that answers, and from the folders that are saved there. */
export function mendWork(parts: WorkParts): JobWork<'mend'> {
  return async ({ placeId, givesUp }, run) => {
    const { state, engine, note, damageIn } = parts;
    const place = state.read((reader) => requirePlace(reader, placeId));
    const { parts: slices, packs } = damageIn(placeId);
    const plans = state.read(listPlans).filter(({ placeIds }) => placeIds.includes(placeId));
    const others = state.read(listPlaces).filter(({ id }) => id !== placeId);
    const choice = {
      parts: slices,
      packs,
      paths: [...new Set(plans.flatMap(({ folders }) => folders))],
      keptIn: path.join(parts.keptFolder, placeId),
      givesUp,
    };
    const ask = { access: accessTo(place), from: others.map(accessTo), choice };
    const outcome = await engine.calls.mend(ask, engineOptions(run));
    const { mendedPacks, healedBlobs, replaced, removedIds, remade, recovered, errorCount } = outcome;
    await replaceVersions(parts, placeId, [...remade, ...replaced]);
    if (removedIds.length > 0)
      await state.commitAnyway((writer) => removeVersions(writer, placeId, removedIds));
    note('mended', { placeId, mendedPacks, healedBlobs, versions: replaced.length, errorCount });
    return {
      hasExceptions: errorCount > 0,
      result: {
        parts: slices.map((each) => ({ ...each })),
        mendedPacks,
        healedBlobs,
        versions: replaced.length,
        removedVersions: removedIds.length,
        remadeVersions: remade.length,
        recoveredVersions: recovered.length,
        takenOut: outcome.takenOut,
        ...foundIn(outcome),
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
    const listed = await engine.calls['versions.list']({ access: accessTo(place) });
    await syncVersions(state, placeId, listed, clock.nowMs());
    await parts.keyCopies.refresh(place);
    await parts.givenKeys.settle(placeId);
    const { points } = await engine.calls['history.read']({ access: accessTo(place) }, engineOptions(run));
    return { hasExceptions: false, result: { points } };
  };
}
