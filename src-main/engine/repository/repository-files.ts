/**
 * Reading and writing whole sealed files (snapshots, index files, locks): name = SHA-256 of the sealed bytes, which is
 * proven on every load. Source: repository format, section 6.
 */
import { bytesToId, isId } from '#base/ids.ts';
import { invariant, isTidemarkError, TidemarkError } from '#base/errors.ts';
import type { CryptoKeys, Primitives } from '#format/primitives.ts';
import { decodeUnpackedFile, encodeUnpackedFile } from '#format/unpacked-file.ts';
import type { Storage, StorageEntry } from '#storage/port.ts';
import type { RepositoryCache } from './repository-cache.ts';

export type SealedFileType = 'lock' | 'snapshot' | 'index';

export class RepositoryFiles {
  readonly #storage: Storage;
  readonly #primitives: Primitives;
  readonly #keys: CryptoKeys;
  readonly #version: 1 | 2;
  #cache: RepositoryCache | undefined;

  constructor(
    storage: Storage,
    primitives: Primitives,
    keys: CryptoKeys,
    version: 1 | 2,
    cache?: RepositoryCache,
  ) {
    this.#cache = cache;
    this.#storage = storage;
    this.#primitives = primitives;
    this.#keys = keys;
    this.#version = version;
  }

  bypassCache(): void {
    this.#cache = undefined;
  }

  /** For people: where they lie. */
  get location(): string {
    return this.#storage.location;
  }

  /** Only names that are ids. */
  async list(type: SealedFileType, signal?: AbortSignal): Promise<StorageEntry[]> {
    const entries = (await this.#storage.list(type, signal)).filter(({ name }) => isId(name));
    if (type !== 'lock') this.#cache?.keepOnly(type, new Set(entries.map(({ name }) => name)));
    return entries;
  }

  /**
   * The plain contents.
   * @throws integrity.fileCorrupt, integrity.indexCorrupt for an index; storage errors
   */
  async load(type: SealedFileType, id: string, signal?: AbortSignal): Promise<Uint8Array> {
    const kept = await this.#loadKept(type, id);
    const raw = kept ?? (await this.#loadNamed(type, id, signal));
    if (kept === undefined && type !== 'lock') this.#cache?.keep(type, id, raw);
    try {
      return decodeUnpackedFile(this.#primitives, this.#keys, this.#version, raw);
    } catch (error) {
      throw corrupt(type, id, error instanceof Error ? error.message : 'cannot be opened', error);
    }
  }

  /**
   * Seals, proves that it opens again, stores durably. `onNamed` hears the id before anything is stored.
   * @returns the new file's id
   */
  async save<Id extends string>(
    type: SealedFileType,
    plain: Uint8Array,
    signal?: AbortSignal,
    onNamed?: (id: Id) => void,
  ): Promise<Id> {
    const sealed = encodeUnpackedFile(this.#primitives, this.#keys, this.#version, plain);
    const reopened = decodeUnpackedFile(this.#primitives, this.#keys, this.#version, sealed);
    invariant(
      Buffer.compare(reopened, plain) === 0,
      `a sealed ${type} file does not open to what was sealed`,
    );
    const id = bytesToId<Id>(this.#primitives.sha256(sealed));
    onNamed?.(id);
    await this.#storage.save(type, id, sealed, signal);
    if (type !== 'lock') this.#cache?.keep(type, id, sealed);
    return id;
  }

  /** Once more when it does not match its name: it may have been damaged on the way only. */
  async #loadNamed(type: SealedFileType, id: string, signal?: AbortSignal): Promise<Uint8Array> {
    for (let isSecond = false; ; isSecond = true) {
      const raw = await this.#storage.load(type, id, undefined, signal);
      if (this.#isNamed(raw, id)) return raw;
      if (isSecond) throw corrupt(type, id, 'its contents do not match its name');
    }
  }

  async #loadKept(type: SealedFileType, id: string): Promise<Uint8Array | undefined> {
    if (type === 'lock') return undefined;
    const kept = await this.#cache?.get(type, id);
    return kept !== undefined && this.#isNamed(kept, id) ? kept : undefined;
  }

  #isNamed(raw: Uint8Array, id: string): boolean {
    return bytesToId(this.#primitives.sha256(raw)) === id;
  }

  async exists(type: SealedFileType, id: string, signal?: AbortSignal): Promise<boolean> {
    try {
      await this.#storage.stat(type, id, signal);
      return true;
    } catch (error) {
      if (isTidemarkError(error, 'storage.objectMissing')) return false;
      throw error;
    }
  }

  async remove(type: SealedFileType, id: string, signal?: AbortSignal): Promise<void> {
    await this.#storage.remove(type, id, signal);
    if (type !== 'lock') await this.#cache?.drop(type, id);
  }

  /** Of those that were read or written from here lately and that are not in `listed`; the place is not asked. */
  async unlisted(type: 'snapshot', listed: ReadonlySet<string>): Promise<readonly string[]> {
    const names = (await this.#cache?.names(type)) ?? [];
    return names.filter((name) => isId(name) && !listed.has(name));
  }
}

function corrupt(type: SealedFileType, id: string, reason: string, cause?: unknown): TidemarkError {
  return type === 'index'
    ? new TidemarkError('integrity.indexCorrupt', { indexId: id, reason }, { cause })
    : new TidemarkError('integrity.fileCorrupt', { kind: type, id, reason }, { cause });
}
