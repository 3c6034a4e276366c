/**
 * The contents of a file of a version, or of a zip file that was got ready, as the answer to an HTTP request, the same for
 * every host: status, headers, and a body that is read block by block, each when the one before has been taken away; when
 * the client goes, reading stops. Contents come out of backups and are believed nothing: only sound and video are shown, all
 * else is there to be saved, and nothing of it can ever act as a page of ours.
 */
import { isTidemarkError } from '#base/errors.ts';
import type { AppCalls } from '#contract/app/app-calls.ts';
import { readContentAddress, type AddressedContent } from '#contract/app/content-address.ts';
import { safeFileName } from '#contract/app/file-name.ts';
import { mediaTypeOf } from '#contract/app/media-types.ts';
import type { CallClient } from '#contract/calls/call-table.ts';
import { PAGE_HEADERS } from './page-files.ts';
import { OPEN_END, rangeIn, readRange, type ByteRange } from './content-range.ts';

/** What is used of a core. */
export type ContentCalls = Pick<CallClient<AppCalls>, 'browse.content' | 'handOut.content' | 'handOut.end'>;

export interface ContentAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Null: nothing follows. Ends early, by an error, where the place fails half-way. */
  readonly body: ReadableStream<Uint8Array<ArrayBuffer>> | null;
}

/** So much is held of one answer. A player goes elsewhere at any time, so more would often be read for nothing. */
export const BLOCK_BYTES = 1 << 20;

/**
 * Players ask for everything from somewhere on, and would have tens of megabytes sent that are never played. They get a
 * piece of it, as a server may, and ask for the next one when they need it.
 */
const PLAYED_BYTES = 2 * BLOCK_BYTES;

/** Pages run scripts; this is none, and where somebody opens it as one it may do nothing. */
const CONTENT_HEADERS = {
  ...PAGE_HEADERS,
  'content-security-policy': "sandbox; default-src 'none'; frame-ancestors 'none'",
  'cache-control': 'no-store',
} as const;

/** What says that there is no such file; everything else is a place that cannot be read now. */
const NOT_THERE: readonly string[] = [
  'files.pathNotInSnapshot',
  'repository.objectNotFound',
  'request.invalidInput',
  'request.notFound',
];

export interface ContentAsk {
  /** With what stands behind `?`. */
  readonly address: string;
  readonly range: string | undefined;
  /** As it came with the range: a download that goes on. */
  readonly ifRange?: string | undefined;
}

/** @returns undefined: the address is not one of contents */
export async function answerContent(
  calls: ContentCalls,
  { address, range, ifRange }: ContentAsk,
  signal: AbortSignal,
): Promise<ContentAnswer | undefined> {
  const addressed = readContentAddress(address);
  if (addressed === undefined) return undefined;
  const etag = etagOf(addressed);
  // Of something else, all of it.
  const ask = readRange(ifRange === undefined || ifRange === etag ? range : undefined);
  if (ask === undefined) return refusal(416);
  const file = new ContentFile(calls, addressed, signal);
  try {
    // What is asked first tells how large the file is; where the part lies at its end, one byte is asked for that alone.
    const firstPart =
      ask.kind === 'last'
        ? await file.read(0, 1)
        : ask.kind === 'whole'
          ? await file.read(0, BLOCK_BYTES)
          : await file.read(ask.first, Math.min(BLOCK_BYTES, ask.last - ask.first + 1));
    const { sizeBytes } = firstPart;
    const asked = rangeIn(ask, sizeBytes);
    if (asked === undefined) return refusal(416, { 'content-range': `bytes */${sizeBytes}` });
    const isPlayed = ask.kind === 'from' && ask.last === OPEN_END && file.mediaType !== undefined;
    const part = isPlayed ? { ...asked, end: Math.min(asked.end, asked.start + PLAYED_BYTES) } : asked;
    const isPart = ask.kind !== 'whole';
    return {
      status: isPart ? 206 : 200,
      headers: {
        ...CONTENT_HEADERS,
        ...describe(file),
        'accept-ranges': 'bytes',
        etag,
        'content-length': String(part.end - part.start),
        ...(isPart ? { 'content-range': `bytes ${part.start}-${part.end - 1}/${sizeBytes}` } : {}),
      },
      body: file.stream(part, ask.kind === 'last' ? undefined : firstPart.bytes, !isPart),
    };
  } catch (error) {
    const isMissing = isTidemarkError(error) && NOT_THERE.includes(error.code);
    return refusal(isMissing ? 404 : 503);
  }
}

