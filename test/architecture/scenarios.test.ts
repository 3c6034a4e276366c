/**
 * docs/design/scenarios.md against the tests: every scenario is in it once, and every file that it names has a test whose title
 * begins with the scenario's number. Tests may prove more than the table tells.
 */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';

const TESTS = path.resolve(import.meta.dirname, '..');
const TABLE = path.resolve(TESTS, '../docs/design/scenarios.md');

/** How many there are of each group. */
const GROUPS = { A: 7, B: 7, C: 14, D: 13, E: 12, F: 11, G: 9 };
/** What tests are to be run for, not those of this file. */
const PROVING = /^(?:faults|interop|model|properties|unit)\//;
/** The first argument of a call, when it begins with numbers: `A1 ...`, `B4, F2: ...`. */
const TITLE = /\(\s*['"`]((?:[A-G]\d{1,2}, )*[A-G]\d{1,2})[ :]/g;

interface Row {
  readonly scenario: string;
  readonly whatHappens: string;
  readonly files: readonly string[];
}

function readRows(): Row[] {
  const lines = readFileSync(TABLE, 'utf8').split('\n');
  return lines.flatMap((line) => {
    const [, scenario = '', , whatHappens = '', provenIn = ''] = line.split('|').map((cell) => cell.trim());
    if (!/^[A-G]\d+$/.test(scenario)) return [];
    const files = [...provenIn.matchAll(/`([^`]+)`/g)].map(([, file]) => file!);
    return [{ scenario, whatHappens, files }];
  });
}

/** Scenarios that a file's titles begin with. */
function scenariosIn(source: string): Set<string> {
  return new Set([...source.matchAll(TITLE)].flatMap(([, numbers]) => numbers!.split(', ')));
}

const rows = readRows();
const claims = new Map(
  readdirSync(TESTS, { recursive: true, encoding: 'utf8' })
    .map((file) => file.replaceAll(path.sep, '/'))
    .filter((file) => PROVING.test(file) && file.endsWith('.test.ts'))
    .map((file) => [file, scenariosIn(readFileSync(path.join(TESTS, file), 'utf8'))]),
);

describe('the table of scenarios', () => {
  test('has each scenario once, in order', () => {
    const all = Object.entries(GROUPS).flatMap(([group, count]) =>
      Array.from({ length: count }, (_item, i) => `${group}${String(i + 1)}`),
    );
    expect(rows.map(({ scenario }) => scenario)).toEqual(all);
  });

  test('names only files with a test whose title begins with the number', () => {
    const unproven = rows.flatMap(({ scenario, files }) =>
      files
        .filter((file) => claims.get(file)?.has(scenario) !== true)
        .map((file) => `${scenario} in ${file}`),
    );
    expect(unproven).toEqual([]);
  });

  test('says of what is not proven whether it comes later, does not apply or is open', () => {
    const unsaid = rows.filter(
      ({ files, whatHappens }) =>
        files.length === 0 && !/_Later_|comes _later_|does not apply|open/.test(whatHappens),
    );
    expect(unsaid.map(({ scenario }) => scenario)).toEqual([]);
  });
});

test('titles are found wherever they stand', () => {
  const source = `it('A1 one', f); test.each([1])(\n  \`C5, C6 two \${x}\`, f); describe("B4, F2: three", f); it('E9x', f); f(x, 'G1 no')`;
  expect([...scenariosIn(source)]).toEqual(['A1', 'C5', 'C6', 'B4', 'F2']);
});
