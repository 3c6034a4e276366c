import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cutPoints } from '#format/chunker.ts';
import { createChunkerTables } from '#format/polynomial.ts';
import { type ChunkCutter, createChunkCutter } from '#primitives/chunk-cutter.ts';
import { type Kernels, type WasmRegion, createKernels } from '#primitives/kernels.ts';

interface Vectors {
  readonly seed: string;
  readonly inputs: Record<
    string,
    { readonly kind: string; readonly byte?: number; readonly period?: number; readonly length: number }
  >;
  readonly vectors: readonly {
    readonly polynomial: string;
    readonly chunks: Record<string, readonly (readonly [number, string])[]>;
  }[];
}

const fixtures = new URL('../../../fixtures/format/chunker-vectors.json', import.meta.url);
const vectors = JSON.parse(readFileSync(fixtures, 'utf8')) as Vectors;
const POLYNOMIAL = 0x26d90986e60389n;
const MIB = 1_048_576;

/** SHA256(seed || be64(0)) || SHA256(seed || be64(1)) || … cut to length. */
function stream(seed: string, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  const counter = Buffer.alloc(8);
  for (let at = 0, n = 0n; at < length; at += 32, n++) {
    counter.writeBigUInt64BE(n);
    const block = createHash('sha256').update(seed).update(counter).digest();
    bytes.set(block.subarray(0, length - at), at);
  }
  return bytes;
}

function makeInput(name: string): Uint8Array {
  const input = vectors.inputs[name];
  if (input === undefined) throw new Error(`no input ${name}`);
  if (input.kind === 'byte') return new Uint8Array(input.length).fill(input.byte as number);
  if (input.kind === 'stream') return stream(vectors.seed, input.length);
  const period = stream(vectors.seed, input.period as number);
  return Uint8Array.from({ length: input.length }, (_, i) => period[i % period.length] as number);
}

/** Cuts a whole input as a reader does: fills the region piece by piece and moves the rest to its start when it is full. */
function cutAll(
  cutter: ChunkCutter,
  region: WasmRegion,
  input: Uint8Array,
  readSize: () => number,
): number[] {
  const cuts: number[] = [];
  let start = 0;
  let end = 0;
  let taken = 0;
  for (;;) {
    const cut = cutter.nextCut(region, start, end, taken === input.length);
    if (cut !== -1) {
      cuts.push(taken - end + cut);
      start = cut;
      continue;
    }
    if (taken === input.length) return cuts;
    if (end === region.length) {
      region.bytes().copyWithin(0, start, end);
      end -= start;
      start = 0;
    }
    const length = Math.min(readSize(), region.length - end, input.length - taken);
    region.bytes().set(input.subarray(taken, taken + length), end);
    taken += length;
    end += length;
  }
}

const kernels: Kernels = createKernels();
const region = kernels.allocate(10 * MIB + 12_345);

describe('vectors of the real program', () => {
  for (const { polynomial, chunks } of vectors.vectors) {
    for (const [name, expected] of Object.entries(chunks)) {
      it(`cuts ${name} under ${polynomial} as restic does`, () => {
        const input = makeInput(name);
        const cutter = createChunkCutter(BigInt(`0x${polynomial}`), kernels);
        const cuts = cutAll(cutter, region, input, () => MIB);
        const found = cuts.map((cut, i) => {
          const chunk = input.subarray(cuts[i - 1] ?? 0, cut);
          return [chunk.length, createHash('sha256').update(chunk).digest('hex')];
        });
        expect(found).toEqual(expected);
      });
    }
  }
});

describe('against the reference', () => {
  const tables = createChunkerTables(POLYNOMIAL);
  const cutter = createChunkCutter(POLYNOMIAL, kernels);
  const random = stream('against the reference', 6 * MIB);

  it('does not depend on how the bytes arrive', () => {
    const expected = cutPoints(tables, random);
    const sizes = fc.array(fc.integer({ min: 1, max: 3 * MIB }), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(sizes, (list) => {
        let next = 0;
        const readSize = (): number => list[next++ % list.length] as number;
        // Many small reads only cost time: the smallest ones are taken a few times, then larger ones.
        const cuts = cutAll(cutter, region, random, () => (next < 300 ? readSize() : MIB));
        expect(cuts).toEqual(expected);
      }),
      { numRuns: 25 },
    );
  });

  it('equals the reference for any start, length and edit, and meets the old cuts again after an edit', () => {
    const edit = fc.record({
      from: fc.integer({ min: 0, max: 2 * MIB }),
      length: fc.integer({ min: 0, max: 4 * MIB }),
      at: fc.integer({ min: 0, max: 4 * MIB }),
      insert: fc.uint8Array({ maxLength: 200 }),
      remove: fc.integer({ min: 0, max: 5000 }),
    });
    fc.assert(
      fc.property(edit, ({ from, length, at, insert, remove }) => {
        const base = random.subarray(from, from + length);
        const edited = Buffer.concat([base.subarray(0, at), insert, base.subarray(at + remove)]);
        expect(cutAll(cutter, region, edited, () => 700_000)).toEqual(cutPoints(tables, edited));
      }),
      { numRuns: 25 },
    );
  });

  it('finds every position the window demands, in all stretches and tails', () => {
    const { pointer } = region;
    // Runs of 64 zero bytes are positions that demand a cut, wherever they lie.
    const place = fc.record({
      length: fc.integer({ min: 65, max: 60_000 }),
      hit: fc.integer({ min: 65, max: 60_000 }),
    });
    fc.assert(
      fc.property(place, ({ length, hit }) => {
        const bytes = region.bytes();
        bytes.fill(0xff, 0, 64 + length);
        if (hit <= length) bytes.fill(0, hit, 64 + hit);
        kernels.usePolynomial(POLYNOMIAL);
        const found = kernels.scan(pointer + 64, pointer + 64 + length);
        expect(found).toBe(hit <= length ? pointer + 64 + hit : 0);
      }),
      { numRuns: 500 },
    );
  });
});

describe('one cutter after another', () => {
  it('keeps apart two polynomials on the same kernels', () => {
    const [first, second] = vectors.vectors.map((v) => BigInt(`0x${v.polynomial}`)) as [bigint, bigint];
    const input = stream('two polynomials', 3 * MIB);
    for (const polynomial of [first, second, first]) {
      const cuts = cutAll(createChunkCutter(polynomial, kernels), region, input, () => 500_000);
      expect(cuts).toEqual(cutPoints(createChunkerTables(polynomial), input));
    }
  });

  it('starts anew after reset', () => {
    const cutter = createChunkCutter(POLYNOMIAL, kernels);
    region.bytes().fill(0xff, 0, 2 * MIB);
    expect(cutter.nextCut(region, 0, 2 * MIB, false)).toBe(-1);
    cutter.reset();
    region.bytes().fill(0, 0, MIB);
    expect(cutter.nextCut(region, 0, MIB, false)).toBe(524_288);
  });

  it('refuses what is outside of its region, and polynomials of another degree', () => {
    const cutter = createChunkCutter(POLYNOMIAL, kernels);
    expect(() => cutter.nextCut(region, 0, region.length + 1, false)).toThrow(RangeError);
    expect(() => createChunkCutter(7n, kernels)).toThrow(RangeError);
  });
});
