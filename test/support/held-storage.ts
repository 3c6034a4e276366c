/** A storage that waits before it loads or saves what a test holds: so that something is under way for as long as the test wants. */
import { ForwardingStorage } from '#storage/decorators/forwarding-storage.ts';
import type { ByteRange, Storage, StorageFileType } from '#storage/port.ts';

/** @returns what is waited for; undefined: nothing */
export type Hold = (method: 'load' | 'save', type: StorageFileType) => Promise<unknown> | undefined;

export class HeldStorage extends ForwardingStorage {
  readonly #hold: Hold;

  constructor(inner: Storage, hold: Hold) {
    super(inner);
    this.#hold = hold;
  }

  override async save(
    type: StorageFileType,
    name: string,
    bytes: Uint8Array,
    signal?: AbortSignal,
  ): Promise<void> {
    await this.#hold('save', type);
    return super.save(type, name, bytes, signal);
  }

  override async load(
    type: StorageFileType,
    name: string,
    range?: ByteRange,
    signal?: AbortSignal,
  ): Promise<Uint8Array<ArrayBuffer>> {
    await this.#hold('load', type);
    return super.load(type, name, range, signal);
  }
}
