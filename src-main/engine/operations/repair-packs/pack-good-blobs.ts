/** Good blobs of a damaged pack, still sealed as they are, as packs to be finished: one per kind, never mixed. */
import { ID_BYTES } from '#base/ids.ts';
import type { PackEntry } from '#format/pack-header.ts';
import { NUMBERS_PER_PLACE } from '#pipeline/pack-entries.ts';
import type { BlobType, UnfinishedPack } from '#pipeline/protocol.ts';

/** `entries` lie within `bytes`; what comes out is copied. */
export function packGoodBlobs(bytes: Uint8Array, entries: readonly PackEntry[]): UnfinishedPack[] {
  return (['data', 'tree'] as const)
    .map((type) => ({ type, found: entries.filter((entry) => entry.type === type) }))
    .filter(({ found }) => found.length > 0)
    .map(({ type, found }) => gather(bytes, type, found));
}

function gather(from: Uint8Array, blobType: BlobType, entries: readonly PackEntry[]): UnfinishedPack {
  const bytes = new Uint8Array(entries.reduce((sum, { sealedLength }) => sum + sealedLength, 0));
  const ids = new Uint8Array(entries.length * ID_BYTES);
  const places = new Uint32Array(entries.length * NUMBERS_PER_PLACE);
  let end = 0;
  entries.forEach(({ id, offset, sealedLength, uncompressedLength }, position) => {
    bytes.set(from.subarray(offset, offset + sealedLength), end);
    ids.set(id, position * ID_BYTES);
    places.set([end, sealedLength, uncompressedLength], position * NUMBERS_PER_PLACE);
    end += sealedLength;
  });
  return { blobType, ids, places, bytes };
}
