import { describe, expect, test } from 'vitest';
import { median, spread } from '#test/bench/statistics.ts';

describe('median', () => {
  test.each([
    [[7], 7],
    [[9, 1, 5], 5],
    [[100, 1, 3, 2], 2.5],
    [[10, 9, 8, 100, 7], 9],
  ])('of %j is %d', (values, expected) => {
    expect(median(values)).toBe(expected);
  });

  test('does not reorder what it was given', () => {
    const values = [3, 1, 2];
    median(values);
    expect(values).toEqual([3, 1, 2]);
  });

  test('of nothing is an error', () => {
    expect(() => median([])).toThrow(RangeError);
  });
});

describe('spread', () => {
  test.each([
    [[4, 4, 4], 0],
    [[0, 0], 0],
    [[8, 10, 12], 0.4],
  ])('of %j is %d', (values, expected) => {
    expect(spread(values)).toBeCloseTo(expected);
  });
});
