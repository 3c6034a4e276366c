/** Which way a file is shown, by its first bytes and, where those do not say, by its name; how large a picture is. Pure. */
import { MEDIA_TYPES } from '#contract/app/media-types.ts';

export type PreviewKind = 'empty' | 'text' | 'image' | 'pdf' | 'audio' | 'video' | 'archive' | 'hex';

export interface Looks {
  readonly kind: PreviewKind;
  /** For the browser; empty where it is not asked. */
  readonly mediaType: string;
}

export interface PictureSize {
  readonly width: number;
  readonly height: number;
}

/** Enough to tell. */
export const HEAD_BYTES = 4096;

const MEDIA: Readonly<Record<string, Looks>> = Object.fromEntries(
  Object.entries({ svg: 'image/svg+xml', ...MEDIA_TYPES }).map(([ext, mediaType]) => [
    ext,
    { kind: mediaType.split('/')[0] as PreviewKind, mediaType },
  ]),
);

/** What a file begins with. A dot stands for any byte. */
const SIGNATURES: readonly (readonly [bytes: string, looks: Looks])[] = [
  ['%PDF-', { kind: 'pdf', mediaType: 'application/pdf' }],
  ['\x89PNG\r\n\x1a\n', { kind: 'image', mediaType: 'image/png' }],
  ['\xff\xd8\xff', { kind: 'image', mediaType: 'image/jpeg' }],
  ['GIF87a', { kind: 'image', mediaType: 'image/gif' }],
  ['GIF89a', { kind: 'image', mediaType: 'image/gif' }],
  ['RIFF....WEBP', { kind: 'image', mediaType: 'image/webp' }],
  ['....ftypavif', { kind: 'image', mediaType: 'image/avif' }],
  ['BM....\0\0\0\0', { kind: 'image', mediaType: 'image/bmp' }],
  ['\0\0\x01\0', { kind: 'image', mediaType: 'image/x-icon' }],
  ['RIFF....WAVE', { kind: 'audio', mediaType: 'audio/wav' }],
  ['ID3', { kind: 'audio', mediaType: 'audio/mpeg' }],
  ['fLaC', { kind: 'audio', mediaType: 'audio/flac' }],
  ['PK\x03\x04', { kind: 'archive', mediaType: '' }],
  ['PK\x05\x06', { kind: 'archive', mediaType: '' }],
];

/** @param head the first `HEAD_BYTES`, or all of it */
export function looksOf(name: string, head: Uint8Array): Looks {
  if (head.length === 0) return { kind: 'empty', mediaType: '' };
  const begin = String.fromCharCode(...head.subarray(0, 16));
  const signed = SIGNATURES.find(([bytes]) => beginsWith(begin, bytes));
  if (signed !== undefined) return signed[1];
  if (isTar(head) || isZippedTar(name, begin)) return { kind: 'archive', mediaType: '' };
  const ext = extensionOf(name);
  const named = Object.hasOwn(MEDIA, ext) ? MEDIA[ext] : undefined;
  if (named !== undefined) return named;
  return { kind: isText(head) ? 'text' : 'hex', mediaType: '' };
}

/** A tar archive, not within anything. */
export function isTar(head: Uint8Array): boolean {
  return head.length >= 512 && String.fromCharCode(...head.subarray(257, 262)) === 'ustar';
}

/** What is within gzip is not known before it is unpacked. */
function isZippedTar(name: string, begin: string): boolean {
  return beginsWith(begin, '\x1f\x8b\b') && /\.(tar\.gz|tgz)$/i.test(name);
}

/** In lower case, without the dot. */
export function extensionOf(name: string): string {
  const at = name.lastIndexOf('.');
  return at <= 0 ? '' : name.slice(at + 1).toLowerCase();
}

/** From the header of the common formats; undefined where it is not there or not understood. */
export function pictureSize(head: Uint8Array): PictureSize | undefined {
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  const begin = String.fromCharCode(...head.subarray(0, 16));
  try {
    if (beginsWith(begin, '\x89PNG')) return { width: view.getUint32(16), height: view.getUint32(20) };
    if (beginsWith(begin, 'GIF8')) return { width: view.getUint16(6, true), height: view.getUint16(8, true) };
    if (beginsWith(begin, 'BM'))
      return { width: view.getInt32(18, true), height: Math.abs(view.getInt32(22, true)) };
    if (beginsWith(begin, 'RIFF....WEBP')) return webpSize(view);
    if (beginsWith(begin, '\xff\xd8\xff')) return jpegSize(view);
  } catch (error) {
    // The header is cut off: whoever draws it finds out.
    if (!(error instanceof RangeError)) throw error;
  }
  return undefined;
}

function beginsWith(begin: string, bytes: string): boolean {
  return bytes.split('').every((sign, at) => sign === '.' || begin[at] === sign);
}

/** No zero bytes unless it is UTF-16, and few control characters. */
function isText(head: Uint8Array): boolean {
  const [first, second] = head;
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)) return true;
  let controls = 0;
  for (const byte of head) {
    if (byte === 0) return false;
    if (byte < 32 && byte !== 9 && byte !== 10 && byte !== 12 && byte !== 13 && byte !== 27) controls++;
  }
  return controls * 50 <= head.length;
}

function webpSize(view: DataView): PictureSize | undefined {
  const form = String.fromCharCode(...[12, 13, 14, 15].map((at) => view.getUint8(at)));
  if (form === 'VP8X') return { width: 1 + uint24(view, 24), height: 1 + uint24(view, 27) };
  if (form === 'VP8 ')
    return { width: view.getUint16(26, true) & 0x3fff, height: view.getUint16(28, true) & 0x3fff };
  if (form !== 'VP8L') return undefined;
  const bits = view.getUint32(21, true);
  return { width: 1 + (bits & 0x3fff), height: 1 + ((bits >>> 14) & 0x3fff) };
}

function uint24(view: DataView, at: number): number {
  return view.getUint16(at, true) | (view.getUint8(at + 2) << 16);
}

/** Goes from marker to marker up to the one that begins a frame. */
function jpegSize(view: DataView): PictureSize | undefined {
  for (let at = 2; at + 9 <= view.byteLength;) {
    if (view.getUint8(at) !== 0xff) return undefined;
    const marker = view.getUint8(at + 1);
    const isFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
    if (isFrame) return { height: view.getUint16(at + 5), width: view.getUint16(at + 7) };
    at += 2 + view.getUint16(at + 2);
  }
  return undefined;
}
