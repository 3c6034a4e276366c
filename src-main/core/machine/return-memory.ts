/**
 * Gives memory that the C library keeps back to the system: after the first look at a large tree, or a backup, glibc holds
 * tens of megabytes that nobody uses. Owns the rhythm; with another library nothing happens.
 */
import type { Clock } from '#base/clock.ts';

/** Soon enough after work, and rare. */
const EVERY_MS = 5 * 60_000;

/** @param trim absent: the C library's own @returns how to stop it */
export function keepReturningMemory(clock: Clock, trim?: () => Promise<void>): () => void {
  const stopping = new AbortController();
  void repeat(clock, trim, stopping.signal);
  return () => stopping.abort();
}

async function repeat(
  clock: Clock,
  given: (() => Promise<void>) | undefined,
  signal: AbortSignal,
): Promise<void> {
  try {
    await clock.sleep(EVERY_MS, signal);
    const trim = given ?? (await bindTrim());
    for (;;) {
      await trim();
      await clock.sleep(EVERY_MS, signal);
    }
  } catch {
    // Stopped, or a library that knows no such thing.
  }
}

/** Off the main thread: the first time may take tens of milliseconds. Source: malloc_trim(3). */
async function bindTrim(): Promise<() => Promise<void>> {
  const { default: koffi } = await import('koffi');
  const trim = koffi.load(null).func('int malloc_trim(size_t kept)');
  return () =>
    new Promise((resolve, reject) => {
      trim.async(0, (error: unknown) => (error === null ? resolve() : reject(error as Error)));
    });
}
