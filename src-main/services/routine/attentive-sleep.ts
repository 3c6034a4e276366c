/**
 * A wait that notices what a timer does not: sleep of the machine and jumps of the wall clock. Waits by the clock that
 * never goes backwards, in short slices, and compares. Source: style notes, "kopia"; product notes, section 5, B1 to B4.
 */
import type { Clock } from '#base/clock.ts';

/** Longest time in which a jump goes unnoticed. */
const SLICE_MS = 15_000;

/** A wall clock that moved by so much more or less than the other one has jumped, or the machine slept. */
export const JUMP_MS = 60_000;

export type WakeReason = 'time' | 'poked' | 'jumped';

/** Never rejects. @param poke ends the wait at once */
export async function attentiveSleep(clock: Clock, delayMs: number, poke: AbortSignal): Promise<WakeReason> {
  const endMs = clock.monotonicMs() + delayMs;
  for (;;) {
    if (poke.aborted) return 'poked';
    const restMs = endMs - clock.monotonicMs();
    if (restMs <= 0) return 'time';
    const [wallMs, steadyMs] = [clock.nowMs(), clock.monotonicMs()];
    await clock.sleep(Math.min(SLICE_MS, restMs), poke).catch(() => undefined);
    const driftMs = clock.nowMs() - wallMs - (clock.monotonicMs() - steadyMs);
    // On some systems the steady clock goes on while the machine sleeps: then the slice took far too long.
    const overslept = clock.monotonicMs() - steadyMs - Math.min(SLICE_MS, restMs);
    if (Math.abs(driftMs) > JUMP_MS || overslept > JUMP_MS) return 'jumped';
  }
}
