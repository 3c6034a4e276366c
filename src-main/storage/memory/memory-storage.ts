/**
 * A repository in memory, with the semantics of every other adapter; for tests and rehearsals.
 * `files` is the raw content by path (`config`, `keys/<id>`, `data/ab/<id>`), so that a test can damage bytes, lose
 * files or plant foreign ones. Bytes are copied on the way in and out.
 */
import { TidemarkError, invariant, throwIfCancelled } from '#base/errors.ts';
import { isObjectName, objectFolder, objectPath, refusesOverwrite } from '#storage/object-path.ts';
import type {
  ByteRange,
  Storage,
  StorageCapabilities,
  StorageEntry,
  StorageFileType,
} from '#storage/port.ts';
import { rangeInvalid } from '#storage/range-invalid.ts';

export class MemoryStorage implements Storage {
  readonly location = 'memory';
  readonly capabilities: StorageCapabilities = {
    refusesOverwrite: true,
    freeSpaceKnown: false,
    emptyLooksMissing: false,
    readsWhileOpening: true,
    isFar: false,
  };
  /** Raw content by path. */
  readonly files = new Map<string, Uint8Array<ArrayBuffer>>();
  #created = false;

  /** An independent copy of the present content, as a disk image would be. */
  fork(): MemoryStorage {
    const copy = new MemoryStorage();
    copy.#created = this.#created;
    for (const [path, bytes] of this.files) copy.files.set(path, bytes.slice());
    return copy;
  }

  async create(signal?: AbortSignal): Promise<void> {
    throwIfCancelled(signal);
    this.#created = true;
  }

  async open(signal?: AbortSignal): Promise<void> {
    throwIfCancelled(signal);
    if (!this.#created) {
      throw new TidemarkError(
        'storage.unreachable',
        { location: this.location, reason: 'never created' },
        { retry: 'afterUser' },
      );
    }
  }

  async save(type: StorageFileType, name: string, bytes: Uint8Array, signal?: AbortSignal): Promise<void> {
    const path = this.#begin(type, name, signal);
    const existing = this.files.get(path);
    if (existing !== undefined && refusesOverwrite(type)) {
      throw new TidemarkError('storage.alreadyExists', { kind: type, name });
    }
    if (existing?.length !== bytes.length) this.files.set(path, new Uint8Array(bytes));
  }

  async load(
    type: StorageFileType,
    name: string,
    range?: ByteRange,
    signal?: AbortSignal,
  ): Promise<Uint8Array<ArrayBuffer>> {
    const bytes = this.#get(type, name, signal);
    if (range === undefined) return bytes.slice();
    const { offset, length } = range;
    if (offset < 0 || length < 0 || offset + length > bytes.length) {
      throw rangeInvalid(type, name, range);
    }
    return bytes.slice(offset, offset + length);
  }

  async list(type: StorageFileType, signal?: AbortSignal): Promise<readonly StorageEntry[]> {
    throwIfCancelled(signal);
    const entries: StorageEntry[] = [];
    const folder = objectFolder(type);
    for (const [path, bytes] of this.files) {
      if (!path.startsWith(folder)) continue;
      const name = path.slice(path.lastIndexOf('/') + 1);
      if (isObjectName(type, name) && objectPath(type, name) === path) {
        entries.push({ name, sizeBytes: bytes.length });
      }
    }
    return entries;
  }

  async stat(type: StorageFileType, name: string, signal?: AbortSignal): Promise<StorageEntry> {
    return { name, sizeBytes: this.#get(type, name, signal).length };
  }

  async remove(type: StorageFileType, name: string, signal?: AbortSignal): Promise<void> {
    this.files.delete(this.#begin(type, name, signal));
  }

  async keptUntilMs(
    _type: StorageFileType,
    _name: string,
    signal?: AbortSignal,
  ): Promise<number | undefined> {
    throwIfCancelled(signal);
    return undefined;
  }

  async clockAheadMs(signal?: AbortSignal): Promise<number | undefined> {
    throwIfCancelled(signal);
    return undefined;
  }

  async removeLeftovers(signal?: AbortSignal): Promise<number> {
    throwIfCancelled(signal);
    return 0;
  }

  async freeSpaceBytes(signal?: AbortSignal): Promise<number | undefined> {
    throwIfCancelled(signal);
    return undefined;
  }

  async close(): Promise<void> {}

  #begin(type: StorageFileType, name: string, signal: AbortSignal | undefined): string {
    throwIfCancelled(signal);
    invariant(this.#created, 'storage used before open');
    return objectPath(type, name);
  }

  #get(type: StorageFileType, name: string, signal: AbortSignal | undefined): Uint8Array<ArrayBuffer> {
    const bytes = this.files.get(this.#begin(type, name, signal));
    if (bytes === undefined) throw new TidemarkError('storage.objectMissing', { kind: type, name });
    return bytes;
  }
}
