/**
 * Indexes between calls, by repository: few, bounded in memory, given back when nobody has used them for some minutes.
 * Knows nothing of what is in them; that they are still true is found out by who loads them (repository.ts).
 */
import type { Clock } from '#base/clock.ts';
import type { KeptIndex } from '#repository/index-image.ts';

/** Longer than the pause between two runs that follow the changes of somebody at work. */
export const KEEP_INDEX_MS = 10 * 60_000;
/** Four million blobs. */
const MOST_BYTES = 256 << 20;

interface Kept {
  readonly kept: KeptIndex;
  readonly timer: AbortController;
}

export class KeptIndexes {
  readonly #clock: Clock;
  /** The one that was kept first is first. */
  readonly #kept = new Map<string, Kept>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  take(repositoryId: string): KeptIndex | undefined {
    const found = this.#kept.get(repositoryId)?.kept;
    this.drop(repositoryId);
    return found;
  }

  keep(repositoryId: string, kept: KeptIndex): void {
    this.drop(repositoryId);
    const timer = new AbortController();
    this.#kept.set(repositoryId, { kept, timer });
    void this.#dropLater(repositoryId, timer.signal);
    for (const [oldest] of this.#kept) {
      if (this.#bytes() <= MOST_BYTES) return;
      this.drop(oldest);
    }
  }

  drop(repositoryId: string): void {
    this.#kept.get(repositoryId)?.timer.abort();
    this.#kept.delete(repositoryId);
  }

  close(): void {
    for (const repositoryId of this.#kept.keys()) this.drop(repositoryId);
  }

  async #dropLater(repositoryId: string, signal: AbortSignal): Promise<void> {
    try {
      await this.#clock.sleep(KEEP_INDEX_MS, signal);
    } catch {
      // Taken, dropped or kept anew.
      return;
    }
    this.drop(repositoryId);
  }

  #bytes(): number {
    return [...this.#kept.values()].reduce((sum, { kept }) => sum + kept.index.memoryBytes, 0);
  }
}
