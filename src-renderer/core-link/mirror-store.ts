/**
 * The window's copy of the mirror, kept up to date by its events. Revisions have no gaps: one that is missing means an
 * event was missed, and then the whole is asked for again. Holds nothing that the core has not said.
 */
import type { Mirror, MirrorChange } from '#contract/app/mirror-values.ts';

export interface MirrorSource {
  /** Asks for the whole. */
  load(): Promise<Mirror>;
  onChange(listener: (change: MirrorChange) => void): () => void;
}

export class MirrorStore {
  readonly #source: MirrorSource;
  readonly #listeners = new Set<() => void>();
  #mirror: Mirror | undefined;
  #isLoading = false;

  constructor(source: MirrorSource) {
    this.#source = source;
    source.onChange((change) => this.#apply(change));
    void this.#reload();
  }

  /** Undefined until it has come for the first time. */
  readonly get = (): Mirror | undefined => this.#mirror;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  #apply({ revision, parts }: MirrorChange): void {
    // The whole that is under way may be older or newer than this; the next event tells.
    if (this.#mirror === undefined || revision <= this.#mirror.revision) return;
    if (revision > this.#mirror.revision + 1) {
      void this.#reload();
      return;
    }
    // Parts that did not change are absent, never undefined.
    this.#set({ ...this.#mirror, ...(parts as Partial<Mirror>), revision });
  }

  async #reload(): Promise<void> {
    if (this.#isLoading) return;
    this.#isLoading = true;
    try {
      const whole = await this.#source.load();
      if (this.#mirror === undefined || whole.revision > this.#mirror.revision) this.#set(whole);
    } catch {
      // The connection is gone: whoever opened it notices that itself.
    } finally {
      this.#isLoading = false;
    }
  }

  #set(mirror: Mirror): void {
    this.#mirror = mirror;
    for (const listener of this.#listeners) listener();
  }
}
