/** Hints are believed for a day at most, and never over a doubt. */
import { expect, it } from 'vitest';
import { needsFullWalk } from '#services/watcher/full-walk.ts';

const DAY_MS = 86_400_000;

it.each([
  ['never walked', [], undefined, 'neverWalked'],
  ['just walked', [], 10 * DAY_MS, undefined],
  ['walked nearly a day ago', [], 9 * DAY_MS + 1, undefined],
  ['walked a day ago', [], 9 * DAY_MS, 'daily'],
  ['walked by a clock that was ahead', [], 10 * DAY_MS + 1, 'clockJumped'],
  ['in doubt', ['woke'], 10 * DAY_MS, 'doubt'],
] as const)('%s', (_, doubts, lastFullWalkAtMs, expected) => {
  expect(needsFullWalk(doubts, lastFullWalkAtMs, 10 * DAY_MS)).toBe(expected);
});
