/** Reading a file that changes at a moment no real writer can be made to hit. */
import { expect, it } from 'vitest';
import type { ByteString } from '#base/byte-string.ts';
import { utcZone } from '#format/time.ts';
import { parseTree } from '#format/tree.ts';
import { createSourceFiles } from '#files/open-files.ts';
import type { FileStat, SourceFiles } from '#files/port.ts';
import { FileReader } from '#pipeline/jobs/file-reader.ts';
import type { JobContext } from '#pipeline/worker-thread.ts';
import { backupRequest } from '#test/support/engine.ts';

const PATH = '/file' as ByteString;

/** A file of one byte whose time of change is `times[n]` when it is looked at the n-th time; each reading finds `contents[n]`. */
function contextOf(times: readonly number[], contents: readonly string[]): JobContext {
  const real = createSourceFiles().stat(import.meta.filename as ByteString);
  let looks = 0;
  let reads = 0;
  let isAtEnd = false;
  const sourceFiles: Partial<SourceFiles> = {
    userName: () => undefined,
    groupName: () => undefined,
    extendedAttributes: () => [],
    open: () => ({
      stat: (): FileStat => ({
        ...real,
        sizeBytes: 1,
        mtimeNsec: 0,
        mtimeSec: times[Math.min(looks++, times.length - 1)]!,
      }),
      read: (into) => {
        if (isAtEnd) return 0;
        isAtEnd = true;
        into[0] = contents[Math.min(reads++, contents.length - 1)]!.charCodeAt(0);
        return 1;
      },
      seek: () => void (isAtEnd = false),
      close: () => undefined,
    }),
  };
  const bytes = new Uint8Array(1 << 20);
  return {
    sourceFiles,
    zone: utcZone,
    codec: { hashInto: (plain: Uint8Array, into: Uint8Array) => into.fill(plain[0]!, 0, 32) },
    sink: { store: () => Promise.resolve({ blobs: 0, bytes: 0, packedBytes: 0 }) },
    lendChunkBuffer: () => Promise.resolve({ bytes, startFile: () => bytes, nextCut: () => -1 }),
    returnChunkBuffer: () => undefined,
    reportRead: () => undefined,
  } as unknown as JobContext;
}

async function read(times: readonly number[], contents: readonly string[]) {
  const reader = new FileReader(contextOf(times, contents), {
    ...backupRequest([]).scan,
    onlyDevices: undefined,
    trustsParentAttributes: false,
  });
  const result = await reader.read({ path: PATH, name: 'file' as ByteString });
  await reader.finish();
  if (result.kind !== 'stored') throw new Error('not stored');
  const [node] = parseTree(Buffer.from(`{"nodes":[${result.text}]}\n`, 'latin1')).nodes;
  return { ...result, mtime: node!.mtime, content: node!.content!.join() };
}

const idOf = (content: string): string => Buffer.alloc(32, content).toString('hex');

it('stores what holds still at once', async () => {
  expect(await read([5], ['a'])).toMatchObject({
    changedWhileReading: false,
    mtime: '1970-01-01T00:00:05Z',
    content: idOf('a'),
  });
});

it('D2 reads again what changed, with the time that belongs to the content', async () => {
  expect(await read([5, 6], ['a', 'b'])).toMatchObject({
    changedWhileReading: false,
    mtime: '1970-01-01T00:00:06Z',
    content: idOf('b'),
  });
});

it('what never holds still has the time from before its content, so that the next backup reads it again', async () => {
  expect(await read([5, 6, 7, 8], ['a', 'b', 'c', 'd'])).toMatchObject({
    changedWhileReading: true,
    mtime: '1970-01-01T00:00:07Z',
    content: idOf('c'),
  });
});
