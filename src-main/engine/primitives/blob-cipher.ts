/**
 * Sealing and opening of bytes under one repository key, made cheap for many small blobs. Owns nonces and the mode of
 * operation; does not compress or hash.
 *
 * sealed = nonce(16) || AES-256-CTR(plain) || Poly1305-AES(16). Source: format reference 3.1, 3.2.
 *
 * Nonces and their AES-128 are made in batches. Every nonce is used once.
 */
import { randomFillSync } from 'node:crypto';
import type { CryptoKeys } from '#format/primitives.ts';
import { createCounterMode, type CounterMode } from '#primitives/counter-mode.ts';
import type { Kernels } from '#primitives/kernels.ts';
import { createPoly1305Aes, PAD_BYTES, TAG_BYTES, type Poly1305Aes } from '#primitives/poly1305-aes.ts';

export const NONCE_BYTES = 16;
export const SEAL_OVERHEAD_BYTES = NONCE_BYTES + TAG_BYTES;

const NONCE_BATCH = 256;

export interface BlobCipher {
  /**
   * Writes the sealed form of `plain` to `out` at `offset` and returns its length. `plain` may lie in `out` from
   * `offset` + 16 on, or in the kernels' memory.
   */
  seal(plain: Uint8Array, out: Uint8Array, offset: number): number;
  /**
   * Checks the MAC, then decrypts into `room(length)`. The result is valid until the next call.
   * @throws Error with a plain reason when it is too short or the MAC does not match.
   */
  open(sealed: Uint8Array, room: (length: number) => Uint8Array): Uint8Array;
  /** `open` for what the last `seal` wrote: its nonce is compared with a second copy, and the MAC key is computed anew. */
  reopen(sealed: Uint8Array, room: (length: number) => Uint8Array): Uint8Array;
}

interface NoncePool {
  readonly nonces: Uint8Array;
  readonly macPads: Uint8Array;
}

/** The modes of operation under a repository's keys. */
export interface CipherModes {
  readonly counterMode: CounterMode;
  readonly poly1305Aes: Poly1305Aes;
}

/** The fastest there are; `only` is for tests. */
export function createCipherModes(
  keys: CryptoKeys,
  kernels: Kernels,
  only?: 'program' | 'node',
): CipherModes {
  return {
    counterMode: createCounterMode(keys.encrypt, kernels, only),
    poly1305Aes: createPoly1305Aes(keys, kernels, only),
  };
}

/** One per thread and key; not re-entrant. */
export function createBlobCipher({ counterMode, poly1305Aes }: CipherModes): BlobCipher {
  const tag = new Uint8Array(TAG_BYTES);
  // Two pools made apart, so that a bit that flips in one of them is found when the blob is opened again.
  let pool: NoncePool | undefined;
  let twin: NoncePool | undefined;
  let taken = 0;

  function refill(): void {
    const nonces = new Uint8Array(NONCE_BATCH * NONCE_BYTES);
    do randomFillSync(nonces);
    while (hasZeroBlock(nonces));
    const copy = nonces.slice();
    pool = { nonces, macPads: poly1305Aes.pads(nonces) };
    twin = { nonces: copy, macPads: poly1305Aes.pads(copy) };
    taken = 0;
  }

  function openWith(
    sealed: Uint8Array,
    macPad: Uint8Array,
    room: (length: number) => Uint8Array,
  ): Uint8Array {
    const length = sealed.length - SEAL_OVERHEAD_BYTES;
    const nonce = sealed.subarray(0, NONCE_BYTES);
    const cipherText = sealed.subarray(NONCE_BYTES, NONCE_BYTES + length);
    poly1305Aes.authenticate(macPad, cipherText, tag);
    if (!isSame(tag, sealed, NONCE_BYTES + length)) throw new Error('the authentication code does not match');
    const target = room(length);
    counterMode.apply(nonce, cipherText, target);
    return target;
  }

  return {
    seal: (plain, out, offset) => {
      if (pool === undefined || taken === NONCE_BATCH) refill();
      const { nonces, macPads } = pool as NoncePool;
      const from = taken * NONCE_BYTES;
      taken++;
      const nonce = nonces.subarray(from, from + NONCE_BYTES);
      const macPad = macPads.subarray(from, from + PAD_BYTES);
      const cipherText = out.subarray(offset + NONCE_BYTES, offset + NONCE_BYTES + plain.length);
      counterMode.apply(nonce, plain, cipherText);
      poly1305Aes.authenticate(macPad, cipherText, tag);
      out.set(nonce, offset);
      out.set(tag, offset + NONCE_BYTES + plain.length);
      return plain.length + SEAL_OVERHEAD_BYTES;
    },
    open: (sealed, room) => {
      if (sealed.length < SEAL_OVERHEAD_BYTES) throw new Error('shorter than any sealed blob');
      const nonce = sealed.subarray(0, NONCE_BYTES);
      if (hasZeroBlock(nonce)) throw new Error('the nonce is zero');
      return openWith(sealed, poly1305Aes.pads(nonce), room);
    },
    reopen: (sealed, room) => {
      if (twin === undefined) throw new Error('nothing was sealed yet');
      const from = (taken - 1) * NONCE_BYTES;
      const nonce = twin.nonces.subarray(from, from + NONCE_BYTES);
      if (!isSame(nonce, sealed, 0)) throw new Error('the nonce changed');
      return openWith(sealed, twin.macPads.subarray(from, from + PAD_BYTES), room);
    },
  };
}

/** Compares 16 bytes at `offset`; takes the same time wherever they differ. */
function isSame(expected: Uint8Array, bytes: Uint8Array, offset: number): boolean {
  let difference = 0;
  for (let i = 0; i < 16; i++) difference |= (expected[i] as number) ^ (bytes[offset + i] as number);
  return difference === 0;
}

function hasZeroBlock(nonces: Uint8Array): boolean {
  for (let from = 0; from < nonces.length; from += NONCE_BYTES) {
    let any = 0;
    for (let i = from; i < from + NONCE_BYTES; i++) any |= nonces[i] as number;
    if (any === 0) return true;
  }
  return false;
}
