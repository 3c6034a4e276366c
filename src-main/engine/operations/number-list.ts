/** Unsigned 32-bit numbers in one growing array. */
export class NumberList {
  #numbers = new Uint32Array(1024);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  push(value: number): void {
    if (this.#length === this.#numbers.length) {
      const grown = new Uint32Array(this.#numbers.length * 2);
      grown.set(this.#numbers);
      this.#numbers = grown;
    }
    this.#numbers[this.#length++] = value;
  }

  /** There must be one. */
  pop(): number {
    return this.#numbers[--this.#length]!;
  }

  get(position: number): number {
    return this.#numbers[position]!;
  }

  set(position: number, value: number): void {
    this.#numbers[position] = value;
  }
}
