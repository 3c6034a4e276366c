/**
 * Poly1305-AES under one key pair: the pad of a nonce (its AES-128 under k) and the tag of a text under r and a pad.
 * The program's own OpenSSL where it can be called: two to four times as fast on texts of more than a kilobyte, and a
 * pad for a single nonce costs a sixth. Elsewhere Node's AES and the kernels. Source: repository format, 3.2.
 */
import { createCipheriv } from 'node:crypto';
import type { CryptoKeys } from '#format/primitives.ts';
import type { Kernels } from '#primitives/kernels.ts';
import {
  createProgramCipher,
  createProgramPoly1305,
  type ProgramPoly1305,
} from '#primitives/program-openssl.ts';

export const PAD_BYTES = 16;
export const TAG_BYTES = 16;

export interface Poly1305Aes {
  readonly source: 'program' | 'node';
  /** The pads of all nonces, which lie one after another. The result is a fresh array. */
  pads(nonces: Uint8Array): Uint8Array;
  /** Writes the tag of `text` to `tag`. */
  authenticate(pad: Uint8Array, text: Uint8Array, tag: Uint8Array): void;
}

/** The kernels' way stages pieces of this length in their memory. */
const STAGE_BYTES = 65_536;

/** One per thread and key; not re-entrant. `only` is for tests. */
export function createPoly1305Aes(
  keys: Pick<CryptoKeys, 'macK' | 'macR'>,
  kernels: Kernels,
  only?: Poly1305Aes['source'],
): Poly1305Aes {
  const native = only === 'node' ? undefined : createProgramWay(keys, kernels);
  if (only === 'program' && native === undefined) throw new Error('the program exports no Poly1305');
  return native ?? fromParts('node', createNodePads(keys.macK), createKernelPoly1305(kernels), keys.macR);
}

function createProgramWay(
  { macK, macR }: Pick<CryptoKeys, 'macK' | 'macR'>,
  kernels: Kernels,
): Poly1305Aes | undefined {
  const cipher = createProgramCipher('aes_128_ecb', macK);
  const poly1305 = createProgramPoly1305();
  if (cipher === undefined || poly1305 === undefined) return undefined;
  const pads = (nonces: Uint8Array): Uint8Array => {
    const result = new Uint8Array(nonces.length);
    cipher.update(nonces, result);
    return result;
  };
  const isRight = haveSamePads(pads, createNodePads(macK)) && isSamePoly1305(poly1305, kernels);
  return isRight ? fromParts('program', pads, poly1305, macR) : undefined;
}

function fromParts(
  source: Poly1305Aes['source'],
  pads: Poly1305Aes['pads'],
  poly1305: ProgramPoly1305,
  macR: Uint8Array,
): Poly1305Aes {
  const key = new Uint8Array(macR.length + PAD_BYTES);
  return {
    source,
    pads,
    authenticate: (pad, text, tag) => {
      // Both halves each time: a bit that flipped in the first stays for one blob, which then does not open.
      key.set(macR);
      key.set(pad, macR.length);
      poly1305(key, text, tag);
    },
  };
}

function createNodePads(macK: Uint8Array): Poly1305Aes['pads'] {
  const cipher = createCipheriv('aes-128-ecb', macK, null).setAutoPadding(false);
  return (nonces) => cipher.update(nonces);
}

function createKernelPoly1305(kernels: Kernels): ProgramPoly1305 {
  const keyRegion = kernels.allocate(32);
  const tagRegion = kernels.allocate(TAG_BYTES);
  const stage = kernels.allocate(STAGE_BYTES);
  return (key, text, tag) => {
    keyRegion.bytes().set(key);
    kernels.polyBegin(keyRegion.pointer);
    for (let at = 0; at < text.length; at += STAGE_BYTES) {
      const piece = text.subarray(at, at + STAGE_BYTES);
      stage.bytes().set(piece);
      kernels.polyUpdate(stage.pointer, piece.length);
    }
    kernels.polyFinish(tagRegion.pointer);
    tag.set(tagRegion.bytes());
  };
}

/** Around the block, and long enough for the vectorised way. */
const PROVEN_LENGTHS = [0, 1, 16, 63, 4099];

function isSamePoly1305(poly1305: ProgramPoly1305, kernels: Kernels): boolean {
  const reference = createKernelPoly1305(kernels);
  const key = Uint8Array.from({ length: 32 }, (_, i) => 255 - 7 * i);
  const text = Uint8Array.from({ length: Math.max(...PROVEN_LENGTHS) }, (_, i) => 251 * i);
  const [expected, found] = [new Uint8Array(TAG_BYTES), new Uint8Array(TAG_BYTES)];
  return PROVEN_LENGTHS.every((length) => {
    reference(key, text.subarray(0, length), expected);
    poly1305(key, text.subarray(0, length), found);
    return Buffer.compare(expected, found) === 0;
  });
}

function haveSamePads(one: Poly1305Aes['pads'], other: Poly1305Aes['pads']): boolean {
  const nonces = Uint8Array.from({ length: 9 * 16 }, (_, i) => 3 * i);
  return Buffer.compare(one(nonces), other(nonces)) === 0;
}
