/**
 * Says where the chunks of one file end, in data that was read into the kernels' memory. Owns the rule (minimum, maximum,
 * where scanning starts); the digest is the kernel's. Bytes are scanned once however they arrive, and the first
 * 512 KiB - 64 of each chunk not at all.
 * Twin: format/chunker.ts, which it equals for every input. Source: format reference 12.4.
 */
import { CHUNK_MAX_BYTES, CHUNK_MIN_BYTES } from '#format/chunker.ts';
import { POLYNOMIAL_DEGREE, polynomialDegree } from '#format/polynomial.ts';
import { type Kernels, type WasmRegion, createKernels } from '#primitives/kernels.ts';

export interface ChunkCutter {
  /** Memory for a read buffer, see `Kernels.allocate`. A whole chunk must fit: 8 MiB and what one read may add. */
  allocate(length: number): WasmRegion;
  /**
   * `region[start … end)` is the current chunk from its first byte to the last byte read so far. Returns the end of the
   * chunk as an offset in the region, or -1 when more bytes must be read first. With `isEnd` (nothing follows in the
   * file) what is left is the last chunk; an empty rest gives -1.
   * Between calls for one chunk the data may move to another offset or region, but must stay the same from its start.
   */
  nextCut(region: WasmRegion, start: number, end: number, isEnd: boolean): number;
  /** Forgets a chunk that is not read to its end. After a cut this is not needed. */
  reset(): void;
}

/**
 * One per thread and repository. Cutters may share kernels, also with a blob codec, which then reads chunks in place.
 * @throws RangeError when the polynomial does not have degree 53.
 */
export function createChunkCutter(polynomial: bigint, kernels: Kernels = createKernels()): ChunkCutter {
  if (polynomialDegree(polynomial) !== POLYNOMIAL_DEGREE) {
    throw new RangeError(`chunker polynomial must have degree ${POLYNOMIAL_DEGREE}`);
  }
  /** Length of the chunk's beginning that is known to hold no cut (a cut at CHUNK_MIN_BYTES itself is possible). */
  let clear = CHUNK_MIN_BYTES - 1;

  function reset(): void {
    clear = CHUNK_MIN_BYTES - 1;
  }

  function findLength(address: number, available: number): number {
    const limit = Math.min(available, CHUNK_MAX_BYTES);
    if (limit > clear) {
      kernels.usePolynomial(polynomial);
      const found = kernels.scan(address + clear, address + limit);
      if (found !== 0) return found - address;
      clear = limit;
    }
    return available >= CHUNK_MAX_BYTES ? CHUNK_MAX_BYTES : -1;
  }

  return {
    allocate: (length) => kernels.allocate(length),
    reset,
    nextCut: (region, start, end, isEnd) => {
      if (start < 0 || end > region.length || start > end) {
        throw new RangeError(`chunk ${start}…${end} is outside of a region of ${region.length}`);
      }
      let length = findLength(region.pointer + start, end - start);
      if (length === -1 && isEnd && end > start) length = end - start;
      if (length === -1) return -1;
      reset();
      return start + length;
    },
  };
}
