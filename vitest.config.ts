/**
 * How tests run: in processes of their own (several tests change what a process has only once: umask, working
 * folder, limits), every process and its worker threads under the guard that refuses cryptography which
 * Electron's Node does not have.
 */
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { defineConfig } from 'vitest/config';

const guard = pathToFileURL(path.resolve(import.meta.dirname, 'test/support/electron-crypto-guard.mjs')).href;

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: 'test/bundle-worker.ts',
    pool: 'forks',
    // Left alone, two cores get one process; but tests wait as much as they work: for locks, disks and other programs.
    maxWorkers: Math.max(2, availableParallelism()),
    execArgv: ['--import', guard],
    // What differs in a file of megabytes, byte by byte, would bury everything else that a run says.
    diff: { truncateThreshold: 60 },
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // A test that is focused by mistake would hide all others.
    allowOnly: false,
  },
});
