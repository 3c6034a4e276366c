import { describe, expect, test } from 'vitest';
import { formatBytes, formatCount, formatDuration, formatRatio } from '#test/bench/format-figures.ts';

describe('figures', () => {
  test.each([
    [123, '0.12 s'],
    [9994, '9.99 s'],
    [12_340, '12.3 s'],
    [123_400, '123 s'],
  ])('%d ms are %s', (value, expected) => {
    expect(formatDuration(value)).toBe(expected);
  });

  test.each([
    [999, '999 B'],
    [1_500_000, '1.5 MB'],
    [1_234_567_890, '1 235 MB'],
  ])('%d bytes are %s', (value, expected) => {
    expect(formatBytes(value)).toBe(expected);
  });

  test.each([
    [0, '0'],
    [1000, '1 000'],
    [1_234_567, '1 234 567'],
  ])('%d is %s', (value, expected) => {
    expect(formatCount(value)).toBe(expected);
  });

  test('ratios keep two digits', () => {
    expect(formatRatio(0.6049)).toBe('0.60');
  });
});
