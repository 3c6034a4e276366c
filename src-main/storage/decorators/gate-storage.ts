/**
 * Holds every write and removal until the repository's lock is proven to be still ours (invariant I7: whoever lost its
 * lock stops before the next write). Reads pass. Lock files pass too: refreshing the lock is how it is proven.
 */
import { TidemarkError, isTidemarkError, throwIfCancelled } from '#base/errors.ts';
import { ForwardingStorage } from '#storage/decorators/forwarding-storage.ts';
import type { Storage, StorageFileType } from '#storage/port.ts';

/** Resolves while the lock is ours; waits while that is being found out; rejects when it is lost. Called before each write. */
export type LockGate = () => Promise<void>;

/** What a gate says of itself; everything else means that the lock could not be proven. */
const PASSED_ON: ReadonlySet<string> = new Set(['repository.lockLost', 'repository.locked', 'job.cancelled']);

export class GateStorage extends ForwardingStorage {
  readonly #gate: LockGate;

  /** A place that is opened anew is not held up by the locks of an earlier opening. */
  static without(storage: Storage): Storage {
    return storage instanceof GateStorage ? storage.inner : storage;
  }

  constructor(inner: Storage, gate: LockGate) {
    super(inner);
    this.#gate = gate;
  }

  /** @throws repository.lockLost in addition to the port's errors */
  override async save(
    type: StorageFileType,
    name: string,
    bytes: Uint8Array,
    signal?: AbortSignal,
  ): Promise<void> {
    if (type !== 'lock') await this.#pass(signal);
    await this.inner.save(type, name, bytes, signal);
  }

  /** @throws repository.lockLost in addition to the port's errors */
  override async remove(type: StorageFileType, name: string, signal?: AbortSignal): Promise<void> {
    if (type !== 'lock') await this.#pass(signal);
    await this.inner.remove(type, name, signal);
  }

  async #pass(signal: AbortSignal | undefined): Promise<void> {
    throwIfCancelled(signal);
    let onAbort: (() => void) | undefined;
    const cancelled = new Promise<never>((_, reject) => {
      onAbort = () => reject(new TidemarkError('job.cancelled', {}));
      signal?.addEventListener('abort', onAbort, { once: true });
    });
    try {
      await Promise.race([this.#gate(), cancelled]);
    } catch (error) {
      if (isTidemarkError(error) && PASSED_ON.has(error.code)) throw error;
      throw new TidemarkError(
        'repository.lockLost',
        { reason: isTidemarkError(error) ? error.code : 'the lock could not be proven' },
        { cause: error },
      );
    } finally {
      if (onAbort !== undefined) signal?.removeEventListener('abort', onAbort);
    }
  }
}
