/**
 * The machine's own clock behind the Clock port. The only place that asks for the time or sets a timer;
 * everything else is handed a Clock. A pending sleep keeps the process alive: whoever sleeps in the background ends it by signal.
 */
import type { Clock } from '#base/clock.ts';
import { TidemarkError, throwIfCancelled } from '#base/errors.ts';

/** Longest delay that setTimeout takes (2^31 - 1 ms); beyond it would fire at once. */
const MAX_TIMER_MS = 0x7fffffff;

function waitOnce(delayMs: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => {
      clearTimeout(timer);
      reject(new TidemarkError('job.cancelled', {}));
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', onAbort);
      resolve();
    }, delayMs);
    signal?.addEventListener('abort', onAbort, { once: true });
  });
}

export const systemClock: Clock = {
  nowMs: () => Date.now(),
  monotonicMs: () => performance.now(),
  async sleep(delayMs, signal) {
    throwIfCancelled(signal);
    let restMs = Math.max(0, delayMs);
    for (; restMs > MAX_TIMER_MS; restMs -= MAX_TIMER_MS) await waitOnce(MAX_TIMER_MS, signal);
    await waitOnce(restMs, signal);
  },
};
