/** The blobs of a pack as the format layer tells of them. Packs themselves are kept as columns: one may hold 400 000 blobs. */
import { idAt } from '#base/ids.ts';
import type { PackEntry } from '#format/pack-header.ts';
import type { PackContents } from './protocol.ts';

export const NUMBERS_PER_PLACE = 3;

export function packEntries({ blobType, ids, places }: PackContents): PackEntry[] {
  return Array.from({ length: places.length / NUMBERS_PER_PLACE }, (_, index) => ({
    type: blobType,
    id: idAt(ids, index),
    offset: places[index * NUMBERS_PER_PLACE]!,
    sealedLength: places[index * NUMBERS_PER_PLACE + 1]!,
    uncompressedLength: places[index * NUMBERS_PER_PLACE + 2]!,
  }));
}
