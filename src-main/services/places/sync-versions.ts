/** Brings the state's memory of a place up to what the place lists: versions of others come in, removed ones go. */
import { planId, type PlaceId } from '#contract/app/values.ts';
import { isPart } from '#rules/snapshot-marks.ts';
import type { ListedVersion } from '#contract/engine/engine-values.ts';
import { planOfTags } from '#services/plans/require-plan.ts';
import type { StateFile } from '#services/state/state-file.ts';
import {
  findVersion,
  listVersionMarks,
  putVersions,
  removeVersions,
  type KnownVersion,
} from '#services/state/versions-table.ts';

export interface Listed {
  readonly versions: readonly ListedVersion[];
  /** Their files are there and cannot be read. */
  readonly damagedIds: readonly string[];
}

/**
 * What is listed without our having made it counts as complete, unless it says that it is not: nobody can tell otherwise, and
 * its age is what matters. A version whose file is damaged stays known, because something may be done for it, and is
 * confirmed by nothing.
 */
export async function syncVersions(
  state: StateFile,
  place: PlaceId,
  { versions, damagedIds }: Listed,
  nowMs: number,
): Promise<void> {
  const known = state.read((reader) => listVersionMarks(reader, place));
  const there = new Set([...versions.map(({ snapshotId }) => snapshotId), ...damagedIds]);
  const gone = [...known.keys()].filter((id) => !there.has(id));
  const doubted = damagedIds.filter((id) => known.get(id)?.isConfirmed === true);
  const fresh = versions.filter(({ snapshotId }) => known.get(snapshotId)?.isConfirmed !== true);
  if (gone.length === 0 && fresh.length === 0 && doubted.length === 0) return;
  await state.commitAnyway((writer) => {
    removeVersions(writer, place, gone);
    const unconfirmed = doubted.flatMap((id) => findVersion(writer, place, id) ?? []);
    putVersions(writer, [
      ...unconfirmed.map((version) => ({ ...version, confirmedAtMs: null })),
      ...fresh.map((version) => {
        const isComplete = known.get(version.snapshotId)?.isComplete ?? !isPart(version.tags);
        return toKnownVersion(version, place, planOfTags(version.tags), nowMs, isComplete);
      }),
    ]);
  });
}

/** A version that the place has just confirmed. @param plan undefined: of none of ours */
export function toKnownVersion(
  version: ListedVersion,
  place: PlaceId,
  plan: string | undefined,
  confirmedAtMs: number,
  isComplete: boolean,
): KnownVersion {
  const { snapshotId, time, timeMs, tree, hostname, username, paths, tags } = version;
  return {
    placeId: place,
    snapshotId,
    planId: plan === undefined ? null : planId.parse(plan),
    time,
    timeMs,
    tree,
    hostname,
    username,
    paths: [...paths],
    tags: [...tags],
    isComplete,
    confirmedAtMs,
  };
}
