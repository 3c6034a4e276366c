/**
 * Names in an opened folder, by getdents64: it takes a handle instead of a path, so it works at any depth
 * and never follows a link put in the folder's place.
 * Record: inode 8, offset 8, record length 2, type 1, name up to a NUL; little-endian, as every system that we run on.
 * Source: getdents64(2).
 */
import type { ByteString } from '#base/byte-string.ts';
import type { Libc } from '#files/linux/libc.ts';

const NAME_OFFSET = 19;
const LENGTH_OFFSET = 16;
/** About 2 000 short names a call. */
const buffer = Buffer.allocUnsafeSlow(64 * 1024);

/** Raw names without `.` and `..`; a number is a negated errno. */
export function readDirectoryNames(libc: Libc, fd: number): ByteString[] | number {
  const names: ByteString[] = [];
  for (;;) {
    const filled = libc.readDirectory(fd, buffer);
    if (filled < 0) return filled;
    if (filled === 0) return names;
    for (let at = 0; at < filled;) {
      const start = at + NAME_OFFSET;
      let end = start;
      while (buffer[end] !== 0) end += 1;
      const name = buffer.toString('latin1', start, end);
      if (name !== '.' && name !== '..') names.push(name as ByteString);
      at += buffer.readUInt16LE(at + LENGTH_OFFSET);
    }
  }
}
