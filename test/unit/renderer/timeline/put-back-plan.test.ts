/** The plan of putting back in words, and what several jobs have done together. */
import { describe, expect, test } from 'vitest';
import {
  canBeExact,
  groupsOf,
  joinPlans,
  lineWords,
  planView,
  type RestoreLine,
  type RestorePlan,
} from '#renderer/features/timeline/put-back/put-back-plan.ts';
import { asksOf, restoreOutcome, takenBackOf, undoOutcome } from '#renderer/parts/restore-outcome.ts';
import { outcomeSentence, undoSentence } from '#renderer/parts/restore-words.ts';
import type { JobValue } from '#renderer/text/job-titles.ts';
import { zipName } from '#renderer/features/timeline/put-back/zip-name.ts';
import type { SelectedItem } from '#renderer/features/timeline/view-store.ts';
import { speechOf } from '#renderer/text/use-words.ts';

const NOW_MS = Date.UTC(2026, 10, 22, 12);
const DAY_MS = 86_400_000;
const VERSION_MS = NOW_MS - 19 * DAY_MS;
const { words, formats } = speechOf('en');
const speech = { words: words.putBack, formats, nowMs: NOW_MS };

function plan(more: Partial<RestorePlan> = {}): RestorePlan {
  return {
    restored: 0,
    updated: 0,
    beside: 0,
    unchanged: 0,
    kept: 0,
    removed: 0,
    bytesToWrite: 14_000_000,
    freeBytes: 211_000_000_000,
    hasRoom: true,
    problems: [],
    files: [],
    filesCut: false,
    ...more,
  };
}

function line(more: Partial<RestoreLine>): RestoreLine {
  return { path: '/a', label: 'a', action: 'updated', sizeBytes: 1, currentModifiedMs: null, ...more };
}

function item(more: Partial<SelectedItem> = {}): SelectedItem {
  return { path: '/a/b', label: 'b', kind: 'file', sizeBytes: 1, modifiedMs: 0, ...more };
}

const NEWER = line({ currentModifiedMs: VERSION_MS + 1 });
const OLDER = line({ currentModifiedMs: VERSION_MS - 1 });

describe('the sentence of a plan', () => {
  const choice = { versionMs: VERSION_MS, folder: null } as const;

  test.each([
    [
      'everything at once',
      plan({ restored: 1, updated: 2, unchanged: 1, kept: 3, files: [NEWER, OLDER] }),
      choice,
      'Puts back 3 files: 1 is missing today, 1 replaces a newer version, 1 replaces what is there, 1 is identical and will be left alone, 3 stay as they are by your rule.',
    ],
    ['one file', plan({ restored: 1 }), choice, 'Puts back 1 file: 1 is missing today.'],
    [
      'nothing to do',
      plan({ unchanged: 2 }),
      choice,
      'Nothing would change: 2 are identical and will be left alone.',
    ],
    ['as it was', plan({ removed: 2 }), choice, 'Puts back 0 files: 2 that came later go into safe keeping.'],
    [
      'beside',
      plan({ beside: 1, files: [line({ action: 'beside', currentModifiedMs: VERSION_MS + 1 })] }),
      choice,
      'Puts back 1 file: 1 gets a name beside what is there.',
    ],
    [
      'each by its own rule',
      plan({ updated: 1, beside: 2, kept: 1, files: [OLDER] }),
      choice,
      'Puts back 3 files: 1 replaces what is there, 2 get a name beside what is there, 1 stays as it is by your rule.',
    ],
    [
      'a copy',
      plan({ restored: 2 }),
      { ...choice, folder: 'Downloads' },
      'Puts a copy of 2 files in Downloads: 2 are new there.',
    ],
  ])('%s', (_, prepared, chosen, sentence) => {
    expect(planView(prepared, chosen, speech).sentence).toBe(sentence);
  });

  test('room and lack of room', () => {
    expect(planView(plan({ restored: 1 }), choice, speech).costs).toBe(
      '14 MB to fetch. Space needed 14 MB of 211 GB.',
    );
    const timed = (fetchMs: number): string =>
      planView(plan({ restored: 1, freeBytes: null }), { ...choice, fetchMs }, speech).costs;
    expect(timed(4_100)).toBe('14 MB to fetch, about 4 s.');
    expect(timed(20)).toBe('14 MB to fetch, about 1 s.');
    expect(timed(59_700)).toBe('14 MB to fetch, about 1 minute.');
    expect(timed(150 * 60_000)).toBe('14 MB to fetch, about 3 hours.');
    const full = planView(plan({ restored: 1, hasRoom: false, freeBytes: 1_000_000 }), choice, speech);
    expect(full.costs).toBe(
      'There is not enough space: 14 MB are needed, 1 MB are free. Nothing has been touched.',
    );
    expect(planView(plan({ bytesToWrite: 0 }), choice, speech).costs).toBe('');
  });
});

