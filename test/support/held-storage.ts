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

  // What is not held goes on at once: not a turn later than without this.
  override save(type: StorageFileType, name: string, bytes: Uint8Array, signal?: AbortSignal): Promise<void> {
    const held = this.#hold('save', type);
    const save = (): Promise<void> => super.save(type, name, bytes, signal);
    return held === undefined ? save() : held.then(save);
  }

  override load(
    type: StorageFileType,
    name: string,
    range?: ByteRange,
    signal?: AbortSignal,
  ): Promise<Uint8Array<ArrayBuffer>> {
    const held = this.#hold('load', type);
    const load = (): Promise<Uint8Array<ArrayBuffer>> => super.load(type, name, range, signal);
    return held === undefined ? load() : held.then(load);
  }
}
