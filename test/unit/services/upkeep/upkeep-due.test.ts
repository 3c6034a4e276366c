/** When places are kept in order: what is due, what waits, and what is never removed. */
import { expect, test } from 'vitest';
import { upkeepDue, UPKEEP_RHYTHM, type PlaceUpkeep, type UpkeepFacts } from '#services/upkeep/upkeep-due.ts';
import { toPlaceId, toPlanId } from '#test/support/state.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const NOW = 1_800_000_000_000;
const PLACE = toPlaceId('place');
const PLAN = toPlanId('plan');

type PlanUpkeep = PlaceUpkeep['plans'][number];

/** Nothing is due. */
function kept(more: Partial<PlaceUpkeep> = {}, plan: Partial<PlanUpkeep> = {}): PlaceUpkeep {
  return {
    placeId: PLACE,
    isPresent: true,
    isBusy: false,
    isPuttingBack: false,
    isDamaged: false,
    plans: [
      {
        planId: PLAN,
        changedAtMs: NOW - 100 * DAY,
        lastBackupMs: NOW - HOUR,
        lastThinOutMs: NOW - 2 * HOUR,
        sourceLooksWrong: false,
        keepsAll: false,
        ...plan,
      },
    ],
    lastCleanUpMs: NOW - DAY,
    lastRemovalMs: NOW - 2 * DAY,
    lastVerifyMs: NOW - HOUR,
    lastVerifyPart: 4,
    areSettingsSaved: true,
    lastHistoryMs: NOW - HOUR,
    ...more,
  };
}

function dueFor(place: PlaceUpkeep, more: Partial<UpkeepFacts> = {}) {
  return upkeepDue({
    places: [place],
    nowMs: NOW,
    isClockDoubtful: false,
    isOnBattery: false,
    isPaused: false,
    ...more,
  });
}

const thinOut = { lastThinOutMs: NOW - 2 * DAY };
const [VERIFY, THIN, CLEAN] = [
  { kind: 'verify', placeId: PLACE, part: 5, of: UPKEEP_RHYTHM.verifySlices },
  { kind: 'thinOut', planId: PLAN, placeId: PLACE },
  { kind: 'cleanUp', placeId: PLACE },
];
const removedSince = { lastCleanUpMs: NOW - 8 * DAY };

test('nothing is due where all was done', () => {
  expect(dueFor(kept())).toEqual([]);
});

test('each kind in its time, one at a time, what protects before what removes', () => {
  const all = kept(
    { lastVerifyMs: NOW - DAY, areSettingsSaved: false, lastHistoryMs: NOW - 2 * DAY, ...removedSince },
    thinOut,
  );
  expect(dueFor(all)).toEqual([{ kind: 'readHistory', placeId: PLACE }]);
  const read = { ...all, lastHistoryMs: NOW };
  expect(dueFor(read)).toEqual([{ kind: 'saveSettings', placeId: PLACE }]);
  const carried = { ...read, areSettingsSaved: true };
  expect(dueFor(carried)).toEqual([THIN]);
  const thin = { ...carried, plans: kept().plans };
  expect(dueFor(thin)).toEqual([CLEAN]);
  expect(dueFor({ ...thin, lastCleanUpMs: NOW })).toEqual([VERIFY]);
});

test('B4: what a clock noted that was ahead holds nothing up when it is right again', () => {
  const ahead = NOW + 100 * DAY;
  expect(dueFor(kept({}, { lastThinOutMs: ahead }))).toEqual([THIN]);
  expect(dueFor(kept({ lastRemovalMs: NOW - 2 * DAY, lastCleanUpMs: ahead }))).toEqual([CLEAN]);
});

test('B4: a rule that was changed by a clock some hours ahead has its day all the same', () => {
  expect(dueFor(kept({}, { ...thinOut, changedAtMs: NOW + 10 * HOUR }))).toEqual([]);
});

test('slices go round, so that everything is proven', () => {
  const part = (lastVerifyPart: number) =>
    dueFor(kept({ lastVerifyMs: NOW - DAY, lastVerifyPart })).map((job) => 'part' in job && job.part);
  expect([part(0), part(29), part(30)]).toEqual([[1], [30], [1]]);
});

test.each([
  ['away', { isPresent: false }, {}],
  ['busy', { isBusy: true }, {}],
  ['paused', {}, { isPaused: true }],
  ['on battery', {}, { isOnBattery: true }],
])('nothing happens while the place is %s', (_why, place, facts) => {
  expect(
    dueFor(kept({ lastVerifyMs: 0, lastHistoryMs: 0, ...removedSince, ...place }, thinOut), facts),
  ).toEqual([]);
});

test('B4: nothing is removed while the clock is in doubt; proving goes on', () => {
  const place = kept({ lastVerifyMs: NOW - DAY, ...removedSince }, thinOut);
  expect(dueFor(place, { isClockDoubtful: true })).toEqual([VERIFY]);
});

test('while a restore from there rests nothing is removed; the rest is kept in order', () => {
  const resting = kept({ isPuttingBack: true, lastVerifyMs: NOW - DAY, ...removedSince }, thinOut);
  expect(dueFor(resting)).toEqual([VERIFY]);
  expect(dueFor({ ...resting, lastHistoryMs: 0 }).map(({ kind }) => kind)).toEqual(['readHistory']);
});

test('E1: while something there is damaged nothing is removed that may still help; proving goes on', () => {
  const damaged = kept({ isDamaged: true, lastVerifyMs: NOW - DAY, ...removedSince }, thinOut);
  expect(dueFor(damaged)).toEqual([VERIFY]);
});

test('D1: nothing of a plan is removed whose folders look lost, nor is room given back there', () => {
  expect(dueFor(kept(removedSince, { ...thinOut, sourceLooksWrong: true }))).toEqual([]);
});

test('F3: a changed rule rests a day before anything goes, and what goes can be recovered for a week more', () => {
  const changed = (days: number, plan: Partial<PlanUpkeep> = {}) =>
    dueFor(kept(removedSince, { changedAtMs: NOW - days * DAY, ...plan })).map(({ kind }) => kind);
  expect(changed(0.9, thinOut)).toEqual([]);
  expect(changed(1, thinOut)).toEqual(['thinOut']);
  expect(changed(7.9)).toEqual([]);
  expect(changed(8)).toEqual(['cleanUp']);
});

test('B3: without a new version nothing is thinned out: absence is no age', () => {
  expect(dueFor(kept({}, { lastBackupMs: NOW - 20 * DAY, lastThinOutMs: NOW - 19 * DAY }))).toEqual([]);
  expect(dueFor(kept({}, { lastThinOutMs: undefined, lastBackupMs: undefined }))).toEqual([]);
});

test('a rule that keeps everything removes nothing', () => {
  expect(dueFor(kept({}, { ...thinOut, keepsAll: true }))).toEqual([]);
});

test('what a wrong clock noted ahead of now does not count as done', () => {
  expect(dueFor(kept({ lastVerifyMs: NOW + 400 * DAY }))).toEqual([VERIFY]);
});
