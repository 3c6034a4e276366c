import { expect, test } from 'vitest';
import { planSegments, type NeededBlob } from '#operations/restore/plan-segments.ts';
import type { PackId } from '#base/ids.ts';

const LIMITS = { maxBytes: 1000, maxGapBytes: 100, maxUses: 4 };

function blob(pack: string, offset: number, length: number, uses = 1): NeededBlob<number> {
  return {
    id: new Uint8Array(32),
    location: { packId: pack as PackId, offset, length, uncompressedLength: 0 },
    uses: Array.from({ length: uses }, (_, index) => index),
  };
}

function plan(...blobs: NeededBlob<number>[]): string[] {
  return planSegments(blobs, LIMITS).map(
    ({ packId, offset, length, blobs: within }) =>
      `${packId} ${offset}+${length}: ${within.map(({ location }) => location.offset).join(' ')}`,
  );
}

test('neighbours share a load whatever order they are asked in; small gaps are loaded over', () => {
  expect(plan(blob('a', 300, 100), blob('a', 0, 200))).toEqual(['a 0+400: 0 300']);
  expect(plan(blob('a', 0, 200), blob('a', 301, 100))).toEqual(['a 0+200: 0', 'a 301+100: 301']);
});

test('packs come in the order of need, each by itself', () => {
  expect(plan(blob('b', 0, 10), blob('a', 0, 10), blob('b', 10, 10))).toEqual(['b 0+20: 0 10', 'a 0+10: 0']);
});

test('a segment ends before it is too long or has too many uses; one blob may be too long', () => {
  expect(plan(blob('a', 0, 600), blob('a', 600, 400), blob('a', 1000, 1))).toEqual([
    'a 0+1000: 0 600',
    'a 1000+1: 1000',
  ]);
  expect(plan(blob('a', 0, 5000), blob('a', 5000, 10))).toEqual(['a 0+5000: 0', 'a 5000+10: 5000']);
  expect(plan(blob('a', 0, 1, 3), blob('a', 1, 1, 1), blob('a', 2, 1, 4), blob('a', 3, 1, 1))).toEqual([
    'a 0+2: 0 1',
    'a 2+1: 2',
    'a 3+1: 3',
  ]);
});

test('a blob that is used very often is loaded several times, each use once', () => {
  const segments = planSegments([blob('a', 0, 10, 9), blob('a', 10, 10)], LIMITS);
  expect(segments.map(({ blobs }) => blobs.flatMap(({ uses }) => uses))).toEqual([
    [0, 1, 2, 3],
    [4, 5, 6, 7],
    [8, 0],
  ]);
});

test('nothing needed, nothing loaded', () => {
  expect(plan()).toEqual([]);
});
