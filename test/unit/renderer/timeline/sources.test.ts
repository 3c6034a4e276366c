import { expect, test } from 'vitest';
import { sourcesOf } from '#renderer/features/timeline/sources.ts';
import type { Point } from '#renderer/features/timeline/wire-types.ts';
import { place, plan, wellProtected } from '#test/support/mirror-parts.ts';

const point = (series: string, timeMs: number, tags: readonly string[] = []): Point =>
  ({
    series,
    timeMs,
    tags,
    paths: ['/home/ann/Letters'],
    hostname: 'tower',
    snapshotId: `${timeMs}`,
  }) as never;
const points = (series: string, ...timesMs: number[]): Point[] => timesMs.map((ms) => point(series, ms));

const known = {
  ...wellProtected(0),
  plans: [plan('letters', 'Letters', ['/home/ann/Letters'], ['drive', 'server'])],
  places: [
    place('drive', 'Blue drive'),
    place('server', 'Home server'),
    { ...place('attic', 'Attic'), presence: 'absent' as const },
  ],
  revision: 1,
};
const order = (...answers: Parameters<typeof sourcesOf>[0][number][]): string[] =>
  sourcesOf(answers, known).map(({ placeId, series }) => `${series} ${placeId}`);

test('of one series in two places the one that knows more of the past comes first, not the one that was last written to', () => {
  expect(
    order(
      { placeId: 'drive', points: points('letters', 1, 2, 3, 4) },
      { placeId: 'server', points: points('letters', 5) },
    ),
  ).toEqual(['letters drive', 'letters server']);
});

test('own plans before what others left, places that are here before those that are away, the newest series first', () => {
  expect(
    order(
      { placeId: 'attic', points: points('letters', 1, 2, 3, 9) },
      { placeId: 'drive', points: [...points('other', 8, 9), ...points('third', 2, 3, 4, 5)] },
      { placeId: 'server', points: points('letters', 6) },
    ),
  ).toEqual(['letters server', 'letters attic', 'other drive', 'third drive']);
});
