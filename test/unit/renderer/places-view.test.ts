/** What the pages of backup places say: the probe's result in words, and how much of a place was proven. */
import { describe, expect, test } from 'vitest';
import type { Mirror } from '#contract/app/mirror-values.ts';
import { placeView, probeView, suggestName, type ProbeKind } from '#renderer/features/places/view-model.ts';
import { provenShare } from '#renderer/parts/proven-share.ts';
import { speechOf } from '#renderer/text/use-words.ts';
import { runningJob, wellProtected } from '#test/support/mirror-parts.ts';

const NOW_MS = new Date(2026, 10, 28, 14, 0).getTime();
const HOUR_MS = 3_600_000;
const mirror: Mirror = { revision: 1, ...wellProtected(NOW_MS) };
const speech = speechOf('en');

function verified(part: number, of: number, hoursAgo: number, state: 'done' | 'failed' | 'running' = 'done') {
  return {
    ...runningJob(NOW_MS, 0, null),
    id: `verify ${part} ${of} ${hoursAgo}`,
    kind: 'verify',
    state,
    request: { kind: 'verify', placeId: 'blue', part, of },
    endedAtMs: state === 'running' ? null : NOW_MS - hoursAgo * HOUR_MS,
  };
}

describe('how much of a place was proven', () => {
  test.each([
    ['never', [], 'never'],
    ['all at once', [verified(1, 1, 5)], 'all of it, 5 hours ago'],
    ['half of the parts', [verified(1, 4, 9), verified(2, 4, 3), verified(2, 4, 8)], '50 %, 3 hours ago'],
    ['a failure proves nothing', [verified(1, 4, 1, 'failed'), verified(1, 4, 9)], '25 %, 9 hours ago'],
    ['parts of another division do not add up', [verified(1, 30, 1), verified(1, 1, 9)], '3 %, 1 hour ago'],
    ['under way', [verified(1, 1, 0, 'running')], 'just now being done'],
  ])('%s', (_, jobs, words) => {
    const [blue] = mirror.places;
    expect(placeView(blue!, mirror, jobs, NOW_MS, speech).verified).toBe(words);
  });

  test('that of another place counts nothing', () => {
    expect(provenShare('server', [verified(1, 1, 5)])).toEqual({ kind: 'never' });
  });
});

test('a place without its key says so before anything else', () => {
  const view = placeView({ ...mirror.places[0]!, secret: 'missing' }, mirror, [], NOW_MS, speech);
  expect(view).toMatchObject({
    presence: 'needs its recovery code',
    tone: 'danger',
    planNames: ['Letters', 'Photos'],
  });
});

describe('what lies at a location', () => {
  const probe = (kind: ProbeKind, location = '/media/stick', reason: string | null = null) =>
    probeView({ kind, location, reason }, mirror, speech);

  test.each<[ProbeKind, 'create' | 'open' | undefined]>([
    ['empty', 'create'],
    ['missing', 'create'],
    ['repository', 'open'],
    ['otherFiles', undefined],
    ['unreachable', undefined],
  ])('%s: %s', (kind, use) => {
    expect(probe(kind).use).toBe(use);
  });

  test('a folder with other files has room for one of its own', () => {
    expect(probe('otherFiles', '/media/stick/').instead).toBe('/media/stick/Tidemark');
  });

  test.each(['/home/me/Letters', '/home/me/Letters/copies/', '/home/me/Pictures/x'])(
    'never inside what is protected: %s',
    (location) => {
      expect(probe('empty', location)).toMatchObject({ tone: 'warning', use: undefined });
    },
  );

  test('a name that only begins the same is another folder; copies that lie inside may be opened', () => {
    expect(probe('empty', '/home/me/Letters2').use).toBe('create');
    expect(probe('repository', '/home/me/Letters/old').use).toBe('open');
  });

  test('the reason is said as the place says it', () => {
    expect(probe('unreachable', 'sftp:x', 'no route to host.').sentence).toBe(
      'That cannot be reached: no route to host.',
    );
  });
});

test.each([
  ['/media/blue/tidemark', 'tidemark'],
  ['sftp:me@server:/backup/', 'backup'],
  ['/', '/'],
])('%s is called %s', (location, name) => {
  expect(suggestName(location)).toBe(name);
});
