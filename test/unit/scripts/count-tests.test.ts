import { expect, test } from 'vitest';
import { countTests } from '../../../scripts/count-tests.mjs';

/** Results as `status|error|error`, the errors of all tries. */
function file(name: string, status: string, tests: Record<string, string>, message = '') {
  const assertionResults = Object.entries(tests).map(([fullName, result]) => {
    const [status = '', ...failureMessages] = result.split('|');
    return { fullName, status, failureMessages };
  });
  return { name: `/project/test/${name}`, status, message, assertionResults };
}

test('adds up over files, and names what was skipped, what failed, and what passed only when tried once more', () => {
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
