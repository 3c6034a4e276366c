/** Threads that are let go while they start: cancelled runs and wrong passwords do that. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const CHILD = fileURLToPath(new URL('../../support/end-threads-child.ts', import.meta.url));

// Starting threads takes long on a busy machine.
test('a thread may be let go at any moment of its start', { timeout: 180_000 }, async () => {
  const { stdout } = await promisify(execFile)(process.execPath, [CHILD]);
  expect(stdout).toBe('through\n');
});
