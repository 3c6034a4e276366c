/** Brings the state's memory of a place up to what the place lists: versions of others come in, removed ones go. */
import { planId, type PlaceId } from '#contract/app/values.ts';
import { isPart } from '#rules/snapshot-marks.ts';
import type { ListedVersion } from '#contract/engine/engine-values.ts';
import { planOfTags } from '#services/plans/require-plan.ts';
import type { StateFile } from '#services/state/state-file.ts';
import {
  listVersionIds,
  putVersions,
  removeVersions,
  type KnownVersion,
} from '#services/state/versions-table.ts';

/**
 * What is listed without our having made it counts as complete, unless it says that it is not: nobody can tell otherwise, and
 * its age is what matters.
 */
export async function syncVersions(
  state: StateFile,
  place: PlaceId,
  listed: readonly ListedVersion[],
  nowMs: number,
): Promise<void> {
  const known = new Set(state.read((reader) => listVersionIds(reader, place)));
  const there = new Set(listed.map(({ snapshotId }) => snapshotId));
  const gone = [...known].filter((id) => !there.has(id));
  const fresh = listed.filter(({ snapshotId }) => !known.has(snapshotId));
  if (gone.length === 0 && fresh.length === 0) return;
  await state.commitAnyway((writer) => {
    removeVersions(writer, place, gone);
    putVersions(
      writer,
      fresh.map((version) =>
        toKnownVersion(version, place, planOfTags(version.tags), nowMs, !isPart(version.tags)),
      ),
    );
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
