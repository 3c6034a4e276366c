/** Jobs and the log as one list. */
import { describe, expect, test } from 'vitest';
import type { Mirror } from '#contract/app/mirror-values.ts';
import {
  activityRows,
  affectedBy,
  filterRows,
  sinceMs,
  type Filters,
} from '#renderer/features/activity/view-model.ts';
import { NO_FILTERS } from '#renderer/features/activity/view-store.ts';
import { speechOf } from '#renderer/text/use-words.ts';
import { runningJob, wellProtected } from '#test/support/mirror-parts.ts';

const NOW_MS = new Date(2026, 10, 28, 14, 0).getTime();
const MINUTE_MS = 60_000;
const mirror: Mirror = { revision: 1, ...wellProtected(NOW_MS) };

type JobValue = Mirror['jobs'][number];
const job = (id: string, minutesAgo: number, more: Partial<JobValue> = {}): JobValue => ({
  ...runningJob(NOW_MS - (minutesAgo + 3) * MINUTE_MS, 0, null),
  id,
  state: 'done',
  endedAtMs: NOW_MS - minutesAgo * MINUTE_MS,
  progress: null,
  ...more,
});
const entry = (number: number, minutesAgo: number, kind: string, data: object = {}) => ({
  number,
  atMs: NOW_MS - minutesAgo * MINUTE_MS,
  kind,
  data,
});
const rows = (jobs: readonly JobValue[], log: readonly ReturnType<typeof entry>[] = []) =>
  activityRows(jobs, log, mirror, NOW_MS, speechOf('en'));

describe('one list', () => {
  test('newest first, jobs with what they did, entries of the log in words', () => {
    const list = rows(
      [job('a', 10, { result: { bytesAdded: 2_000 }, state: 'doneExcept', troubleCount: 2 })],
      [
        entry(1, 20, 'planAdded', { planId: 'letters', name: 'Letters' }),
        entry(2, 1, 'recoveryProven', { placeId: 'blue' }),
      ],
    );
    expect(list.map(({ title, detail, state }) => [title, detail, state])).toEqual([
      ['You proved the recovery kit of Blue drive', '', ''],
      [
        'Backup of Letters to Blue drive',
        'by you · 2 files with problems · 2 KB added · took 3 minutes',
        'done, with problems',
      ],
      ['You protected Letters', '', ''],
    ]);
  });

  test('a first copy that came from another place is not told as nothing', () => {
    const brought = (bytesAdded: number): string | undefined =>
      rows([job('a', 1, { result: { bytesAdded, isBrought: true } })])[0]?.detail;
    expect(brought(0)).toBe('by you · copied from another place · took 3 minutes');
    expect(brought(2_000)).toBe('by you · copied from another place · 2 KB added · took 3 minutes');
  });

  test('putting back tells how many files are back, also where it was stopped', () => {
    const result = { filesRestored: 10, filesUpdated: 2, filesTotal: 40, undos: [] };
    const list = rows([
      job('a', 1, { kind: 'restore', state: 'done', result }),
      job('b', 2, { kind: 'restore', state: 'cancelled', result }),
      job('c', 3, { kind: 'restore', state: 'failed', result: null }),
    ]);
    expect(list.map(({ title, detail }) => [title, detail])).toEqual([
      ['Putting back from Blue drive', '12 files · by you · took 3 minutes'],
      ['Putting back from Blue drive', '12 of 40 files · by you · took 3 minutes'],
      ['Putting back from Blue drive', 'by you · took 3 minutes'],
    ]);
  });

  test('what the mirror knows of a job is newer than what was asked for', () => {
    const live = job('a', 0, { state: 'running', endedAtMs: null });
    const list = activityRows([job('a', 5)], [], { ...mirror, jobs: [live] }, NOW_MS, speechOf('en'));
    expect(list).toMatchObject([{ title: 'Backing up Letters to Blue drive', result: 'active' }]);
  });

  test('the log does not repeat a job, and speaks for one that is no longer known', () => {
    const list = rows(
      [job('a', 5), job('b', 5, { kind: 'restore' })],
      [
        entry(1, 5, 'backupEnded', { jobId: 'a' }),
        entry(2, 5, 'restored', { placeId: 'blue' }),
        entry(3, 50, 'backupEnded', { jobId: 'gone' }),
        entry(4, 50, 'restored', { placeId: 'blue' }),
      ],
    );
    expect(list.map(({ key }) => key)).toEqual(['job b', 'job a', 'log 4', 'log 3']);
    expect(list.at(-1)?.title).toBe('Backup of folders');
  });

  test('a kind of another release is shown by its name', () => {
    expect(rows([], [entry(1, 1, 'aLaterKind')])[0]?.title).toBe('Noted: aLaterKind');
  });
});

test.each<[string, Partial<Filters>, string[]]>([
  ['all', {}, ['log 1', 'job c', 'job b', 'job a']],
  ['a kind of job', { what: 'verify' }, ['job c']],
  ['decisions', { what: 'log' }, ['log 1']],
  ['a plan', { planId: 'photos' }, ['job b']],
  ['a place', { placeId: 'server' }, ['job c']],
  ['a result', { result: 'failed' }, ['job b']],
  ['a time', { since: 'today' }, ['log 1', 'job c', 'job b']],
  ['all at once', { what: 'backup', planId: 'photos', result: 'failed', since: 'week' }, ['job b']],
])('filters leave %s', (_, filters, keys) => {
  const list = rows(
    [
      job('a', 3_000),
      job('b', 30, { planId: 'photos', state: 'failed' }),
      job('c', 20, { kind: 'verify', planId: null, placeId: 'server' }),
    ],
    [entry(1, 10, 'placeAdded', { placeId: 'blue', name: 'Blue drive' })],
  );
  expect(filterRows(list, { ...NO_FILTERS, ...filters }, NOW_MS).map(({ key }) => key)).toEqual(keys);
});

test('times begin at midnight', () => {
  expect(sinceMs('always', NOW_MS)).toBeNull();
  expect(sinceMs('today', NOW_MS)).toBe(new Date(2026, 10, 28).getTime());
  expect(sinceMs('week', NOW_MS)).toBe(new Date(2026, 10, 21).getTime());
});

test('what a proof found damaged is told by path, whatever an older program noted', () => {
  const affected = [
    { path: '/home/me/letter.txt', snapshotIds: ['one', 'two'] },
    { path: '/home/me/boat.jpg', snapshotIds: ['two'] },
    'no record',
  ];
  expect(affectedBy(job('1', 1, { kind: 'verify', result: { affected, affectedCount: 40 } }))).toEqual({
    paths: [
      { path: '/home/me/letter.txt', versions: 2 },
      { path: '/home/me/boat.jpg', versions: 1 },
    ],
    count: 40,
  });
  expect(affectedBy(job('1', 1))).toEqual({ paths: [], count: 0 });
});
