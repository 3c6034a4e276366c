/** The blobs of a pack as the format layer tells of them. Packs themselves are kept as columns: one may hold 400 000 blobs. */
import { idAt } from '#base/ids.ts';
import type { PackEntry } from '#format/pack-header.ts';
import type { PackContents } from './protocol.ts';

export const NUMBERS_PER_PLACE = 3;

/** Made one by one, each time they are gone through: all at once they would take more room than the pack. */
export function packEntries({ blobType, ids, places }: PackContents): Iterable<PackEntry> {
  return {
    *[Symbol.iterator]() {
      for (let index = 0; index * NUMBERS_PER_PLACE < places.length; index++)
        yield {
          type: blobType,
          id: idAt(ids, index),
          offset: places[index * NUMBERS_PER_PLACE]!,
          sealedLength: places[index * NUMBERS_PER_PLACE + 1]!,
          uncompressedLength: places[index * NUMBERS_PER_PLACE + 2]!,
        };
    },
  };
}
