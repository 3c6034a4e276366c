import { expect, test } from 'vitest';
import { sourcesOf } from '#renderer/features/timeline/sources.ts';
import { standInFor, wholeElsewhere } from '#renderer/features/timeline/stand-in.ts';
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

test('where a place is away, the one goes on that has the same version, else the one with the nearest; none that is away, too', () => {
  const minute = 60_000;
  const sources = sourcesOf(
    [
      { placeId: 'attic', points: points('letters', 1000 * minute) },
      { placeId: 'drive', points: points('letters', 100 * minute, 900 * minute, 2000 * minute) },
      {
        placeId: 'server',
        points: [...points('letters', 130 * minute, 1500 * minute), ...points('other', 1)],
      },
    ],
    known,
  );
  const standIn = (placeId: string, atMs: number): unknown => {
    const found = standInFor(sources, { placeId, series: 'letters' }, atMs);
    return found && [found.source.placeId, found.point.timeMs / minute, found.isSame];
  };
  expect(standIn('drive', 100 * minute)).toEqual(['server', 130, true]);
  expect(standIn('drive', 99 * minute)).toEqual(['server', 130, false]);
  expect(standIn('drive', 2000 * minute)).toEqual(['server', 1500, false]);
  expect(standIn('attic', 1000 * minute)).toEqual(['drive', 900, false]);
  expect(standInFor(sources, { placeId: 'server', series: 'other' }, 1)).toBeUndefined();
});

test('a version that is damaged is had whole where the same one is not', () => {
  const minute = 60_000;
  const made = (timeMs: number, part: Partial<Point> = {}): Point => ({
    ...points('letters', timeMs)[0]!,
    state: 'known',
    isFileDamaged: false,
    ...part,
  });
  const whole = made(100 * minute);
  const wholeFor = (here: Point, there: readonly Point[]): unknown => {
    const sources = sourcesOf(
      [
        { placeId: 'drive', points: [here] },
        { placeId: 'server', points: there },
      ],
      known,
    );
    const found = wholeElsewhere(sources, { placeId: 'drive', series: 'letters' }, here);
    return found && [found.source.points.length, found.point.timeMs / minute];
  };
  const partly = made(100 * minute, { state: 'partly' });
  expect(wholeFor(whole, [whole])).toBeUndefined();
  expect(wholeFor(partly, [made(101 * minute)])).toEqual([1, 101]);
  expect(wholeFor(made(100 * minute, { isFileDamaged: true }), [made(101 * minute)])).toEqual([1, 101]);
  expect(wholeFor(partly, [made(300 * minute)])).toBeUndefined();
  expect(wholeFor(partly, [made(100 * minute, { state: 'partly' }), made(102 * minute)])).toEqual([2, 102]);
  expect(wholeFor(partly, [made(100 * minute, { isFileDamaged: true })])).toBeUndefined();
  expect(wholeFor(partly, [made(100 * minute, { isPart: true })])).toBeUndefined();
});
