/** A recording of nothing, as long as wanted, for players. */

/** CD quality. */
const BYTES_PER_SECOND = 44_100 * 2 * 2;

/** A WAV file, which Chromium plays without any codec. */
export function silence(seconds: number): Buffer {
  const file = Buffer.alloc(44 + seconds * BYTES_PER_SECOND);
  file.write('RIFF', 0);
  file.writeUInt32LE(file.length - 8, 4);
  file.write('WAVEfmt ', 8);
  file.writeUInt32LE(16, 16);
  file.writeUInt16LE(1, 20);
  file.writeUInt16LE(2, 22);
  file.writeUInt32LE(44_100, 24);
  file.writeUInt32LE(BYTES_PER_SECOND, 28);
  file.writeUInt16LE(4, 32);
  file.writeUInt16LE(16, 34);
  file.write('data', 36);
  file.writeUInt32LE(file.length - 44, 40);
  return file;
}
