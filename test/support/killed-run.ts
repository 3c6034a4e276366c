/**
 * Runs a program and kills it (SIGKILL) some time after it has taken its lock in a repository folder, so that the kill
 * falls into its work and not into the derivation of the key.
 */
import type { ChildProcess } from 'node:child_process';
import fs from 'node:fs';
import { join } from 'node:path';
import type { ProductRun } from '#test/support/product.ts';

const LOCK_NAME = /^[0-9a-f]{64}$/;
const POLL_MS = 2;

export interface KilledRun {
  readonly run: ProductRun;
  /** False when it was over before. */
  readonly wasKilled: boolean;
  /** From the lock to the end. */
  readonly workedMs: number;
}

/** @param delayMs after the lock; undefined to let it end by itself */
export async function killAfterLock(
  folder: string,
  delayMs: number | undefined,
  start: (onStart: (child: ChildProcess) => void) => Promise<ProductRun>,
): Promise<KilledRun> {
  const earlier = locksIn(folder);
  let isOver = false;
  let lockedMs = performance.now();
  const run = await start((child) => {
    void untilLocked(folder, () => isOver, earlier).then(async (lock) => {
      lockedMs = performance.now();
      if (lock === undefined || delayMs === undefined) return;
      await new Promise((resolve) => setTimeout(resolve, delayMs));
      if (!isOver) child.kill('SIGKILL');
    });
  }).finally(() => (isOver = true));
  return { run, wasKilled: run.code === null, workedMs: performance.now() - lockedMs };
}

/** The name of the first lock beside the earlier ones; undefined when the run is over before. */
export async function untilLocked(
  folder: string,
  isOver: () => boolean,
  earlier: readonly string[] = [],
): Promise<string | undefined> {
  while (!isOver()) {
    const lock = locksIn(folder).find((name) => !earlier.includes(name));
    if (lock !== undefined) return lock;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  return undefined;
}

function locksIn(folder: string): string[] {
  return fs.readdirSync(join(folder, 'locks')).filter((name) => LOCK_NAME.test(name));
}
