/** Which points show a lock, and what is said of one or of several. */
import { expect, test } from 'vitest';
import { lockedPoints, lockWords, locksOf } from '#renderer/features/timeline/band/locks.ts';
import { createFormats } from '#renderer/text/formats.ts';
import { history as de } from '#renderer/text/de/history.ts';
import { history as en } from '#renderer/text/en/history.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 1_440 * MINUTE_MS;
const point = (id: string, timeMs: number, isPart = false) => ({ snapshotId: id, timeMs, isPart });
const lock = (snapshotId: string, timeMs: number, untilMs: number) => ({ snapshotId, timeMs, untilMs });

test('any place counts, the longest is told; a version of another place is known by its moment', () => {
  const points = [
    point('a', 0),
    point('part', 100 * MINUTE_MS, true),
    point('b', 200 * MINUTE_MS),
    point('c', 900 * MINUTE_MS),
  ];
  const locks = locksOf(points, [
    { placeName: 'Drive', isOwn: true, locks: [lock('b', 200 * MINUTE_MS, 5 * DAY_MS)] },
    {
      placeName: 'Cloud',
      isOwn: false,
      locks: [
        lock('x', MINUTE_MS, 3 * DAY_MS),
        lock('y', 101 * MINUTE_MS, 3 * DAY_MS),
        lock('z', 201 * MINUTE_MS, 9 * DAY_MS),
        lock('w', 960 * MINUTE_MS, 9 * DAY_MS),
      ],
    },
  ]);
  expect([...locks]).toEqual([
    ['b', { untilMs: 9 * DAY_MS, placeName: 'Cloud' }],
    ['a', { untilMs: 3 * DAY_MS, placeName: 'Cloud' }],
  ]);
});

test('in words', () => {
  const speech = { history: en, formats: createFormats('en-GB'), nowMs: Date.parse('2026-11-02T12:00:00Z') };
  const until = (day: number) => ({ placeName: 'Cloud', untilMs: Date.parse(`2026-12-0${day}T12:00:00Z`) });
  expect(lockedPoints([])).toBeUndefined();
  expect(lockWords(lockedPoints([until(3)])!, 1, speech)).toBe('locked in Cloud until 3 Dec');
  expect(lockWords(lockedPoints([until(3), until(5)])!, 4, speech)).toBe(
    '2 of 4 locked in Cloud until 5 Dec at the latest',
  );
  expect(lockWords(lockedPoints([until(3), until(5)])!, 2, { ...speech, history: de })).toBe(
    'alle 2 gesperrt in Cloud bis 5 Dec (spätestens)',
  );
});
