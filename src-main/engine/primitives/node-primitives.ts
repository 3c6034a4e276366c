/**
 * The format layer's port on Node: node:crypto for what it has (Electron's has the same), kernels for Poly1305, zstd as
 * found. For single objects such as keys, configs, snapshots and index files; blobs go through `createBlobCodec`.
 */
import { createCipheriv, hash, randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import type { Primitives } from '#format/primitives.ts';
import { type Kernels, createKernels } from '#primitives/kernels.ts';
import {
  ZSTD_LEVEL_AUTO,
  type Zstd,
  createZstd,
  decompressAll,
  maxCompressedBytes,
} from '#primitives/zstd.ts';

const MAC_STAGE_BYTES = 65_536;

/** For one thread. Both parts may be shared with its codec and cutter. */
export function createPrimitives(
  kernels: Kernels = createKernels(),
  zstd: Zstd = createZstd(ZSTD_LEVEL_AUTO),
): Primitives {
  const key = kernels.allocate(32);
  const stage = kernels.allocate(MAC_STAGE_BYTES);

  return {
    sha256: (bytes) => hash('sha256', bytes, 'buffer'),
    randomBytes: (length) => randomBytes(length),
    scrypt: (password, salt, n, r, p, dkLen) =>
      new Promise((resolve, reject) => {
        // The paper's memory need is 128 * r * (N + p); OpenSSL counts a little more.
        const options = { N: n, r, p, maxmem: 128 * r * (n + p + 2) + 1_048_576 };
        scrypt(password, salt, dkLen, options, (error, derived) => {
          if (error === null) resolve(derived);
          else reject(error);
        });
      }),
    aes256Ctr: (aesKey, nonce, input) => createCipheriv('aes-256-ctr', aesKey, nonce).update(input),
    aes128Block: (aesKey, block) =>
      createCipheriv('aes-128-ecb', aesKey, null).setAutoPadding(false).update(block),
    poly1305: (oneTimeKey, message) => {
      if (oneTimeKey.length !== 32) throw new RangeError('Poly1305 key must be 32 bytes');
      key.bytes().set(oneTimeKey);
      kernels.polyBegin(key.pointer);
      for (let at = 0; at < message.length; at += MAC_STAGE_BYTES) {
        const piece = message.subarray(at, at + MAC_STAGE_BYTES);
        stage.bytes().set(piece);
        kernels.polyUpdate(stage.pointer, piece.length);
      }
      kernels.polyFinish(stage.pointer);
      return stage.bytes().slice(0, 16);
    },
    equal: (a, b) => a.length === b.length && timingSafeEqual(a, b),
    zstdCompress: (bytes) => {
      const out = new Uint8Array(maxCompressedBytes(bytes.length));
      const length = zstd.compressInto(bytes, out);
      if (length === -1) throw new Error('zstd: frame exceeds its bound');
      return out.slice(0, length);
    },
    zstdDecompress: (bytes, maxBytes) => decompressAll(zstd, bytes, maxBytes),
  };
}
