/**
 * Believes no `save`: asks the place afterwards what it has. A place that answered "stored" and has nothing, or too
 * little, gets the file once more; then the save fails, before anything is written that relies on it. Packs are confirmed by
 * their size, the few small files that decide about whole versions by their bytes. Not locks: who holds one reads it back
 * himself, while he waits for others anyway.
 * Source: invariants I2 and I5 (only what the place confirmed is safe).
 */
import { isTidemarkError, TidemarkError } from '#base/errors.ts';
import { ForwardingStorage } from '#storage/decorators/forwarding-storage.ts';
import type { PackContent, StorageFileType } from '#storage/port.ts';

/** Reading a pack again would double what goes over the line; a trial is read again anyway. */
const CONFIRMED_BY_SIZE: ReadonlySet<StorageFileType> = new Set(['pack', 'trial']);

const ATTEMPTS = 2;

export class ConfirmStorage extends ForwardingStorage {
  /** @throws storage.notKept in addition to the port's errors */
  override async save(
    type: StorageFileType,
    name: string,
    bytes: Uint8Array,
    signal?: AbortSignal,
    content?: PackContent,
  ): Promise<void> {
    if (type === 'lock') return this.inner.save(type, name, bytes, signal, content);
    for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
      await this.inner.save(type, name, bytes, signal, content);
      if (await this.#has(type, name, bytes, signal)) return;
      // Nothing half may stay under the name: readers would stumble over it, and saving again count it as stored.
      await this.inner.remove(type, name, signal);
    }
    throw new TidemarkError('storage.notKept', { location: this.location, kind: type, name });
  }

  async #has(
    type: StorageFileType,
    name: string,
    bytes: Uint8Array,
    signal: AbortSignal | undefined,
  ): Promise<boolean> {
    try {
      if (CONFIRMED_BY_SIZE.has(type))
        return (await this.inner.stat(type, name, signal)).sizeBytes === bytes.length;
      return Buffer.compare(await this.inner.load(type, name, undefined, signal), bytes) === 0;
    } catch (error) {
      if (isTidemarkError(error, 'storage.objectMissing')) return false;
      throw error;
    }
  }
}
