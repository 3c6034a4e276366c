/**
 * Moves the bytes of a file in pieces, many of them under way at once: with one at a time, a link's delay would be paid for
 * each. How many those are is the channel's choice, for all transfers together.
 */
import type { Handle, SftpChannel } from '#storage/sftp/sftp-channel.ts';
import type { SlotQueue } from '#storage/slot-queue.ts';

/** Called between requests. @throws what ended the operation */
export type Step = () => void;

/**
 * Writes a new file whole, from its beginning. `ending`: requests that go out right behind the last piece; servers do what
 * concerns one file in the order in which they are asked (draft-ietf-secsh-filexfer, 6.1).
 */
export function writeWhole(
  channel: SftpChannel,
  handle: Handle,
  bytes: Uint8Array,
  step: Step,
  ending?: () => Promise<void>,
): Promise<void> {
  const source = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const write = (start: number, length: number): Promise<void> =>
    channel.write(handle, source, start, length);
  return eachPiece(channel, channel.uploads, bytes.length, step, write, ending);
}

/** Fills `target` from `offset` on. @returns false when the file ends before that */
export async function readExactly(
  channel: SftpChannel,
  handle: Handle,
  offset: number,
  target: Uint8Array<ArrayBuffer>,
  step: Step,
): Promise<boolean> {
  const bytes = Buffer.from(target.buffer, target.byteOffset, target.byteLength);
  let isWhole = true;
  await eachPiece(channel, channel.downloads, target.length, step, async (start, length) => {
    let filled = 0;
    while (isWhole && filled < length) {
      const at = start + filled;
      // Servers may give less than they are asked for.
      const got = await channel.read(handle, bytes, at, length - filled, offset + at);
      if (got === 0) isWhole = false;
      filled += got;
    }
  });
  return isWhole;
}

/**
 * A transfer begins when those before it in its direction have sent all their pieces: together they would not be faster,
 * and a connection that is lost takes what is unfinished along. One of a single piece (a lock, say) waits for none.
 */
async function eachPiece(
  channel: SftpChannel,
  way: SlotQueue,
  sizeBytes: number,
  step: Step,
  move: (start: number, length: number) => Promise<void>,
  ending?: () => Promise<void>,
): Promise<void> {
  const { pieceBytes } = channel.transfer;
  const moves: Promise<void>[] = [];
  let hasFailed = false;
  const send = async (): Promise<void> => {
    for (let start = 0; start < sizeBytes && !hasFailed; start += pieceBytes) {
      step();
      await new Promise<void>((begun) => {
        const moving = channel.slots.run(() => {
          begun();
          return move(start, Math.min(pieceBytes, sizeBytes - start));
        });
        moving.catch(() => {
          hasFailed = true;
        });
        moves.push(moving);
      });
    }
    if (ending !== undefined && !hasFailed) moves.push(ending());
  };
  await (sizeBytes <= pieceBytes ? send() : way.run(send));
  await Promise.all(moves);
}
