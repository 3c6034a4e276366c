/**
 * Which index file says what of which pack: needed to know which files have to go when a description is wrong, and which
 * packs must then be described anew. A few bytes per pack; the blobs themselves are in the index.
 */
import type { IndexId } from '#base/ids.ts';
import type { BlobType } from '#repository/blob-index.ts';
import type { IndexFileObserver } from '#repository/index-loader.ts';
import { IndexSurvey } from '../check/index-survey.ts';

export class IndexSources implements IndexFileObserver {
  readonly #survey = new IndexSurvey();
  readonly #packsOf = new Map<IndexId, Set<number>>();

  onPack(indexId: IndexId, packNumber: number): void {
    this.#survey.onPack(indexId, packNumber);
    const packs = this.#packsOf.get(indexId);
    if (packs === undefined) this.#packsOf.set(indexId, new Set([packNumber]));
    else packs.add(packNumber);
  }

  onBlob(
    type: BlobType,
    ids: Uint8Array,
    idOffset: number,
    offset: number,
    length: number,
    uncompressedLength: number,
  ): void {
    this.#survey.onBlob(type, ids, idOffset, offset, length, uncompressedLength);
  }

  /** Packs of which two files say different things. */
  packsInDispute(): Set<number> {
    return new Set(this.#survey.packsInDispute());
  }

  filesNaming(isSought: (packNumber: number) => boolean): IndexId[] {
    return [...this.#packsOf].filter(([, packs]) => [...packs].some(isSought)).map(([id]) => id);
  }

  /** Packs that these files name and no other file does. */
  packsOnlyIn(files: readonly IndexId[]): Set<number> {
    const named = new Set<number>();
    for (const id of files) for (const packNumber of this.#packsOf.get(id) ?? []) named.add(packNumber);
    const going = new Set(files);
    for (const [id, packs] of this.#packsOf)
      if (!going.has(id)) for (const packNumber of packs) named.delete(packNumber);
    return named;
  }
}
