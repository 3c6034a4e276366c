/** Counts tests from the JSON report of vitest. Pure; runs on Node 20. */
import path from 'node:path';

/**
 * @typedef {{ passed: number, failed: number, skipped: string[], brokenFiles: string[] }} TestCounts
 * `skipped` and `brokenFiles` hold a line per test or file, for people.
 *
 * @typedef {object} TestReport the part of vitest's report that counts
 * @property {{ name: string, status: string, message: string, assertionResults: { status: string, fullName: string }[] }[]} testResults
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
    const failed = assertionResults.filter((test) => test.status === 'failed').length;
    const passed = assertionResults.filter((test) => test.status === 'passed').length;
    counts.passed += passed;
    counts.failed += failed;
    for (const test of assertionResults) {
      if (test.status !== 'failed' && test.status !== 'passed') {
        counts.skipped.push(`${file}: ${test.fullName.trim()}`);
      }
    }
    if (status === 'failed' && failed === 0) {
      counts.failed += 1;
      counts.brokenFiles.push(`${file}: ${message}`);
    }
  }
  return counts;
}

/** @returns {TestCounts} */
export function emptyCounts() {
  return { passed: 0, failed: 0, skipped: [], brokenFiles: [] };
}
