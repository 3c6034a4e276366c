/**
 * Hands every call on to the storage inside, unchanged: what decorators extend, overriding only what they alter.
 */
import type {
  ByteRange,
  PackContent,
  Storage,
  StorageCapabilities,
  StorageEntry,
  StorageFileType,
} from '#storage/port.ts';

export class ForwardingStorage implements Storage {
  protected readonly inner: Storage;

  constructor(inner: Storage) {
    this.inner = inner;
  }

  get location(): string {
    return this.inner.location;
  }

  get capabilities(): StorageCapabilities {
    return this.inner.capabilities;
  }

  create(signal?: AbortSignal): Promise<void> {
    return this.inner.create(signal);
  }

  open(signal?: AbortSignal): Promise<void> {
    return this.inner.open(signal);
  }

  save(
    type: StorageFileType,
    name: string,
    bytes: Uint8Array,
    signal?: AbortSignal,
    content?: PackContent,
  ): Promise<void> {
    return this.inner.save(type, name, bytes, signal, content);
  }

  load(
    type: StorageFileType,
    name: string,
    range?: ByteRange,
    signal?: AbortSignal,
  ): Promise<Uint8Array<ArrayBuffer>> {
    return this.inner.load(type, name, range, signal);
  }

  list(type: StorageFileType, signal?: AbortSignal): Promise<readonly StorageEntry[]> {
    return this.inner.list(type, signal);
  }

  stat(type: StorageFileType, name: string, signal?: AbortSignal): Promise<StorageEntry> {
    return this.inner.stat(type, name, signal);
  }

  remove(type: StorageFileType, name: string, signal?: AbortSignal): Promise<void> {
    return this.inner.remove(type, name, signal);
  }

  keptUntilMs(type: StorageFileType, name: string, signal?: AbortSignal): Promise<number | undefined> {
    return this.inner.keptUntilMs(type, name, signal);
  }

  clockAheadMs(signal?: AbortSignal): Promise<number | undefined> {
    return this.inner.clockAheadMs(signal);
  }

  removeLeftovers(signal?: AbortSignal): Promise<number> {
    return this.inner.removeLeftovers(signal);
  }

  freeSpaceBytes(signal?: AbortSignal): Promise<number | undefined> {
    return this.inner.freeSpaceBytes(signal);
  }

  close(): Promise<void> {
    return this.inner.close();
  }
}
