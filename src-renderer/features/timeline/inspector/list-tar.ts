/**
 * The names in a tar archive, plain or within gzip, without its contents: a plain one is read from header to header, of one
 * within gzip as much is unpacked as `LIST_BYTES` of it yield, and thrown away. By hand, because libraries read an archive as
 * a whole. Source: POSIX.1-2017, pax, "ustar interchange format"; GNU tar manual, "basic tar format" (long names, large sizes).
 */
import type { WirePath } from '#contract/app/values.ts';
import type { ContentReader } from './content-reader.ts';
import { LIST_BYTES } from './preview-cost.ts';

export interface TarEntry {
  readonly name: WirePath;
  readonly sizeBytes: number;
  readonly isFolder: boolean;
}

/** Goes forward only. */
interface TarSource {
  /** Shorter only at the end. */
  read(length: number): Promise<Uint8Array>;
  skip(length: number): void | Promise<void>;
  /** So much was fetched that the rest is left. */
  isExhausted(): boolean;
  close(): void;
}

/** Something else was called a tar archive, or it is damaged. */
export class NoTar extends Error {}

const BLOCK_BYTES = 512;
const FETCH_BYTES = 256 * 1024;
/** Of one name. */
const MOST_NAME_BYTES = 1 << 20;

/** Ends early where `LIST_BYTES` were fetched. @returns whether it did @throws NoTar; what reading throws */
export async function* listTar(
  reader: ContentReader,
  sizeBytes: number,
  isZipped: boolean,
): AsyncGenerator<TarEntry, boolean> {
  const source = isZipped ? new UnzippedSource(reader, sizeBytes) : new PlainSource(reader, sizeBytes);
  try {
    return yield* entriesOf(source);
  } finally {
    source.close();
  }
}

async function* entriesOf(source: TarSource): AsyncGenerator<TarEntry, boolean> {
  let longName: Uint8Array | undefined;
  let longSize: number | undefined;
  for (;;) {
    if (source.isExhausted()) return true;
    const header = await source.read(BLOCK_BYTES);
    if (header.length < BLOCK_BYTES || header.every((byte) => byte === 0)) return source.isExhausted();
    refuseBadSum(header);
    const size = longSize ?? numberIn(header, 124, 12);
    const kind = String.fromCharCode(header[156] ?? 0);
    const paddedBytes = Math.ceil(size / BLOCK_BYTES) * BLOCK_BYTES;
    if (kind === 'L' || kind === 'x') {
      if (size > MOST_NAME_BYTES) throw new NoTar('a name is too long');
      const body = (await source.read(paddedBytes)).subarray(0, size);
      if (kind === 'L') longName = untilZero(body);
      else ({ path: longName = longName, size: longSize = longSize } = readRecords(body));
      continue;
    }
    await source.skip(paddedBytes);
    // Records for all that follows, and long targets of links.
    if (kind === 'g' || kind === 'K') continue;
    const isFolder = kind === '5';
    yield { name: toName(longName ?? nameIn(header)), sizeBytes: isFolder ? 0 : size, isFolder };
    longName = undefined;
    longSize = undefined;
  }
}

/** The sum of all bytes, with spaces in its own place. */
function refuseBadSum(header: Uint8Array): void {
  const sum = header.reduce((total, byte, at) => total + (at >= 148 && at < 156 ? 32 : byte), 0);
  if (sum !== numberIn(header, 148, 8)) throw new NoTar('the sum of a header is wrong');
}

/** In octal digits, or as GNU writes what is too large for them: big-endian after a first byte of 0x80. */
function numberIn(header: Uint8Array, at: number, length: number): number {
  const field = header.subarray(at, at + length);
  const first = field[0] ?? 0;
  if ((first & 0x80) !== 0)
    return field.subarray(1).reduce((value, byte) => value * 256 + byte, first & 0x7f);
  const digits = String.fromCharCode(...untilZero(field)).trim();
  if (!/^[0-7]*$/.test(digits)) throw new NoTar('a number is none');
  return digits === '' ? 0 : Number.parseInt(digits, 8);
}

function nameIn(header: Uint8Array): Uint8Array {
  const name = untilZero(header.subarray(0, 100));
  const isUstar = String.fromCharCode(...header.subarray(257, 263)) === 'ustar\0';
  const prefix = isUstar ? untilZero(header.subarray(345, 500)) : new Uint8Array();
  if (prefix.length === 0) return name;
  return Uint8Array.from([...prefix, 0x2f, ...name]);
}

