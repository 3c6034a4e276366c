/**
 * Putting back, and taking that back. Both can be undone: what was in the way is in safe keeping for 30 days. A restore that
 * rested, or was cut off, goes on as the same job: by its id the engine finds in the target what was done.
 */
import { z } from 'zod';
import { restoreResult } from '#contract/app/restore-values.ts';
import { toDisplay } from '#base/byte-string.ts';
import { fromWireError } from '#base/errors.ts';
import { accessTo, requirePlace } from '#services/places/place-access.ts';
import type { JobWork } from '../job-work.ts';
import { engineOptions, type WorkParts } from './work-parts.ts';

export function restoreWork({ state, engine, note }: WorkParts): JobWork<'restore'> {
  return async ({ placeId, ...ask }, run) => {
    const place = state.read((reader) => requirePlace(reader, placeId));
    const { snapshotId } = ask;
    const asked = { access: accessTo(place), ask, job: run.id };
    const outcome = await engine.calls.restore(asked, engineOptions(run));
    const { cut, target, undos, ...counts } = outcome;
    if (cut === null)
      note('restored', { placeId, snapshotId, files: counts.filesRestored + counts.filesUpdated });
    return {
      hasExceptions: outcome.problems > 0,
      result: z.encode(restoreResult, {
        ...counts,
        target: toDisplay(target),
        undoId: undos[0]?.undoId ?? null,
        folder: undos[0]?.folder ?? null,
        undos: undos.map((undo) => ({ ...undo })),
      }),
      ...(cut === null ? {} : { cut: fromWireError(cut) }),
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