/** What an address means never changes, so a download that was cut off can go on. */
function etagOf(addressed: AddressedContent): string {
  return `"${addressed.kind === 'file' ? addressed.content.snapshotId : addressed.jobId}"`;
}

function refusal(status: number, headers: Readonly<Record<string, string>> = {}): ContentAnswer {
  return { status, headers: { ...CONTENT_HEADERS, ...headers, 'content-length': '0' }, body: null };
}

/** By the path in the version, whatever name the address ends with. */
function describe({ name, mediaType }: ContentFile): Record<string, string> {
  const kind = mediaType === undefined ? 'attachment' : 'inline';
  return {
    'content-type': mediaType ?? 'application/octet-stream',
    'content-disposition': `${kind}; filename="${asciiName(name)}"; filename*=UTF-8''${encodedName(name)}`,
  };
}

function asciiName(name: string): string {
  return name.replace(/[^A-Za-z0-9 ._()+-]/g, '_');
}

/** RFC 8187: what may stand there as it is are fewer signs than in an address. */
function encodedName(name: string): string {
  return encodeURIComponent(name).replace(/['()*!]/g, (sign) => `%${sign.charCodeAt(0).toString(16)}`);
}

class ContentFile {
  readonly #calls: ContentCalls;
  readonly #addressed: AddressedContent;
  readonly #gone = new AbortController();
  readonly #signal: AbortSignal;
  /** As it is given out; of a zip file from when some of it was read. */
  name = '';
  /** Of what is shown, not saved. */
  readonly mediaType: string | undefined;

  constructor(calls: ContentCalls, addressed: AddressedContent, signal: AbortSignal) {
    this.#calls = calls;
    this.#addressed = addressed;
    this.#signal = AbortSignal.any([signal, this.#gone.signal]);
    if (addressed.kind === 'file') this.name = safeFileName(addressed.content.path);
    if (addressed.kind === 'file' && !addressed.isSaved) this.mediaType = mediaTypeOf(addressed.content.path);
  }

  async read(
    offset: number,
    length: number,
  ): Promise<{ readonly sizeBytes: number; readonly bytes: Uint8Array<ArrayBuffer> }> {
    const { sizeBytes, base64 } = await this.#ask(offset, length);
    return { sizeBytes, bytes: new Uint8Array(Buffer.from(base64, 'base64')) };
  }

  async #ask(offset: number, length: number): Promise<{ sizeBytes: number; base64: string }> {
    const options = { signal: this.#signal };
    if (this.#addressed.kind === 'file') {
      const { content } = this.#addressed;
      const asked = { ...content, placeId: content.placeId as never, offset, length };
      return this.#calls['browse.content'](asked, options);
    }
    const jobId = this.#addressed.jobId as never;
    const part = await this.#calls['handOut.content']({ jobId, offset, length }, options);
    this.name = safeFileName(part.name);
    return part;
  }

  /** A zip file is made for one who saves it, and takes as much room as all of it. */
  async #sentWhole(): Promise<void> {
    if (this.#addressed.kind === 'file') return;
    await this.#calls['handOut.end']({ jobId: this.#addressed.jobId as never });
  }

  /** @param first what was read already of its beginning, or more than it */
  stream(
    { start, end }: ByteRange,
    first: Uint8Array<ArrayBuffer> | undefined,
    isWhole: boolean,
  ): ReadableStream<Uint8Array<ArrayBuffer>> {
    let at = start;
    let ready = first?.subarray(0, end - start);
    return new ReadableStream<Uint8Array<ArrayBuffer>>(
      {
        pull: async (controller) => {
          if (at < end) {
            const bytes = ready ?? (await this.read(at, Math.min(BLOCK_BYTES, end - at))).bytes;
            ready = undefined;
            // A file that has become shorter than it was said to be: an answer cut off, never one that looks whole.
            if (bytes.length === 0) throw new Error('the file ended early');
            at += bytes.length;
            controller.enqueue(bytes);
          }
          if (at < end) return;
          controller.close();
          if (isWhole) await this.#sentWhole();
        },
        cancel: () => this.#gone.abort(),
      },
      { highWaterMark: 0 },
    );
  }
}
