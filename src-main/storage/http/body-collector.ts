/** Gathers the wanted part of an answer's body in memory of its own: of known length at once, else as it comes. */

export interface BodyPart {
  readonly skip: number;
  readonly length: number;
}

export class BodyCollector {
  readonly #part: BodyPart | undefined;
  readonly #bytes: Uint8Array<ArrayBuffer> | undefined;
  readonly #chunks: Uint8Array[] = [];
  #received = 0;

  /** Undefined: all there is. */
  constructor(part: BodyPart | undefined) {
    this.#part = part;
    this.#bytes = part === undefined ? undefined : new Uint8Array(part.length);
  }

  add(chunk: Uint8Array): void {
    if (this.#part === undefined || this.#bytes === undefined) {
      this.#chunks.push(chunk);
    } else {
      const { skip, length } = this.#part;
      const from = Math.max(0, skip - this.#received);
      const to = Math.min(chunk.length, skip + length - this.#received);
      if (from < to) this.#bytes.set(chunk.subarray(from, to), this.#received + from - skip);
    }
    this.#received += chunk.length;
  }

  get isFull(): boolean {
    return this.#part === undefined || this.#received >= this.#part.skip + this.#part.length;
  }

  /** There is more than is wanted. */
  get isOverfull(): boolean {
    return this.#part !== undefined && this.#received > this.#part.skip + this.#part.length;
  }

  take(): Uint8Array<ArrayBuffer> {
    if (this.#bytes !== undefined) return this.#bytes;
    const all = new Uint8Array(this.#received);
    let at = 0;
    for (const chunk of this.#chunks) {
      all.set(chunk, at);
      at += chunk.length;
    }
    return all;
  }
}
