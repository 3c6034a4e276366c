/** Doing something while holding the repository, and letting it go again whatever happens. */
import type { Repository } from '#repository/repository.ts';
import type { RepositoryLock } from '#repository/repository-lock.ts';

export interface LockChoice {
  readonly exclusive: boolean;
  /** Do without; only for work that merely reads. */
  readonly noLock?: boolean;
  /**
   * Begins while an exclusive lock is being confirmed, when others may still be at work: for reading ahead what is held
   * against the repository again afterwards. Must not reject.
   */
  readonly meanwhile?: (stop: AbortSignal) => void;
}

/**
 * `work` gets a signal that fires on cancel and when the lock is lost, and what to await before each change. Under a shared
 * lock it begins while the lock is still being confirmed: what it writes waits for that, and so does what it returns.
 * @throws repository.locked, repository.lockLost, whatever `work` throws
 */
export async function underLock<Result>(
  repository: Repository,
  { exclusive, noLock = false, meanwhile }: LockChoice,
  signal: AbortSignal | undefined,
  work: (stop: AbortSignal | undefined, assertHeld: () => Promise<void>) => Promise<Result>,
): Promise<Result> {
  if (noLock) return work(signal, () => Promise.resolve());
  return underAnnouncedLock(repository, { exclusive, signal }, async (lock) => {
    const stop = AbortSignal.any([lock.signal, ...(signal === undefined ? [] : [signal])]);
    meanwhile?.(stop);
    // Others may still be at work until then: what they are about to remove is not to be judged.
    if (exclusive) await lock.confirmed();
    return work(stop, () => lock.assertHeld());
  });
}

/** As `underLock`, with the lock itself, which is not confirmed yet when `work` begins. */
export async function underAnnouncedLock<Result>(
  repository: Repository,
  request: { readonly exclusive: boolean; readonly signal: AbortSignal | undefined },
  work: (lock: RepositoryLock) => Promise<Result>,
): Promise<Result> {
  const lock = await repository.announceLock(request);
  try {
    const result = await work(lock);
    await lock.confirmed();
    return result;
  } catch (error) {
    // What went wrong before the lock was confirmed may be the doing of whoever came first.
    await lock.confirmed();
    if (lock.signal.aborted) throw lock.signal.reason;
    throw error;
  } finally {
    await lock.release();
  }
}
