/**
 * How long a job still takes, from its speed as measured: a range, because speed changes, and nothing while it has been
 * looked at for too short a time. Pure.
 */

export interface PaceSample {
  readonly atMs: number;
  readonly bytesDone: number;
}

/** Less tells nothing: the first files are the ones in the cache of the disk. */
const LEAST_MS = 5_000;
/** What was longer ago says nothing about now. */
const WINDOW_MS = 60_000;

export interface TimeLeft {
  readonly fromMs: number;
  readonly toMs: number;
}

/** The samples with a new one, without those that are too old. */
export function addSample(samples: readonly PaceSample[], sample: PaceSample): readonly PaceSample[] {
  const last = samples.at(-1);
  // Going back is another job, or the same begun anew.
  if (last !== undefined && (sample.bytesDone < last.bytesDone || sample.atMs < last.atMs)) return [sample];
  return [...samples.filter(({ atMs }) => sample.atMs - atMs <= WINDOW_MS), sample];
}

/** Undefined: nobody can say. */
export function timeLeft(samples: readonly PaceSample[], totalBytes: number | null): TimeLeft | undefined {
  const [first] = samples;
  const last = samples.at(-1);
  if (totalBytes === null || first === undefined || last === undefined) return undefined;
  if (last.atMs - first.atMs < LEAST_MS) return undefined;
  const remaining = totalBytes - last.bytesDone;
  if (remaining <= 0) return undefined;
  const middle = samples.find(({ atMs }) => atMs >= (first.atMs + last.atMs) / 2) ?? last;
  const speeds = [speed(first, last), speed(first, middle), speed(middle, last)].filter((each) => each > 0);
  if (speeds.length === 0) return undefined;
  return { fromMs: remaining / Math.max(...speeds), toMs: remaining / Math.min(...speeds) };
}

/** Over all that is looked at. Undefined: nobody can say. */
export function bytesPerSecond(samples: readonly PaceSample[]): number | undefined {
  const [first] = samples;
  const last = samples.at(-1);
  if (first === undefined || last === undefined || last.atMs - first.atMs < LEAST_MS) return undefined;
  return speed(first, last) * 1_000;
}

/** Bytes in a millisecond. */
function speed(from: PaceSample, to: PaceSample): number {
  return to.atMs <= from.atMs ? 0 : (to.bytesDone - from.bytesDone) / (to.atMs - from.atMs);
}
