/** Doing something while holding the repository, and letting it go again whatever happens. */
import type { Repository } from '#repository/repository.ts';

export interface LockChoice {
  readonly exclusive: boolean;
  /** Do without; only for work that merely reads. */
  readonly noLock?: boolean;
}

/**
 * `work` gets a signal that fires on cancel and when the lock is lost, and what to await before each change.
 * @throws repository.locked, repository.lockLost, whatever `work` throws
 */
export async function underLock<Result>(
  repository: Repository,
  { exclusive, noLock = false }: LockChoice,
  signal: AbortSignal | undefined,
  work: (stop: AbortSignal | undefined, assertHeld: () => Promise<void>) => Promise<Result>,
): Promise<Result> {
  if (noLock) return work(signal, () => Promise.resolve());
  const lock = await repository.lock({ exclusive, signal });
  try {
    const stop = AbortSignal.any([lock.signal, ...(signal === undefined ? [] : [signal])]);
    return await work(stop, () => lock.assertHeld());
  } catch (error) {
    if (lock.signal.aborted) throw lock.signal.reason;
    throw error;
  } finally {
    await lock.release();
  }
}
