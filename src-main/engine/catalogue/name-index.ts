/**
 * Folded names of paths as runs of bytes, one for each stretch of ids, so that a search goes through a million of them in
 * milliseconds. In memory only, made of the table by `prepare` and never needed: what is not here the table is asked for.
 * Always: a stretch that is here holds every path that the table has in it; a path that is gone may still be in it.
 */
import type { Clock } from '#base/clock.ts';
import { doSlice } from './take-turns.ts';

/** Made in a few milliseconds, so that others have their turn in between. */
const STRETCH = 8_192;
/** About 27 bytes a path: four million paths. Of more, the rest is looked up in the table. */
const MOST_BYTES = 128 * 2 ** 20;
/** Where more names contain the text, going through the table costs less than looking each of them up. */
const SHARE_LOOKED_UP = 1 / 64;
/** The same where most of what the table tells would be left aside. */
const SHARE_LOOKED_UP_OF_SIEVED = 1 / 8;
const FEW = 16;
/** Behind each name. No byte of a text in UTF-8. */
const BETWEEN = 0xff;
const BEHIND = Buffer.from([BETWEEN]);

/** The table, as far as it is needed here. Ids from `from` to `to` inclusive, ascending. */
export interface FoldedNames {
  /** What is read now may be undone. */
  readonly isInTransaction: boolean;
  /** One after the other, a byte 0xff in between. */
  readFolded(from: number, to: number): { readonly count: number; readonly names: Uint8Array };
  listIds(from: number, to: number): number[];
}

/** What else is asked of those whose names are found. */
export interface NameWish {
  /** False: it is not wanted, whatever its name. */
  readonly mayMatch?: (id: number) => boolean;
  /** What the name ends with. */
  readonly ending?: Buffer;
}

interface Stretch {
  readonly names: Buffer;
  /** Where each name begins, and where the next would: right before that is BETWEEN. */
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
  async prepare(lastId: number, clock: Clock): Promise<void> {
    if (this.#isPreparing) return;
    this.#isPreparing = true;
    try {
      for (let number = 0; number <= numberOf(lastId); number++) {
        if (this.#isClosed || this.#table.isInTransaction || this.#bytes >= this.#mostBytes) return;
        if (this.#stretches.has(number)) continue;
        await doSlice(clock, () => this.#keep(number, this.#make(number)));
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
   * From `from` to `to` inclusive, which are of one stretch: ascending ids of names that contain the text. Goes from one
   * that may match to the next name with the text and on, so that it costs what the rarer of the two leaves.
   * @returns undefined when they are not here, or so many that the table tells faster
   */
  find(
    from: number,
    to: number,
    foldedText: Buffer,
    { mayMatch, ending }: NameWish = {},
  ): number[] | undefined {
    const stretch = this.#stretches.get(numberOf(from));
    if (stretch === undefined) return undefined;
    const { names, starts } = stretch;
    const needles = ending === undefined ? [foldedText] : [foldedText, Buffer.from([...ending, BETWEEN])];
    const isSieved = mayMatch !== undefined || ending !== undefined;
    const most = Math.max(FEW, (to - from + 1) * (isSieved ? SHARE_LOOKED_UP_OF_SIEVED : SHARE_LOOKED_UP));
    const count = starts.length - 1;
    const found: number[] = [];
    let name = 0;
    while (name < count && idOf(stretch, name, from) < from) name++;
    looking: while (name < count) {
      const id = idOf(stretch, name, from);
      if (id > to) break;
      if (mayMatch?.(id) === false) {
        name++;
        continue;
      }
      for (const needle of needles) {
        const at = names.indexOf(needle, starts[name]);
        if (at < 0) break looking;
        if (at < starts[name + 1]!) continue;
        while (starts[name + 1]! <= at) name++;
        continue looking;
      }
      found.push(id);
      if (found.length > most) return undefined;
      name++;
    }
    return found;
  }

  /** Looked for at once, in all that is here. Of a path that is not here: it may have the name. */
  whoseNameIs(folded: string): (id: number) => boolean {
    const name = Buffer.from(folded);
    const found = new Set<number>();
    for (const [number, stretch] of this.#stretches)
      for (const id of idsNamed(stretch, number * STRETCH, name)) found.add(id);
    const here = new Set(this.#stretches.keys());
    return (id) => found.has(id) || !here.has(numberOf(id));
  }

  #make(number: number): Stretch {
    const first = number * STRETCH;
    const last = first + STRETCH - 1;
    const { count, names: read } = this.#table.readFolded(first, last);
    const names = Buffer.concat([read, BEHIND]);
    const starts = new Uint32Array(count + 1);
    for (let name = 1; name < count; name++) starts[name] = names.indexOf(BETWEEN, starts[name - 1]) + 1;
    starts[count] = names.length;
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

function idOf({ ids }: Stretch, name: number, from: number): number {
  return numberOf(from) * STRETCH + (ids === undefined ? name : ids[name]!);
}

function* idsNamed(stretch: Stretch, base: number, wanted: Buffer): Generator<number> {
  const { names, starts } = stretch;
  let name = 0;
  for (let at = names.indexOf(wanted); at >= 0; at = names.indexOf(wanted, starts[name])) {
    while (starts[name + 1]! <= at) name++;
    if (at === starts[name] && at + wanted.length === starts[name + 1]! - 1) yield idOf(stretch, name, base);
    name++;
  }
}

function numberOf(id: number): number {
  return Math.floor(id / STRETCH);
}

function sizeOf({ names, starts, ids }: Stretch): number {
  return names.byteLength + starts.byteLength + (ids?.byteLength ?? 0);
}
