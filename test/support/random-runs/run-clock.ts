/**
 * The clock of random runs: the wall clock jumps as the run says, short waits pass at once and let time go on, and who
 * watches over a lock waits until the lock is released.
 */
import { FakeClock } from '#test/support/fake-clock.ts';

/** How often a holder looks at its lock; nobody waits so long for anything else. */
const WATCH_MS = 15_000;

export class RunClock extends FakeClock {
  override async sleep(delayMs: number, signal?: AbortSignal): Promise<void> {
    if (delayMs === WATCH_MS) return super.sleep(delayMs, signal);
    await new Promise((resolve) => setImmediate(resolve));
    this.suspend(Math.max(0, delayMs));
  }
}
