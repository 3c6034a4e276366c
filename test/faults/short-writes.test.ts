/** A system may write or read less than it was asked to, without an error: signals and network disks do. */
import { LinuxOpenTarget } from '#files/linux/linux-open-target.ts';
import { AT_FDCWD, Libc } from '#files/linux/libc.ts';
import { LinuxStat } from '#files/linux/linux-stat.ts';
import { textToByteString } from '#base/byte-string.ts';
import { randomBytes } from '#test/support/tree-zoo.ts';
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';

/** The real calls, a thousand bytes at most each. */
class StingyLibc extends Libc {
  override writeAt(fd: number, from: Uint8Array, offset: number): number {
    return super.writeAt(fd, from.subarray(0, 1000), offset);
  }

  override readAt(fd: number, into: Uint8Array, offset: number): number {
    return super.readAt(fd, into.subarray(0, 999), offset);
  }
}

test('short writes and reads are carried on where they stopped', () => {
  const file = path.join(tmpdir(), `tidemark-short-${String(process.pid)}`);
  const libc = new StingyLibc();
  const fd = libc.openAt(
    AT_FDCWD,
    textToByteString(file),
    fs.constants.O_RDWR | fs.constants.O_CREAT | fs.constants.O_EXCL,
    0o600,
  );
  try {
    const target = new LinuxOpenTarget(libc, new LinuxStat(libc.statBuffer), fd, file);
    const content = randomBytes(123_456, 9);
    target.write(content, 77);
    expect(fs.readFileSync(file).subarray(77).equals(content)).toBe(true);
    const back = Buffer.alloc(200_000);
    expect(target.read(back, 77)).toBe(content.length);
    expect(back.subarray(0, content.length).equals(content)).toBe(true);
    target.close();
  } finally {
    fs.rmSync(file);
  }
});
