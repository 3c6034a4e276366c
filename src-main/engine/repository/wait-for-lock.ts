/**
 * Waiting until somebody else lets go of the repository, for those who would rather wait than be refused: most locks are held
 * for a moment. Owns how often is looked and when to give up; taking the lock is handed in. A lock whose holder seems to be gone
 * is not waited for.
 */
import type { Clock } from '#base/clock.ts';
import { isTidemarkError } from '#base/errors.ts';

/** Between two looks; as much again at most by chance, so that two who met once do not meet again. */
const LOOK_AGAIN_MS = 250;

export interface LockPatience {
  readonly clock: Clock;
  readonly randomBytes: (length: number) => Uint8Array;
  readonly waitMs: number;
}

/** @throws repository.locked when the time is up, what `take` throws */
export async function waitForLock<T>(
  { clock, randomBytes, waitMs }: LockPatience,
  signal: AbortSignal | undefined,
  take: () => Promise<T>,
): Promise<T> {
  const endMs = clock.monotonicMs() + waitMs;
  for (;;) {
    try {
      return await take();
    } catch (error) {
      const leftMs = endMs - clock.monotonicMs();
      if (!isTidemarkError(error, 'repository.locked') || error.data.stale || leftMs <= 0) throw error;
      const [chance] = randomBytes(1);
      await clock.sleep(Math.min(leftMs, LOOK_AGAIN_MS * (1 + (chance ?? 0) / 255)), signal);
    }
  }
}
