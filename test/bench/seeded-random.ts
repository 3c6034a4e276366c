/** Numbers that look random and are the same in every run. Not for secrets. Pure. */
export class SeededRandom {
  #state: number;

  constructor(seed: number) {
    // Zero would stay zero.
    this.#state = seed | 0 || 1;
  }

  /** From 0 to 2^32 - 1. Marsaglia's xorshift with 32 bits. */
  next(): number {
    let x = this.#state;
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    this.#state = x;
    return x >>> 0;
  }

  /** A whole number from 0 on, less than `end`. */
  below(end: number): number {
    return Math.floor((this.next() / 2 ** 32) * end);
  }

  /** As `below`; small numbers are more frequent, as words of a language are. */
  skewedBelow(end: number): number {
    const share = this.next() / 2 ** 32;
    return Math.floor(share * share * share * end);
  }
}
