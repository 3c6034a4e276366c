/**
 * Reads a `struct statx` (256 bytes, native byte order) as a FileStat, with device numbers composed as stat(2) gives them.
 * Pure but for a one-entry memory of the last device number.
 *
 * offset  size  field                    offset  size  field
 *     16     4  links                        64  8+4   atime: seconds, nanoseconds
 *     20     4  uid                          96  8+4   ctime
 *     24     4  gid                         112  8+4   mtime
 *     28     2  mode                        128  4+4   rdev: major, minor
 *     32     8  inode                       136  4+4   dev: major, minor
 *     40     8  size
 * Source: statx(2), linux/stat.h.
 */
import type { FileKind, FileStat } from '#files/port.ts';

const LITTLE_ENDIAN = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1;
/** Which half of a 64-bit field, as 32-bit words, is the low one. */
const LOW = LITTLE_ENDIAN ? 0 : 1;
const TWO_32 = 4294967296;

const KINDS: Readonly<Record<number, FileKind>> = {
  0o100000: 'file',
  0o040000: 'dir',
  0o120000: 'symlink',
  0o060000: 'blockDevice',
  0o020000: 'charDevice',
  0o010000: 'fifo',
  0o140000: 'socket',
};

export class LinuxStat {
  readonly #words: Uint32Array;
  readonly #signed: Int32Array;
  readonly #halves: Uint16Array;
  readonly #longs: BigUint64Array;
  #lastMajor = -1;
  #lastMinor = -1;
  #lastDevice = 0n;

  constructor(buffer: Uint8Array) {
    const { buffer: memory, byteOffset } = buffer;
    this.#words = new Uint32Array(memory, byteOffset, 64);
    this.#signed = new Int32Array(memory, byteOffset, 64);
    this.#halves = new Uint16Array(memory, byteOffset, 128);
    this.#longs = new BigUint64Array(memory, byteOffset, 32);
  }

  get kind(): FileKind {
    return KINDS[this.#halves[14]! & 0o170000] ?? 'other';
  }

  get permissions(): number {
    return this.#halves[14]! & 0o7777;
  }

  get uid(): number {
    return this.#words[5]!;
  }

  get gid(): number {
    return this.#words[6]!;
  }

  get links(): number {
    return this.#words[4]!;
  }

  get sizeBytes(): number {
    return this.#words[10 + (1 - LOW)]! * TWO_32 + this.#words[10 + LOW]!;
  }

  get mtimeSec(): number {
    return this.#seconds(28);
  }

  get atimeSec(): number {
    return this.#seconds(16);
  }

  read(): FileStat {
    const words = this.#words;
    const { kind } = this;
    return {
      kind,
      permissions: this.#halves[14]! & 0o7777,
      uid: words[5]!,
      gid: words[6]!,
      sizeBytes: this.sizeBytes,
      links: words[4]!,
      inode: this.#longs[4]!,
      device: this.#device(words[34]!, words[35]!),
      rdev:
        kind === 'blockDevice' || kind === 'charDevice' ? composeDeviceNumber(words[32]!, words[33]!) : 0n,
      mtimeSec: this.#seconds(28),
      mtimeNsec: words[30]!,
      ctimeSec: this.#seconds(24),
      ctimeNsec: words[26]!,
      atimeSec: this.#seconds(16),
      atimeNsec: words[18]!,
    };
  }

  #seconds(word: number): number {
    return this.#signed[word + (1 - LOW)]! * TWO_32 + this.#words[word + LOW]!;
  }

  #device(major: number, minor: number): bigint {
    if (major !== this.#lastMajor || minor !== this.#lastMinor) {
      this.#lastMajor = major;
      this.#lastMinor = minor;
      this.#lastDevice = composeDeviceNumber(major, minor);
    }
    return this.#lastDevice;
  }
}

/** makedev(3): the 64-bit dev_t of the C library, equal to stat(2)'s for every number the kernel gives out. */
export function composeDeviceNumber(major: number, minor: number): bigint {
  const high = BigInt(major);
  const low = BigInt(minor);
  return (
    ((high & 0xfffff000n) << 32n) | ((high & 0xfffn) << 8n) | ((low & 0xffffff00n) << 12n) | (low & 0xffn)
  );
}
