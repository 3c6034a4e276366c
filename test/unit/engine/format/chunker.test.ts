import { describe, expect, test } from 'vitest';
import { CHUNK_MAX_BYTES, CHUNK_MIN_BYTES, cutPoints, ReferenceChunker } from '#format/chunker.ts';
import { createChunkerTables } from '#format/polynomial.ts';
import { chunkerInput, loadChunkerVectors, pseudoRandomBytes } from '#test/support/chunker-vectors.ts';

const vectors = loadChunkerVectors();

describe('cut points equal those of restic', () => {
  test('there are vectors under two polynomials', () => {
    expect(new Set(vectors.map((vector) => vector.polynomial)).size).toBe(2);
    expect(vectors.reduce((sum, vector) => sum + vector.cuts.length, 0)).toBeGreaterThan(70);
  });

  test.each(vectors)('$input, polynomial $polynomial', ({ polynomial, input, cuts }) => {
    expect(cutPoints(createChunkerTables(polynomial), chunkerInput(input))).toEqual(cuts);
  });
});

describe('streaming', () => {
  const tables = createChunkerTables(0x3da3358b4dc173n);
  const bytes = pseudoRandomBytes('streaming', 6_000_000);
  const expected = cutPoints(tables, bytes);

  test.each([1_000_003, 524_288, 77_777])('pieces of %i bytes give the same cuts', (pieceBytes) => {
    const chunker = new ReferenceChunker(tables);
    const cuts: number[] = [];
    for (let offset = 0; offset < bytes.length; offset += pieceBytes) {
      const piece = bytes.subarray(offset, offset + pieceBytes);
      let cut = chunker.nextCut(piece, 0);
      while (cut !== -1) {
        cuts.push(offset + cut);
        cut = chunker.nextCut(piece, cut);
      }
    }
    if (chunker.pendingBytes > 0) cuts.push(bytes.length);
    expect(cuts).toEqual(expected);
  });

  test('chunks are at least 512 KiB and at most 8 MiB', () => {
    const lengths = expected.map((cut, i) => cut - (expected[i - 1] ?? 0));
    for (const length of lengths.slice(0, -1)) {
      expect(length).toBeGreaterThanOrEqual(CHUNK_MIN_BYTES);
      expect(length).toBeLessThanOrEqual(CHUNK_MAX_BYTES);
    }
  });

  test('cuts find each other again after bytes were put in front', () => {
    const shifted = new Uint8Array(bytes.length + 1234);
    shifted.set(bytes, 1234);
    const moved = cutPoints(tables, shifted).map((cut) => cut - 1234);
    const common = moved.filter((cut) => expected.includes(cut));
    expect(common.length).toBeGreaterThan(1);
  });
});
