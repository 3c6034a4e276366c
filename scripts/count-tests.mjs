/** Counts tests from the JSON report of vitest. Pure; runs on Node 20. */
import path from 'node:path';
import { stripVTControlCharacters } from 'node:util';

/** Characters of an error that stand in a line of their own; all of it stands where the runner told it. */
const LONGEST_REASON = 300;

/**
 * @typedef {{ passed: number, failed: number, skipped: string[], failures: string[], unsteady: string[] }} TestCounts
 * `skipped`, `failures` (tests, and files that broke outside of tests) and `unsteady` (passed only when tried once
 * more) hold a line each, for people.
 *
 * @typedef {{ status: string, fullName: string, failureMessages?: string[] }} TestResult
 * @typedef {{ name: string, status: string, message: string, assertionResults: TestResult[] }} FileResult
 * @typedef {{ testResults: FileResult[] }} TestReport the part of vitest's report that counts
 */

/**
 * A file that fails outside of its tests (it does not load, or a preparation throws) counts as one failure: its tests
 * stand in the report as skipped or not at all.
 * @param {TestReport} report
 * @param {string} root folder that file names are told relative to
 * @returns {TestCounts}
 */
export function countTests(report, root) {
  const counts = emptyCounts();
  for (const { name, status, message, assertionResults } of report.testResults) {
    const file = path.relative(root, name);
    for (const test of assertionResults) countTest(counts, file, test);
    if (status === 'failed' && assertionResults.every((test) => test.status !== 'failed')) {
      counts.failed += 1;
      counts.failures.push(`${file}: ${firstLine(message)}`);
    }
  }
  return counts;
}

/**
 * @param {TestCounts} counts
 * @param {string} file
 * @param {TestResult} test
 */
function countTest(counts, file, { status, fullName, failureMessages = [] }) {
  const name = `${file}: ${fullName.trim()}`;
  if (status === 'passed') counts.passed += 1;
  else if (status === 'failed') counts.failed += 1;
  else counts.skipped.push(name);
  const [reason] = failureMessages;
  if (status === 'failed') counts.failures.push(`${name}: ${firstLine(reason ?? '')}`);
  if (status === 'passed' && reason !== undefined) counts.unsteady.push(`${name}: ${firstLine(reason)}`);
}

/**
 * Files in which something failed.
 * @param {TestReport} report
 */
export function failedFiles(report) {
  return report.testResults.filter(({ status }) => status === 'failed').map(({ name }) => name);
}

/**
 * A report in which files that ran again count as they did then; a test that has come right keeps what it failed with.
 * @param {TestReport} first
 * @param {TestReport} again
 * @returns {TestReport}
 */
export function withSecondRun(first, again) {
  const later = new Map(again.testResults.map((file) => [file.name, file]));
  const testResults = first.testResults.map((before) => {
    const after = later.get(before.name);
    return after === undefined ? before : withFormerFailures(before, after);
  });
  return { testResults };
}

/**
 * @param {FileResult} before
 * @param {FileResult} after
 * @returns {FileResult}
 */
function withFormerFailures(before, after) {
  const failed = before.assertionResults.filter(({ status }) => status === 'failed');
  const reasons = new Map(failed.map(({ fullName, failureMessages = [] }) => [fullName, failureMessages]));
  const assertionResults = after.assertionResults.map((test) => {
    // Where the file itself broke, all of its tests had failed.
    const former = failed.length === 0 ? [before.message] : (reasons.get(test.fullName) ?? []);
    return { ...test, failureMessages: [...former, ...(test.failureMessages ?? [])] };
  });
  return { ...after, assertionResults };
}

/** @param {string} message */
function firstLine(message) {
  return (stripVTControlCharacters(message).trim().split('\n', 1)[0] ?? '').slice(0, LONGEST_REASON);
}

/** @returns {TestCounts} */
export function emptyCounts() {
  return { passed: 0, failed: 0, skipped: [], failures: [], unsteady: [] };
}
