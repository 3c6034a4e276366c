/** How a file is shown: by what it begins with, as inert text, in ranges; and how large pictures are before they are drawn. */
import { beforeEach, describe, expect, test } from 'vitest';
import { ContentReader, forgetContents } from '#renderer/features/timeline/inspector/content-reader.ts';
import {
  bytesToFetch,
  MEDIA_START_BYTES,
  MOST_IMAGE_BYTES,
} from '#renderer/features/timeline/inspector/preview-cost.ts';
import { looksOf, pictureSize } from '#renderer/features/timeline/inspector/preview-kinds.ts';
import { hexLines, inert, readText } from '#renderer/features/timeline/inspector/read-text.ts';
import { differingShare, markDifference } from '#renderer/features/timeline/inspector/pixel-difference.ts';

const bytes = (text: string): Uint8Array<ArrayBuffer> => Uint8Array.from(Buffer.from(text, 'latin1'));

describe('the kind of a file', () => {
  test.each([
    ['nothing', 'a.txt', '', 'empty', ''],
    ['text', 'a.txt', 'hello\n', 'text', ''],
    ['text without a name', 'README', 'hello\n', 'text', ''],
    ['HTML is text', 'a.html', '<script>alert(1)</script>', 'text', ''],
    ['a script is text', 'a.sh', '#!/bin/sh\n', 'text', ''],
    ['PDF under another name', 'a.txt', '%PDF-1.7\n', 'pdf', 'application/pdf'],
    ['a picture under another name', 'a.txt', '\x89PNG\r\n\x1a\n....', 'image', 'image/png'],
    ['a photograph', 'a', '\xff\xd8\xff\xe0', 'image', 'image/jpeg'],
    ['WebP', 'a', 'RIFF\x01\x02\x03\x04WEBPVP8 ', 'image', 'image/webp'],
    ['an SVG, which the browser draws as a picture', 'a.svg', '<svg/>', 'image', 'image/svg+xml'],
    ['sound', 'a.mp3', '\xff\xfb\x90\x00', 'audio', 'audio/mpeg'],
    ['video', 'a.MP4', '\0\0\0\x18ftypisom', 'video', 'video/mp4'],
    ['an office document is an archive', 'a.docx', 'PK\x03\x04', 'archive', ''],
    ['a program', 'a.exe', 'MZ\x90\0\x03', 'hex', ''],
    ['no text for all its name', 'a.txt', `${'text '.repeat(100)}\0`, 'hex', ''],
    ['a name of the language', 'constructor', 'x', 'text', ''],
  ])('%s', (_, name, begin, kind, mediaType) => {
    expect(looksOf(name, bytes(begin))).toEqual({ kind, mediaType });
  });
});

describe('the size of a picture, from its header', () => {
  const be32 = (value: number): string =>
    String.fromCharCode(value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255);
  test.each([
    ['PNG', `\x89PNG\r\n\x1a\n\0\0\0\rIHDR${be32(60_000)}${be32(50_000)}`, 60_000, 50_000],
    ['GIF', 'GIF89a\x0a\x01\x14\x00', 266, 20],
    ['JPEG', '\xff\xd8\xff\xe0\0\x04ab\xff\xc0\0\x0b\x08\x01\x00\x02\x00\x03', 512, 256],
    ['WebP', `RIFF....WEBPVP8X\x0a\0\0\0\0\0\0\0\x3f\x1f\0\x57\x02\0`, 8000, 600],
  ])('%s', (_, head, width, height) => expect(pictureSize(bytes(head))).toEqual({ width, height }));

  test.each(['\x89PNG\r\n\x1a\n', '\xff\xd8\xff\xe0\0\0', 'RIFF....WEBPVP8X', 'GIF8', 'anything'])(
    'unknown of what is cut off or strange (%#)',
    (head) => expect(pictureSize(bytes(head))).toBeUndefined(),
  );
});

test('what is fetched is known before: parts of large files, nothing of what is too large to be shown', () => {
  expect(bytesToFetch('text', 5e9)).toBeLessThan(200_000);
  expect(bytesToFetch('pdf', 5e9)).toBe(1_000_000);
  expect(bytesToFetch('image', 20_000_000)).toBe(20_000_000);
  expect(bytesToFetch('image', MOST_IMAGE_BYTES + 1)).toBe(0);
  expect(bytesToFetch('hex', 5e9)).toBe(0);
  // A film of any length begins after little; a short one is fetched whole.
  expect(bytesToFetch('video', 5e9)).toBe(MEDIA_START_BYTES);
  expect(bytesToFetch('audio', 700_000)).toBe(700_000);
});

