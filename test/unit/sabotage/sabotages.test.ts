import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { breakText, SABOTAGES } from '#test/sabotage/sabotages.ts';

const ROOT = path.resolve(import.meta.dirname, '../../..');
const LISTED = readFileSync(path.join(ROOT, 'docs', 'design', 'sabotage.md'), 'utf8');

test('there are faults of every kind', () => {
  expect(SABOTAGES.length).toBeGreaterThanOrEqual(10);
  expect(new Set(SABOTAGES.map(({ name }) => name)).size).toBe(SABOTAGES.length);
});

test.each(SABOTAGES)(
  '$name still fits the source, its tests are there, and it is written down',
  (sabotage) => {
    const text = readFileSync(path.join(ROOT, sabotage.file), 'utf8');
    expect(breakText(text, sabotage)).not.toBe(text);
    for (const name of sabotage.tests) expect(existsSync(path.join(ROOT, name)), name).toBe(true);
    expect(LISTED).toContain(`| ${sabotage.name} `);
  },
);

test('a fault whose text is not there, or there twice, is refused', () => {
  const sabotage = { ...SABOTAGES[0]!, find: 'abc', replace: 'x' };
  expect(() => breakText('ab', sabotage)).toThrow('no longer fits');
  expect(() => breakText('abc abc', sabotage)).toThrow('no longer fits');
  expect(breakText('1abc2', sabotage)).toBe('1x2');
});
