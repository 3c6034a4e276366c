/** The contents of a file as an answer: as much as is taken, under headers that make nothing of them act. */
import { expect, test } from 'vitest';
import { TidemarkError } from '#base/errors.ts';
import { contentAddress, handOutAddress } from '#contract/app/content-address.ts';
import type { WirePath } from '#contract/app/values.ts';
import {
  answerContent,
  BLOCK_BYTES,
  type ContentAnswer,
  type ContentCalls,
} from '#core/pages/content-answer.ts';

const NOBODY_ASKS = (): Promise<never> => Promise.reject(new Error('nobody asks'));
const NO_CALLS: ContentCalls = {
  'browse.content': NOBODY_ASKS,
  'handOut.content': NOBODY_ASKS,
  'handOut.end': NOBODY_ASKS,
};
const SIZE = 5 * BLOCK_BYTES + 17;
const snapshotId = 'c'.repeat(64);

/** They count up, so that each tells where it stands. */
const COUNTING = Buffer.from(Array.from({ length: 251 }, (_, at) => at));
const bytesAt = (start: number, end: number): Buffer =>
  Buffer.alloc(end - start + 251, COUNTING).subarray(start % 251, (start % 251) + end - start);

class Place {
  readonly reads: (readonly [offset: number, length: number])[] = [];
  readonly gone = new AbortController();
  sizeBytes = SIZE;
  failsAt = Infinity;
  given: AbortSignal | undefined;

  async ask(range?: string, path: WirePath = '/home/me/film.mp4', query = ''): Promise<ContentAnswer> {
    const address = contentAddress({ placeId: 'p', snapshotId, path }) + query;
    const answer = await answerContent(
      {
        ...NO_CALLS,
        'browse.content': async ({ offset, length }, { signal } = {}) => {
          this.given = signal;
          this.reads.push([offset, length]);
          if (offset >= this.failsAt)
            throw new TidemarkError('storage.unreachable', { location: 'x' } as never);
          const end = Math.max(offset, Math.min(offset + length, this.sizeBytes));
          return { sizeBytes: this.sizeBytes, offset, base64: bytesAt(offset, end).toString('base64') };
        },
      },
      { address, range },
      this.gone.signal,
    );
    return answer!;
  }
}

async function all({ body }: ContentAnswer): Promise<Buffer> {
  return Buffer.from(await new Response(body).arrayBuffer());
}

test.each<[string | undefined, number, number, number]>([
  [undefined, 200, 0, SIZE],
  ['bytes=5-9', 206, 5, 10],
  [`bytes=${BLOCK_BYTES - 1}-${BLOCK_BYTES}`, 206, BLOCK_BYTES - 1, BLOCK_BYTES + 1],
  [`bytes=${SIZE - 3}-`, 206, SIZE - 3, SIZE],
  ['bytes=-20', 206, SIZE - 20, SIZE],
])('%s', async (range, status, start, end) => {
  const place = new Place();
  const answer = await place.ask(range);
  expect(answer.status).toBe(status);
  expect(answer.headers['content-length']).toBe(String(end - start));
  expect(answer.headers['content-range']).toBe(
    status === 206 ? `bytes ${start}-${end - 1}/${SIZE}` : undefined,
  );
  expect((await all(answer)).equals(bytesAt(start, end))).toBe(true);
  expect(Math.max(...place.reads.map(([, length]) => length))).toBeLessThanOrEqual(BLOCK_BYTES);
});

test('a player that asks for all from somewhere on gets a piece, and asks again; whoever saves gets all', async () => {
  const piece = await new Place().ask('bytes=100-');
  expect([piece.status, piece.headers['content-length'], piece.headers['content-range']]).toEqual([
    206,
    String(2 * BLOCK_BYTES),
    `bytes 100-${100 + 2 * BLOCK_BYTES - 1}/${SIZE}`,
  ]);
  expect((await all(piece)).equals(bytesAt(100, 100 + 2 * BLOCK_BYTES))).toBe(true);
  const rest = await new Place().ask('bytes=100-', '/home/me/archive.tar');
  expect(rest.headers['content-length']).toBe(String(SIZE - 100));
  const whole = await new Place().ask();
  expect(whole.headers['content-length']).toBe(String(SIZE));
});

