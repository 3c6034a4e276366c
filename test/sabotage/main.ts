/**
 * Breaks a copy of the checkout, one deliberate fault after the other, and runs the tests that are to notice. A fault
 * that no test notices is a hole in the tests: then this ends with exit code 1. Tests that fail without the fault notice
 * nothing, so each list of tests is run unbroken first. Names given as arguments choose faults.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { breakText, SABOTAGES, type Sabotage } from './sabotages.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');
/** Everything that tests read; packages are linked, they are not broken. */
const COPIED = [
  'src-main',
  'src-renderer',
  'test',
  'assets',
  'bin',
  'dist',
  'scripts',
  'electron-builder.yml',
  'package.json',
  'tsconfig.json',
  'vitest.config.ts',
];
const VITEST = path.join(ROOT, 'node_modules', 'vitest', 'vitest.mjs');

/** By the tests' names: how many fail while nothing is broken; undefined when they pass. */
const failingUnbroken = new Map<string, string | undefined>();

const chosen = process.argv.slice(2);
const unknown = chosen.filter((name) => !SABOTAGES.some((sabotage) => sabotage.name === name));
if (unknown.length > 0) {
  process.stderr.write(`No such fault: ${unknown.join(', ')}\n`);
  process.exit(2);
}
const copy = mkdtempSync(path.join(tmpdir(), 'tidemark-sabotage-'));
try {
  for (const name of COPIED) cpSync(path.join(ROOT, name), path.join(copy, name), { recursive: true });
  symlinkSync(path.join(ROOT, 'node_modules'), path.join(copy, 'node_modules'));
  const todo = chosen.length === 0 ? SABOTAGES : SABOTAGES.filter(({ name }) => chosen.includes(name));
  const unnoticed = todo.filter((sabotage) => !isNoticed(sabotage));
  const count = `${todo.length - unnoticed.length} of ${todo.length} faults were noticed`;
  process.stdout.write(
    `\n${count}${unnoticed.length === 0 ? '' : `; not: ${unnoticed.map(({ name }) => name).join(', ')}`}\n`,
  );
  process.exitCode = unnoticed.length === 0 ? 0 : 1;
} finally {
  rmSync(copy, { recursive: true, force: true });
}

function isNoticed(sabotage: Sabotage): boolean {
  const key = sabotage.tests.join(' ');
  if (!failingUnbroken.has(key)) failingUnbroken.set(key, runTests(sabotage.tests).failed);
  const failsAnyway = failingUnbroken.get(key);
  if (failsAnyway !== undefined) {
    process.stdout.write(`NOT SHOWN      ${sabotage.name}: ${failsAnyway} of its tests fail without it\n`);
    return false;
  }
  const file = path.join(copy, sabotage.file);
  const whole = readFileSync(file, 'utf8');
  writeFileSync(file, breakText(whole, sabotage));
  try {
    const { failed, status, output } = runTests(sabotage.tests);
    const verdict = failed === undefined ? 'NOT NOTICED' : `noticed by ${failed}`;
    process.stdout.write(`${verdict.padEnd(14)} ${sabotage.name}: ${sabotage.what}\n`);
    if (failed === undefined && status !== 0) process.stdout.write(`${output}\n`);
    return failed !== undefined;
  } finally {
    writeFileSync(file, whole);
  }
}

function runTests(tests: readonly string[]): {
  /** Failing tests, not a runner that found none or could not start. */
  readonly failed: string | undefined;
  readonly status: number | null;
  readonly output: string;
} {
  const { stdout, stderr, status } = spawnSync(process.execPath, [VITEST, 'run', ...tests], {
    cwd: copy,
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  const plain = stdout.replaceAll(/\u001B\[\d+m/g, '');
  return { failed: /Tests.*?(\d+) failed/.exec(plain)?.[1], status, output: `${stdout}${stderr}` };
}
