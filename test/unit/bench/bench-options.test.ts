import { describe, expect, test } from 'vitest';
import { HELP, parseBenchOptions } from '#test/bench/bench-options.ts';

describe('options of the bench', () => {
  test('defaults', () => {
    expect(parseBenchOptions([], '/here')).toEqual({
      help: false,
      runs: 5,
      groups: ['small', 'large', 'upkeep', 'index', 'catalogue', 'window', 'places'],
      restic: undefined,
      small: undefined,
      largeBytes: 750e6,
      indexBlobs: 1_000_000,
      catalogue: { files: 50_000, points: 50 },
      line: { bytesPerSecond: 12_500_000, lossPercent: 0 },
      millionFiles: undefined,
      work: undefined,
      json: undefined,
      record: false,
    });
  });

  test('paths start where the person is; a bare name of a program stays one', () => {
    const options = parseBenchOptions(['--small', 'x', '--restic', 'restic', '--json', '../o.json'], '/here');
    expect(options).toMatchObject({ small: '/here/x', restic: 'restic', json: '/o.json' });
    expect(parseBenchOptions(['--restic', './restic'], '/here').restic).toBe('/here/restic');
  });

  test('--files counts with --million only; --only chooses', () => {
    expect(parseBenchOptions(['--files', '7'], '/').millionFiles).toBeUndefined();
    const options = parseBenchOptions(['--million', '--files', '7', '--only='], '/');
    expect(options).toMatchObject({ millionFiles: 7, groups: [] });
    expect(parseBenchOptions(['--only', 'index,small'], '/').groups).toEqual(['index', 'small']);
  });

  test.each([
    [['--runs', '0'], '--runs takes a whole number from 1 on, not 0.'],
    [['--index', '1e6'], '--index takes a whole number from 1 on, not 1e6.'],
    [['--only', 'smal'], '--only: smal is none of small, large, upkeep, index, catalogue, window, places.'],
  ])('%j is refused', (args, message) => {
    expect(() => parseBenchOptions(args, '/')).toThrow(message);
  });

  test('the help names every option', () => {
    const names = [
      'runs',
      'only',
      'restic',
      'small',
      'large',
      'index',
      'paths',
      'points',
      'million',
      'files',
      'work',
      'json',
      'record',
    ];
    for (const name of names) expect(HELP).toContain(`  --${name} `);
  });
});
