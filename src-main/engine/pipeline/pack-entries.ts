/** The blobs of a pack as the format layer tells of them. */
import { idAt } from '#base/ids.ts';
import type { PackEntry } from '#format/pack-header.ts';
import type { PackContents } from './protocol.ts';

export function packEntries({ blobType, ids, blobs }: PackContents): PackEntry[] {
  return blobs.map(({ offset, length, uncompressedLength }, index) => ({
    type: blobType,
    id: idAt(ids, index),
    offset,
    sealedLength: length,
    uncompressedLength,
  }));
}
