import { createCipheriv, randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createCounterMode } from '#primitives/counter-mode.ts';
import { createKernels } from '#primitives/kernels.ts';

const key = randomBytes(32);

/** Around blocks, around the length from which Node's own cipher is used, and a whole chunk's worth. */
const LENGTHS = [1, 15, 16, 17, 63, 64, 65, 65_535, 65_536, 65_537, 1_500_000];

describe.each(['program', 'node'] as const)('AES-256-CTR of the %s', (source) => {
  const mode = createCounterMode(key, createKernels(), source);

  it.each(LENGTHS)('encrypts %i bytes as Node does', (length) => {
    const nonce = randomBytes(16);
    const text = randomBytes(length);
    const out = new Uint8Array(length + 3).fill(7);
    mode.apply(nonce, text, out);
    expect(
      Buffer.compare(out.subarray(0, length), createCipheriv('aes-256-ctr', key, nonce).update(text)),
    ).toBe(0);
    expect([...out.subarray(length)]).toEqual([7, 7, 7]);
  });

  it('carries the counter through all 16 bytes', () => {
    const nonce = Buffer.alloc(16, 0xff);
    const text = randomBytes(100);
    const out = new Uint8Array(100);
    mode.apply(nonce, text, out);
    expect(Buffer.compare(out, createCipheriv('aes-256-ctr', key, nonce).update(text))).toBe(0);
  });

  it('works in place, and one text does not touch the next', () => {
    const nonce = randomBytes(16);
    const text = randomBytes(5000);
    const bytes = Uint8Array.from(text);
    mode.apply(nonce, bytes, bytes);
    mode.apply(randomBytes(16), new Uint8Array(70), new Uint8Array(70));
    mode.apply(nonce, bytes, bytes);
    expect(Buffer.compare(bytes, text)).toBe(0);
  });

  it('refuses a place that is too small', () => {
    expect(() => mode.apply(randomBytes(16), new Uint8Array(10), new Uint8Array(9))).toThrow(RangeError);
  });
});
