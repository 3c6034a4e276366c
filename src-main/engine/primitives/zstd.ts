/**
 * zstd with contexts that live as long as their owner: node:zlib makes a new one for every call, 40 us each. The library
 * is, in this order: the one inside the running program (Node exports it), the system's libzstd, and node:zlib where
 * neither can be called. All three read and write the same format.
 * Owns parameters and limits. Frames have no dictionary and no checksum, and a window of at most 512 KiB, as restic's.
 */
import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import koffi from 'koffi';
import { findZstdFrames } from '#primitives/zstd-frames.ts';

/**
 * Chosen by measurement on the sources of an operating system kernel: level 1 packs 325 MB/s to 0.322 of the size, level 2
 * 272 MB/s to 0.317, level 3 193 MB/s to 0.304. restic's default reaches the size of level 2.
 */
export const ZSTD_LEVEL_AUTO = 3;
/** For people who asked for the smallest size. */
export const ZSTD_LEVEL_MAX = 12;
/** Window of 512 KiB. */
const WINDOW_LOG = 19;

const PARAMETER_LEVEL = 100;
const PARAMETER_WINDOW_LOG = 101;
const ERROR_OUTPUT_TOO_SMALL = -70n;

export type ZstdSource = 'program' | 'system' | 'zlib';

export interface Zstd {
  readonly source: ZstdSource;
  /** Writes one frame to the start of `out`. Returns its length, or -1 when it does not fit. */
  compressInto(bytes: Uint8Array, out: Uint8Array): number;
  /**
   * Decompresses all frames of `bytes`. Returns the length of the result.
   * @throws Error when the input is damaged or the result does not fit.
   */
  decompressInto(bytes: Uint8Array, out: Uint8Array): number;
}

/** Length that a frame for `length` bytes never exceeds. Source: ZSTD_COMPRESSBOUND in zstd.h. */
export function maxCompressedBytes(length: number): number {
  const margin = length < 131_072 ? Math.floor((131_072 - length) / 2048) : 0;
  return length + Math.floor(length / 256) + margin;
}

/**
 * A compressor and decompressor for one thread, not re-entrant.
 * @param only restricts the choice, for tests.
 * @throws Error when `only` cannot be had.
 */
export function createZstd(level: number, only?: ZstdSource): Zstd {
  const library = only === 'zlib' ? undefined : loadLibrary(only);
  if (library !== undefined) return new NativeZstd(library, level);
  if (only === undefined || only === 'zlib') return new ZlibZstd(level);
  throw new Error(`zstd cannot be called in: ${only}`);
}

interface Library {
  readonly source: ZstdSource;
  createCompressor(): unknown;
  createDecompressor(): unknown;
  freeCompressor(context: unknown): unknown;
  freeDecompressor(context: unknown): unknown;
  setParameter(context: unknown, parameter: number, value: number): number | bigint;
  compress(
    context: unknown,
    out: Uint8Array,
    room: number,
    bytes: Uint8Array,
    length: number,
  ): number | bigint;
  decompress(
    context: unknown,
    out: Uint8Array,
    room: number,
    bytes: Uint8Array,
    length: number,
  ): number | bigint;
  errorName(code: number | bigint): string;
}

/** Where the system keeps zstd 1.4 or newer. */
const SYSTEM_NAMES: Partial<Record<NodeJS.Platform, string>> = {
  linux: 'libzstd.so.1',
  darwin: 'libzstd.1.dylib',
};

function loadLibrary(only: ZstdSource | undefined): Library | undefined {
  const systemName = SYSTEM_NAMES[process.platform];
  return (
    (only === 'system' ? undefined : bindLibrary('program', null)) ??
    (only === 'program' || systemName === undefined ? undefined : bindLibrary('system', systemName))
  );
}

function bindLibrary(source: ZstdSource, name: string | null): Library | undefined {
  try {
    // Deep: were the program to export zstd functions too, those of a loaded library would call the program's instead of
    // each other, and two versions would write into the same context (seen: a crash when one is freed).
    const library = koffi.load(name, { deep: true });
    const transfer = '(void *context, void *out, size_t room, const void *bytes, size_t length)';
    return {
      source,
      createCompressor: library.func('void *ZSTD_createCCtx()'),
      createDecompressor: library.func('void *ZSTD_createDCtx()'),
      freeCompressor: library.func('size_t ZSTD_freeCCtx(void *context)'),
      freeDecompressor: library.func('size_t ZSTD_freeDCtx(void *context)'),
      setParameter: library.func('size_t ZSTD_CCtx_setParameter(void *context, int parameter, int value)'),
      compress: library.func(`size_t ZSTD_compress2${transfer}`),
      decompress: library.func(`size_t ZSTD_decompressDCtx${transfer}`),
      errorName: library.func('const char *ZSTD_getErrorName(size_t code)'),
    };
  } catch {
    // Not there, or without these functions: the next place is asked.
    return undefined;
  }
}

