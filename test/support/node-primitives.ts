/**
 * The format layer's primitives from Node alone and the reference Poly1305: slow and simple, for tests of
 * bytes and values, and to compare the product's own implementation with.
 */
import {
  createCipheriv,
  createHash,
  randomBytes as nodeRandomBytes,
  scrypt as nodeScrypt,
  timingSafeEqual,
} from 'node:crypto';
import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { poly1305 } from '#format/poly1305.ts';
import type { Primitives } from '#format/primitives.ts';

const ZSTD_MAGIC = 0xfd2fb528;
const SKIPPABLE_MAGIC = 0x184d2a50;

export const nodePrimitives: Primitives = {
  sha256: (bytes) => createHash('sha256').update(bytes).digest(),
  randomBytes: (length) => nodeRandomBytes(length),
  scrypt: (password, salt, n, r, p, dkLen) =>
    new Promise((resolve, reject) => {
      const maxmem = 128 * r * (n + p) + 1024 * 1024;
      nodeScrypt(password, salt, dkLen, { N: n, r, p, maxmem }, (error, key) =>
        error === null ? resolve(key) : reject(error),
      );
    }),
  aes256Ctr: (key, nonce, input) => createCipheriv('aes-256-ctr', key, nonce).update(input),
  aes128Block: (key, block) => createCipheriv('aes-128-ecb', key, null).setAutoPadding(false).update(block),
  poly1305,
  equal: (a, b) => a.length === b.length && timingSafeEqual(a, b),
  zstdCompress: (bytes) =>
    zstdCompressSync(bytes, {
      params: { [constants.ZSTD_c_windowLog]: 19, [constants.ZSTD_c_checksumFlag]: 0 },
    }),
  zstdDecompress: decompressAllFrames,
};

/** Node stops without a word after the first frame, so the frames are separated here. */
function decompressAllFrames(bytes: Uint8Array, maxBytes: number): Uint8Array {
  const parts: Uint8Array[] = [];
  let totalBytes = 0;
  let offset = 0;
  while (offset < bytes.length) {
    const frame = bytes.subarray(offset, offset + zstdFrameBytes(bytes, offset));
    offset += frame.length;
    if (isSkippable(frame)) continue;
    const part = zstdDecompressSync(frame, { maxOutputLength: Math.max(1, maxBytes - totalBytes) });
    totalBytes += part.length;
    if (totalBytes > maxBytes) throw new Error('zstd output is longer than allowed');
    parts.push(part);
  }
  if (parts.length === 0) throw new Error('no zstd frame');
  return Buffer.concat(parts);
}

function isSkippable(frame: Uint8Array): boolean {
  const magic = new DataView(frame.buffer, frame.byteOffset).getUint32(0, true);
  return (magic & 0xfffffff0) >>> 0 === SKIPPABLE_MAGIC;
}

/** Length of the frame at `offset`, from its header and block headers (RFC 8878, 3.1). */
function zstdFrameBytes(bytes: Uint8Array, offset: number): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset + offset, bytes.length - offset);
  if (view.byteLength < 8) throw new Error('zstd frame is cut off');
  const magic = view.getUint32(0, true);
  if ((magic & 0xfffffff0) >>> 0 === SKIPPABLE_MAGIC) return 8 + view.getUint32(4, true);
  if (magic !== ZSTD_MAGIC) throw new Error('not a zstd frame');
  const descriptor = view.getUint8(4);
  const isSingleSegment = (descriptor & 0x20) !== 0;
  const contentSizeBytes = [isSingleSegment ? 1 : 0, 2, 4, 8][descriptor >> 6] as number;
  const dictionaryIdBytes = [0, 1, 2, 4][descriptor & 3] as number;
  let position = 5 + (isSingleSegment ? 0 : 1) + dictionaryIdBytes + contentSizeBytes;
  for (let isLast = false; !isLast;) {
    if (position + 3 > view.byteLength) throw new Error('zstd frame is cut off');
    const header = view.getUint16(position, true) | (view.getUint8(position + 2) << 16);
    isLast = (header & 1) === 1;
    const isRunLength = ((header >> 1) & 3) === 1;
    position += 3 + (isRunLength ? 1 : header >> 3);
  }
  return position + ((descriptor & 4) !== 0 ? 4 : 0);
}