test('what is saved is an attachment whatever it is, and goes on from anywhere to its end', async () => {
  const shown = await new Place().ask(undefined, undefined, '?other');
  expect(shown.headers['content-disposition']).toMatch(/^inline/);
  const saved = await new Place().ask(undefined, '/home/me/Sölde "1".mp4', '?save');
  expect(saved.headers['content-type']).toBe('application/octet-stream');
  expect(saved.headers['content-disposition']).toBe(
    `attachment; filename="S_lde _1_.mp4"; filename*=UTF-8''S%C3%B6lde%20_1_.mp4`,
  );
  expect((await all(saved)).equals(bytesAt(0, SIZE))).toBe(true);
  const rest = await new Place().ask('bytes=100-', undefined, '?save');
  expect(rest.headers['content-length']).toBe(String(SIZE - 100));
});

test('a download that was cut off goes on, but never with a part of something else', async () => {
  const address = contentAddress({ placeId: 'p', snapshotId, path: '/a.tar' }) + '?save';
  const ask = async (range?: string, ifRange?: string): Promise<ContentAnswer> =>
    (await answerContent(
      {
        ...NO_CALLS,
        'browse.content': async ({ offset, length }) => ({
          sizeBytes: SIZE,
          offset,
          base64: bytesAt(offset, Math.min(offset + length, SIZE)).toString('base64'),
        }),
      },
      { address, range, ifRange },
      new AbortController().signal,
    ))!;
  const first = await ask();
  const { etag } = first.headers;
  const rest = await ask('bytes=100-', etag);
  expect([rest.status, rest.headers['content-length'], rest.headers['etag']]).toEqual([
    206,
    String(SIZE - 100),
    etag,
  ]);
  expect((await all(rest)).equals(bytesAt(100, SIZE))).toBe(true);
  for (const other of ['"other"', `W/${etag}`, 'Wed, 21 Oct 2015 07:28:00 GMT', ''])
    expect((await ask('bytes=100-', other)).status, other).toBe(200);
});

test('a zip file that was got ready: sent under its own name, given up when all of it is sent', async () => {
  const jobId = 'ab'.repeat(16);
  const asked: string[] = [];
  const ask = async (range?: string): Promise<ContentAnswer> =>
    (await answerContent(
      {
        ...NO_CALLS,
        'handOut.content': async ({ jobId: id, offset, length }) => {
          if (id !== jobId) throw new TidemarkError('request.notFound', { what: 'hand-out', id });
          const base64 = bytesAt(offset, Math.min(offset + length, SIZE)).toString('base64');
          return { name: 'Letters\n.zip', sizeBytes: SIZE, offset, base64 };
        },
        'handOut.end': async ({ jobId: id }) => void asked.push(id),
      },
      { address: handOutAddress(jobId, 'other name.zip'), range },
      new AbortController().signal,
    ))!;
  const part = await ask('bytes=5-9');
  expect((await all(part)).equals(bytesAt(5, 10))).toBe(true);
  expect(asked).toEqual([]);
  const whole = await ask();
  expect(whole.headers['content-disposition']).toBe(
    `attachment; filename="Letters_.zip"; filename*=UTF-8''Letters_.zip`,
  );
  expect((await all(whole)).equals(bytesAt(0, SIZE))).toBe(true);
  expect(asked).toEqual([jobId]);
});

test('a short part is read and nothing else', async () => {
  const place = new Place();
  await all(await place.ask('bytes=100-199'));
  expect(place.reads).toEqual([[100, 100]]);
});

test('what lies beyond the end, and what is no range: refused, with the size where it is known', async () => {
  const beyond = await new Place().ask(`bytes=${SIZE}-`);
  expect([beyond.status, beyond.headers['content-range'], beyond.body]).toEqual([
    416,
    `bytes */${SIZE}`,
    null,
  ]);
  const place = new Place();
  expect((await place.ask('bytes=0-1,3-4')).status).toBe(416);
  expect(place.reads).toEqual([]);
});

