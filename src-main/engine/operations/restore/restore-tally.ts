/**
 * Counts of one restore and what is told to its observer. Problems beyond MAX_LISTED are told and counted, but not kept.
 * What earlier runs of it have done counts too.
 */
import type { ByteString } from '#base/byte-string.ts';
import type { MetadataProblem } from '#files/port.ts';
import type { EntryProblem } from '#pipeline/restore-types.ts';
import { EARLIER_DEEDS, EarlierRuns } from './earlier-runs.ts';
import type {
  RestoreAction,
  RestoreObserver,
  RestoreProblem,
  RestoreProblemKind,
  RestoreProgress,
  RestoreResult,
  RestoreTotals,
  RestoreWarning,
} from './types.ts';

/** Progress is passed on at most this often. */
const PROGRESS_EVERY_MS = 100;
/** A million refused files must not cost a gigabyte. */
const MAX_LISTED = 10_000;

export class RestoreTally {
  readonly problems: RestoreProblem[] = [];
  readonly warnings: RestoreWarning[] = [];
  verifiedFiles = 0;
  readonly earlier: EarlierRuns;
  readonly #observer: RestoreObserver;
  readonly #monotonicMs: () => number;
  readonly #files: Record<RestoreAction, number> = {
    restored: 0,
    updated: 0,
    beside: 0,
    unchanged: 0,
    kept: 0,
    removed: 0,
  };
  readonly #problemCounts: Record<RestoreProblemKind, number> = {
    conflict: 0,
    damaged: 0,
    refused: 0,
    failed: 0,
  };
  #totals: RestoreTotals;
  #folders = 0;
  #warningCount = 0;
  #bytesRestored = 0;
  #bytesSkipped = 0;
  #bytesOfContent = 0;
  #reportedAtMs = Number.NEGATIVE_INFINITY;

  constructor(
    observer: RestoreObserver,
    monotonicMs: () => number,
    totals: RestoreTotals,
    earlier = new EarlierRuns(),
  ) {
    this.#observer = observer;
    this.earlier = earlier;
    this.#monotonicMs = monotonicMs;
    this.#totals = totals;
  }

  /** The bytes of restored files are counted while they are written. */
  addFile(
    path: () => ByteString,
    action: RestoreAction,
    sizeBytes: number,
    placedAt?: () => ByteString,
  ): void {
    this.#files[action]++;
    if (action === 'unchanged' || action === 'kept') this.#bytesSkipped += sizeBytes;
    this.#observer.onEntry?.(path(), 'file', action, sizeBytes, placedAt?.());
    this.#report();
  }

  addFolder(path: () => ByteString, isNew: boolean): void {
    this.#folders++;
    this.#observer.onEntry?.(path(), 'dir', isNew ? 'restored' : 'updated', 0);
    this.#report();
  }

  /** Of files that are written, not only linked; of a dry run only. */
  get bytesOfContent(): number {
    return this.#bytesOfContent;
  }

  addContent(bytes: number): void {
    this.#bytesOfContent += bytes;
    this.#bytesRestored += bytes;
  }

  addBytes(bytes: number): void {
    this.#bytesRestored += bytes;
  }

  addProblem(problem: RestoreProblem): void {
    this.#problemCounts[problem.kind]++;
    if (this.problems.length < MAX_LISTED) this.problems.push(problem);
    this.#observer.onProblem?.(problem);
  }

  addWarnings(path: ByteString, problems: readonly MetadataProblem[]): void {
    for (const problem of problems) {
      const warning = { path, problem };
      this.#warningCount++;
      if (this.warnings.length < MAX_LISTED) this.warnings.push(warning);
      this.#observer.onWarning?.(warning);
    }
  }

  /** Something that the version does not have was taken away. */
  addRemoved(path: ByteString, isFolder: boolean): void {
    this.#files.removed++;
    this.#observer.onEntry?.(path, isFolder ? 'dir' : 'file', 'removed', 0);
    this.#report();
  }

  /** What did not go as it should with an entry. */
  addOutcome(path: ByteString, outcome: EntryProblem): void {
    switch (outcome.kind) {
      case 'incomplete':
        this.addWarnings(path, outcome.problems);
        break;
      case 'failed':
        this.addProblem({ path, kind: 'failed', code: outcome.code, reason: '' });
        break;
      case 'conflict': {
        const reason = 'something else is in its place';
        this.addProblem({ path, kind: 'conflict', code: 'conflict', reason });
      }
    }
  }

  /** Everything was gone through: now it is known what there was, and the estimate has served. */
  end(): void {
    const problems = this.#problemCount();
    this.#totals = {
      files: this.#restored() + this.#skipped() + problems,
      bytes: Math.max(this.#bytesInPlace() + this.#bytesSkipped, problems > 0 ? this.#totals.bytes : 0),
    };
    this.#observer.onProgress?.(this.#progress());
  }

  result(where: Pick<RestoreResult, 'snapshotId' | 'target' | 'undoId'>): RestoreResult {
    return {
      ...where,
      progress: this.#progress(),
      files: this.#allFiles(),
      verifiedFiles: this.verifiedFiles,
      problemCounts: { ...this.#problemCounts },
      problems: this.problems,
      warningCount: this.#warningCount,
      warnings: this.warnings,
    };
  }

  #report(): void {
    if (this.#observer.onProgress === undefined) return;
    const nowMs = this.#monotonicMs();
    if (nowMs - this.#reportedAtMs < PROGRESS_EVERY_MS) return;
    this.#reportedAtMs = nowMs;
    this.#observer.onProgress(this.#progress());
  }

  #progress(): RestoreProgress {
    return {
      total: {
        files: Math.max(this.#totals.files, this.#restored() + this.#skipped()),
        bytes: Math.max(this.#totals.bytes, this.#bytesInPlace() + this.#bytesSkipped),
      },
      filesRestored: this.#restored(),
      filesSkipped: this.#skipped(),
      foldersRestored: this.#folders,
      bytesRestored: this.#bytesInPlace(),
      bytesSkipped: this.#bytesSkipped,
      problems: this.#problemCount(),
    };
  }

  #restored(): number {
    const { restored, updated, beside } = this.#allFiles();
    return restored + updated + beside;
  }

  #allFiles(): Record<RestoreAction, number> {
    const files = { ...this.#files };
    for (const deed of EARLIER_DEEDS) files[deed] += this.earlier.counts[deed];
    return files;
  }

  #bytesInPlace(): number {
    return this.#bytesRestored + this.earlier.bytes;
  }

  #skipped(): number {
    return this.#files.unchanged + this.#files.kept;
  }

  #problemCount(): number {
    const { conflict, damaged, refused, failed } = this.#problemCounts;
    return conflict + damaged + refused + failed;
  }
}
