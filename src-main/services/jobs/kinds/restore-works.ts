/** Putting back, and taking that back. Both can be undone: what was in the way is in safe keeping for 30 days. */
import { accessTo, requirePlace } from '#services/places/place-access.ts';
import { toDisplay } from '#base/byte-string.ts';
import type { JobWork } from '../job-work.ts';
import { engineOptions, type WorkParts } from './work-parts.ts';

export function restoreWork({ state, engine, note }: WorkParts): JobWork<'restore'> {
  return async ({ placeId, snapshotId, paths, target, rule }, run) => {
    const place = state.read((reader) => requirePlace(reader, placeId));
    const ask = { snapshotId, paths, target, rule };
    const outcome = await engine.calls.restore({ access: accessTo(place), ask }, engineOptions(run));
    const { target: restoredTo, ...counts } = outcome;
    note('restored', { placeId, snapshotId, files: counts.filesRestored + counts.filesUpdated });
    return {
      hasExceptions: outcome.problems > 0,
      result: { ...counts, target: toDisplay(restoredTo) },
    };
  };
}

export function undoWork({ engine, note }: WorkParts): JobWork<'undo'> {
  return async ({ folder, undoId }, run) => {
    const outcome = await engine.calls.undo({ folder, undoId }, engineOptions(run));
    note('restoreUndone', { undoId, returned: outcome.returned, removed: outcome.removed });
    return { hasExceptions: !outcome.isComplete, result: { ...outcome } };
  };
}
