/** What a place lists becomes what the state remembers of it. */
import { rmSync } from 'node:fs';
import { expect, onTestFinished, test } from 'vitest';
import { seriesTag } from '#rules/snapshot-groups.ts';
import { PART_TAG } from '#rules/snapshot-marks.ts';
import { syncVersions } from '#services/places/sync-versions.ts';
import { putPlace } from '#services/state/places-table.ts';
import { listSafeVersions, listVersionMarks } from '#services/state/versions-table.ts';
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
  const sync = (versions: readonly ReturnType<typeof listed>[], ...damagedIds: readonly string[]) =>
    syncVersions(state, place, { versions, damagedIds }, 9);
  await sync([listed('old', 1, series), listed('part', 2, series, PART_TAG)]);
  const safe = (): string[] =>
    state.read((reader) =>
      listSafeVersions(reader, place, toPlanId(PLAN), 9).map(({ snapshotId }) => snapshotId),
    );
  expect(safe()).toEqual(['old']);
  await sync([listed('part', 2, series, PART_TAG), listed('new', 3, series)]);
  expect(safe()).toEqual(['new']);
  const known = (): string[] =>
    [...state.read((reader) => listVersionMarks(reader, place)).keys()].toSorted();
  expect(known()).toEqual(['new', 'part']);
  // One that cannot be read is no copy, and stays known, because something may be done for it.
  await sync([listed('part', 2, series, PART_TAG)], 'new');
  expect(safe()).toEqual([]);
  expect(known()).toEqual(['new', 'part']);
  await sync([listed('part', 2, series, PART_TAG), listed('new', 3, series)]);
  expect(safe()).toEqual(['new']);
});
