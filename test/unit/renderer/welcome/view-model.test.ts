/** What the screens of the first run conclude from sizes, places and jobs. */
import { describe, expect, test } from 'vitest';
import type { Mirror } from '#contract/app/mirror-values.ts';
import {
  bestPlace,
  chosenOf,
  firstCopyOf,
  fitOf,
  folderAround,
  meterOf,
  surpriseOf,
} from '#renderer/features/welcome/view-model.ts';
import type { FolderChoice, FolderSize, PlaceChoice } from '#renderer/features/welcome/view-store.ts';

const GB = 1e9;

function folder(name: string, isTicked: boolean, reason: FolderChoice['reason'] = null): FolderChoice {
  return { folder: `/home/me/${name}`, known: null, reason, isTicked };
}
function sizes(gigabytes: Readonly<Record<string, number>>): Record<string, FolderSize> {
  return Object.fromEntries(
    Object.entries(gigabytes).map(([name, size]) => [
      `=/home/me/${name}`,
      { files: 1, bytes: size * GB, unreadable: 0, isDone: true, isCut: false },
    ]),
  );
}
function place(location: string, more: Partial<PlaceChoice> = {}): PlaceChoice {
  return {
    location,
    name: location,
    kind: 'drive',
    freeBytes: 100 * GB,
    sameDiskAsHome: false,
    isRemovable: true,
    ...more,
  };
}

test('what is ticked is summed, and counting ends with the last of it', () => {
  const folders = [folder('a', true), folder('b', true), folder('c', false)];
  expect(chosenOf(folders, sizes({ a: 1, c: 5 }))).toEqual({
    folders: ['/home/me/a', '/home/me/b'],
    files: 1,
    bytes: GB,
    isCounting: true,
  });
  expect(chosenOf(folders, sizes({ a: 1, b: 2 }))).toMatchObject({ bytes: 3 * GB, isCounting: false });
});

test.each([
  ['left out and the largest', [folder('a', true), folder('v', false, 'isLarge')], { a: 2, v: 412 }, 'v'],
  ['taken and larger than all else', [folder('a', true), folder('v', true)], { a: 2, v: 412 }, 'v'],
  ['taken and much like the others', [folder('a', true), folder('v', true)], { a: 2, v: 3 }, undefined],
  ['small', [folder('a', true), folder('v', false)], { a: 0.1, v: 0.5 }, undefined],
  [
    'said in its row',
    [folder('a', true), folder('d', false, 'canBeFetchedAgain')],
    { a: 2, d: 9 },
    undefined,
  ],
  ['there is only one', [folder('a', true)], { a: 500 }, undefined],
])('a surprise: %s', (_case, folders, gigabytes, name) => {
  const found = surpriseOf(folders, sizes(gigabytes as Record<string, number>));
  expect(found?.choice.folder).toBe(name === undefined ? undefined : `/home/me/${name}`);
});

test.each([
  [null, 5, { kind: 'unknown' }],
  [100, 0, { kind: 'unknown' }],
  [10, 11, { kind: 'not', missingBytes: 1 }],
  [19, 10, { kind: 'once' }],
  [35, 10, { kind: 'times', times: 3 }],
  [1_000, 10, { kind: 'plenty' }],
])('%s free for %s', (free, needed, fit) => {
  expect(fitOf(free, needed)).toEqual(fit);
});

describe('the place that is chosen before anybody has', () => {
  const own = place('/home/me/Tidemark', { kind: 'folder', sameDiskAsHome: true });
  test('a drive of its own before the disk with the files', () => {
    expect(bestPlace([own, place('/media/usb')], GB)?.location).toBe('/media/usb');
  });
  test('never one where a backup lies, nor one that is too small', () => {
    const places = [place('/media/old', { kind: 'existing' }), place('/media/small', { freeBytes: 10 }), own];
    expect(bestPlace(places, GB)?.location).toBe(own.location);
    expect(bestPlace(places.slice(0, 2), GB)).toBeUndefined();
  });
});

test('copies would hold themselves in a folder that is protected', () => {
  const folders = ['/home/me/Documents', { base64: '/w==' }];
  expect(folderAround('/home/me/Documents/Tidemark', folders)).toBe('/home/me/Documents');
  expect(folderAround('/home/me/Documents', folders)).toBe('/home/me/Documents');
  expect(folderAround('/home/me/Documents 2', folders)).toBeUndefined();
  expect(folderAround('/media/usb', ['/'])).toBe('/');
});

test('the meter says that something is away from here only where the address shows it', () => {
  expect(meterOf(undefined)).toMatchObject({ copies: 1, disks: 1, away: 0 });
  expect(meterOf(place('/media/usb'))).toEqual({ copies: 2, disks: 2, away: 0, says: 'saysDrive' });
  expect(meterOf(place('/x', { sameDiskAsHome: true }))).toMatchObject({ disks: 1, says: 'saysSameDisk' });
  expect(meterOf(place('/n', { kind: 'network' }))).toMatchObject({ away: 0, says: 'saysNetwork' });
  const far = place('s3:https://s3.example.org/copies', { kind: 'network' });
  expect(meterOf(far)).toEqual({ copies: 2, disks: 2, away: 1, says: 'saysAway' });
});

describe('the first copy', () => {
  const job = (more: object): object => ({
    id: 'j',
    kind: 'backup',
    planId: 'p',
    state: 'running',
    queuedAtMs: 1,
    progress: null,
    result: null,
    wait: null,
    troubleCount: 0,
    ...more,
  });
  const progress = { filesDone: 214, bytesDone: 5, totalFiles: null, totalBytes: null, current: null };
  test.each([
    ['nothing yet', [], 'preparing'],
    ['of another plan', [job({ planId: 'q', state: 'done' })], 'preparing'],
    ['queued', [job({ state: 'queued' })], 'preparing'],
    ['held up', [job({ state: 'queued', wait: 'placeAbsent' })], 'waits'],
    ['looking', [job({})], 'preparing'],
    ['running', [job({ progress })], 'running'],
    ['broken off', [job({ state: 'failed' })], 'failed'],
    ['tried again', [job({ queuedAtMs: 2, progress }), job({ state: 'failed' })], 'running'],
    ['done, and another runs', [job({ queuedAtMs: 2, progress }), job({ state: 'done' })], 'safe'],
  ])('%s', (_case, jobs, kind) => {
    expect(firstCopyOf({ jobs } as unknown as Mirror, 'p').kind).toBe(kind);
  });

  test('counts what is in the version, also what was there before', () => {
    const result = { filesNew: 200, filesChanged: 4, filesUnmodified: 10 };
    const jobs = [job({ state: 'doneExcept', result, troubleCount: 2 })];
    expect(firstCopyOf({ jobs } as unknown as Mirror, 'p')).toMatchObject({ files: 214, troubles: 2 });
  });
});
