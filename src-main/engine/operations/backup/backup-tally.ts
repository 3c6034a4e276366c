/** Counts of one backup, as the snapshot's summary and the progress display want them. */
import type { ByteString } from '#base/byte-string.ts';
import type { StoredCounts } from '#pipeline/job-types.ts';
import type { BlobType } from '#pipeline/protocol.ts';
import { NO_COST } from './entry-cost.ts';
import type { TreeCounts } from './followed-hints.ts';
import type { BackupObserver, BackupProblem, BackupResult, FileChange } from './types.ts';

/** Progress is passed on at most this often. */
const PROGRESS_EVERY_MS = 100;

export class BackupTally {
  readonly problems: BackupProblem[] = [];
  readonly changedWhileReading: ByteString[] = [];
  currentFolder: ByteString | undefined;
  readonly #observer: BackupObserver;
  readonly #monotonicMs: () => number;
  #totals: { readonly files: number | undefined; readonly bytes: number | undefined };
  readonly #files: Record<FileChange, number> = { new: 0, changed: 0, unmodified: 0 };
  readonly #folders: Record<FileChange, number> = { new: 0, changed: 0, unmodified: 0 };
  readonly #blobs: Record<BlobType, number> = { data: 0, tree: 0 };
  #dataAdded = 0;
  #dataAddedPacked = 0;
  #bytes = 0;
  /** Bytes looked at so far: unchanged files and what readers report while they read. */
  #bytesDone = 0;
  #reportedAtMs = Number.NEGATIVE_INFINITY;

  constructor(
    observer: BackupObserver,
    monotonicMs: () => number,
    totals: { readonly files: number | undefined; readonly bytes: number | undefined },
  ) {
    this.#observer = observer;
    this.#monotonicMs = monotonicMs;
    this.#totals = totals;
  }

  /** Somebody watches, and nothing is known yet of how much there is. */
  get wantsTotals(): boolean {
    return this.#observer.onProgress !== undefined && this.#totals.bytes === undefined;
  }

  setTotals(files: number, bytes: number): void {
    this.#totals = { files, bytes };
    this.#observer.onCounted?.(files, bytes);
  }

  /** Somebody wants to hear of every single entry. */
  get wantsEntries(): boolean {
    return this.#observer.onEntry !== undefined;
  }

  /** On a clock that only goes forward. */
  nowMs(): number {
    return this.#monotonicMs();
  }

  /** `path` is asked for only when somebody listens. */
  addFile(path: () => ByteString, change: FileChange, sizeBytes: number, cost = NO_COST): void {
    this.#files[change]++;
    this.#bytes += sizeBytes;
    if (change === 'unmodified') this.#bytesDone += sizeBytes;
    this.#observer.onEntry?.(path(), 'file', change, sizeBytes, cost);
    this.#report();
  }

  addUnmodifiedFiles(count: number, sizeBytes: number): void {
    this.#files.unmodified += count;
    this.#bytes += sizeBytes;
    this.#bytesDone += sizeBytes;
    this.#report();
  }

  /** What a parent snapshot stands for, never looked at. */
  addUntouched({ files, sizeBytes, folders }: TreeCounts): void {
    this.addUnmodifiedFiles(files, sizeBytes);
    this.#folders.unmodified += folders;
  }

  addChangedWhileReading(path: ByteString): void {
    this.changedWhileReading.push(path);
    this.#observer.onChangedWhileReading?.(path);
  }

  addFolder(path: ByteString, change: FileChange, cost = NO_COST): void {
    this.#folders[change]++;
    this.#observer.onEntry?.(path, 'dir', change, 0, cost);
    this.#report();
  }

  addProblem(problem: BackupProblem): void {
    this.problems.push(problem);
    this.#observer.onProblem?.(problem);
  }

  addStored(type: BlobType, counts: StoredCounts): void {
    this.#blobs[type] += counts.blobs;
    this.#dataAdded += counts.bytes;
    this.#dataAddedPacked += counts.packedBytes;
  }

  addBytesRead(bytes: number): void {
    this.#bytesDone += bytes;
    this.#report();
  }

  summary(backupStart: string, backupEnd: string): BackupResult['summary'] {
    return {
      backupStart,
      backupEnd,
      filesNew: this.#files.new,
      filesChanged: this.#files.changed,
      filesUnmodified: this.#files.unmodified,
      dirsNew: this.#folders.new,
      dirsChanged: this.#folders.changed,
      dirsUnmodified: this.#folders.unmodified,
      dataBlobs: this.#blobs.data,
      treeBlobs: this.#blobs.tree,
      dataAdded: this.#dataAdded,
      dataAddedPacked: this.#dataAddedPacked,
      totalFilesProcessed: this.#files.new + this.#files.changed + this.#files.unmodified,
      totalBytesProcessed: this.#bytes,
    };
  }

  #report(): void {
    if (this.#observer.onProgress === undefined) return;
    const nowMs = this.#monotonicMs();
    if (nowMs - this.#reportedAtMs < PROGRESS_EVERY_MS) return;
    this.#reportedAtMs = nowMs;
    this.#observer.onProgress({
      filesDone: this.#files.new + this.#files.changed + this.#files.unmodified,
      bytesDone: this.#bytesDone,
      totalFiles: this.#totals.files,
      totalBytes: this.#totals.bytes,
      currentFolder: this.currentFolder,
      problems: this.problems.length,
    });
  }
}
