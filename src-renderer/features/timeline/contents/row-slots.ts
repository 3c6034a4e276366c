/**
 * Which drawn row shows which row of the list: one that stays keeps what is drawn of it, one that comes takes over what was
 * drawn of one that went. Pure but for what it remembers.
 */
export class RowSlots {
  #slots = new Map<string, number>();
  #made = 0;

  /** @param keys of the rows to draw, in order, each once. @returns a number for each, as its key in React */
  assign(keys: readonly string[]): readonly number[] {
    const wanted = new Set(keys);
    // In the order in which they stand: nothing has to change places.
    const free = [...this.#slots].flatMap(([key, slot]) => (wanted.has(key) ? [] : [slot]));
    const assigned = keys.map((key) => this.#slots.get(key) ?? free.shift() ?? this.#made++);
    this.#slots = new Map(keys.map((key, at) => [key, assigned[at] ?? 0]));
    return assigned;
  }
}