test.each([
  ['newer', NEWER, false, 'replaces one changed 18 days ago'],
  ['older', OLDER, false, 'replaces what is there'],
  ['nothing', line({ action: 'restored' }), false, 'missing today'],
  ['nothing, elsewhere', line({ action: 'restored' }), true, 'new there'],
] as const)('a line says what is in its way: %s', (_, one, isCopy, expected) => {
  expect(lineWords(one, { versionMs: VERSION_MS, isCopy }, speech)).toBe(expected);
});

test('what is gone is taken from the point that had it last', () => {
  const ref = (id: string): { snapshotId: string; time: string; timeMs: number } => ({
    snapshotId: id,
    time: '',
    timeMs: 1,
  });
  const gone = { deleted: { lastSeen: ref('old'), firstMissed: ref('newer') } };
  const groups = groupsOf([item(), item({ path: '/a/c', ...gone }), item({ path: { base64: '/w==' } })], {
    snapshotId: 'now',
    timeMs: 2,
  });
  expect(groups).toEqual([
    { snapshotId: 'now', timeMs: 2, paths: ['/a/b', { base64: '/w==' }] },
    { snapshotId: 'old', timeMs: 1, paths: ['/a/c'] },
  ]);
});

test('several plans are told as one, and need room together', () => {
  const joined = joinPlans([
    plan({ restored: 1, bytesToWrite: 60, freeBytes: 100 }),
    plan({ updated: 2, bytesToWrite: 60, freeBytes: 100, filesCut: true }),
  ]);
  expect(joined).toMatchObject({
    restored: 1,
    updated: 2,
    bytesToWrite: 120,
    hasRoom: false,
    filesCut: true,
  });
  expect(joinPlans([])).toBeUndefined();
});

test.each([
  ['a folder', [item({ kind: 'folder' })], true],
  ['a folder and a file', [item({ kind: 'folder' }), item()], false],
  ['nothing', [], false],
] as const)('exactly as it was: %s', (_, selection, expected) =>
  expect(canBeExact(selection)).toBe(expected),
);

