import { expect, test } from 'vitest';
import { countTests, failedFiles, withSecondRun } from '../../../scripts/count-tests.mjs';

/** Results as `status|error|error`, the errors of all tries. */
function file(name: string, status: string, tests: Record<string, string>, message = '') {
  const assertionResults = Object.entries(tests).map(([fullName, result]) => {
    const [status = '', ...failureMessages] = result.split('|');
    return { fullName, status, failureMessages };
  });
  return { name: `/project/test/${name}`, status, message, assertionResults };
}

test('adds up over files, and names what was skipped, what failed, and what passed only when run again', () => {
  const report = {
    testResults: [
      file('a.test.ts', 'passed', {
        ' one': 'passed',
        ' two': 'passed',
        ' three (no restic here)': 'skipped',
      }),
      file('b.test.ts', 'failed', {
        good: 'passed',
        bad: `failed|\u001B[31mError: ${'x'.repeat(400)}\u001B[39m\n  at line|Error: again`,
        luck: 'passed|Error: too late\n  at line',
        later: 'todo',
        never: 'pending',
      }),
    ],
  };
  expect(countTests(report, '/project')).toEqual({
    passed: 4,
    failed: 1,
    skipped: ['test/a.test.ts: three (no restic here)', 'test/b.test.ts: later', 'test/b.test.ts: never'],
    failures: [`test/b.test.ts: bad: Error: ${'x'.repeat(293)}`],
    unsteady: ['test/b.test.ts: luck: Error: too late'],
  });
});

test('a file that does not load, and one whose preparation throws, are failures', () => {
  const report = {
    testResults: [
      file('broken.test.ts', 'failed', {}, 'SyntaxError'),
      file('prepare.test.ts', 'failed', { one: 'skipped' }, 'no disk'),
    ],
  };
  const counts = countTests(report, '/project');
  expect(counts.failed).toBe(2);
  expect(counts.failures).toEqual(['test/broken.test.ts: SyntaxError', 'test/prepare.test.ts: no disk']);
});

test('files that ran again count as they did then, and what came right is told with what it had failed with', () => {
  const first = {
    testResults: [
      file('steady.test.ts', 'passed', { one: 'passed' }),
      file('luck.test.ts', 'failed', { two: 'failed|Error: too late', three: 'passed' }),
      file('bad.test.ts', 'failed', { four: 'failed|Error: wrong', five: 'passed' }),
      file('port.test.ts', 'failed', { six: 'skipped' }, 'no port'),
    ],
  };
  const again = {
    testResults: [
      file('luck.test.ts', 'passed', { two: 'passed', three: 'passed' }),
      file('bad.test.ts', 'failed', { four: 'failed|Error: wrong as before', five: 'passed' }),
      file('port.test.ts', 'passed', { six: 'passed' }),
    ],
  };
  expect(failedFiles(first)).toEqual([
    '/project/test/luck.test.ts',
    '/project/test/bad.test.ts',
    '/project/test/port.test.ts',
  ]);
  expect(countTests(withSecondRun(first, again), '/project')).toEqual({
    passed: 5,
    failed: 1,
    skipped: [],
    failures: ['test/bad.test.ts: four: Error: wrong'],
    unsteady: ['test/luck.test.ts: two: Error: too late', 'test/port.test.ts: six: no port'],
  });
});

test('what broke in the second run alone is a failure', () => {
  const first = { testResults: [file('a.test.ts', 'failed', { one: 'failed|Error: 1', two: 'passed' })] };
  const again = { testResults: [file('a.test.ts', 'failed', { one: 'passed', two: 'failed|Error: 2' })] };
  const counts = countTests(withSecondRun(first, again), '/project');
  expect(counts.failures).toEqual(['test/a.test.ts: two: Error: 2']);
});
