/**
 * `npm test`: everything that must hold, on a machine that has only Node 20, npm and this checkout. Installs, builds,
 * gets the programs that tests use, checks types, lint, format and unused code, runs all tests on Node 24.
 * The last line is always `N passed, N failed, N skipped`, counted from vitest's own report; before it stand by name all
 * tests that were skipped, that failed, and that passed only when their file ran again, which is done on a build server
 * (CI=true) alone. `--no-setup` leaves out installing and fetching; other arguments choose test files.
 */
import { existsSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { NODE_24, ROOT, checkoutEnvironment, installPackages, run, runQuietly } from './checkout.mjs';
import { countTests, emptyCounts, failedFiles, withSecondRun } from './count-tests.mjs';
import { ensureNode } from './ensure-node.mjs';
import { prepareTestTools } from './test-tools.mjs';

const REPORT = path.join(ROOT, '.cache', 'test-report.json');
const UNHANDLED_ERRORS = path.join(ROOT, '.cache', 'unhandled-errors');
const BIN = path.join(ROOT, 'node_modules');

/** More than that are no chance of a busy machine. */
const MOST_FILES_AGAIN = 8;

const CHECKS = [
  { name: 'types', args: [path.join(BIN, 'typescript/bin/tsc'), '-p', 'tsconfig.json'] },
  { name: 'types of pages', args: [path.join(BIN, 'typescript/bin/tsc'), '-p', 'tsconfig.pages.json'] },
  { name: 'lint', args: [path.join(BIN, 'oxlint/bin/oxlint'), '--format', 'unix'] },
  {
    name: 'format',
    args: [path.join(BIN, 'prettier/bin/prettier.cjs'), '--check', '--log-level', 'warn', '.'],
  },
  { name: 'unused code', args: [path.join(BIN, 'knip/bin/knip.js')] },
];

const args = process.argv.slice(2);
const setsUp = !args.includes('--no-setup');
const filters = args.filter((argument) => argument !== '--no-setup');

process.exit(await main());

async function main() {
  if (setsUp) await installPackages();
  ensureNode();
  if ((await run(process.execPath, ['scripts/build.mjs'])) !== 0)
    return finish(emptyCounts(), ['the build failed']);
  const env = { ...checkoutEnvironment(), ...(setsUp ? prepareTestTools() : {}) };
  const problems = filters.length === 0 ? await runChecks() : [];
  const { counts, problem } = await runTests(env);
  return finish(counts, problem === undefined ? problems : [...problems, problem]);
}

/** All at once; each check's output in one piece. */
async function runChecks() {
  const results = await Promise.all(
    CHECKS.map(async ({ name, args: command }) => ({ name, ...(await runQuietly(NODE_24, command)) })),
  );
  for (const { name, code, output } of results) {
    console.log(code === 0 ? `${name}: ok` : `${name}: FAILED\n${output}`);
  }
  return results.filter(({ code }) => code !== 0).map(({ name }) => `${name} failed`);
}

/**
 * A build server is shared with what others do: what failed there runs again, whole files, when nothing else of ours runs.
 * @param {NodeJS.ProcessEnv} env
 */
async function runTests(env) {
  const first = await runVitest(env, filters);
  const { report } = first;
  if (report === undefined) return { counts: emptyCounts(), problem: 'vitest wrote no report' };
  const failed = failedFiles(report);
  const again = process.env['CI'] === 'true' && failed.length > 0 && failed.length <= MOST_FILES_AGAIN;
  const second = again ? await runVitest(env, ['--no-file-parallelism', ...failed]) : undefined;
  const last = second?.report === undefined ? report : withSecondRun(report, second.report);
  const counts = countTests(last, ROOT);
  // What went wrong outside of tests is not mended by running files again.
  const unhandled = first.unhandledErrors + (second?.unhandledErrors ?? 0);
  if (unhandled > 0) return { counts, problem: `${unhandled} errors outside of tests, told above` };
  const { code } = second ?? first;
  const unexplained = code !== 0 && counts.failed === 0;
  return { counts, problem: unexplained ? `vitest ended with exit code ${code}` : undefined };
}

/**
 * @param {NodeJS.ProcessEnv} env
 * @param {readonly string[]} args
 * @returns {Promise<{ code: number, unhandledErrors: number, report?: import('./count-tests.mjs').TestReport }>}
 */
async function runVitest(env, args) {
  for (const file of [REPORT, UNHANDLED_ERRORS]) rmSync(file, { force: true });
  const reporters = ['default', 'json', './scripts/unhandled-errors-reporter.mjs'];
  const vitest = [path.join(BIN, 'vitest/vitest.mjs'), 'run', `--outputFile.json=${REPORT}`];
  const withReporters = [...vitest, ...reporters.map((reporter) => `--reporter=${reporter}`), ...args];
  const code = await run(NODE_24, withReporters, {
    env: { ...env, TIDEMARK_UNHANDLED_ERRORS: UNHANDLED_ERRORS },
  });
  const unhandledErrors = existsSync(UNHANDLED_ERRORS) ? Number(readFileSync(UNHANDLED_ERRORS, 'utf8')) : 0;
  if (!existsSync(REPORT)) return { code, unhandledErrors };
  return { code, unhandledErrors, report: JSON.parse(readFileSync(REPORT, 'utf8')) };
}

/**
 * @param {import('./count-tests.mjs').TestCounts} counts
 * @param {readonly string[]} problems
 */
function finish({ passed, failed, skipped, failures, unsteady }, problems) {
  for (const name of skipped) console.log(`skipped: ${name}`);
  for (const test of unsteady) console.log(`UNSTEADY, passed when its file ran again: ${test}`);
  for (const test of failures) console.log(`failed: ${test}`);
  for (const problem of problems) console.log(`FAILED besides the tests: ${problem}`);
  if (passed + failed === 0) console.log('FAILED: no test ran');
  console.log(`${passed} passed, ${failed} failed, ${skipped.length} skipped`);
  return failed > 0 || problems.length > 0 || passed === 0 ? 1 : 0;
}
