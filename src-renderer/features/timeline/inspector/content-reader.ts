/**
 * The bytes of one file at one point, fetched in blocks as they are asked for. All readers share one bounded store of
 * blocks, the longest unused of which is forgotten first, so that going to and fro between versions fetches nothing twice.
 * Contents at a point never change.
 */
import type { WirePath } from '#contract/app/values.ts';
import { nameKey } from '../../../text/show-name.ts';
import type { Calls } from '../wire-types.ts';

export interface ContentPlace {
  readonly placeId: string;
  readonly snapshotId: string;
  readonly path: WirePath;
  /** Equal where contents are equal: blocks of one serve the other. */
  readonly content?: string;
}

/** Of a read that is awaited by several; given up only when all have. */
interface Block {
  readonly bytes: Promise<Uint8Array<ArrayBuffer>>;
}

const BLOCK_BYTES = 256 * 1024;
/** 32 MB. */
const MOST_BLOCKS = 128;
/** A whole file is asked for in larger pieces, which are not kept. */
const PIECE_BYTES = 4 << 20;

const blocks = new Map<string, Block>();

export class ContentReader {
  readonly #calls: Pick<Calls, 'browse.content'>;
  readonly #place: Omit<ContentPlace, 'content'>;
  readonly #key: string;

  constructor(
    calls: Pick<Calls, 'browse.content'>,
    { placeId, snapshotId, path, content = `${snapshotId}/${nameKey(path)}` }: ContentPlace,
  ) {
    this.#calls = calls;
    this.#place = { placeId, snapshotId, path };
    this.#key = `${placeId}/${content}`;
  }

  /** Shorter only at the file's end. @throws what `browse.content` throws */
  async read(offset: number, length: number): Promise<Uint8Array<ArrayBuffer>> {
    const first = Math.floor(offset / BLOCK_BYTES);
    const last = Math.floor((offset + Math.max(1, length) - 1) / BLOCK_BYTES);
    const parts = await Promise.all(
      Array.from({ length: last - first + 1 }, (_, index) => this.#block(first + index)),
    );
    const whole = joinBytes(parts);
    const start = offset - first * BLOCK_BYTES;
    return whole.slice(start, start + length);
  }

  /** From the beginning. @param mostBytes no more than so many are read */
  async readAll(
    mostBytes: number,
    options: { signal?: AbortSignal; onProgress?: (bytesDone: number) => void } = {},
  ): Promise<Uint8Array<ArrayBuffer>> {
    const parts: Uint8Array<ArrayBuffer>[] = [];
    let done = 0;
    while (done < mostBytes) {
      const piece = await this.#fetch(done, Math.min(PIECE_BYTES, mostBytes - done), options.signal);
      parts.push(piece);
      done += piece.length;
      options.onProgress?.(done);
      if (piece.length < PIECE_BYTES) break;
    }
    return joinBytes(parts);
  }

  #block(index: number): Promise<Uint8Array<ArrayBuffer>> {
    const key = `${this.#key}#${index}`;
    const known = blocks.get(key);
    if (known !== undefined) {
      blocks.delete(key);
      blocks.set(key, known);
      return known.bytes;
    }
    const bytes = this.#fetch(index * BLOCK_BYTES, BLOCK_BYTES);
    blocks.set(key, { bytes });
    // What did not come is asked for anew.
    bytes.catch(() => blocks.delete(key));
    for (const oldest of blocks.keys()) {
      if (blocks.size <= MOST_BLOCKS) break;
      blocks.delete(oldest);
    }
    return bytes;
  }

  async #fetch(offset: number, length: number, signal?: AbortSignal): Promise<Uint8Array<ArrayBuffer>> {
    const { base64 } = await this.#calls['browse.content']({ ...this.#place, offset, length }, { signal });
    return decodeBase64(base64);
  }
}

/** Of all readers. */
export function forgetContents(): void {
  blocks.clear();
}

function joinBytes(parts: readonly Uint8Array<ArrayBuffer>[]): Uint8Array<ArrayBuffer> {
  const [only] = parts;
  if (parts.length === 1 && only !== undefined) return only;
  const joined = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}

/** By hand: going through an iterator takes a hundred times as long. */
function decodeBase64(base64: string): Uint8Array<ArrayBuffer> {
  const signs = atob(base64);
  const bytes = new Uint8Array(signs.length);
  for (let at = 0; at < signs.length; at++) bytes[at] = signs.charCodeAt(at);
  return bytes;
}
