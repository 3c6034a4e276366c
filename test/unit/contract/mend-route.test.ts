/** Which page a click on a notice opens. */
import { expect, test } from 'vitest';
import { mendRoute } from '#contract/app/mend-route.ts';

const PROBLEM = { planIds: ['photos'], placeIds: ['blue'] };

test.each([
  ['placeAway', undefined, '/places/blue'],
  ['recoveryUnproven', undefined, '/places/blue/kit'],
  ['failing', 'repository.wrongPassword', '/places/blue?unlock'],
  ['failing', 'files.sourceMissing', '/folders/photos'],
  ['failing', 'storage.full', '/places/blue'],
  // By one click, and its button is on the overview.
  ['failing', 'integrity.indexCorrupt', '/'],
  ['damaged', undefined, '/'],
  ['paused', undefined, '/'],
  ['tryRestore', undefined, '/try'],
  ['onePlace', undefined, '/places/new'],
  ['ofAnotherRelease', undefined, '/'],
])('%s %s: %s', (code, errorCode, route) => {
  expect(mendRoute({ ...PROBLEM, code, errorCode }, { jobs: [] })).toBe(route);
});

test('what failed otherwise is told by the newest job that did', () => {
  const failed = { id: 'f 1', kind: 'backup', state: 'failed', planId: 'photos', placeId: 'blue' };
  const jobs = [{ ...failed, id: 'elsewhere', placeId: 'server' }, failed, { ...failed, id: 'older' }];
  const problem = { ...PROBLEM, code: 'failing', errorCode: 'internal.invariantBroken' };
  expect(mendRoute(problem, { jobs })).toBe('/activity/f%201');
  expect(mendRoute(problem, { jobs: [] })).toBe('/activity?result=failed');
});

test('a place that is no longer known leads to all of them', () => {
  expect(mendRoute({ planIds: [], placeIds: [], code: 'placeAway' }, { jobs: [] })).toBe('/places');
});
