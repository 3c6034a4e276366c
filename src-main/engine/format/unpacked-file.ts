/**
 * The wrapping of locks, snapshots and index files: sealed with the master key, in version 2 also compressed.
 * The file's name, SHA-256 of the sealed bytes, is the caller's affair; so is the JSON inside.
 * Source: repository format, section 6.
 */
import { openSealed, sealBytes } from '#format/envelope.ts';
import type { RepositoryVersion } from '#format/config.ts';
import { FormatError } from '#format/format-error.ts';
import type { CryptoKeys, Primitives } from '#format/primitives.ts';

/** First byte of a compressed file; files from before an upgrade begin with a bracket or brace of JSON. */
const COMPRESSED_MARK = 0x02;
const OPENING_BRACE = 0x7b;
const OPENING_BRACKET = 0x5b;

/** An index file of 459 199 entries, the most restic leaves alone, is some 90 MiB. */
const MAX_JSON_BYTES = 512 * 1024 * 1024;

/** Sealed bytes of a file with this JSON. */
export function encodeUnpackedFile(
  primitives: Primitives,
  keys: CryptoKeys,
  version: RepositoryVersion,
  json: Uint8Array,
): Uint8Array {
  if (version === 1) return sealBytes(primitives, keys, json);
  const compressed = primitives.zstdCompress(json);
  const plain = new Uint8Array(1 + compressed.length);
  plain[0] = COMPRESSED_MARK;
  plain.set(compressed, 1);
  return sealBytes(primitives, keys, plain);
}

/**
 * The JSON inside.
 * @throws SealBroken, FormatError
 */
export function decodeUnpackedFile(
  primitives: Primitives,
  keys: CryptoKeys,
  version: RepositoryVersion,
  sealed: Uint8Array,
): Uint8Array {
  const plain = openSealed(primitives, keys, sealed);
  if (version === 1) return plain;
  const first = plain[0];
  if (first === OPENING_BRACE || first === OPENING_BRACKET) return plain;
  if (first !== COMPRESSED_MARK) throw new FormatError('unknown encoding of the file');
  try {
    return primitives.zstdDecompress(plain.subarray(1), MAX_JSON_BYTES);
  } catch (error) {
    throw new FormatError('compressed data is damaged', { cause: error });
  }
}
