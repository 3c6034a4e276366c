/** Gathers what was noticed for a moment and hands it on in one piece, each path once. Says nothing after `close`. */
import type { ByteString } from '#base/byte-string.ts';
import type { Clock } from '#base/clock.ts';
import type { DoubtReason } from '#contract/watch-codes.ts';
import type { UnwatchedFolder, WatchListener, WatchNews } from './folder-watching.ts';
import { GATHER_MAX, GATHER_MS } from './watch-limits.ts';

export class NewsGatherer {
  readonly touched = new Set<ByteString>();
  readonly touchedBeside = new Set<ByteString>();
  readonly whole = new Set<ByteString>();
  readonly doubts = new Set<DoubtReason>();
  #standing: Pick<WatchNews, 'unwatched' | 'always'> | undefined;
  #isReady: boolean | undefined;
  #isWaiting = false;
  readonly #clock: Clock;
  readonly #listener: WatchListener;
  readonly #watchedCount: () => number;
  readonly #closing = new AbortController();

  constructor(clock: Clock, listener: WatchListener, watchedCount: () => number) {
    this.#clock = clock;
    this.#listener = listener;
    this.#watchedCount = watchedCount;
  }

  close(): void {
    this.#closing.abort();
  }

  setStanding(unwatched: readonly UnwatchedFolder[], always: readonly ByteString[]): void {
    this.#standing = { unwatched, always };
    this.changed();
  }

  setReady(isReady: boolean): void {
    this.#isReady = isReady;
    this.flush();
  }

  /** To be called after something was added to the sets. */
  changed(): void {
    if (this.touched.size + this.touchedBeside.size + this.whole.size >= GATHER_MAX) this.flush();
    else if (!this.#isWaiting) {
      this.#isWaiting = true;
      this.#clock.sleep(GATHER_MS, this.#closing.signal).then(
        () => {
          this.#isWaiting = false;
          this.flush();
        },
        () => undefined,
      );
    }
  }

  flush(): void {
    if (this.#closing.signal.aborted) return;
    const { touched, touchedBeside, whole, doubts } = this;
    const standing = this.#standing;
    const isReady = this.#isReady;
    const count = touched.size + touchedBeside.size + whole.size + doubts.size;
    if (count === 0 && standing === undefined && isReady === undefined) return;
    this.#listener({
      touched: [...touched],
      touchedBeside: [...touchedBeside],
      whole: [...whole],
      doubts: [...doubts],
      ...standing,
      ...(isReady === undefined ? {} : { isReady }),
      watchedCount: this.#watchedCount(),
    });
    for (const each of [touched, touchedBeside, whole, doubts]) each.clear();
    this.#standing = undefined;
    this.#isReady = undefined;
  }
}
