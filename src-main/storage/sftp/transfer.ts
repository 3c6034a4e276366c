/**
 * Moves the bytes of a file in pieces, many of them under way at once: with one at a time, a link's delay would be paid for
 * each. Which pieces of which transfer come next is the channel's queue's choice, in order of asking.
 */
import type { Handle, SftpChannel } from '#storage/sftp/sftp-channel.ts';
import { inLanes } from '#storage/sftp/lanes.ts';

/** Called between requests. @throws what ended the operation */
export type Step = () => void;

/** Writes a new file whole, from its beginning. */
export function writeWhole(
  channel: SftpChannel,
  handle: Handle,
  bytes: Uint8Array,
  step: Step,
): Promise<void> {
  const source = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return eachPiece(channel, bytes.length, step, (start, length) =>
    channel.write(handle, source, start, length),
  );
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
  await eachPiece(channel, target.length, step, async (start, length) => {
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

async function eachPiece(
  channel: SftpChannel,
  sizeBytes: number,
  step: Step,
  move: (start: number, length: number) => Promise<void>,
): Promise<void> {
  const { pieceBytes, piecesAtOnce } = channel.transfer;
  const starts = Array.from({ length: Math.ceil(sizeBytes / pieceBytes) }, (_, i) => i * pieceBytes);
  await inLanes(starts, piecesAtOnce, async (start) => {
    await channel.slots.run(() => {
      step();
      return move(start, Math.min(pieceBytes, sizeBytes - start));
    });
  });
}
