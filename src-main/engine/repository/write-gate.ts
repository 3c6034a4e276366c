/**
 * Lets writes to a repository through only while every lock that this opening of it holds is proven ours. The storage is
 * wrapped with it (storage/decorators/gate-storage.ts), so that no way of writing goes around it, also where somebody forgot
 * to ask the lock. Without any lock it stands open: making a repository and removing locks need none.
 */

export interface GatedLock {
  /** Waits while it is being found out whether the lock is ours. @throws repository.lockLost, repository.locked */
  assertHeld(): Promise<void>;
  /** Fires some time after the work under the lock was cancelled. */
  readonly patience: AbortSignal;
}

export class WriteGate {
  readonly #locks = new Set<GatedLock>();

  /** From the moment a lock is written until it is let go of. */
  add(lock: GatedLock): void {
    this.#locks.add(lock);
  }

  remove(lock: GatedLock): void {
    this.#locks.delete(lock);
  }

  /** Ends calls to the place that were given no signal of their own. Undefined without a lock. */
  patience(): AbortSignal | undefined {
    const signals = [...this.#locks].map((lock) => lock.patience);
    return signals.length > 1 ? AbortSignal.any(signals) : signals[0];
  }

  /** @throws repository.lockLost, repository.locked, job.cancelled */
  async pass(): Promise<void> {
    for (const lock of this.#locks) await lock.assertHeld();
  }
}
