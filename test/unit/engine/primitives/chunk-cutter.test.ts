import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cutPoints } from '#format/chunker.ts';
import { createChunkerTables } from '#format/polynomial.ts';
import { chunkerInput, loadChunkerVectors, pseudoRandomBytes } from '#test/support/chunker-vectors.ts';
import { type ChunkCutter, createChunkCutter } from '#primitives/chunk-cutter.ts';
import { type Kernels, type WasmRegion, createKernels } from '#primitives/kernels.ts';

const POLYNOMIAL = 0x26d90986e60389n;
const MIB = 1_048_576;

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
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
  for (const { polynomial, input, cuts, ids } of loadChunkerVectors()) {
    it(`cuts ${input} under ${polynomial.toString(16)} as restic does`, () => {
      const bytes = chunkerInput(input);
      const cutter = createChunkCutter(polynomial, kernels);
      const found = cutAll(cutter, region, bytes, () => MIB);
      expect(found).toEqual(cuts);
      expect(found.map((cut, i) => sha256(bytes.subarray(found[i - 1] ?? 0, cut)))).toEqual(ids);
    });
  }
});

describe('against the reference', () => {
  const tables = createChunkerTables(POLYNOMIAL);
  const cutter = createChunkCutter(POLYNOMIAL, kernels);
  const random = pseudoRandomBytes('against the reference', 6 * MIB);

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

  it('finds the first position the window demands, in all stretches and tails', () => {
    const { pointer } = region;
    // Runs of 64 zero bytes are positions that demand a cut, wherever they lie.
    const hit = fc.integer({ min: 65, max: 60_000 });
    const near = fc.tuple(hit, fc.integer({ min: 0, max: 3000 })).map(([at, gap]) => [at, at + gap]);
    const place = fc.record({
      length: fc.integer({ min: 65, max: 60_000 }),
      hits: fc.oneof(fc.array(hit, { maxLength: 3 }), near),
    });
    fc.assert(
      fc.property(place, ({ length, hits }) => {
        const bytes = region.bytes();
        bytes.fill(0xff, 0, 64 + 64_000);
        for (const at of hits) bytes.fill(0, at, 64 + at);
        kernels.usePolynomial(POLYNOMIAL);
        const first = Math.min(...hits);
        const found = kernels.scan(pointer + 64, pointer + 64 + length);
        expect(found).toBe(first <= length ? pointer + 64 + first : 0);
      }),
      { numRuns: 1000 },
    );
  });

  it('finds a cut at the edge of what was read', () => {
    const [cut] = cutPoints(tables, random) as [number];
    expect(cut).toBeGreaterThan(600_000);
    region.bytes().set(random);
    for (const edge of [cut - 65, cut - 2, cut - 1]) {
      expect(cutter.nextCut(region, 0, edge, false)).toBe(-1);
      expect(cutter.nextCut(region, 0, cut - 1, false)).toBe(-1);
      expect(cutter.nextCut(region, 0, cut, false)).toBe(cut);
    }
  });
});

describe('one cutter after another', () => {
  it('keeps apart two polynomials on the same kernels', () => {
    const [first, second] = [POLYNOMIAL, 0x2aa77d911d8301n] as const;
    const input = pseudoRandomBytes('two polynomials', 3 * MIB);
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
