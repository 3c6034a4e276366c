/**
 * The sealed form of everything in a repository: AES-256-CTR and Poly1305-AES. Owns the layout and the order of the
 * steps (the MAC is checked before anything is decrypted); the ciphers come through the port Primitives.
 * Invariants: a nonce is random and new for every sealing; keys or nonces of zeros are refused both ways.
 * Source: repository format, section 3.
 *
 *   offset      size  meaning
 *   0           16    nonce, the initial counter block
 *   16          n     ciphertext
 *   16 + n      16    Poly1305-AES of the ciphertext
 */
import { FormatError, SealBroken } from '#format/format-error.ts';
import type { CryptoKeys, Primitives } from '#format/primitives.ts';

export const NONCE_BYTES = 16;
export const MAC_BYTES = 16;
export const SEAL_OVERHEAD_BYTES = NONCE_BYTES + MAC_BYTES;

export const ENCRYPT_KEY_BYTES = 32;
export const MAC_KEY_BYTES = 16;

/** @throws FormatError when the keys are not valid. */
export function sealBytes(primitives: Primitives, keys: CryptoKeys, plain: Uint8Array): Uint8Array {
  assertKeysValid(keys);
  const nonce = primitives.randomBytes(NONCE_BYTES);
  if (isAllZero(nonce)) throw new FormatError('random nonce is all zero');
  const ciphertext = primitives.aes256Ctr(keys.encrypt, nonce, plain);
  const sealed = new Uint8Array(plain.length + SEAL_OVERHEAD_BYTES);
  sealed.set(nonce, 0);
  sealed.set(ciphertext, NONCE_BYTES);
  sealed.set(macOf(primitives, keys, nonce, ciphertext), NONCE_BYTES + ciphertext.length);
  return sealed;
}

/**
 * The plaintext, a fresh array.
 * @throws SealBroken when the MAC does not fit (damage or another key).
 * @throws FormatError when the bytes cannot be a sealed form, or the keys are not valid.
 */
export function openSealed(primitives: Primitives, keys: CryptoKeys, sealed: Uint8Array): Uint8Array {
  assertKeysValid(keys);
  if (sealed.length < SEAL_OVERHEAD_BYTES) throw new FormatError('too short to be encrypted data');
  const nonce = sealed.subarray(0, NONCE_BYTES);
  if (isAllZero(nonce)) throw new FormatError('nonce is all zero');
  const ciphertext = sealed.subarray(NONCE_BYTES, sealed.length - MAC_BYTES);
  const mac = sealed.subarray(sealed.length - MAC_BYTES);
  if (!primitives.equal(mac, macOf(primitives, keys, nonce, ciphertext))) {
    throw new SealBroken('ciphertext verification failed');
  }
  return primitives.aes256Ctr(keys.encrypt, nonce, ciphertext);
}

/** Random master keys for a new repository. */
export function generateKeys(primitives: Primitives): CryptoKeys {
  const keys = {
    encrypt: primitives.randomBytes(ENCRYPT_KEY_BYTES),
    macK: primitives.randomBytes(MAC_KEY_BYTES),
    macR: primitives.randomBytes(MAC_KEY_BYTES),
  };
  assertKeysValid(keys);
  return keys;
}

/** Right lengths, and none of the three parts all zero. */
export function areKeysValid(keys: CryptoKeys): boolean {
  return (
    keys.encrypt.length === ENCRYPT_KEY_BYTES &&
    keys.macK.length === MAC_KEY_BYTES &&
    keys.macR.length === MAC_KEY_BYTES &&
    !isAllZero(keys.encrypt) &&
    !isAllZero(keys.macK) &&
    !isAllZero(keys.macR)
  );
}

function assertKeysValid(keys: CryptoKeys): void {
  if (!areKeysValid(keys)) throw new FormatError('key is invalid');
}

function macOf(
  primitives: Primitives,
  keys: CryptoKeys,
  nonce: Uint8Array,
  ciphertext: Uint8Array,
): Uint8Array {
  const oneTimeKey = new Uint8Array(32);
  oneTimeKey.set(keys.macR, 0);
  oneTimeKey.set(primitives.aes128Block(keys.macK, nonce), 16);
  return primitives.poly1305(oneTimeKey, ciphertext);
}

function isAllZero(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte === 0);
}
