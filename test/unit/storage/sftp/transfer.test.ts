import { expect, test } from 'vitest';
import { SlotQueue } from '#storage/slot-queue.ts';
import type { SftpChannel } from '#storage/sftp/sftp-channel.ts';
import { readExactly, writeWhole } from '#storage/sftp/transfer.ts';

const HANDLE = Buffer.from('handle');

/** A server's file of these bytes that gives at most `mostBytes` at once, and counts what is under way. */
function makeChannel(file: Buffer, mostBytes = Infinity): { channel: SftpChannel; mostAtOnce: () => number } {
  let atOnce = 0;
  let mostAtOnce = 0;
  const answer = async <T>(work: () => T): Promise<T> => {
    mostAtOnce = Math.max(mostAtOnce, ++atOnce);
    await new Promise((resolve) => setImmediate(resolve));
    atOnce--;
    return work();
  };
  const channel = {
    transfer: { pieceBytes: 100, piecesAtOnce: 8 },
    slots: new SlotQueue(8),
    uploads: new SlotQueue(1),
    downloads: new SlotQueue(1),
    read: (_handle: Buffer, bytes: Buffer, at: number, length: number, position: number) =>
      answer(() => file.copy(bytes, at, position, position + Math.min(length, mostBytes))),
    write: (_handle: Buffer, bytes: Buffer, offset: number, length: number) =>
      answer(() => void bytes.copy(file, offset, offset, offset + length)),
  } as unknown as SftpChannel;
  return { channel, mostAtOnce: () => mostAtOnce };
}

const FILE = Buffer.from(Array.from({ length: 2345 }, (_, i) => (i * 7) & 255));
const go = (): void => undefined;

test.each([Infinity, 100, 99, 1])(
  'a server that gives at most %d bytes at once is asked on',
  async (mostBytes) => {
    const { channel } = makeChannel(FILE, mostBytes);
    for (const [offset, length] of [
      [0, 2345],
      [1, 2344],
      [150, 1],
      [99, 102],
      [2345, 0],
    ] as const) {
      const target = new Uint8Array(length);
      expect(await readExactly(channel, HANDLE, offset, target, go)).toBe(true);
      expect(Buffer.compare(target, FILE.subarray(offset, offset + length))).toBe(0);
    }
  },
);

test('a file that ends too early is told, not padded', async () => {
  const { channel } = makeChannel(FILE, 50);
  expect(await readExactly(channel, HANDLE, 2300, new Uint8Array(46), go)).toBe(false);
  expect(await readExactly(channel, HANDLE, 2345, new Uint8Array(1), go)).toBe(false);
});

test('all transfers together have so many pieces under way', async () => {
  const target = Buffer.alloc(FILE.length);
  const { channel, mostAtOnce } = makeChannel(target);
  const others = Array.from({ length: 5 }, () => readExactly(channel, HANDLE, 0, new Uint8Array(2000), go));
  await writeWhole(channel, HANDLE, FILE, go);
  await Promise.all(others);
  expect(Buffer.compare(target, FILE)).toBe(0);
  expect(mostAtOnce()).toBe(8);
});

test('what came first is whole first; a small one waits for none', async () => {
  const { channel } = makeChannel(Buffer.alloc(3000));
  const ended: string[] = [];
  const write = async (title: string, sizeBytes: number): Promise<void> => {
    await writeWhole(channel, HANDLE, FILE.subarray(0, sizeBytes), go);
    ended.push(title);
  };
  await Promise.all([write('first', 2345), write('second', 2345), write('third', 2345), write('small', 100)]);
  expect(ended).toEqual(['small', 'first', 'second', 'third']);
});

test('nothing further is sent once it was ended', async () => {
  const target = Buffer.alloc(FILE.length);
  let steps = 0;
  const { channel } = makeChannel(target);
  const end = (): void => {
    if (++steps > 10) throw new Error('ended');
  };
  await expect(writeWhole(channel, HANDLE, FILE, end)).rejects.toThrow('ended');
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(target.subarray(1000).some((byte) => byte !== 0)).toBe(false);
});
