/** Collects what a check finds, passes it on, and counts. Lists are bounded; counts are not. */
import {
  MAX_LISTED,
  type AffectedPath,
  type CheckCounts,
  type CheckHint,
  type CheckObserver,
  type CheckProblem,
  type CheckProgress,
  type CheckResult,
} from './types.ts';

/** Progress is passed on at most this often. */
const PROGRESS_EVERY_MS = 100;

export type RunningCounts = { -readonly [Name in keyof CheckCounts]: number };

export class CheckTally {
  readonly counts: RunningCounts = {
    snapshots: 0,
    indexFiles: 0,
    packs: 0,
    blobs: 0,
    trees: 0,
    files: 0,
    packsRead: 0,
    packBytesRead: 0,
    plainBytesRead: 0,
  };
  readonly #observer: CheckObserver;
  readonly #monotonicMs: () => number;
  readonly #errors: CheckProblem[] = [];
  readonly #hints: CheckHint[] = [];
  readonly #brokenPacks = new Set<string>();
  #errorCount = 0;
  #hintCount = 0;
  #reportedAtMs = Number.NEGATIVE_INFINITY;

  constructor(observer: CheckObserver, monotonicMs: () => number) {
    this.#observer = observer;
    this.#monotonicMs = monotonicMs;
  }

  addError(problem: CheckProblem): void {
    this.#errorCount++;
    if (this.#errors.length < MAX_LISTED) this.#errors.push(problem);
    if ('packId' in problem) this.#brokenPacks.add(problem.packId);
    this.#observer.onError?.(problem);
  }

  addHint(hint: CheckHint): void {
    this.#hintCount++;
    if (this.#hints.length < MAX_LISTED) this.#hints.push(hint);
    this.#observer.onHint?.(hint);
  }

  /** The last of a stage (done = total) is always passed on. */
  report(stage: CheckProgress['stage'], done: number, total: number, bytesDone = 0, totalBytes = 0): void {
    if (this.#observer.onProgress === undefined) return;
    const nowMs = this.#monotonicMs();
    if (done < total && nowMs - this.#reportedAtMs < PROGRESS_EVERY_MS) return;
    this.#reportedAtMs = nowMs;
    this.#observer.onProgress({ stage, done, total, bytesDone, totalBytes });
  }

  result(affected: { readonly paths: readonly AffectedPath[]; readonly count: number }): CheckResult {
    return {
      errors: this.#errors,
      errorCount: this.#errorCount,
      hints: this.#hints,
      hintCount: this.#hintCount,
      affected: affected.paths,
      affectedCount: affected.count,
      counts: { ...this.counts },
      brokenPacks: [...this.#brokenPacks],
    };
  }
}
