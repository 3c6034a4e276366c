/** What is asked of a server together, and what only after an answer: each round trip may take long. */
import { expect, test } from 'vitest';
import type { Stats } from 'ssh2';
import { saveRemotely, type RemoteSave } from '#storage/sftp/remote-save.ts';
import type { SftpChannel } from '#storage/sftp/sftp-channel.ts';
import { SlotQueue } from '#storage/slot-queue.ts';

const BYTES = new Uint8Array(250);
const SAVE: RemoteSave = {
  folder: 'top/index',
  name: 'name',
  bytes: BYTES,
  mode: 0o600,
  existing: 'acceptSameSize',
  flushFolder: true,
};

/** A server that answers all that it was asked once nobody asks anything further. `present`: size of what has the name. */
function makeServer({ present, failing }: { readonly present?: number; readonly failing?: string } = {}): {
  readonly channel: SftpChannel;
  readonly rounds: string[][];
} {
  const rounds: string[][] = [];
  let asked: string[] = [];
  let answers: (() => void)[] = [];
  const ask = async <T>(what: string, answer?: T): Promise<T> => {
    if (asked.push(what) === 1) {
      setTimeout(() => {
        rounds.push(asked);
        const now = answers;
        [asked, answers] = [[], []];
        for (const each of now) each();
      }, 5);
    }
    await new Promise<void>((resolve) => answers.push(resolve));
    if (what === failing) throw new Error(`${what} failed`);
    return answer as T;
  };
  const handle = (path: string): Buffer => Buffer.from(path.includes('.tmp-') ? 'file' : 'folder');
  const channel = {
    transfer: { pieceBytes: 100, piecesAtOnce: 8, foldersAtOnce: 8 },
    slots: new SlotQueue(8),
    uploads: new SlotQueue(1),
    has: () => true,
    statIfThere: () => ask('stat', present === undefined ? undefined : ({ size: present } as Stats)),
    open: (path: string) => ask(`open ${handle(path).toString()}`, handle(path)),
    write: (of: Buffer) => ask(`write ${of.toString()}`),
    fstat: (of: Buffer) => ask(`fstat ${of.toString()}`, { size: BYTES.length }),
    flush: (of: Buffer) => ask(`flush ${of.toString()}`),
    close: (of: Buffer) => ask(`close ${of.toString()}`),
    replace: () => ask('rename'),
    unlink: () => ask('unlink'),
  };
  return { channel: channel as unknown as SftpChannel, rounds };
}

const PIECES = ['write file', 'write file', 'write file'];
const ENDING = ['flush file', 'fstat file', 'close file'];
const go = (): void => undefined;

test('a save takes four rounds: opened, written and closed, named, the name flushed', async () => {
  const { channel, rounds } = makeServer();
  expect(await saveRemotely(channel, SAVE, go)).toBe('renamed');
  expect(rounds).toEqual([
    ['open folder', 'stat', 'open file'],
    [...PIECES, ...ENDING],
    ['rename'],
    ['flush folder'],
  ]);
});

test.each(['write file', 'flush file', 'fstat file', 'close file'])(
  'no name is given when "%s" fails; the file is closed once and removed',
  async (failing) => {
    const { channel, rounds } = makeServer({ failing });
    await expect(saveRemotely(channel, SAVE, go)).rejects.toThrow(`${failing} failed`);
    const asked = rounds.flat();
    expect(asked).not.toContain('rename');
    expect(asked.filter((what) => what === 'close file')).toHaveLength(1);
    expect(asked).toContain('unlink');
  },
);

test('what is there already is not written again, and the file closed', async () => {
  const { channel, rounds } = makeServer({ present: BYTES.length });
  expect(await saveRemotely(channel, SAVE, go)).toBe('storedAlready');
  expect(rounds.flat()).not.toContain('write file');
  expect(rounds.flat()).toContain('close file');
});

test('ended before the last piece, the file is closed and removed', async () => {
  const { channel, rounds } = makeServer();
  let steps = 0;
  const end = (): void => {
    if (++steps > 3) throw new Error('ended');
  };
  await expect(saveRemotely(channel, SAVE, end)).rejects.toThrow('ended');
  const asked = rounds.flat();
  expect(asked).not.toContain('flush file');
  expect(asked.filter((what) => what === 'close file')).toHaveLength(1);
  expect(asked).toContain('unlink');
});
