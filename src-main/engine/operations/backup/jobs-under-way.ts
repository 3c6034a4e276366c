/** The jobs that one run has begun and that have not ended: how many, what went wrong first, and the wait for the next end. */

export class JobsUnderWay {
  #count = 0;
  #failure: { readonly error: unknown } | undefined;
  #wake: (() => void) | undefined;

  get count(): number {
    return this.#count;
  }

  /** @throws what the first job that failed threw */
  throwIfFailed(): void {
    if (this.#failure !== undefined) throw this.#failure.error;
  }

  start(job: () => Promise<void>): void {
    this.#count++;
    job()
      .catch((error: unknown) => {
        this.#failure ??= { error };
      })
      .finally(() => {
        this.#count--;
        this.wake();
      });
  }

  /** Resolves when a job ends, or at `wake`. One waits at a time. */
  somethingHappens(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }

  wake(): void {
    this.#wake?.();
  }
}
