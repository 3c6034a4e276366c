/**
 * The first backup of much takes hours: so that something can be got back within a minute, a few small files go ahead of it,
 * as a version of a part. A help and no more: whatever fails is told by the run that follows. Source: product notes, 3.
 */
import { isTidemarkError } from '#base/errors.ts';
import type { BackupChoice } from '#contract/engine/engine-values.ts';
import { accessTo } from '#services/places/place-access.ts';
import { toKnownVersion } from '#services/places/sync-versions.ts';
import type { Place } from '#services/state/places-table.ts';
import type { Plan } from '#services/state/plans-table.ts';
import { hasVersionOf, putVersions } from '#services/state/versions-table.ts';
import type { JobRun } from '../job-work.ts';
import type { WorkParts } from './work-parts.ts';

/** @throws job.cancelled, internal.connectionLost */
export async function saveFirstFiles(
  { state, engine, clock, readHistory }: WorkParts,
  plan: Plan,
  place: Place,
  choice: BackupChoice,
  run: JobRun,
): Promise<void> {
  if (state.read((reader) => hasVersionOf(reader, place.id, plan.id))) return;
  try {
    const saved = await engine.calls.saveFirstFiles(
      { access: accessTo(place), choice },
      { signal: run.signal },
    );
    if (saved === null) return;
    const version = toKnownVersion(saved, place.id, plan.id, clock.nowMs(), false);
    await state.commitAnyway((writer) => putVersions(writer, [version]));
    readHistory(place.id);
  } catch (error) {
    if (!isTidemarkError(error) || error.code === 'job.cancelled' || error.code === 'internal.connectionLost')
      throw error;
  }
}
