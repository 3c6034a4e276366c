/**
 * What one thread uses to turn blobs into what is stored and back: compress, seal, and prove that it opens again; open,
 * decompress, and prove that it is what was asked for. Keeps its contexts and buffers, which grow to the largest blob seen.
 * Does not decide what is compressed beyond data that cannot be; frames packs not at all. Not re-entrant.
 */
import { hash } from 'node:crypto';
import { TidemarkError } from '#base/errors.ts';
import type { BlobCodec, CryptoKeys, SealedSize } from '#format/primitives.ts';
import {
  type CipherModes,
  NONCE_BYTES,
  SEAL_OVERHEAD_BYTES,
  createBlobCipher,
  createCipherModes,
} from '#primitives/blob-cipher.ts';
import { type Kernels, createKernels } from '#primitives/kernels.ts';
import {
  ZSTD_LEVEL_AUTO,
  ZSTD_LEVEL_MAX,
  type Zstd,
  createZstd,
  maxCompressedBytes,
} from '#primitives/zstd.ts';

/** As in the command line: `off` still compresses what the format wants compressed (trees), at the level of `auto`. */
export type CompressionMode = 'auto' | 'off' | 'max';

export interface BlobCodecOptions {
  readonly compression: CompressionMode;
  /** Open, decompress and hash every sealed blob before it is handed out. */
  readonly verify: boolean;
}

/** Blobs from here on are stored as they are when compression does not make them smaller. Trees always get smaller. */
const PLAIN_WHEN_LARGER_BYTES = 131_072;
/** Such a blob is stored as it is, untried, when none of these samples of it gets smaller: a fortieth of the work. */
const SAMPLES = 8;
const SAMPLE_BYTES = 4096;

/** Kernels and zstd may be shared with other users in the same thread. */
export function createBlobCodec(
  keys: CryptoKeys,
  options: BlobCodecOptions,
  kernels: Kernels = createKernels(),
  zstd: Zstd = createZstd(options.compression === 'max' ? ZSTD_LEVEL_MAX : ZSTD_LEVEL_AUTO),
  modes: CipherModes = createCipherModes(keys, kernels),
): BlobCodec {
  const cipher = createBlobCipher(modes);
  const opened = new GrowingBuffer();
  const inflated = new GrowingBuffer();
  /** A frame that is not smaller than its sample does not fit. */
  const sampleFrame = new Uint8Array(SAMPLE_BYTES - 1);
  const openedRoom = (length: number): Uint8Array => opened.take(length);

  function inflate(bytes: Uint8Array, uncompressedLength: number): Uint8Array {
    const room = inflated.take(uncompressedLength);
    if (zstd.decompressInto(bytes, room) !== uncompressedLength)
      throw new Error('shorter than its entry says');
    return room;
  }

  /** Writes the frame to where it is sealed in place. Returns its length, 0 for "store as it is". */
  function compressInto(plain: Uint8Array, out: Uint8Array, offset: number): number {
    const mayStayPlain = plain.length >= PLAIN_WHEN_LARGER_BYTES;
    const limit = mayStayPlain ? plain.length - 1 : maxCompressedBytes(plain.length);
    const from = offset + NONCE_BYTES;
    if (mayStayPlain && options.compression === 'auto' && !seemsCompressible(plain)) return 0;
    const length = zstd.compressInto(plain, out.subarray(from, from + limit));
    if (length !== -1) return length;
    if (mayStayPlain) return 0;
    throw new RangeError('no room for the sealed blob');
  }

  /** Looks at samples spread evenly from the first byte to the last. */
  function seemsCompressible(plain: Uint8Array): boolean {
    const step = Math.floor((plain.length - SAMPLE_BYTES) / (SAMPLES - 1));
    for (let sample = 0; sample < SAMPLES; sample++) {
      const at = sample * step;
      if (zstd.compressInto(plain.subarray(at, at + SAMPLE_BYTES), sampleFrame) !== -1) return true;
    }
    return false;
  }

  function verify(sealed: Uint8Array, size: SealedSize, id: Uint8Array): void {
    try {
      const text = cipher.reopen(sealed, openedRoom);
      requireId(size.uncompressedLength === 0 ? text : inflate(text, size.uncompressedLength), id);
    } catch (cause) {
      const blobId = Buffer.from(id).toString('hex');
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new TidemarkError('integrity.memoryFault', { blobId, reason }, { cause });
    }
  }

  return {
    hashInto: (plain, out, offset) => {
      const digest = sha256(plain);
      for (let i = 0; i < HASH_BYTES; i++) out[offset + i] = digest.charCodeAt(i);
    },
    maxSealedBytes: (plainLength) => maxCompressedBytes(plainLength) + SEAL_OVERHEAD_BYTES,
    seal: (plain, id, out, offset, compress) => {
      if (plain.length === 0) throw new RangeError('an empty blob cannot be stored');
      const frameLength = compress ? compressInto(plain, out, offset) : 0;
      const text =
        frameLength === 0 ? plain : out.subarray(offset + NONCE_BYTES, offset + NONCE_BYTES + frameLength);
      const sealedLength = cipher.seal(text, out, offset);
      const size = { sealedLength, uncompressedLength: frameLength === 0 ? 0 : plain.length };
      if (options.verify) verify(out.subarray(offset, offset + sealedLength), size, id);
      return size;
    },
    open: (sealed, uncompressedLength, id) => {
      const text = cipher.open(sealed, openedRoom);
      const plain = uncompressedLength === 0 ? text : inflate(text, uncompressedLength);
      requireId(plain, id);
      return plain;
    },
  };
}

const HASH_BYTES = 32;

/** One character per byte ('binary'): a short string costs half a microsecond less than a Buffer. */
function sha256(bytes: Uint8Array): string {
  return hash('sha256', bytes, 'binary');
}

/** @throws Error when the hash is another. */
function requireId(plain: Uint8Array, id: Uint8Array): void {
  const digest = sha256(plain);
  let difference = id.length ^ HASH_BYTES;
  for (let i = 0; i < HASH_BYTES; i++) difference |= digest.charCodeAt(i) ^ (id[i] as number);
  if (difference !== 0) throw new Error('the content does not match its id');
}

const SMALLEST_BUFFER_BYTES = 65_536;

/** One buffer that is replaced by a larger one when it is too small: memory follows the largest blob, not the sum. */
class GrowingBuffer {
  #bytes = new Uint8Array(0);

  /** A view of `length` bytes; the view given before is void. */
  take(length: number): Uint8Array {
    if (length > this.#bytes.length) {
      const doubled = Math.min(this.#bytes.length * 2, 8_388_608);
      this.#bytes = new Uint8Array(Math.max(length, doubled, SMALLEST_BUFFER_BYTES));
    }
    return this.#bytes.subarray(0, length);
  }
}
