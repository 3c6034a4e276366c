/**
 * A number for each entry of the index, for few entries of a large index: pages of 4 KiB are made where something is
 * set. Trees lie side by side in the index, as they do in packs. What was not set is 0.
 */
const PAGE_BITS = 10;
const PAGE_NUMBERS = 1 << PAGE_BITS;

export class SparseNumbers {
  readonly #pages: (Uint32Array | undefined)[] = [];

  get(position: number): number {
    return this.#pages[position >>> PAGE_BITS]?.[position & (PAGE_NUMBERS - 1)] ?? 0;
  }

  set(position: number, value: number): void {
    const page = (this.#pages[position >>> PAGE_BITS] ??= new Uint32Array(PAGE_NUMBERS));
    page[position & (PAGE_NUMBERS - 1)] = value;
  }
}
