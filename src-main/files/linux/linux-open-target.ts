/**
 * One file that a restore writes: positioned reads and writes that are complete or throw. Holes are the caller's doing,
 * by leaving ranges out and setting the length.
 */
import type { ByteString } from '#base/byte-string.ts';
import { errnoError } from '#files/errno-error.ts';
import { applyLinuxMetadata } from '#files/linux/apply-linux-metadata.ts';
import type { Libc } from '#files/linux/libc.ts';
import type { LinuxStat } from '#files/linux/linux-stat.ts';
import type { FileKind, FileMetadata, MetadataProblem, OpenTarget } from '#files/port.ts';
import { constants } from 'node:os';

export class LinuxOpenTarget implements OpenTarget {
  readonly #libc: Libc;
  readonly #stat: LinuxStat;
  readonly #display: string;
  #fd: number;

  constructor(libc: Libc, stat: LinuxStat, fd: number, display: string) {
    this.#libc = libc;
    this.#stat = stat;
    this.#fd = fd;
    this.#display = display;
  }

  write(bytes: Uint8Array, offset: number): void {
    for (let done = 0; done < bytes.length;) {
      const rest = done === 0 ? bytes : bytes.subarray(done);
      const count = this.#libc.writeAt(this.#fd, rest, offset + done);
      // Nothing written without an error would loop for ever.
      if (count <= 0) throw this.#failure(count === 0 ? -constants.errno.EIO : count, 'write');
      done += count;
    }
  }

  read(into: Uint8Array, offset: number): number {
    let filled = 0;
    while (filled < into.length) {
      const rest = filled === 0 ? into : into.subarray(filled);
      const count = this.#libc.readAt(this.#fd, rest, offset + filled);
      if (count < 0) throw this.#failure(count, 'read');
      if (count === 0) break;
      filled += count;
    }
    return filled;
  }

  truncate(sizeBytes: number): void {
    const result = this.#libc.truncate(this.#fd, sizeBytes);
    if (result < 0) throw this.#failure(result, 'ftruncate');
  }

  sizeBytes(): number {
    this.#load();
    return this.#stat.sizeBytes;
  }

  flush(): void {
    const result = this.#libc.flush(this.#fd);
    if (result < 0) throw this.#failure(result, 'fsync');
  }

  applyMetadata(metadata: FileMetadata): MetadataProblem[] {
    return applyLinuxMetadata(this.#libc, this.#stat, this.#fd, false, metadata);
  }

  kind(): FileKind {
    this.#load();
    return this.#stat.kind;
  }

  /** Throws what the disk reports only now (a full network drive, say): the content is then not complete. */
  close(): void {
    if (this.#fd < 0) return;
    const result = this.#libc.close(this.#fd);
    this.#fd = -1;
    if (result < 0) throw this.#failure(result, 'close');
  }

  #load(): void {
    const result = this.#libc.statAt(this.#fd, '' as ByteString);
    if (result < 0) throw this.#failure(result, 'fstat');
  }

  #failure(negated: number, syscall: string): NodeJS.ErrnoException {
    return errnoError(-negated, syscall, this.#display);
  }
}
