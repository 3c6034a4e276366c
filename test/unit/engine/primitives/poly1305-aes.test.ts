import { createCipheriv, randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createKernels } from '#primitives/kernels.ts';
import { createPoly1305Aes } from '#primitives/poly1305-aes.ts';
import { nodePrimitives } from '#test/support/node-primitives.ts';

const keys = { macK: randomBytes(16), macR: randomBytes(16) };

/** Around blocks, around the kernels' stage, and a whole chunk's worth. */
const LENGTHS = [0, 1, 15, 16, 17, 63, 64, 65, 1000, 65_535, 65_536, 65_537, 1_500_000];

describe.each(['program', 'node'] as const)('Poly1305-AES of the %s', (source) => {
  const mac = createPoly1305Aes(keys, createKernels(), source);

  it.each(LENGTHS)('authenticates %i bytes as the format says', (length) => {
    const [nonce, text] = [randomBytes(16), randomBytes(length)];
    const pad = mac.pads(nonce);
    const tag = new Uint8Array(16);
    mac.authenticate(pad, text, tag);
    expect(Buffer.compare(pad, nodePrimitives.aes128Block(keys.macK, nonce))).toBe(0);
    expect(Buffer.compare(tag, nodePrimitives.poly1305(Buffer.concat([keys.macR, pad]), text))).toBe(0);
  });

  it('makes many pads as one by one, each time anew', () => {
    const nonces = randomBytes(256 * 16);
    const cipher = createCipheriv('aes-128-ecb', keys.macK, null).setAutoPadding(false);
    const first = mac.pads(nonces);
    expect(Buffer.compare(first, cipher.update(nonces))).toBe(0);
    mac.pads(randomBytes(256 * 16));
    expect(Buffer.compare(first, mac.pads(nonces))).toBe(0);
  });
});

it('gives way to the kernels when the program’s Poly1305 and theirs differ', () => {
  const kernels = createKernels();
  const wrong = { ...kernels, polyFinish: (out: number) => kernels.polyBegin(out) };
  expect(createPoly1305Aes(keys, wrong).source).toBe('node');
});
