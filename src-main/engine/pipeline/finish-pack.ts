/** Closes a pack: appends the sealed header and its length. Source: repository format, section 7.1. */
import type { CryptoKeys, Primitives } from '#format/primitives.ts';
import { encodePackHeader, HEADER_LENGTH_BYTES } from '#format/pack-header.ts';
import { sealBytes } from '#format/envelope.ts';
import { packEntries } from './pack-entries.ts';
import type { FinishedPack, UnfinishedPack } from './protocol.ts';

/** The result's `bytes` lie at the start of their own buffer, which is that of `pack` when it has room. */
export function finishPack(primitives: Primitives, keys: CryptoKeys, pack: UnfinishedPack): FinishedPack {
  const header = sealBytes(primitives, keys, encodePackHeader(packEntries(pack)));
  const bodyBytes = pack.bytes.length;
  const totalBytes = bodyBytes + header.length + HEADER_LENGTH_BYTES;
  let bytes: Uint8Array<ArrayBuffer>;
  if (pack.bytes.byteOffset === 0 && pack.bytes.buffer.byteLength >= totalBytes) {
    bytes = new Uint8Array(pack.bytes.buffer, 0, totalBytes);
  } else {
    bytes = new Uint8Array(totalBytes);
    bytes.set(pack.bytes);
  }
  bytes.set(header, bodyBytes);
  new DataView(bytes.buffer).setUint32(bodyBytes + header.length, header.length, true);
  return {
    blobType: pack.blobType,
    ids: pack.ids,
    places: pack.places,
    packId: primitives.sha256(bytes),
    bytes,
  };
}