/** Contexts are memory of the library, which the collector does not see: they are freed with their owner. */
const orphans = new FinalizationRegistry<() => void>((free) => free());

class NativeZstd implements Zstd {
  readonly source: ZstdSource;
  readonly #library: Library;
  readonly #level: number;
  // Made at the first use: many owners only read.
  #compressor: unknown = null;
  #decompressor: unknown = null;

  constructor(library: Library, level: number) {
    this.source = library.source;
    this.#library = library;
    this.#level = level;
  }

  compressInto(bytes: Uint8Array, out: Uint8Array): number {
    this.#compressor ??= this.#createCompressor();
    const length = this.#library.compress(this.#compressor, out, out.length, bytes, bytes.length);
    if (typeof length === 'number') return length;
    if (errorCode(length) === ERROR_OUTPUT_TOO_SMALL) return -1;
    throw new Error(`zstd: ${this.#library.errorName(length)}`);
  }

  decompressInto(bytes: Uint8Array, out: Uint8Array): number {
    this.#decompressor ??= this.#createDecompressor();
    const length = this.#library.decompress(this.#decompressor, out, out.length, bytes, bytes.length);
    if (typeof length === 'number') return length;
    throw new Error(`zstd: ${this.#library.errorName(length)}`);
  }

  #createCompressor(): unknown {
    const library = this.#library;
    const context = library.createCompressor();
    if (context === null) throw new Error('zstd: no memory for a context');
    orphans.register(this, () => void library.freeCompressor(context));
    this.#set(context, PARAMETER_LEVEL, this.#level);
    this.#set(context, PARAMETER_WINDOW_LOG, WINDOW_LOG);
    return context;
  }

  #createDecompressor(): unknown {
    const library = this.#library;
    const context = library.createDecompressor();
    if (context === null) throw new Error('zstd: no memory for a context');
    orphans.register(this, () => void library.freeDecompressor(context));
    return context;
  }

  #set(context: unknown, parameter: number, value: number): void {
    const result = this.#library.setParameter(context, parameter, value);
    if (typeof result !== 'number') throw new Error(`zstd: ${this.#library.errorName(result)}`);
  }
}

/** Errors are the last values of size_t, beyond what a number holds, so koffi hands them over as bigint. */
function errorCode(result: bigint): bigint {
  return BigInt.asIntN(64, result);
}

class ZlibZstd implements Zstd {
  readonly source = 'zlib';
  readonly #level: number;

  constructor(level: number) {
    this.#level = level;
  }

  compressInto(bytes: Uint8Array, out: Uint8Array): number {
    const frame = zstdCompressSync(bytes, {
      pledgedSrcSize: bytes.length,
      params: {
        [constants.ZSTD_c_compressionLevel]: this.#level,
        [constants.ZSTD_c_windowLog]: WINDOW_LOG,
      },
    });
    if (frame.length > out.length) return -1;
    out.set(frame);
    return frame.length;
  }

  decompressInto(bytes: Uint8Array, out: Uint8Array): number {
    let length = 0;
    for (const frame of findZstdFrames(bytes)) {
      const room = out.length - length;
      if (frame.contentSize > room) throw new Error('zstd: output too small');
      // zlib refuses a limit of 0; the next check covers it.
      const part = zstdDecompressSync(bytes.subarray(frame.start, frame.end), {
        maxOutputLength: Math.max(room, 1),
      });
      if (part.length > room) throw new Error('zstd: output too small');
      out.set(part, length);
      length += part.length;
    }
    return length;
  }
}

/**
 * All frames of `bytes` in a fresh array.
 * @throws Error when the input is damaged or the result would exceed `maxBytes`.
 */
export function decompressAll(zstd: Zstd, bytes: Uint8Array, maxBytes: number): Uint8Array {
  const frames = findZstdFrames(bytes);
  let size = 0;
  for (const frame of frames) {
    if (frame.contentSize === -1) return decompressUnknown(zstd, bytes, maxBytes);
    size += frame.contentSize;
    if (size > maxBytes) throw new Error(`zstd: more than ${maxBytes} bytes`);
  }
  const out = new Uint8Array(size);
  if (zstd.decompressInto(bytes, out) !== size) throw new Error('zstd: shorter than announced');
  return out;
}

function decompressUnknown(zstd: Zstd, bytes: Uint8Array, maxBytes: number): Uint8Array {
  for (let room = Math.min(maxBytes, bytes.length * 8 + 65_536); ; room = Math.min(maxBytes, room * 4)) {
    const out = new Uint8Array(room);
    try {
      return out.slice(0, zstd.decompressInto(bytes, out));
    } catch (cause) {
      // Damage and lack of room are told apart by trying with all the room that is allowed.
      if (room === maxBytes) throw cause;
    }
  }
}
