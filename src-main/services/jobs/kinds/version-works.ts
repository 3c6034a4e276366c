/**
 * What people do to versions that exist: naming and keeping them, erasing something from all of them, giving some of one out
 * as an archive. A version that was written anew stays what it was to the state: complete or not, of its plan.
 */
import { toDisplay } from '#base/byte-string.ts';
import type { PlaceId } from '#contract/app/values.ts';
import type { ListedVersion } from '#contract/engine/engine-values.ts';
import { accessTo, requirePlace } from '#services/places/place-access.ts';
import { toKnownVersion } from '#services/places/sync-versions.ts';
import { isPart } from '#rules/snapshot-marks.ts';
import { planOfTags } from '#services/plans/require-plan.ts';
import { findVersion, putVersions, removeVersions } from '#services/state/versions-table.ts';
import type { JobWork } from '../job-work.ts';
import { engineOptions, type WorkParts } from './work-parts.ts';

/** Enough for the log to say what it was. */
const PATHS_NOTED = 20;

export function labelWork(parts: WorkParts): JobWork<'label'> {
  return async ({ placeId, snapshotId, keepForEver, label }, run) => {
    const { state, engine, note } = parts;
    const place = state.read((reader) => requirePlace(reader, placeId));
    const choice = { snapshotId, keepForEver, label };
    const version = await engine.calls.label({ access: accessTo(place), choice }, engineOptions(run));
    await replaceVersions(parts, placeId, [{ oldId: snapshotId, version }]);
    note('versionMarked', { placeId, snapshotId: version.snapshotId, keepForEver, label });
    return { hasExceptions: false, result: { snapshotId: version.snapshotId } };
  };
}

export function eraseWork(parts: WorkParts): JobWork<'erase'> {
  return async ({ placeId, series, paths }, run) => {
    const { state, engine, note } = parts;
    const place = state.read((reader) => requirePlace(reader, placeId));
    const ask = { access: accessTo(place), series, paths };
    const outcome = await engine.calls.erase(ask, engineOptions(run));
    const { replaced, refused, goneFiles, freedBytes, keptUntilMs } = outcome;
    await replaceVersions(parts, placeId, replaced);
    const named = paths.slice(0, PATHS_NOTED).map(toDisplay);
    note('erased', { placeId, series, paths: named, pathCount: paths.length, versions: replaced.length });
    return {
      hasExceptions: refused > 0,
      result: { versions: replaced.length, refused, files: goneFiles, freedBytes, keptUntilMs },
    };
  };
}

export function exportWork({ state, engine, note }: WorkParts): JobWork<'export'> {
  return async ({ placeId, from, target }, run) => {
    const place = state.read((reader) => requirePlace(reader, placeId));
    const ask = { from, target };
    const outcome = await engine.calls.export({ access: accessTo(place), ask }, engineOptions(run));
    note('exported', {
      placeId,
      snapshotIds: from.map(({ snapshotId }) => snapshotId),
      files: outcome.files,
      target: toDisplay(target),
    });
    const { files, bytes, changedNames, skipped } = outcome;
    return {
      hasExceptions: skipped > 0,
      result: { files, bytes, changedNames, skipped, target: toDisplay(target) },
    };
  };
}

export async function replaceVersions(
  { state, clock }: WorkParts,
  placeId: PlaceId,
  replaced: readonly { readonly oldId: string; readonly version: ListedVersion }[],
): Promise<void> {
  const nowMs = clock.nowMs();
  await state.commitAnyway((writer) => {
    for (const { oldId, version } of replaced) {
      const isComplete = findVersion(writer, placeId, oldId)?.isComplete ?? !isPart(version.tags);
      removeVersions(writer, placeId, [oldId]);
      putVersions(writer, [toKnownVersion(version, placeId, planOfTags(version.tags), nowMs, isComplete)]);
    }
  });
}
