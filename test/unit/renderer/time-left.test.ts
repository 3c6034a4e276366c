/** How long a job still takes: a range from its measured speed, nothing while nobody can say. */
import { expect, test } from 'vitest';
import { addSample, timeLeft, type PaceSample } from '#renderer/parts/time-left.ts';

const steady: PaceSample[] = [0, 2, 4, 6, 8].map((second) => ({
  atMs: second * 1000,
  bytesDone: second * 100,
}));

test('a steady speed is one number', () => {
  expect(timeLeft(steady, 1800)).toEqual({ fromMs: 10_000, toMs: 10_000 });
});

test('a speed that changes is a range from the fastest to the slowest', () => {
  const slower = [...steady, { atMs: 16_000, bytesDone: 1000 }];
  expect(timeLeft(slower, 2000)).toEqual({ fromMs: 10_000, toMs: 40_000 });
});

test.each([
  ['in the first seconds', steady.slice(0, 3), 1000],
  ['without a total', steady, null],
  ['while nothing moves', steady.map(({ atMs }) => ({ atMs, bytesDone: 5 })), 1000],
  ['once all is done', steady, 800],
  ['with nothing seen', [], 800],
])('nothing is said %s', (_, samples, total) => {
  expect(timeLeft(samples, total)).toBeUndefined();
});

test('what was long ago is forgotten, and a number that goes back begins anew', () => {
  const later = { atMs: 65_000, bytesDone: 900 };
  expect(addSample(steady, later)).toEqual([...steady.slice(3), later]);
  expect(addSample(steady, { atMs: 9_000, bytesDone: 1 })).toEqual([{ atMs: 9_000, bytesDone: 1 }]);
});
