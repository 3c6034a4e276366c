/**
 * What a job tells while it runs, bounded: progress at most ten times a second, the latest counts; troubles as they come,
 * so many of them. What is not told is counted all the same.
 */
import type { ByteString } from '#base/byte-string.ts';
import type { Clock } from '#base/clock.ts';
import type { TidemarkError } from '#base/errors.ts';
import type { JobProgress } from '#contract/app/job-values.ts';
import type { JobTold } from '#contract/engine/engine-calls.ts';

const PROGRESS_EVERY_MS = 100;
/** A disk that fails refuses a million files. Far more than the core keeps: it must see that there are too many. */
const MOST_TROUBLES_TOLD = 10_000;

const NOTHING_YET: Omit<JobProgress, 'troubles'> = {
  filesDone: 0,
  bytesDone: 0,
  totalFiles: null,
  totalBytes: null,
  current: null,
};

export class JobTeller {
  readonly #tell: (told: JobTold) => void;
  readonly #clock: Clock;
  #toldAtMs = Number.NEGATIVE_INFINITY;
  #troubles = 0;

  constructor(tell: (told: JobTold) => void, clock: Clock) {
    this.#tell = tell;
    this.#clock = clock;
  }

  progress(known: Partial<Omit<JobProgress, 'troubles'>>): void {
    const nowMs = this.#clock.monotonicMs();
    if (nowMs - this.#toldAtMs < PROGRESS_EVERY_MS) return;
    this.#toldAtMs = nowMs;
    this.#tell({ kind: 'progress', progress: { ...NOTHING_YET, ...known, troubles: this.#troubles } });
  }

  trouble(path: ByteString, error: TidemarkError): void {
    this.#troubles++;
    if (this.#troubles > MOST_TROUBLES_TOLD) return;
    this.#tell({ kind: 'trouble', path, error: error.toWire() });
  }
}