describe('text', () => {
  test.each([
    ['UTF-8', Buffer.from('Größe €'), false, 'Größe €', true],
    ['with its mark', Buffer.from('\ufeffa'), false, 'a', true],
    ['UTF-16', Buffer.from('\ufeffGröße', 'utf16le'), false, 'Größe', true],
    ['of old', Buffer.from('Gr\xf6\xdfe', 'latin1'), false, 'Größe', false],
    ['cut off within a character', Buffer.from('ab€').subarray(0, 4), true, 'ab', true],
  ])('%s', (_, data, isCut, text, isUtf8) =>
    expect(readText(Uint8Array.from(data), isCut)).toEqual({ text, isUtf8 }),
  );

  test('does nothing: no control, no turned direction, no hidden sign', () => {
    expect(inert('a\x1b[31mb\x07\u202egpj.exe\u200b\r\nc\td\u009b')).toBe(
      'a\u241b[31mb\u2407⟨202E⟩gpj.exe⟨200B⟩\nc\td⟨9B⟩'.replace('⟨9B⟩', '⟨009B⟩'),
    );
  });

  test('as numbers', () => {
    expect(hexLines(bytes('Hello\0\xff<b>............x'))).toEqual([
      '0000  48 65 6c 6c 6f 00 ff 3c  62 3e 2e 2e 2e 2e 2e 2e  Hello··<b>......',
      '0010  2e 2e 2e 2e 2e 2e 78                              ......x',
    ]);
  });
});

describe('reading in ranges', () => {
  const SIZE = 700_000;
  const file = Uint8Array.from({ length: SIZE }, (_, at) => (at * 31) % 251);
  const isSame = (one: Uint8Array, other: Uint8Array): boolean => Buffer.compare(one, other) === 0;
  const asked: [number, number][] = [];
  let refusals = 0;
  const calls: ConstructorParameters<typeof ContentReader>[0] = {
    'browse.content': ({ offset, length }) => {
      asked.push([offset, length]);
      if (refusals-- > 0) return Promise.reject(new Error('the place is gone'));
      const part = file.subarray(offset, offset + length);
      return Promise.resolve({ sizeBytes: SIZE, offset, base64: Buffer.from(part).toString('base64') });
    },
  };
  const open = (content: string): ContentReader =>
    new ContentReader(calls, { placeId: 'p', snapshotId: 's', path: '/a', content });

  beforeEach(() => {
    forgetContents();
    asked.length = 0;
    refusals = 0;
  });

  test.each([
    [0, 10],
    [262_140, 10],
    [262_144, 300_000],
    [699_990, 100],
    [699_999, 1],
  ])('gives what was asked for (%d, %d)', async (offset, length) => {
    const read = await open('c').read(offset, length);
    expect(isSame(read, file.slice(offset, offset + length))).toBe(true);
  });

  test('fetches a block once for all readers of the same contents', async () => {
    await Promise.all([open('c').read(0, 10), open('c').read(100, 10)]);
    await open('c').read(200_000, 10);
    expect(asked).toEqual([[0, 262_144]]);
    await open('other').read(0, 10);
    expect(asked.length).toBe(2);
  });

  test('asks again for what did not come', async () => {
    refusals = 1;
    await expect(open('c').read(0, 10)).rejects.toThrow('the place is gone');
    expect(await open('c').read(0, 3)).toEqual(file.slice(0, 3));
  });

  test('forgets the longest unused, not what is in use', async () => {
    const reader = open('c');
    await reader.read(0, 1);
    for (let index = 0; index < 127; index++) await open(`x${index}`).read(0, 1);
    await reader.read(0, 1);
    await open('one more').read(0, 1);
    asked.length = 0;
    await reader.read(0, 1);
    expect(asked).toEqual([]);
    await open('x0').read(0, 1);
    expect(asked.length).toBe(1);
  });

  test('reads the whole, and no more than it may', async () => {
    expect(isSame(await open('c').readAll(1e9), file)).toBe(true);
    expect((await open('c').readAll(1000)).length).toBe(1000);
    expect((await open('c').readAll(0)).length).toBe(0);
  });
});

test('points that differ are loud, a change that compression makes is not', () => {
  const before = Uint8ClampedArray.from([10, 10, 10, 255, 200, 0, 0, 255]);
  const after = Uint8ClampedArray.from([14, 10, 10, 255, 0, 200, 0, 255]);
  const marked = markDifference(before, after);
  expect(Array.from(marked.slice(4))).toEqual([224, 57, 112, 255]);
  expect(differingShare(marked)).toBe(0.5);
  expect(differingShare(markDifference(before, before))).toBe(0);
});
