/**
 * Collects packs that have become durable and writes index files for them: when INDEX_FULL_BLOBS are waiting, when the
 * oldest has waited INDEX_MAX_AGE_MS, and at the end. A pack is described completely in one index file.
 * Intermediate files make an interrupted backup resumable. Source: repository format, sections 8 and 8.1.
 */
import type { Clock } from '#base/clock.ts';
import type { IndexId, PackId } from '#base/ids.ts';
import { encodeIndex, type IndexedPack } from '#format/index-file.ts';
import type { PackEntry } from '#format/pack-header.ts';
import type { RepositoryFiles } from './repository-files.ts';

/** As restic: a file is closed when it names so many blobs. */
export const INDEX_FULL_BLOBS = 50_000;
/** So much work is lost at most when a run is killed. */
export const INDEX_MAX_AGE_MS = 5 * 60_000;

/** A durable pack. Its entries are made when they are written: as objects they take many times their room. */
export interface PackToIndex {
  readonly id: PackId;
  entries(): Iterable<PackEntry>;
  readonly blobCount: number;
}

export class IndexWriter {
  readonly #files: RepositoryFiles;
  readonly #clock: Clock;
  readonly #onSaved: ((id: IndexId) => void) | undefined;
  #packs: PackToIndex[] = [];
  #blobCount = 0;
  #oldestMs = 0;

  /** `onSaved` hears of each file that is durable. */
  constructor(files: RepositoryFiles, clock: Clock, onSaved?: (id: IndexId) => void) {
    this.#files = files;
    this.#clock = clock;
    this.#onSaved = onSaved;
  }

  /** Notes a durable pack; writes an index file when one is due. */
  async add(pack: PackToIndex, signal?: AbortSignal): Promise<void> {
    if (this.#packs.length === 0) this.#oldestMs = this.#clock.nowMs();
    this.#packs.push(pack);
    this.#blobCount += pack.blobCount;
    const isDue =
      this.#blobCount >= INDEX_FULL_BLOBS || this.#clock.nowMs() - this.#oldestMs >= INDEX_MAX_AGE_MS;
    if (isDue) await this.save(signal);
  }

  /** Writes what is waiting. @returns the new index file, if any */
  async save(signal?: AbortSignal): Promise<IndexId | undefined> {
    if (this.#packs.length === 0) return undefined;
    const packs = this.#packs;
    this.#packs = [];
    this.#blobCount = 0;
    try {
      const id = await this.#files.save<IndexId>('index', encodeIndex(withEntries(packs)), signal);
      this.#onSaved?.(id);
      return id;
    } catch (error) {
      // They are durable and still to be named.
      this.#packs.push(...packs);
      this.#blobCount += packs.reduce((sum, { blobCount }) => sum + blobCount, 0);
      throw error;
    }
  }
}

/** One pack's entries at a time. */
export function* withEntries(packs: readonly PackToIndex[]): Generator<IndexedPack> {
  for (const { id, entries } of packs) yield { id, entries: entries() };
}
