/**
 * Content-defined chunking in plain TypeScript: a Rabin fingerprint over a window of 64 bytes decides where a chunk
 * ends. This is the reference that the fast kernel is compared with; it owns the parameters. It never copies or keeps
 * file bytes, it only says where to cut.
 * Invariant: every chunk but a file's last is between CHUNK_MIN_BYTES and CHUNK_MAX_BYTES long.
 * Source: repository format, 12.1, 12.4, 12.5.
 */
import { CHUNKER_WINDOW_BYTES, type ChunkerTables } from '#format/polynomial.ts';

export const CHUNK_MIN_BYTES = 524_288;
export const CHUNK_MAX_BYTES = 8_388_608;
/** A cut is where these bits of the digest are zero: one in 2^20 positions. */
export const CHUNK_SPLIT_MASK = 0xfffff;

/** No cut can come earlier, and the window holds only the last 64 bytes: the bytes before need no hashing. */
const UNHASHED_BYTES = CHUNK_MIN_BYTES - CHUNKER_WINDOW_BYTES;

export class ReferenceChunker {
  readonly #tables: ChunkerTables;
  readonly #window = new Uint8Array(CHUNKER_WINDOW_BYTES);
  #windowPosition = 0;
  #digestHi = 0;
  #digestLo = 0;
  #count = 0;

  constructor(tables: ChunkerTables) {
    this.#tables = tables;
    this.reset();
  }

  /** Bytes of the chunk that has not ended yet. */
  get pendingBytes(): number {
    return this.#count;
  }

  /** Starts a new chunk, and with it a new file. */
  reset(): void {
    this.#window.fill(0);
    this.#windowPosition = 0;
    this.#digestHi = 0;
    this.#digestLo = 0;
    this.#count = 0;
    this.#slide(1);
  }

  /**
   * Takes the bytes from `start` on. Returns the position after the last byte of the chunk when it ends in them (the
   * next call goes on from there, in a new chunk), or -1 when all of them belong to the chunk and it goes on.
   */
  nextCut(bytes: Uint8Array, start: number): number {
    let position = start;
    if (this.#count < UNHASHED_BYTES) {
      const skipped = Math.min(UNHASHED_BYTES - this.#count, bytes.length - position);
      this.#count += skipped;
      position += skipped;
    }
    while (position < bytes.length) {
      this.#slide(bytes[position] as number);
      position += 1;
      this.#count += 1;
      const isSplit = (this.#digestLo & CHUNK_SPLIT_MASK) === 0;
      if ((isSplit || this.#count >= CHUNK_MAX_BYTES) && this.#count >= CHUNK_MIN_BYTES) {
        this.reset();
        return position;
      }
    }
    return -1;
  }

  #slide(byte: number): void {
    const { outHi, outLo, modHi, modLo } = this.#tables;
    const oldest = this.#window[this.#windowPosition] as number;
    this.#window[this.#windowPosition] = byte;
    this.#windowPosition = (this.#windowPosition + 1) % CHUNKER_WINDOW_BYTES;
    const hi = this.#digestHi ^ (outHi[oldest] as number);
    const lo = this.#digestLo ^ (outLo[oldest] as number);
    const overflow = hi >>> 13;
    this.#digestHi = ((hi << 8) | (lo >>> 24)) ^ (modHi[overflow] as number);
    this.#digestLo = ((lo << 8) | byte) ^ (modLo[overflow] as number);
  }
}

/** The end of every chunk of one whole file, the last being its length; empty for an empty file. */
export function cutPoints(tables: ChunkerTables, bytes: Uint8Array): number[] {
  const chunker = new ReferenceChunker(tables);
  const cuts: number[] = [];
  let position = 0;
  while (position < bytes.length) {
    const cut = chunker.nextCut(bytes, position);
    position = cut === -1 ? bytes.length : cut;
    cuts.push(position);
  }
  return cuts;
}
