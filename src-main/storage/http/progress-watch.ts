/** Calls once when there was no progress for so long. Cheap to tell of progress: one timer, which looks when it fires. */
import type { Clock } from '#base/clock.ts';

export class ProgressWatch {
  readonly #clock: Clock;
  #onStall: () => void;
  #limitMs: number;
  #lastMs: number;
  #timer = new AbortController();

  constructor(clock: Clock, limitMs: number, onStall: () => void) {
    this.#clock = clock;
    this.#limitMs = limitMs;
    this.#onStall = onStall;
    this.#lastMs = clock.monotonicMs();
    void this.#run(this.#timer.signal);
  }

  progress(): void {
    this.#lastMs = this.#clock.monotonicMs();
  }

  /** From now on. */
  limitTo(limitMs: number, onStall = this.#onStall): void {
    this.stop();
    this.#limitMs = limitMs;
    this.#onStall = onStall;
    this.progress();
    this.#timer = new AbortController();
    void this.#run(this.#timer.signal);
  }

  stop(): void {
    this.#timer.abort();
  }

  async #run(signal: AbortSignal): Promise<void> {
    try {
      for (;;) {
        const leftMs = this.#lastMs + this.#limitMs - this.#clock.monotonicMs();
        if (leftMs <= 0) break;
        await this.#clock.sleep(leftMs, signal);
      }
    } catch {
      return;
    }
    if (!signal.aborted) this.#onStall();
  }
}
