/**
 * The contents of a file of a version as the answer to an HTTP request, the same for every host: status, headers, and a body
 * that is read from the place block by block, each when the one before has been taken away; when the client goes, reading
 * stops. Contents come out of backups and are believed nothing: only sound and video are shown, all
 * else is there to be saved, and nothing of it can ever act as a page of ours.
 */
import { isTidemarkError } from '#base/errors.ts';
import type { AppCalls } from '#contract/app/app-calls.ts';
import { readContentAddress, type ContentOf } from '#contract/app/content-address.ts';
import { safeFileName } from '#contract/app/file-name.ts';
import { mediaTypeOf } from '#contract/app/media-types.ts';
import type { WirePath } from '#contract/app/values.ts';
import type { CallClient } from '#contract/calls/call-table.ts';
import { PAGE_HEADERS } from './page-files.ts';
import { OPEN_END, rangeIn, readRange, type ByteRange } from './content-range.ts';

/** What is used of a core. */
export type ContentCalls = Pick<CallClient<AppCalls>, 'browse.content'>;

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

/** @returns undefined: the address is not one of contents */
export async function answerContent(
  calls: ContentCalls,
  { address, range }: { readonly address: string; readonly range: string | undefined },
  signal: AbortSignal,
): Promise<ContentAnswer | undefined> {
  const content = readContentAddress(address);
  if (content === undefined) return undefined;
  const ask = readRange(range);
  if (ask === undefined) return refusal(416);
  const file = new ContentFile(calls, content, signal);
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
    const isPlayed = ask.kind === 'from' && ask.last === OPEN_END && mediaTypeOf(content.path) !== undefined;
    const part = isPlayed ? { ...asked, end: Math.min(asked.end, asked.start + PLAYED_BYTES) } : asked;
    const isPart = ask.kind !== 'whole';
    return {
      status: isPart ? 206 : 200,
      headers: {
        ...CONTENT_HEADERS,
        ...describe(content.path),
        'accept-ranges': 'bytes',
        'content-length': String(part.end - part.start),
        ...(isPart ? { 'content-range': `bytes ${part.start}-${part.end - 1}/${sizeBytes}` } : {}),
      },
      body: file.stream(part, ask.kind === 'last' ? undefined : firstPart.bytes),
    };
  } catch (error) {
    const isMissing = isTidemarkError(error) && NOT_THERE.includes(error.code);
    return refusal(isMissing ? 404 : 503);
  }
}

function refusal(status: number, headers: Readonly<Record<string, string>> = {}): ContentAnswer {
  return { status, headers: { ...CONTENT_HEADERS, ...headers, 'content-length': '0' }, body: null };
}

/** By the path in the version, whatever name the address ends with. */
function describe(path: WirePath): Record<string, string> {
  const mediaType = mediaTypeOf(path);
  const name = safeFileName(path);
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
  readonly #content: ContentOf;
  readonly #gone = new AbortController();
  readonly #signal: AbortSignal;

  constructor(calls: ContentCalls, content: ContentOf, signal: AbortSignal) {
    this.#calls = calls;
    this.#content = content;
    this.#signal = AbortSignal.any([signal, this.#gone.signal]);
  }

  async read(
    offset: number,
    length: number,
  ): Promise<{ readonly sizeBytes: number; readonly bytes: Uint8Array<ArrayBuffer> }> {
    const asked = { ...this.#content, placeId: this.#content.placeId as never, offset, length };
    const { sizeBytes, base64 } = await this.#calls['browse.content'](asked, { signal: this.#signal });
    return { sizeBytes, bytes: new Uint8Array(Buffer.from(base64, 'base64')) };
  }

  /** @param first what was read already of its beginning, or more than it */
  stream(
    { start, end }: ByteRange,
    first: Uint8Array<ArrayBuffer> | undefined,
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
          if (at >= end) controller.close();
        },
        cancel: () => this.#gone.abort(),
      },
      { highWaterMark: 0 },
    );
  }
}
