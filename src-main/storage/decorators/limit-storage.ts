/**
 * Bounds how much a storage is asked at once: a number of calls under way. Locks pass without waiting: one that is refreshed
 * too late is lost. How fast data goes is another decorator's business.
 */
import { ForwardingStorage } from '#storage/decorators/forwarding-storage.ts';
import type { PackContent, ByteRange, Storage, StorageEntry, StorageFileType } from '#storage/port.ts';
import { SlotQueue } from '#storage/slot-queue.ts';

export interface LimitOptions {
  readonly maxConcurrent: number;
}

export class LimitStorage extends ForwardingStorage {
  readonly #slots: SlotQueue;

  constructor(inner: Storage, { maxConcurrent }: LimitOptions) {
    super(inner);
    this.#slots = new SlotQueue(maxConcurrent);
  }

  override create(signal?: AbortSignal): Promise<void> {
    return this.#slots.run(() => this.inner.create(signal), signal);
  }

  override open(signal?: AbortSignal): Promise<void> {
    return this.#slots.run(() => this.inner.open(signal), signal);
  }

  override async save(
    type: StorageFileType,
    name: string,
    bytes: Uint8Array,
    signal?: AbortSignal,
    content?: PackContent,
  ): Promise<void> {
    await this.#run(type, () => this.inner.save(type, name, bytes, signal, content), signal);
  }

  override async load(
    type: StorageFileType,
    name: string,
    range?: ByteRange,
    signal?: AbortSignal,
  ): Promise<Uint8Array<ArrayBuffer>> {
    return this.#run(type, () => this.inner.load(type, name, range, signal), signal);
  }

  override list(type: StorageFileType, signal?: AbortSignal): Promise<readonly StorageEntry[]> {
    return this.#run(type, () => this.inner.list(type, signal), signal);
  }

  override stat(type: StorageFileType, name: string, signal?: AbortSignal): Promise<StorageEntry> {
    return this.#run(type, () => this.inner.stat(type, name, signal), signal);
  }

  override remove(type: StorageFileType, name: string, signal?: AbortSignal): Promise<void> {
    return this.#run(type, () => this.inner.remove(type, name, signal), signal);
  }

  override keptUntilMs(
    type: StorageFileType,
    name: string,
    signal?: AbortSignal,
  ): Promise<number | undefined> {
    return this.#run(type, () => this.inner.keptUntilMs(type, name, signal), signal);
  }

  override clockAheadMs(signal?: AbortSignal): Promise<number | undefined> {
    return this.#slots.run(() => this.inner.clockAheadMs(signal), signal);
  }

  override removeLeftovers(signal?: AbortSignal): Promise<number> {
    return this.#slots.run(() => this.inner.removeLeftovers(signal), signal);
  }

  override freeSpaceBytes(signal?: AbortSignal): Promise<number | undefined> {
    return this.#slots.run(() => this.inner.freeSpaceBytes(signal), signal);
  }

  #run<T>(type: StorageFileType, call: () => Promise<T>, signal: AbortSignal | undefined): Promise<T> {
    return type === 'lock' ? call() : this.#slots.run(call, signal);
  }
}
