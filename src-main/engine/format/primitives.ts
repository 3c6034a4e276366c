/**
 * The port through which the pure format layer reaches cryptography, compression and randomness.
 * All calls are synchronous but scrypt. Results are fresh arrays unless a comment says otherwise.
 */
export interface Primitives {
  sha256(bytes: Uint8Array): Uint8Array;
  randomBytes(length: number): Uint8Array;
  /** dkLen bytes. N, r, p as in the scrypt paper. */
  scrypt(
    password: Uint8Array,
    salt: Uint8Array,
    n: number,
    r: number,
    p: number,
    dkLen: number,
  ): Promise<Uint8Array>;
  /** AES-256-CTR, 16-byte big-endian counter block that starts at `nonce`. Encrypting and decrypting are the same. */
  aes256Ctr(key: Uint8Array, nonce: Uint8Array, input: Uint8Array): Uint8Array;
  /** One block of AES-128-ECB without padding. */
  aes128Block(key: Uint8Array, block: Uint8Array): Uint8Array;
  /** RFC 8439 Poly1305 of `message` under the 32-byte one-time key `r || s`; clamps r itself. 16 bytes. */
  poly1305(oneTimeKey: Uint8Array, message: Uint8Array): Uint8Array;
  /** Constant time. */
  equal(a: Uint8Array, b: Uint8Array): boolean;
  /** One standard zstd frame without dictionary and checksum, window at most 512 KiB. */
  zstdCompress(bytes: Uint8Array): Uint8Array;
  /**
   * All frames of the input.
   * @throws Error when the input is damaged or the output would exceed `maxBytes`.
   */
  zstdDecompress(bytes: Uint8Array, maxBytes: number): Uint8Array;
}

/**
 * What one thread uses to turn many blobs into sealed form and back. Not re-entrant; keeps its contexts, so that a small
 * blob costs microseconds.
 */
export interface BlobCodec {
  /** SHA-256 of the plaintext, 32 bytes, written to `out` at `offset`. */
  hashInto(plain: Uint8Array, out: Uint8Array, offset: number): void;
  /**
   * Compresses (if asked) and seals `plain` into `out` at `offset`, then opens, decompresses and hashes it again and compares with `id`.
   * `out` must have room for `maxSealedBytes(plain.length)`. An empty plaintext is refused.
   * @throws TidemarkError integrity.memoryFault when what was sealed does not open to what was given.
   */
  seal(plain: Uint8Array, id: Uint8Array, out: Uint8Array, offset: number, compress: boolean): SealedSize;
  /**
   * Opens a sealed blob, decompresses it when `uncompressedLength` > 0, and compares its hash with `id`.
   * The result is a view that is valid until the next call.
   * @throws Error with a plain reason when it does not open, decompress or hash.
   */
  open(sealed: Uint8Array, uncompressedLength: number, id: Uint8Array): Uint8Array;
  maxSealedBytes(plainLength: number): number;
}

export interface SealedSize {
  readonly sealedLength: number;
  /** 0 when stored without compression. */
  readonly uncompressedLength: number;
}

/** The repository's master key (or the key derived from a password). */
export interface CryptoKeys {
  /** 32 bytes. */
  readonly encrypt: Uint8Array;
  /** 16 bytes, AES-128 key of Poly1305-AES. */
  readonly macK: Uint8Array;
  /** 16 bytes, kept as stored, clamped or not. */
  readonly macR: Uint8Array;
}