test('an empty file is an empty answer', async () => {
  const place = new Place();
  place.sizeBytes = 0;
  const answer = await place.ask();
  expect([answer.status, answer.headers['content-length']]).toEqual([200, '0']);
  expect((await all(answer)).length).toBe(0);
  expect((await place.ask('bytes=0-')).status).toBe(416);
});

test('nothing is read before what was read is taken, and nothing once the client has gone', async () => {
  const place = new Place();
  const { body } = await place.ask();
  const reader = body!.getReader();
  expect(place.reads).toHaveLength(1);
  await reader.read();
  expect(place.reads).toHaveLength(1);
  await reader.read();
  expect(place.reads).toHaveLength(2);
  await reader.cancel();
  expect(place.given?.aborted).toBe(true);
  expect(place.reads).toHaveLength(2);
});

test('a place that fails half-way, or a file that ends early, cuts the answer off', async () => {
  const failing = new Place();
  failing.failsAt = BLOCK_BYTES;
  await expect(all(await failing.ask())).rejects.toThrow();
  const shrinking = new Place();
  const answer = await shrinking.ask();
  shrinking.sizeBytes = BLOCK_BYTES;
  await expect(all(answer)).rejects.toThrow();
});

test('a place that is away is no missing file', async () => {
  const place = new Place();
  place.failsAt = 0;
  expect((await place.ask()).status).toBe(503);
});

test('addresses of anything else are not ours', async () => {
  const none = NO_CALLS;
  const good = contentAddress({ placeId: 'p', snapshotId, path: '/a' });
  for (const address of [
    '/content/',
    '/content',
    good.replace(snapshotId, 'latest'),
    good.replace(/\/[^/]*$/, ''),
    good.replace(/[^/]*$/, ''),
    `${good}/more`,
    good.replace('/p/', '/%E0%A4%A/'),
    // The same bytes in another writing.
    good.replace('/L2E/', '/L2F/'),
    good.replace('/L2E/', '/L2E=/'),
    good.replace('/L2E/', '/A/'),
    good.replace('/content/', '/Content/'),
  ])
    expect(
      await answerContent(none as never, { address, range: undefined }, new AbortController().signal),
      address,
    ).toBe(undefined);
});

test.each<[string, WirePath, string, string]>([
  ['sound', '/a/Lied.MP3', 'audio/mpeg', `inline; filename="Lied.MP3"; filename*=UTF-8''Lied.MP3`],
  [
    'a page',
    '/a/x.html',
    'application/octet-stream',
    `attachment; filename="x.html"; filename*=UTF-8''x.html`,
  ],
  [
    'a picture that can hold a script',
    '/x.svg',
    'application/octet-stream',
    `attachment; filename="x.svg"; filename*=UTF-8''x.svg`,
  ],
  [
    'no English',
    '/Grüße (1).wav',
    'audio/wav',
    `inline; filename="Gr__e (1).wav"; filename*=UTF-8''Gr%C3%BC%C3%9Fe%20%281%29.wav`,
  ],
  [
    'a header',
    '/a\r\nSet-Cookie: x=1;"\\.txt',
    'application/octet-stream',
    `attachment; filename="a__Set-Cookie_ x_1___.txt"; filename*=UTF-8''a__Set-Cookie_%20x%3D1%3B__.txt`,
  ],
  [
    'turned',
    '/\u202egpj.exe',
    'application/octet-stream',
    `attachment; filename="_gpj.exe"; filename*=UTF-8''_gpj.exe`,
  ],
  [
    'bytes that are no text',
    { base64: Buffer.from('/a\xff.mp4', 'latin1').toString('base64') },
    'video/mp4',
    `inline; filename="a_.mp4"; filename*=UTF-8''a_.mp4`,
  ],
])('%s', async (_, path, type, disposition) => {
  const { headers } = await new Place().ask(undefined, path);
  expect(headers['content-type']).toBe(type);
  expect(headers['content-disposition']).toBe(disposition);
  expect(headers['content-security-policy']).toMatch(/^sandbox; default-src 'none'/);
  expect(headers['x-content-type-options']).toBe('nosniff');
  expect(headers['cross-origin-resource-policy']).toBe('same-origin');
  expect(headers['cache-control']).toBe('no-store');
  for (const value of Object.values(headers)) expect(value).toMatch(/^[\x20-\x7e]*$/);
});
