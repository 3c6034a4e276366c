/** The one button of each problem. */
import { expect, test } from 'vitest';
import type { Mirror } from '#contract/app/mirror-values.ts';
import { mendOf, moreOf } from '#renderer/features/overview/mend.ts';
import { speechOf } from '#renderer/text/use-words.ts';
import { runningJob, wellProtected } from '#test/support/mirror-parts.ts';

const NOW_MS = new Date(2026, 10, 28, 14, 0).getTime();
const mirror: Mirror = { revision: 1, ...wellProtected(NOW_MS) };
const { words } = speechOf('en');

function mend(code: string, errorCode?: string, jobs: Mirror['jobs'] = []) {
  const problem = {
    key: code,
    code,
    level: 'notice',
    state: 'late',
    planIds: ['photos'],
    placeIds: ['blue'],
  } as const;
  return mendOf(
    {
      ...problem,
      planIds: [...problem.planIds],
      placeIds: [...problem.placeIds],
      ...(errorCode === undefined ? {} : { errorCode }),
    },
    { ...mirror, jobs },
    words,
  );
}

test.each([
  ['recoveryUnproven', undefined, '#/places/blue/kit', 'Prove the recovery kit'],
  ['placeAway', undefined, '#/places/blue', 'Look at Blue drive'],
  ['failing', 'repository.secretNeeded', '#/places/blue?unlock', 'Unlock Blue drive'],
  ['failing', 'files.sourceMissing', '#/folders/photos', 'Look at the folders of Photos'],
  ['failing', 'plans.commandFailed', '#/folders/photos', 'Look at the folders of Photos'],
  ['failing', 'storage.full', '#/places/blue', 'Make room in Blue drive'],
  ['failing', 'storage.accessDenied', '#/places/blue', 'Look at Blue drive'],
  ['failing', 'integrity.memoryFault', '#/activity?result=failed', 'See why'],
  ['kitToFind', undefined, '#/places/blue/kit', 'Type one group'],
  ['tryRestore', undefined, '#/try', 'Try it'],
  ['onePlace', undefined, '#/places/new', 'Add a place'],
  ['filesLeftOut', undefined, '#/activity?result=doneExcept', 'See which and why'],
  ['noPlans', undefined, '#/welcome', 'Choose folders'],
])('%s %s leads to %s', (code, errorCode, href, label) => {
  expect(mend(code, errorCode)).toEqual({ kind: 'go', href, label });
});

test.each([
  ['paused', 'goOn'],
  ['switchedOff', 'switchOn'],
  ['neverSaved', 'backUp'],
  ['onBattery', 'backUp'],
  ['catchingUp', 'backUp'],
])('%s is mended at once', (code, kind) => {
  expect(mend(code)).toMatchObject({ kind, planIds: ['photos'] });
});

test('E1: damage is mended once; what no place has is only looked at', () => {
  const job = (kind: string, more: Partial<Mirror['jobs'][number]>) => ({
    ...runningJob(NOW_MS, 0, null),
    planId: null,
    kind,
    placeId: 'blue',
    ...more,
  });
  const mendIt = { kind: 'mendPlace', label: 'Mend it', placeId: 'blue' };
  const found = job('verify', { state: 'doneExcept', endedAtMs: 10 });
  const mended = job('mend', { id: 'mended', state: 'doneExcept', endedAtMs: 20 });
  expect(mend('damaged', undefined, [found])).toEqual(mendIt);
  expect(mend('failing', 'integrity.indexCorrupt')).toEqual(mendIt);
  expect(mend('damaged', undefined, [job('mend', { state: 'running', endedAtMs: null }), found])).toBe(
    undefined,
  );
  expect(mend('damaged', undefined, [mended, found])).toMatchObject({ href: '#/activity/mended' });
  // Found since.
  expect(mend('damaged', undefined, [{ ...found, endedAtMs: 30 }, mended])).toEqual(mendIt);
  expect(mend('damaged', undefined, [{ ...mended, state: 'failed' }, found])).toEqual(mendIt);
});

test('lost keys are put back in the very place', () => {
  expect(mend('keysLost')).toEqual({
    kind: 'putKeysBack',
    label: 'Put it back',
    placeId: 'blue',
    planIds: ['photos'],
  });
});

test('damage leads to the proof that found it', () => {
  const proof = { ...runningJob(NOW_MS, 1, 2), kind: 'verify', planId: null, state: 'doneExcept' as const };
  const problem = { key: 'damaged', code: 'damaged', level: 'alarm', state: 'inDanger' } as const;
  const damaged = { ...problem, planIds: ['photos'], placeIds: ['blue'] };
  expect(moreOf(damaged, { ...mirror, jobs: [proof] }, words)).toMatchObject({ href: '#/activity/job-1' });
});

test.each(['clockDoubtful', 'lowBattery', 'aLaterCode'])('%s has no button', (code) => {
  expect(mend(code)).toBeUndefined();
});

test('what failed leads to the very job, and catching up needs nothing while it runs', () => {
  const job = { ...runningJob(NOW_MS, 1, 2), planId: 'photos', state: 'failed' as const };
  expect(mend('failing', 'internal.invariantBroken', [job])).toMatchObject({ href: '#/activity/job-1' });
  expect(mend('catchingUp', undefined, [runningJob(NOW_MS, 1, 2)])).toBeUndefined();
});
