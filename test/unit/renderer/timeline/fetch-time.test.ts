/** How long putting back will take: from the last restores of that place alone, and nothing where none tells. */
import { expect, test } from 'vitest';
import type { Mirror } from '#contract/app/mirror-values.ts';
import { fetchMs } from '#renderer/features/timeline/put-back/fetch-time.ts';

type Job = Mirror['jobs'][number];

const MB = 1_000_000;

function restore(bytes: number, tookMs: number, more: Partial<Job> = {}): Job {
  return {
    kind: 'restore',
    state: 'done',
    placeId: 'drive',
    startedAtMs: 1_000,
    endedAtMs: 1_000 + tookMs,
    result: {
      filesTotal: 1,
      filesRestored: 1,
      filesUpdated: 0,
      filesUnchanged: 0,
      filesKept: 0,
      filesRemoved: 0,
      bytesRestored: bytes,
      verifiedFiles: 1,
      problems: 0,
      target: '/home',
      undoId: null,
      folder: null,
      undos: [],
    },
    ...more,
  } as unknown as Job;
}

test.each([
  ['as fast as the last time', [restore(10 * MB, 5_000)], 4_000],
  [
    'one that rested over night does not decide, nor does one long ago',
    [
      restore(10 * MB, 5_000),
      restore(10 * MB, 40_000_000),
      restore(10 * MB, 5_000),
      restore(10 * MB, 2_000),
      restore(10 * MB, 5_000),
      ...Array.from({ length: 9 }, () => restore(10 * MB, 500_000)),
    ],
    4_000,
  ],
  ['another place says nothing', [restore(10 * MB, 5_000, { placeId: 'cloud' as never })], undefined],
  ['a few bytes say nothing', [restore(20_000, 900)], undefined],
  ['one that failed says nothing', [restore(10 * MB, 5_000, { state: 'failed' })], undefined],
  ['a clock that was set back says nothing', [restore(10 * MB, -5_000)], undefined],
  ['a backup says nothing', [restore(10 * MB, 5_000, { kind: 'backup' })], undefined],
  ['a result that is none says nothing', [restore(10 * MB, 5_000, { result: null })], undefined],
  ['nothing was put back yet', [], undefined],
])('%s', (_, jobs, expected) => {
  expect(fetchMs(jobs, 'drive', 8 * MB)).toBe(expected);
});
