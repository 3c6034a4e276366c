/**
 * A Clock that tests move by hand. Wall and monotonic time are separate, so a test can make the wall clock jump or
 * the machine sleep. Nothing happens between calls of `advance`; with `autoAdvance` every sleep passes at once instead.
 */
import type { Clock } from '#base/clock.ts';
import { TidemarkError, throwIfCancelled } from '#base/errors.ts';

interface Sleeper {
  readonly wakeAtMs: number;
  readonly wake: () => void;
}

export class FakeClock implements Clock {
  /** Every delay asked for, in order. */
  readonly delays: number[] = [];
  readonly #autoAdvance: boolean;
  #wallMs: number;
  #monotonicMs = 0;
  #sleepers: Sleeper[] = [];

  constructor(options: { startMs?: number; autoAdvance?: boolean } = {}) {
    this.#wallMs = options.startMs ?? Date.UTC(2026, 0, 15, 12);
    this.#autoAdvance = options.autoAdvance ?? false;
  }

  get sleeperCount(): number {
    return this.#sleepers.length;
  }

  /** How long until somebody wakes; infinite: nobody sleeps. */
  nextWakeInMs(): number {
    return Math.min(...this.#sleepers.map(({ wakeAtMs }) => wakeAtMs)) - this.#monotonicMs;
  }

  nowMs(): number {
    return this.#wallMs;
  }

  monotonicMs(): number {
    return this.#monotonicMs;
  }

  async sleep(delayMs: number, signal?: AbortSignal): Promise<void> {
    throwIfCancelled(signal);
    this.delays.push(delayMs);
    if (this.#autoAdvance) {
      this.#pass(Math.max(0, delayMs));
      return;
    }
    await new Promise<void>((resolve, reject) => {
      const onAbort = (): void => {
        this.#sleepers = this.#sleepers.filter((each) => each !== sleeper);
        reject(new TidemarkError('job.cancelled', {}));
      };
      const sleeper: Sleeper = {
        wakeAtMs: this.#monotonicMs + delayMs,
        wake: () => {
          signal?.removeEventListener('abort', onAbort);
          resolve();
        },
      };
      this.#sleepers.push(sleeper);
      signal?.addEventListener('abort', onAbort, { once: true });
    });
  }

  /** Lets time pass; sleepers wake in order, each seeing its own time, and may sleep again within the span. */
  async advance(spanMs: number): Promise<void> {
    const endMs = this.#monotonicMs + spanMs;
    await drainMicrotasks();
    for (;;) {
      const next = this.#sleepers
        .filter((each) => each.wakeAtMs <= endMs)
        .sort((a, b) => a.wakeAtMs - b.wakeAtMs)[0];
      if (next === undefined) break;
      this.#sleepers = this.#sleepers.filter((each) => each !== next);
      this.#pass(Math.max(0, next.wakeAtMs - this.#monotonicMs));
      next.wake();
      await drainMicrotasks();
    }
    this.#pass(endMs - this.#monotonicMs);
  }

  /** The machine sleeps: only the wall clock goes on, timers stand still. */
  suspend(spanMs: number): void {
    this.#wallMs += spanMs;
  }

  /** Somebody sets the wall clock; negative goes back. */
  jumpWall(byMs: number): void {
    this.#wallMs += byMs;
  }

  #pass(spanMs: number): void {
    this.#wallMs += spanMs;
    this.#monotonicMs += spanMs;
  }
}

/** Lets everything run that waits for settled promises only, not for the system. */
function drainMicrotasks(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
