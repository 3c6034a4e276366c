/**
 * Holds every write and removal until the repository's lock is proven to be still ours (invariant I7: whoever lost its
 * lock stops before the next write). Reads pass. Lock files pass too: refreshing the lock is how it is proven. Some time after
 * a cancel it also ends the calls that nobody else would end, so that a place that hangs does not hold up who is leaving.
 */
import { TidemarkError, isTidemarkError, throwIfCancelled } from '#base/errors.ts';
import { ForwardingStorage } from '#storage/decorators/forwarding-storage.ts';
import type { PackContent, ByteRange, Storage, StorageEntry, StorageFileType } from '#storage/port.ts';

export interface LockGate {
  /** Resolves while the lock is ours; waits while that is being found out; rejects when it is lost. Called before each write. */
  pass(): Promise<void>;
  /** For calls without a signal of their own: fires when a cancelled run must not wait for the place any longer. */
  patience(): AbortSignal | undefined;
}

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
    content?: PackContent,
  ): Promise<void> {
    if (type !== 'lock') await this.#pass(signal);
    await this.inner.save(type, name, bytes, this.#ending(type, signal), content);
  }

  /** @throws repository.lockLost in addition to the port's errors */
  override async remove(type: StorageFileType, name: string, signal?: AbortSignal): Promise<void> {
    if (type !== 'lock') await this.#pass(signal);
    await this.inner.remove(type, name, this.#ending(type, signal));
  }

  override load(
    type: StorageFileType,
    name: string,
    range?: ByteRange,
    signal?: AbortSignal,
  ): Promise<Uint8Array<ArrayBuffer>> {
    return this.inner.load(type, name, range, this.#ending(type, signal));
  }

  override list(type: StorageFileType, signal?: AbortSignal): Promise<readonly StorageEntry[]> {
    return this.inner.list(type, this.#ending(type, signal));
  }

  override stat(type: StorageFileType, name: string, signal?: AbortSignal): Promise<StorageEntry> {
    return this.inner.stat(type, name, this.#ending(type, signal));
  }

  /** Letting go of a lock has its own time. */
  #ending(type: StorageFileType, signal: AbortSignal | undefined): AbortSignal | undefined {
    return signal ?? (type === 'lock' ? undefined : this.#gate.patience());
  }

  async #pass(signal: AbortSignal | undefined): Promise<void> {
    throwIfCancelled(signal);
    let onAbort: (() => void) | undefined;
    const cancelled = new Promise<never>((_, reject) => {
      onAbort = () => reject(new TidemarkError('job.cancelled', {}));
      signal?.addEventListener('abort', onAbort, { once: true });
    });
    try {
      await Promise.race([this.#gate.pass(), cancelled]);
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
