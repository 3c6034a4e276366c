import { expect, test } from 'vitest';
import { countTests } from '../../../scripts/count-tests.mjs';

function file(name: string, status: string, tests: Record<string, string>, message = '') {
  const assertionResults = Object.entries(tests).map(([fullName, result]) => ({ fullName, status: result }));
  return { name: `/project/test/${name}`, status, message, assertionResults };
}

test('adds up over files, and names what was skipped', () => {
  const report = {
    testResults: [
      file('a.test.ts', 'passed', {
        ' one': 'passed',
        ' two': 'passed',
        ' three (no restic here)': 'skipped',
      }),
      file('b.test.ts', 'failed', { good: 'passed', bad: 'failed', later: 'todo', never: 'pending' }),
    ],
  };
  expect(countTests(report, '/project')).toEqual({
    passed: 3,
    failed: 1,
    skipped: ['test/a.test.ts: three (no restic here)', 'test/b.test.ts: later', 'test/b.test.ts: never'],
    brokenFiles: [],
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
  expect(counts.brokenFiles).toEqual(['test/broken.test.ts: SyntaxError', 'test/prepare.test.ts: no disk']);
});
