/**
 * What the index files say of the packs that a person names, gathered while they are loaded; the blobs of those packs stay
 * out of the index itself, so that they count as unknown and can be stored again.
 */
import { ID_BYTES, type IndexId, type PackId } from '#base/ids.ts';
import { TidemarkError } from '#base/errors.ts';
import type { PackEntry } from '#format/pack-header.ts';
import type { BlobType } from '#repository/blob-index.ts';
import type { IndexFileObserver } from '#repository/index-loader.ts';
import type { Repository } from '#repository/repository.ts';
import { placeKey } from './examine-pack.ts';
import { IndexSources } from '../repair-index/index-sources.ts';

export class NamedPacks implements IndexFileObserver {
  readonly sources = new IndexSources();
  readonly #repository: Repository;
  readonly #prefixes: readonly string[];
  readonly #entries = new Map<PackId, PackEntry[]>();
  #current: PackEntry[] | undefined;

  constructor(repository: Repository, prefixes: readonly string[]) {
    this.#repository = repository;
    this.#prefixes = prefixes;
  }

  /**
   * Loads the repository's index without these packs.
   * @throws integrity.indexCorrupt: what is in a pack can only be told by a whole index
   */
  async loadIndex(signal: AbortSignal | undefined): Promise<void> {
    const omitsPack = (packId: PackId): boolean => {
      const isNamed = this.#prefixes.some((prefix) => packId.startsWith(prefix));
      this.#current = isNamed ? this.#entriesOf(packId) : undefined;
      return isNamed;
    };
    await this.#repository.loadIndex({ signal, observer: this, omitsPack });
  }

  onPack(indexId: IndexId, packNumber: number): void {
    this.sources.onPack(indexId, packNumber);
  }

  onBlob(
    type: BlobType,
    ids: Uint8Array,
    idOffset: number,
    offset: number,
    sealedLength: number,
    uncompressedLength: number,
  ): void {
    this.sources.onBlob(type, ids, idOffset, offset, sealedLength, uncompressedLength);
    const id = ids.slice(idOffset, idOffset + ID_BYTES);
    this.#current?.push({ type, id, offset, sealedLength, uncompressedLength });
  }

  /** What all index files together say is in it, in no order, each place once. */
  entriesOf(packId: PackId): readonly PackEntry[] {
    const entries = this.#entries.get(packId) ?? [];
    return [...new Map(entries.map((entry) => [placeKey(entry), entry])).values()];
  }

  /**
   * The packs that are meant, each once. `present`: those that are there.
   * @throws repository.objectNotFound, repository.ambiguousId
   */
  resolve(present: Iterable<PackId>): PackId[] {
    const known = new Set([...this.#entries.keys(), ...present]);
    const found = this.#prefixes.map((prefix) => {
      const matches = [...known].filter((packId) => prefix !== '' && packId.startsWith(prefix));
      if (matches.length > 1) throw new TidemarkError('repository.ambiguousId', { prefix, kind: 'pack' });
      const [match] = matches;
      if (match === undefined)
        throw new TidemarkError('repository.objectNotFound', { id: prefix, kind: 'pack' });
      return match;
    });
    return [...new Set(found)];
  }

  #entriesOf(packId: PackId): PackEntry[] {
    const known = this.#entries.get(packId);
    if (known !== undefined) return known;
    const entries: PackEntry[] = [];
    this.#entries.set(packId, entries);
    return entries;
  }
}
