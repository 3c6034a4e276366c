/**
 * A handle on a folder through which its entries are named, so that trees deeper than one path can be built and read with
 * node:fs alone. Linux only.
 */
import fs from 'node:fs';

export class OpenFolder {
  readonly #fd: number;

  constructor(path: Buffer | string) {
    const { O_RDONLY, O_DIRECTORY } = fs.constants;
    this.#fd = fs.openSync(path, O_RDONLY | O_DIRECTORY);
  }

  /** A short path to the entry. */
  at(name: Buffer | string): Buffer {
    return Buffer.concat([Buffer.from(`/proc/self/fd/${this.#fd}/`), Buffer.from(name as string)]);
  }

  /** Sorted by bytes. */
  names(): Buffer[] {
    return fs
      .readdirSync(`/proc/self/fd/${this.#fd}`, { encoding: 'buffer' })
      .sort((a, b) => Buffer.compare(a, b));
  }

  close(): void {
    fs.closeSync(this.#fd);
  }
}
