/**
 * Makes calls into the file system endable. A system call on a dead network mount or a dying disk cannot be
 * interrupted; the watch lets the caller go while the call is left behind, and the work stops at its next step.
 * - Cancelled: the work has a moment to clean up after itself, then the caller gets `job.cancelled` in any case.
 * - No step for a long time: `storage.timeout`. A slow operation that moves on is never ended.
 * Also ticks for the adapter's housekeeping while anything is under way.
 */
import type { Clock } from '#base/clock.ts';
import { TidemarkError, throwIfCancelled } from '#base/errors.ts';

/** Within the second that the port promises. */
const CLEAN_UP_GRACE_MS = 600;
const TICK_MS = 1000;
/**
 * Ticks without a step before a call counts as hanging. A disk that spins up takes 10 s; flushing a pack behind a full
 * write cache of a USB stick can take a minute.
 */
const STALL_TICKS = 120;

/** Called between system calls: notes progress. @throws what ended the operation */
export type Step = () => void;

interface Watched {
  ticksWithoutStep: number;
  stoppedBy: TidemarkError | undefined;
  readonly fail: (error: TidemarkError) => void;
}

export class OperationWatch {
  readonly #clock: Clock;
  readonly #location: string;
  /** Returns whether it needs further ticks. */
  readonly #onTick: () => boolean;
  readonly #watched = new Map<Watched, string>();
  readonly #closed = new AbortController();
  #ticking = false;

  constructor(clock: Clock, location: string, onTick: () => boolean) {
    this.#clock = clock;
    this.#location = location;
    this.#onTick = onTick;
  }

  /** Runs the work; its own errors pass. @throws job.cancelled, storage.timeout */
  async run<T>(
    operation: string,
    signal: AbortSignal | undefined,
    work: (step: Step) => Promise<T>,
  ): Promise<T> {
    throwIfCancelled(signal);
    return new Promise<T>((resolve, reject) => {
      let grace: AbortController | undefined;
      const watched: Watched = {
        ticksWithoutStep: 0,
        stoppedBy: undefined,
        fail: (error) => {
          watched.stoppedBy = error;
          settle();
          reject(error);
        },
      };
      const onAbort = (): void => {
        const cancelled = new TidemarkError('job.cancelled', {});
        watched.stoppedBy = cancelled;
        grace = new AbortController();
        this.#clock.sleep(CLEAN_UP_GRACE_MS, grace.signal).then(
          () => watched.fail(cancelled),
          () => undefined,
        );
      };
      const settle = (): void => {
        this.#watched.delete(watched);
        signal?.removeEventListener('abort', onAbort);
        grace?.abort();
      };
      signal?.addEventListener('abort', onAbort, { once: true });
      this.#watched.set(watched, operation);
      this.startTicking();
      const step: Step = () => {
        if (watched.stoppedBy !== undefined) throw watched.stoppedBy;
        watched.ticksWithoutStep = 0;
      };
      work(step).then(
        (result) => {
          settle();
          resolve(result);
        },
        (error: unknown) => {
          settle();
          reject(error);
        },
      );
    });
  }

  close(): void {
    this.#closed.abort();
  }

  startTicking(): void {
    if (this.#ticking || this.#closed.signal.aborted) return;
    this.#ticking = true;
    void this.#tick();
  }

  async #tick(): Promise<void> {
    try {
      do {
        await this.#clock.sleep(TICK_MS, this.#closed.signal);
        this.#failHanging();
      } while (this.#onTick() || this.#watched.size > 0);
    } catch {
      // Closed: nothing left to watch.
    } finally {
      this.#ticking = false;
    }
  }

  #failHanging(): void {
    for (const [watched, operation] of this.#watched) {
      if (++watched.ticksWithoutStep < STALL_TICKS) continue;
      watched.fail(
        new TidemarkError('storage.timeout', { location: this.#location, operation }, { retry: 'later' }),
      );
    }
  }
}
