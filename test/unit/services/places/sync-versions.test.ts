/** What a place lists becomes what the state remembers of it. */
import { rmSync } from 'node:fs';
import { expect, onTestFinished, test } from 'vitest';
import { seriesTag } from '#rules/snapshot-groups.ts';
import { PART_TAG } from '#rules/snapshot-marks.ts';
import { syncVersions } from '#services/places/sync-versions.ts';
import { putPlace } from '#services/state/places-table.ts';
import { listSafeVersions, listVersionIds } from '#services/state/versions-table.ts';
import {
  makeProfileFolder,
  openState,
  samplePlace,
  sampleVersion,
  toPlaceId,
  toPlanId,
} from '#test/support/state.ts';

const PLAN = 'a'.repeat(32);
const place = toPlaceId('place-1');

const listed = (snapshotId: string, timeMs: number, ...tags: string[]) => {
  const { time, tree, hostname, username, paths } = sampleVersion();
  return { snapshotId, time, timeMs, tree, hostname, username, paths, tags, original: null };
};

test('versions of others come in, removed ones go, and one of a part is no copy of all', async () => {
  const folder = makeProfileFolder();
  const state = await openState(folder);
  onTestFinished(async () => {
    await state.close();
    rmSync(folder, { recursive: true });
  });
  await state.commit((writer) => putPlace(writer, samplePlace()));
  const series = seriesTag(PLAN);
  await syncVersions(state, place, [listed('old', 1, series), listed('part', 2, series, PART_TAG)], 9);
  const safe = (): string[] =>
    state.read((reader) =>
      listSafeVersions(reader, place, toPlanId(PLAN), 9).map(({ snapshotId }) => snapshotId),
    );
  expect(safe()).toEqual(['old']);
  await syncVersions(state, place, [listed('part', 2, series, PART_TAG), listed('new', 3, series)], 9);
  expect(safe()).toEqual(['new']);
  expect(state.read((reader) => listVersionIds(reader, place)).toSorted()).toEqual(['new', 'part']);
});
