/**
 * What all windows know, kept up to date: made anew after something changed, at most ten times a second, compared part by
 * part, and only what differs is sent. Owns the revision.
 */
import type { Clock } from '#base/clock.ts';
import type { MirrorParts } from '#contract/app/mirror-values.ts';
import type { JobProgress } from '#contract/app/job-values.ts';
import type { Job } from '#services/state/jobs-table.ts';

/** Source: style notes, 3.5: bursts are coalesced to about ten a second. */
const SHORTEST_PAUSE_MS = 100;

export interface MirrorMoved {
  readonly revision: number;
  readonly parts: Partial<MirrorParts>;
  readonly whole: MirrorParts;
}

export class MirrorKeeper {
  readonly #clock: Clock;
  readonly #make: () => MirrorParts;
  readonly #listeners = new Set<(moved: MirrorMoved) => void>();
  readonly #closing = new AbortController();
  #revision = 0;
  #parts: MirrorParts | undefined;
  #texts = new Map<string, string>();
  #isWaiting = false;

  /** @param make collects the parts; called often, must be quick */
  constructor(clock: Clock, make: () => MirrorParts) {
    this.#clock = clock;
    this.#make = make;
  }

  whole(): MirrorParts & { revision: number } {
    this.#refresh();
    return { revision: this.#revision, ...this.get() };
  }

  get(): MirrorParts {
    if (this.#parts === undefined) this.#refresh();
    return this.#parts as MirrorParts;
  }

  /** Something may have changed; listeners hear of it soon. */
  changed(): void {
    if (this.#isWaiting || this.#closing.signal.aborted) return;
    this.#isWaiting = true;
    void this.#clock
      .sleep(SHORTEST_PAUSE_MS, this.#closing.signal)
      .then(() => {
        this.#isWaiting = false;
        this.#refresh();
      })
      .catch(() => undefined);
  }

  onMoved(listener: (moved: MirrorMoved) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  close(): void {
    this.#closing.abort();
    this.#listeners.clear();
  }

  #refresh(): void {
    const made = this.#make();
    const parts: Record<string, unknown> = {};
    for (const [name, value] of Object.entries(made)) {
      const text = JSON.stringify(value);
      if (this.#texts.get(name) === text) continue;
      this.#texts.set(name, text);
      parts[name] = value;
    }
    this.#parts = made;
    if (Object.keys(parts).length === 0) return;
    this.#revision++;
    const moved = { revision: this.#revision, parts: parts as Partial<MirrorParts>, whole: made };
    for (const listener of this.#listeners) listener(moved);
  }
}

/** @param live while it waits or runs */
export function toJobValue(
  row: Job,
  live?: { readonly progress: JobProgress | null },
): MirrorParts['jobs'][number] {
  const { id, kind, planId, placeId, startedBy, state, request, queuedAtMs, startedAtMs, endedAtMs } = row;
  const { result, error, troubleCount, wait } = row;
  return {
    id,
    kind,
    planId,
    placeId,
    startedBy,
    state,
    request,
    queuedAtMs,
    startedAtMs,
    endedAtMs,
    result,
    error,
    troubleCount,
    progress: live?.progress ?? null,
    wait,
  };
}
