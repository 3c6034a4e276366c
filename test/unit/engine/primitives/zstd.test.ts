import { randomBytes } from 'node:crypto';
import { zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { findZstdFrames } from '#primitives/zstd-frames.ts';
import { ZSTD_LEVEL_AUTO, ZSTD_LEVEL_MAX, createZstd, maxCompressedBytes } from '#primitives/zstd.ts';
import { zstdSources } from '#test/support/zstd-sources.ts';

const SIZES = [0, 1, 255, 256, 65_791, 65_792, 131_071, 131_072, 1_500_000];
const text = Buffer.from(
  'All happy families are alike; each unhappy family is unhappy in its own way. '.repeat(20_000),
);

function sample(kind: 'text' | 'random', length: number): Uint8Array {
  return kind === 'text' ? text.subarray(0, length) : randomBytes(length);
}

for (const { source, missing } of zstdSources()) {
  if (missing !== undefined) {
    it.skip(`zstd of ${source}: ${missing}`, () => {});
    continue;
  }
  describe(`zstd of ${source}`, () => {
    const zstd = createZstd(ZSTD_LEVEL_AUTO, source);

    it('says where it comes from', () => {
      expect(zstd.source).toBe(source);
    });

    it('keeps no state between calls: any order of sizes gives frames that others read', () => {
      for (const length of [...SIZES, ...SIZES.toReversed()]) {
        for (const kind of ['text', 'random'] as const) {
          const bytes = sample(kind, length);
          const out = new Uint8Array(maxCompressedBytes(length));
          const frame = out.subarray(0, zstd.compressInto(bytes, out));
          expect(Buffer.compare(zstdDecompressSync(frame), bytes)).toBe(0);
          expect(findZstdFrames(frame)).toEqual([{ start: 0, end: frame.length, contentSize: length }]);
          const back = new Uint8Array(length);
          expect(zstd.decompressInto(frame, back)).toBe(length);
          expect(Buffer.compare(back, bytes)).toBe(0);
        }
      }
    });

    it('says when a frame does not fit, and works on', () => {
      const bytes = randomBytes(1000);
      expect(zstd.compressInto(bytes, new Uint8Array(999))).toBe(-1);
      expect(zstd.compressInto(bytes, new Uint8Array(0))).toBe(-1);
      expect(zstd.compressInto(bytes, new Uint8Array(1100))).toBeGreaterThan(1000);
    });

    it('refuses what does not fit or is damaged, and works on', () => {
      const frame = zstdCompressSync(text);
      expect(() => zstd.decompressInto(frame, new Uint8Array(text.length - 1))).toThrow(/zstd|output/i);
      const damaged = Buffer.from(frame);
      damaged[0] = 0;
      expect(() => zstd.decompressInto(damaged, new Uint8Array(text.length))).toThrow();
      expect(() => zstd.decompressInto(frame.subarray(0, -1), new Uint8Array(text.length))).toThrow();
      expect(zstd.decompressInto(frame, new Uint8Array(text.length + 5))).toBe(text.length);
    });

    it('makes smaller frames for the smallest size', () => {
      const room = new Uint8Array(maxCompressedBytes(text.length));
      const words = Buffer.from(randomBytes(200_000).toString('hex'));
      const max = createZstd(ZSTD_LEVEL_MAX, source).compressInto(words, room);
      expect(max).toBeLessThan(words.length);
      expect(max).not.toBe(createZstd(ZSTD_LEVEL_AUTO, source).compressInto(words, room));
    });
  });
}

describe('frames', () => {
  it('are found one after another', () => {
    const [a, b] = [zstdCompressSync(Buffer.from('a')), zstdCompressSync(randomBytes(300_000))];
    const frames = findZstdFrames(Buffer.concat([a, b]));
    expect(frames.map(({ start, end }) => [start, end])).toEqual([
      [0, a.length],
      [a.length, a.length + b.length],
    ]);
  });

  it('with checksum and size of every width are measured', () => {
    for (const length of SIZES) {
      const frame = zstdCompressSync(sample('random', length), {
        pledgedSrcSize: length,
        params: { 201: 1 },
      });
      expect(findZstdFrames(frame)).toEqual([{ start: 0, end: frame.length, contentSize: length }]);
    }
  });
});
