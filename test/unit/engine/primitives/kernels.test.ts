import { randomBytes } from 'node:crypto';
import { Worker } from 'node:worker_threads';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { poly1305 } from '#format/poly1305.ts';
import { createKernels, kernelsPath } from '#primitives/kernels.ts';

it('finds the module at the root of the package', () => {
  const root = new URL('../../../../', import.meta.url).pathname;
  expect(kernelsPath()).toBe(`${root}assets/wasm/kernels.wasm`);
});

describe('memory', () => {
  it('is handed out without overlap and stays in place when it grows', () => {
    const kernels = createKernels();
    const first = kernels.allocate(100);
    first.bytes().fill(7);
    const stale = first.bytes();
    const second = kernels.allocate(20_000_000);
    second.bytes().fill(9);
    expect(stale).toHaveLength(0);
    expect(first.bytes()).toEqual(new Uint8Array(100).fill(7));
    expect(second.pointer).toBeGreaterThanOrEqual(first.pointer + 100);
    expect(second.pointer % 64).toBe(0);
  });

  it('tells its own views from others', () => {
    const kernels = createKernels();
    const region = kernels.allocate(100);
    expect(kernels.addressOf(region.bytes().subarray(10))).toBe(region.pointer + 10);
    expect(kernels.addressOf(new Uint8Array(10))).toBe(-1);
  });
});

describe('Poly1305 in pieces', () => {
  it('equals the whole', () => {
    const kernels = createKernels();
    const region = kernels.allocate(2000);
    const key = kernels.allocate(48);
    fc.assert(
      fc.property(fc.array(fc.nat(90), { maxLength: 12 }), (lengths) => {
        const total = lengths.reduce((sum, length) => sum + length, 0);
        const message = randomBytes(total);
        const oneTimeKey = randomBytes(32);
        region.bytes().set(message);
        key.bytes().set(oneTimeKey);
        kernels.polyBegin(key.pointer);
        let at = region.pointer;
        for (const length of lengths) {
          kernels.polyUpdate(at, length);
          at += length;
        }
        kernels.polyFinish(key.pointer + 32);
        expect(Buffer.compare(key.bytes().subarray(32), poly1305(oneTimeKey, message))).toBe(0);
      }),
      { numRuns: 300 },
    );
  });
});

it('XORs any length, in place and apart', () => {
  const kernels = createKernels();
  const [a, b, out] = [kernels.allocate(100), kernels.allocate(100), kernels.allocate(100)];
  for (let length = 0; length <= 66; length++) {
    a.bytes().set(randomBytes(100));
    b.bytes().set(randomBytes(100));
    out.bytes().fill(0);
    const expected = a.bytes().map((byte, i) => (i < length ? byte ^ (b.bytes()[i] as number) : 0));
    kernels.xor(out.pointer, a.pointer, b.pointer, length);
    expect(out.bytes()).toEqual(expected);
    kernels.xor(a.pointer, a.pointer, b.pointer, length);
    expect(a.bytes().subarray(0, length)).toEqual(expected.subarray(0, length));
  }
});

it('works in several threads at once, zstd contexts included', async () => {
  const script = new URL('../../../support/codec-thread.ts', import.meta.url);
  const run = (seed: number): Promise<unknown> =>
    new Promise((resolve, reject) => {
      const worker = new Worker(script, { workerData: seed });
      worker.once('message', resolve);
      worker.once('error', reject);
    });
  expect(await Promise.all([run(1), run(2), run(3)])).toEqual([400, 400, 400]);
});
