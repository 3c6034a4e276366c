/** Many names one after another in one growing array: their bytes and 4 more each. */
import { bytesToByteString, type ByteString } from '#base/byte-string.ts';
import { NumberList } from '../number-list.ts';

export class NamePool {
  #bytes = new Uint8Array(4096);
  #length = 0;
  readonly #ends = new NumberList();

  get count(): number {
    return this.#ends.length;
  }

  /** Adds a part of a text; its number is the count before. */
  add(text: ByteString, start = 0, length = text.length): void {
    if (this.#length + length > this.#bytes.length) {
      const grown = new Uint8Array(Math.max(this.#bytes.length * 2, this.#length + length));
      grown.set(this.#bytes);
      this.#bytes = grown;
    }
    for (let i = 0; i < length; i++) this.#bytes[this.#length + i] = text.charCodeAt(start + i);
    this.#length += length;
    this.#ends.push(this.#length);
  }

  get(number: number): ByteString {
    const start = number === 0 ? 0 : this.#ends.get(number - 1);
    return bytesToByteString(this.#bytes.subarray(start, this.#ends.get(number)));
  }
}
