/**
 * Folded names of paths as runs of bytes, one for each stretch of ids, so that a search goes through a million of them in
 * milliseconds. In memory only, made of the table by `prepare` and never needed: what is not here the table is asked for.
 * Always: a stretch that is here holds every path that the table has in it; a path that is gone may still be in it.
 */
import { setImmediate } from 'node:timers/promises';

/** Made in a few milliseconds, so that others have their turn in between. */
const STRETCH = 8_192;
/** About 27 bytes a path: four million paths. Of more, the rest is looked up in the table. */
const MOST_BYTES = 128 * 2 ** 20;
/** Where more names contain the text, going through the table costs less than looking each of them up. */
const SHARE_LOOKED_UP = 1 / 64;
const FEW = 16;
/** Between two names. No byte of a text in UTF-8. */
const BETWEEN = 0xff;

/** The table, as far as it is needed here. Ids from `from` to `to` inclusive, ascending. */
export interface FoldedNames {
  /** What is read now may be undone. */
  readonly isInTransaction: boolean;
  /** One after the other, a byte 0xff in between. */
  readFolded(from: number, to: number): { readonly count: number; readonly names: Uint8Array };
  listIds(from: number, to: number): number[];
}

interface Stretch {
  readonly names: Buffer;
  /** Where each name begins, and where the next would. */
  readonly starts: Uint32Array;
  /** Of each name, from the first of the stretch; undefined where none is missing. */
  readonly ids: Uint16Array | undefined;
}

export class NameIndex {
  readonly #table: FoldedNames;
  readonly #mostBytes: number;
  readonly #stretches = new Map<number, Stretch>();
  #bytes = 0;
  #isPreparing = false;
  #isClosed = false;

  constructor(table: FoldedNames, mostBytes = MOST_BYTES) {
    this.#table = table;
    this.#mostBytes = mostBytes;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Makes what is not here yet, with pauses. What is under way of a change may be undone, so it is left for later. */
  async prepare(lastId: number): Promise<void> {
    if (this.#isPreparing) return;
    this.#isPreparing = true;
    try {
      for (let number = 0; number <= numberOf(lastId); number++) {
        if (this.#isClosed || this.#table.isInTransaction || this.#bytes >= this.#mostBytes) return;
        if (this.#stretches.has(number)) continue;
        this.#keep(number, this.#make(number));
        await setImmediate();
      }
    } finally {
      this.#isPreparing = false;
    }
  }

  /** A path comes into the table. One that goes need not be told. */
  adding(id: number): void {
    this.#drop(numberOf(id));
  }

  close(): void {
    this.#isClosed = true;
    this.#stretches.clear();
  }

  /** The last id that is told with this one: they are here together, or none of them. */
  static endOf(id: number): number {
    return numberOf(id) * STRETCH + STRETCH - 1;
  }

  /**
   * From `from` to `to` inclusive, which are of one stretch: ascending ids of names that contain the text.
   * @returns undefined when they are not here, or so many that the table tells faster
   */
  find(from: number, to: number, foldedText: Buffer): number[] | undefined {
    const stretch = this.#stretches.get(numberOf(from));
    if (stretch === undefined) return undefined;
    const { names, starts, ids } = stretch;
    const base = numberOf(from) * STRETCH;
    const most = Math.max(FEW, (to - from + 1) * SHARE_LOOKED_UP);
    const found: number[] = [];
    let name = 0;
    for (let at = names.indexOf(foldedText); at >= 0; at = names.indexOf(foldedText, starts[name])) {
      while (starts[name + 1]! <= at) name++;
      const id = base + (ids === undefined ? name : ids[name]!);
      if (id > to) break;
      if (id >= from) found.push(id);
      if (found.length > most) return undefined;
      name++;
    }
    return found;
  }

  #make(number: number): Stretch {
    const first = number * STRETCH;
    const last = first + STRETCH - 1;
    const { count, names: read } = this.#table.readFolded(first, last);
    const names = Buffer.from(read);
    const starts = new Uint32Array(count + 1);
    for (let name = 1; name < count; name++) starts[name] = names.indexOf(BETWEEN, starts[name - 1]) + 1;
    starts[count] = names.length + 1;
    if (count === STRETCH) return { names, starts, ids: undefined };
    const ids = Uint16Array.from(this.#table.listIds(first, last), (id) => id - first);
    return { names, starts, ids };
  }

  #keep(number: number, stretch: Stretch): void {
    this.#stretches.set(number, stretch);
    this.#bytes += sizeOf(stretch);
  }

  #drop(number: number): void {
    const stretch = this.#stretches.get(number);
    if (stretch === undefined) return;
    this.#stretches.delete(number);
    this.#bytes -= sizeOf(stretch);
  }
}

function numberOf(id: number): number {
  return Math.floor(id / STRETCH);
}

function sizeOf({ names, starts, ids }: Stretch): number {
  return names.byteLength + starts.byteLength + (ids?.byteLength ?? 0);
}