/** `LENGTH KEY=VALUE\n`, one after the other. */
function readRecords(body: Uint8Array): { path?: Uint8Array; size?: number } {
  const found: { path?: Uint8Array; size?: number } = {};
  for (let at = 0; at < body.length;) {
    const space = body.indexOf(0x20, at);
    const length = Number.parseInt(String.fromCharCode(...body.subarray(at, space)), 10);
    if (space === -1 || !(length > space - at)) break;
    const record = body.subarray(space + 1, at + length - 1);
    const equals = record.indexOf(0x3d);
    const key = String.fromCharCode(...record.subarray(0, equals));
    const value = record.subarray(equals + 1);
    if (key === 'path') found.path = value;
    if (key === 'size') found.size = Number(String.fromCharCode(...value));
    at += length;
  }
  return found;
}

function untilZero(field: Uint8Array): Uint8Array {
  const end = field.indexOf(0);
  return end === -1 ? field : field.subarray(0, end);
}

function toName(bytes: Uint8Array): WirePath {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return { base64: btoa(String.fromCharCode(...bytes)) };
  }
}

/** Contents are jumped over: only the blocks with headers are fetched. */
class PlainSource implements TarSource {
  readonly #reader: ContentReader;
  readonly #sizeBytes: number;
  #at = 0;
  #fetchedBytes = 0;
  #lastBlock = -1;

  constructor(reader: ContentReader, sizeBytes: number) {
    this.#reader = reader;
    this.#sizeBytes = sizeBytes;
  }

  async read(length: number): Promise<Uint8Array> {
    if (this.#at >= this.#sizeBytes) return new Uint8Array();
    const block = Math.floor(this.#at / FETCH_BYTES);
    if (block !== this.#lastBlock) this.#fetchedBytes += FETCH_BYTES;
    this.#lastBlock = block;
    const bytes = await this.#reader.read(this.#at, length);
    this.#at += length;
    return bytes;
  }

  skip(length: number): void {
    this.#at += length;
  }

  isExhausted(): boolean {
    return this.#fetchedBytes >= LIST_BYTES;
  }

  close(): void {
    // Nothing is under way.
  }
}

class UnzippedSource implements TarSource {
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  #fetchedBytes = 0;
  #isCut = false;
  #rest = new Uint8Array();

  constructor(reader: ContentReader, sizeBytes: number) {
    const zipped = new ReadableStream<Uint8Array<ArrayBuffer>>({
      pull: async (control) => {
        const at = this.#fetchedBytes;
        const length = Math.min(FETCH_BYTES, sizeBytes - at, LIST_BYTES - at);
        if (length <= 0) {
          this.#isCut = at < sizeBytes;
          return control.close();
        }
        this.#fetchedBytes += length;
        control.enqueue(await reader.read(at, length));
      },
    });
    this.#reader = zipped.pipeThrough(new DecompressionStream('gzip')).getReader();
  }

  async read(length: number): Promise<Uint8Array> {
    const bytes = new Uint8Array(length);
    const filled = await this.#take(length, (part, at) => bytes.set(part, at));
    return bytes.subarray(0, filled);
  }

  async skip(length: number): Promise<void> {
    await this.#take(length, () => undefined);
  }

  isExhausted(): boolean {
    return this.#isCut;
  }

  close(): void {
    this.#reader.cancel().catch(() => undefined);
  }

  /** @returns how much there was */
  async #take(length: number, use: (part: Uint8Array, at: number) => void): Promise<number> {
    let taken = 0;
    while (taken < length) {
      if (this.#rest.length === 0 && !(await this.#more())) break;
      const part = this.#rest.subarray(0, length - taken);
      use(part, taken);
      taken += part.length;
      this.#rest = this.#rest.subarray(part.length);
    }
    return taken;
  }

  /** What was cut off on purpose ends as if it were damaged. */
  async #more(): Promise<boolean> {
    try {
      const { value, done } = await this.#reader.read();
      if (value !== undefined) this.#rest = Uint8Array.from(value);
      return !done;
    } catch (error) {
      if (this.#isCut) return false;
      throw error;
    }
  }
}
