import { format } from 'prettier';
import { expect, test } from 'vitest';
import { updateBenchmarksFile } from '#test/bench/benchmarks-file.ts';
import { sampleComparison, sampleResult } from './sample-result.ts';

test('the latest tables replace the former ones, history grows at its top', async () => {
  const first = updateBenchmarksFile(undefined, sampleResult());
  // As it lies on the disk: prettier has set the columns.
  const stored = await format(first, { parser: 'markdown' });
  const faster = sampleResult({
    takenAt: '2026-04-05T00:00:00.000Z',
    comparisons: [sampleComparison('first-small', [5000], [10_000])],
  });
  const second = updateBenchmarksFile(stored, faster);
  expect(second).not.toContain('6.00 s');
  expect(second).toContain('| work first-small | 5.00 s | 10.0 s | 0.50 | <= 0.60 | ok |');
  const history = second.split('\n').filter((line) => /^\| *2026/.test(line));
  expect(history.map((line) => line.replace(/ +/g, ' '))).toEqual([
    '| 2026-04-05 | 0.1.0 abc1234 | Some CPU, 4 cores | 0.19.1 | 0.50 | | | | | | 1.00 | | | |',
    '| 2026-03-04 | 0.1.0 abc1234 | Some CPU, 4 cores | 0.19.1 | 0.60 | | | | | | 1.00 | | | |',
  ]);
});

test('what was measured by hand stays at the end', () => {
  const byHand = '## Places\n\nBy hand.\n\n## Watching\n\nBy hand.\n';
  const first = `${updateBenchmarksFile(undefined, sampleResult())}\n${byHand}`;
  const second = updateBenchmarksFile(first, sampleResult());
  expect(second.slice(second.indexOf('## Places'))).toBe(byHand);
});

test('history is cut, oldest first', () => {
  let text = '';
  for (let day = 0; day < 60; day++) {
    const takenAt = new Date(Date.UTC(2026, 0, 1 + day)).toISOString();
    text = updateBenchmarksFile(text, sampleResult({ takenAt }));
  }
  const dates = [...text.matchAll(/^\| (\d{4}-\d\d-\d\d) /gm)].map((match) => match[1]);
  expect(dates).toHaveLength(50);
  expect(dates[0]).toBe('2026-03-01');
});
