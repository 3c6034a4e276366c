import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { compareTrees } from '../../../scripts/compare-trees.mjs';

let folder: string;
let left: string;
let right: string;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'tidemark-compare-'));
  left = path.join(folder, 'left');
  right = path.join(folder, 'right');
  mkdirSync(path.join(left, 'sub'), { recursive: true });
  writeFileSync(path.join(left, 'sub/file'), 'content');
  writeFileSync(path.join(left, 'other'), 'x');
  symlinkSync('other', path.join(left, 'link'));
  for (const name of ['sub/file', 'other', 'sub', '.']) utimesSync(path.join(left, name), 1000, 1000);
  cpSync(left, right, { recursive: true, preserveTimestamps: true, verbatimSymlinks: true });
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** The link's own time cannot be set by Node; it is not what these tests are about. */
function differences(): string[] {
  for (const name of ['sub', '.']) utimesSync(path.join(right, name), 1000, 1000);
  return compareTrees(left, right)
    .differences.filter((line) => !/link: time/.test(line))
    .map((line) => line.replace(`${left}/`, '').replace(`${right}/`, ''));
}

describe('comparing two folders', () => {
  test('equal ones', () => {
    expect(differences()).toEqual([]);
    expect(compareTrees(left, right).entries).toBe(5);
  });

  test.each<[string, () => void, string]>([
    ['another byte', () => writeFileSync(path.join(right, 'other'), 'y'), 'other: other content'],
    ['another length', () => writeFileSync(path.join(right, 'other'), 'xx'), 'other: size: 1 and 2'],
    [
      'other permissions',
      () => chmodSync(path.join(right, 'other'), 0o600),
      'other: permissions: 33188 and 33152',
    ],
    ['a missing file', () => rmSync(path.join(right, 'sub/file')), 'sub/file: only in the first'],
    ['an additional file', () => writeFileSync(path.join(right, 'new'), ''), 'new: only in the second'],
    [
      'another kind',
      () => {
        rmSync(path.join(right, 'other'));
        mkdirSync(path.join(right, 'other'));
      },
      'other: another kind',
    ],
  ])('%s', (_name, change, line) => {
    chmodSync(path.join(left, 'other'), 0o644);
    chmodSync(path.join(right, 'other'), 0o644);
    change();
    if (/content/.test(line)) utimesSync(path.join(right, 'other'), 1000, 1000);
    if (/size/.test(line)) utimesSync(path.join(right, 'other'), 1000, 1000);
    expect(differences()).toEqual([line]);
  });

  test('a time that differs', () => {
    utimesSync(path.join(right, 'other'), 1000, 1000.000001);
    expect(differences().join()).toMatch(/^other: time of change: 1000000000000 and 100000000\d+$/);
  });

  test('a missing folder', () => {
    rmSync(right, { recursive: true });
    expect(compareTrees(left, right).differences).toEqual([`${left}: missing`]);
  });
});
