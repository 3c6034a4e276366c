/**
 * Finds the frames in a run of zstd data without decompressing: needed because Node's zstd stops silently after the first
 * frame, and to know the size of the result in advance. Checks only what it must to walk; the decoder checks the rest.
 * Source: RFC 8878, 3.1.
 *
 * | part | bytes |
 * |---|---|
 * | magic | 4, little-endian 0xFD2FB528; 0x184D2A50 … 5F starts a skippable frame (then 4 bytes length) |
 * | descriptor | 1: bits 7-6 content size flag, 5 single segment, 2 checksum, 1-0 dictionary id flag |
 * | window descriptor | 1 unless single segment |
 * | dictionary id, content size | 0, 1, 2, 4 and 0 (1 if single segment), 2 (value + 256), 4, 8 |
 * | blocks | 3 bytes little-endian: bit 0 last, bits 2-1 type (0 raw, 1 one repeated byte, 2 compressed), then size |
 * | checksum | 4 if flagged |
 */

const FRAME_MAGIC = 0xfd2fb528;
const SKIPPABLE_MAGIC = 0x184d2a50;
const DICTIONARY_ID_BYTES = [0, 1, 2, 4] as const;

export interface ZstdFrame {
  readonly start: number;
  readonly end: number;
  /** -1 when the frame does not say. */
  readonly contentSize: number;
}

/**
 * All frames, skippable ones left out.
 * @throws Error when the input is cut off or is not zstd.
 */
export function findZstdFrames(bytes: Uint8Array): ZstdFrame[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const frames: ZstdFrame[] = [];
  let position = 0;
  try {
    do {
      const magic = view.getUint32(position, true);
      if ((magic & 0xfffffff0) >>> 0 === SKIPPABLE_MAGIC) {
        position += 8 + view.getUint32(position + 4, true);
      } else if (magic === FRAME_MAGIC) {
        const frame = readFrame(view, position);
        frames.push(frame);
        position = frame.end;
      } else {
        throw new Error('not a zstd frame');
      }
    } while (position < bytes.length);
  } catch (cause) {
    if (cause instanceof RangeError) throw new Error('zstd data is cut off', { cause });
    throw cause;
  }
  if (position > bytes.length) throw new Error('zstd data is cut off');
  return frames;
}

function readFrame(view: DataView, start: number): ZstdFrame {
  const descriptor = view.getUint8(start + 4);
  const isSingleSegment = (descriptor & 0x20) !== 0;
  let position = start + (isSingleSegment ? 5 : 6);
  position += DICTIONARY_ID_BYTES[(descriptor & 3) as 0 | 1 | 2 | 3];
  let contentSize = -1;
  const sizeFlag = descriptor >> 6;
  if (sizeFlag === 3) {
    contentSize = Number(view.getBigUint64(position, true));
    position += 8;
  } else if (sizeFlag === 2) {
    contentSize = view.getUint32(position, true);
    position += 4;
  } else if (sizeFlag === 1) {
    contentSize = view.getUint16(position, true) + 256;
    position += 2;
  } else if (isSingleSegment) {
    contentSize = view.getUint8(position);
    position += 1;
  }
  for (let isLast = false; !isLast;) {
    const header = view.getUint16(position, true) | (view.getUint8(position + 2) << 16);
    isLast = (header & 1) !== 0;
    const isRepeatedByte = ((header >> 1) & 3) === 1;
    position += 3 + (isRepeatedByte ? 1 : header >> 3);
  }
  if ((descriptor & 4) !== 0) position += 4;
  return { start, end: position, contentSize };
}