describe('what jobs have done', () => {
  function job(more: Partial<JobValue>): JobValue {
    return {
      id: 'j',
      kind: 'restore',
      planId: null,
      placeId: null,
      startedBy: 'person',
      state: 'done',
      request: null,
      queuedAtMs: 0,
      startedAtMs: 0,
      endedAtMs: 0,
      result: null,
      error: null,
      troubleCount: 0,
      progress: null,
      wait: null,
      ...more,
    };
  }
  const undo = { folder: '/home', undoId: 'u' };
  const result = { filesRestored: 2, filesUpdated: 1, filesRemoved: 0, undoId: 'u', undos: [undo] };

  test.each([
    ['done', [job({ result })], null, '3 files put back and verified.', [undo]],
    [
      'folders that lie apart, each taken back on its own',
      [job({ result: { ...result, undos: [undo, { folder: '/mnt', undoId: 'w' }] } }), job({ result: {} })],
      null,
      '3 files put back and verified.',
      [undo, { folder: '/mnt', undoId: 'w' }],
    ],
    [
      'a copy, whose folder may have any name',
      [job({ result: { ...result, undos: [{ folder: { base64: 'L/8=' }, undoId: 'u' }] } })],
      { base64: 'L/8=' },
      '3 files put in ⟨ff⟩ and verified.',
      [{ folder: { base64: 'L/8=' }, undoId: 'u' }],
    ],
    ['nothing to do', [job({ result: {} })], null, 'Everything was there already. Nothing was changed.', []],
    [
      'except some',
      [job({ result }), job({ state: 'doneExcept', troubleCount: 2, result: {} })],
      null,
      '3 files put back and verified; 2 could not be.',
      [undo],
    ],
    [
      'stopped midway, with what was right already',
      [job({ state: 'cancelled', result: { ...result, filesUnchanged: 9, filesTotal: 40 } })],
      null,
      '12 of 40 files are back. Stopped before the rest; nothing else was touched.',
      [undo],
    ],
    [
      'stopped midway, and nobody has counted the rest',
      [
        job({
          state: 'cancelled',
          result: { ...result, filesUpdated: 0, filesRestored: 1, filesTotal: null },
        }),
      ],
      null,
      '1 file is back. Stopped before the rest; nothing else was touched.',
      [undo],
    ],
    [
      'a full disk in the middle of a copy',
      [job({ state: 'failed', result: { ...result, filesTotal: 40 } })],
      '/home/me/Elsewhere',
      '3 of 40 files are in Elsewhere. Stopped before the rest; nothing else was touched.',
      [undo],
    ],
    [
      'stopped when only what came later was gone',
      [job({ state: 'cancelled', result: { filesRemoved: 1, filesTotal: 4, undos: [undo] } })],
      null,
      '0 of 4 files are back. 1 that came later is in safe keeping. Stopped before the rest; nothing else was touched.',
      [undo],
    ],
    ['stopped at once', [job({ state: 'cancelled' })], null, 'Stopped. Nothing had been changed yet.', []],
    [
      'stopped after a look at what was right already',
      [job({ state: 'cancelled', result: { filesUnchanged: 2, filesTotal: 4, undos: [] } })],
      null,
      'Stopped. Nothing had been changed yet.',
      [],
    ],
    ['not begun', [job({ state: 'failed' })], null, 'It was not put back. Nothing was changed.', []],
    ['ended by a crash', [job({ state: 'interrupted' })], null, words.putBack.interrupted, []],
  ] as const)('%s', (_, jobs, target, sentence, undos) => {
    const outcome = restoreOutcome(jobs);
    expect(outcomeSentence(outcome, target, speech)).toBe(sentence);
    expect(outcome.undos).toEqual(undos);
  });

  test('of several, those that were not begun after a stop are not counted', () => {
    const cut = job({ state: 'cancelled', result: { ...result, filesTotal: 40 } });
    expect(restoreOutcome([cut], 2).total).toBeNull();
    expect(restoreOutcome([job({ result: { ...result, filesTotal: 3 } }), cut], 2).total).toBe(43);
  });

  test.each([
    ['all', [job({ result: { returned: 1, removed: 2, copied: 0, stayed: 0 } })], words.putBack.undone],
    [
      'edited since',
      [job({ result: { returned: 1, removed: 2, copied: 1, stayed: 0 } })],
      'Taken back. 1 file had been edited since; your edits are kept as copies beside it.',
    ],
    [
      'in the way',
      [job({ state: 'doneExcept', troubleCount: 3 })],
      'Taken back, except 3 that could not be moved.',
    ],
    ['not at all', [job({ state: 'failed' })], 'It was not taken back.'],
  ] as const)('undo: %s', (_, jobs, sentence) =>
    expect(undoSentence(undoOutcome(jobs), speech)).toBe(sentence),
  );

  test.each([
    ['nothing', [], ['u', 'w'], false],
    ['one of two', [['u', 'done']], ['w'], false],
    [
      'all',
      [
        ['u', 'done'],
        ['w', 'done'],
        ['another', 'running'],
      ],
      [],
      false,
    ],
    [
      'one again, after it had failed',
      [
        ['u', 'failed'],
        ['u', 'done'],
      ],
      ['w'],
      false,
    ],
    [
      'except some, which can be tried again',
      [
        ['u', 'doneExcept'],
        ['w', 'failed'],
      ],
      ['u', 'w'],
      false,
    ],
    ['one at this moment', [['u', 'running']], ['u', 'w'], true],
  ] as const)('taken back by whomever: %s', (_, taken, open, isUnderWay) => {
    const jobs = taken.map(([undoId, state]) =>
      job({
        kind: 'undo',
        state,
        request: { kind: 'undo', folder: '/home', undoId },
        endedAtMs: state === 'running' ? null : 1,
        result: { copied: 1 },
      }),
    );
    const refs = [undo, { folder: '/mnt', undoId: 'w' }];
    const found = takenBackOf(refs, [job({ result }), ...jobs]);
    expect(found.open.map(({ undoId }) => undoId)).toEqual(open);
    expect(found.isUnderWay).toBe(isUnderWay);
    expect(found.outcome.keptAsCopies).toBe(2 - open.length);
  });

  test('what was taken back can be put back by what its job was asked for, while that is known', () => {
    const ask = { placeId: 'p', snapshotId: 's', paths: ['/a'], target: null, rule: 'keep-both' };
    const jobs = [
      job({ kind: 'backup', result: { undos: [{ folder: '/', undoId: 'u' }] } }),
      job({
        kind: 'restore',
        request: { kind: 'restore', ...ask },
        result: { undos: [{ folder: '/', undoId: 'u' }] },
      }),
    ];
    expect(asksOf('u', jobs)).toEqual([ask]);
    expect(asksOf('another', jobs)).toEqual([]);
  });
});

test.each([
  [['Letters'], 'from Tue 3 Nov, 14:20', 'Letters (from Tue 3 Nov 14.20).zip'],
  [['a', 'b', 'c'], '', 'a +2.zip'],
  [['../..\u0000<x>'], '', 'x.zip'],
  [[''], '', 'Tidemark.zip'],
])('a zip of %j is called %s', (names, moment, expected) => expect(zipName(names, moment)).toBe(expected));
