import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { resticPrograms } from '#test/support/restic.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'tidemark-restic-'));
});

afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

function fakeRestic(name: string, answer: string): string {
  const program = path.join(folder, name);
  writeFileSync(program, `#!/bin/sh\necho '${answer}'\n`);
  chmodSync(program, 0o755);
  return program;
}

test('lists every version once, oldest first, 0.9 before 0.19', () => {
  const newer = fakeRestic('newer', 'restic 0.19.1 compiled with go1.25 on linux/amd64');
  const older = fakeRestic('older', 'restic 0.9.6 (v0.9.6) compiled with go1.13');
  const again = fakeRestic('again', 'restic 0.19.1 compiled with go1.25 on linux/amd64');
  vi.stubEnv('TIDEMARK_TEST_RESTIC', [newer, older, again].join(path.delimiter));
  expect(resticPrograms()).toEqual([
    { path: older, version: '0.9.6' },
    { path: newer, version: '0.19.1' },
  ]);
});

test('a listed program that is not restic is an error, not a quiet skip', () => {
  vi.stubEnv('TIDEMARK_TEST_RESTIC', fakeRestic('other', 'hello'));
  expect(() => resticPrograms()).toThrow(/does not run/);
  vi.stubEnv('TIDEMARK_TEST_RESTIC', path.join(folder, 'nothing-here'));
  expect(() => resticPrograms()).toThrow(/does not run/);
});

test('without a list, the restic on PATH counts, and none is an empty list', () => {
  const program = fakeRestic('restic', 'restic 0.18.0 compiled with go1.24');
  vi.stubEnv('TIDEMARK_TEST_RESTIC', '');
  vi.stubEnv('PATH', folder + path.delimiter + '/usr/bin:/bin');
  expect(resticPrograms()).toEqual([{ path: 'restic', version: '0.18.0' }]);
  rmSync(program);
  vi.stubEnv('PATH', folder);
  expect(resticPrograms()).toEqual([]);
});
