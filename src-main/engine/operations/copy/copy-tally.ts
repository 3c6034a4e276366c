/** Collects what a copy did, passes it on, and counts. */
import type { SnapshotId } from '#base/ids.ts';
import type { StoredSnapshot } from '#repository/snapshot-store.ts';
import type { AffectedPaths } from '../check/find-affected.ts';
import type { CopiedSnapshot, CopyObserver, CopyProblem, CopyResult } from './types.ts';

export class CopyTally {
  readonly #observer: CopyObserver;
  readonly #copied: CopiedSnapshot[] = [];
  readonly #skipped: CopiedSnapshot[] = [];
  readonly #problems: CopyProblem[] = [];
  #snapshots = 0;
  #snapshotsDone = 0;
  #packs = 0;
  #packsDone = 0;
  #blobs = 0;
  #bytes = 0;
  #bytesDone = 0;

  constructor(observer: CopyObserver) {
    this.#observer = observer;
  }

  setSnapshots(count: number): void {
    this.#snapshots = count;
  }

  started(source: StoredSnapshot): void {
    this.#observer.onStarted?.(source);
  }

  /** So much more is needed. */
  planned(packs: number, blobs: number, bytes: number): void {
    this.#packs += packs;
    this.#blobs += blobs;
    this.#bytes += bytes;
    this.#report();
  }

  bytesRead(bytes: number): void {
    this.#bytesDone += bytes;
    this.#report();
  }

  packDone(): void {
    this.#packsDone++;
    this.#report();
  }

  copied(source: StoredSnapshot, id: SnapshotId): void {
    this.#copied.push({ sourceId: source.id, id });
    this.#snapshotsDone++;
    this.#observer.onCopied?.(source, id);
    this.#report();
  }

  skipped(source: StoredSnapshot, existing: SnapshotId): void {
    this.#skipped.push({ sourceId: source.id, id: existing });
    this.#observer.onSkipped?.(source, existing);
  }

  damaged(sourceId: string, reason: string, affected: AffectedPaths = { paths: [], count: 0 }): void {
    const problem = { sourceId, reason, affected: affected.paths, affectedCount: affected.count };
    this.#problems.push(problem);
    this.#observer.onProblem?.(problem);
  }

  result(): CopyResult {
    return {
      copied: this.#copied,
      skipped: this.#skipped,
      problems: this.#problems,
      blobs: this.#blobs,
      bytes: this.#bytes,
    };
  }

  #report(): void {
    this.#observer.onProgress?.({
      snapshotsDone: this.#snapshotsDone,
      snapshots: this.#snapshots,
      packsDone: this.#packsDone,
      packs: this.#packs,
      bytesDone: this.#bytesDone,
      bytes: this.#bytes,
    });
  }
}
