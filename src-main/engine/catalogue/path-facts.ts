/**
 * Of each path what decides most searches, in a few bytes: its folder, the latest position at which a version of it begins or
 * ends, how large it ever was, whether it was a folder and whether it is gone. In memory only, made of the tables by `prepare`
 * and never needed. Always: what is told may be more than is so, never less; what has changed since is told to be anything.
 */
import type { Clock } from '#base/clock.ts';
import { OPEN_FIRST, OPEN_LAST } from './spans-table.ts';
import { doSlice } from './take-turns.ts';

/** Made in a few milliseconds, so that others have their turn in between. */
const STRETCH = 2_048;
/** 9 bytes a path: four million paths, 38 MB. Of those beyond nothing is told. */
const MOST_STRETCHES = 2_048;
/** Where more paths of a stretch have changed, all of it is read again. */
const FEW_CHANGED = 128;

/** In the place of a folder: it is not known, or there is no such path. */
const ANY_FOLDER = 0xffff_ffff;
const NO_PATH = 0xffff_fffe;
/** At least every position. */
export const ANY_POSITION = 0xffff_ffff;

const SIZE_CLASS = 0b0011_1111;
const WAS_FOLDER = 0b0100_0000;
const IS_GONE = 0b1000_0000;
const ANY_TRAITS = 0xff;

/** The tables, as far as they are needed here; of paths from `from` to `to` inclusive. */
export interface PathFactsSource {
  /** What is read now may be undone. */
  readonly isInTransaction: boolean;
  /** Pairs: id, parent. */
  readParents(from: number, to: number): readonly number[];
  /** Fives: id, first, last, whether a folder (1 or 0), size. */
  readSpans(from: number, to: number): readonly number[];
}

export interface WantedTraits {
  readonly isGone: boolean;
  readonly isFolder: boolean;
  /** Undefined: any size. */
  readonly largerBytes: number | undefined;
}

interface Stretch {
  readonly parents: Uint32Array;
  readonly latest: Uint32Array;
  readonly traits: Uint8Array;
  /** Told to be anything until they are read again. */
  readonly changed: Set<number>;
}

export class PathFacts {
  readonly #source: PathFactsSource;
  readonly #stretches = new Map<number, Stretch>();
  #isPreparing = false;
  #isClosed = false;

  constructor(source: PathFactsSource) {
    this.#source = source;
  }

  /** Reads what is not here yet, or has changed, with pauses. What is under way may be undone, so it is left for later. */
  async prepare(lastId: number, clock: Clock): Promise<void> {
    if (this.#isPreparing) return;
    this.#isPreparing = true;
    try {
      for (let number = 0; number <= numberOf(lastId) && number < MOST_STRETCHES; number++) {
        if (this.#isClosed || this.#source.isInTransaction) return;
        if (this.#isUpToDate(number)) continue;
        await doSlice(clock, () => this.#bringUpToDate(number));
      }
    } finally {
      this.#isPreparing = false;
    }
  }

  /** A path comes into the table. One that goes need not be told. */
  adding(id: number): void {
    const stretch = this.#stretches.get(numberOf(id));
    if (stretch === undefined) return;
    stretch.parents[id % STRETCH] = ANY_FOLDER;
    this.changing(id);
  }

  /** Versions of it come, change or go. */
  changing(id: number): void {
    const stretch = this.#stretches.get(numberOf(id));
    if (stretch === undefined) return;
    stretch.latest[id % STRETCH] = ANY_POSITION;
    stretch.traits[id % STRETCH] = ANY_TRAITS;
    stretch.changed.add(id);
  }

  close(): void {
    this.#isClosed = true;
    this.#stretches.clear();
  }

  /** Undefined: nobody knows. */
  folderOf(id: number): number | undefined {
    const folder = this.#stretches.get(numberOf(id))?.parents[id % STRETCH] ?? ANY_FOLDER;
    return folder >= NO_PATH ? undefined : folder;
  }

  /** False: there is no such path, or it is not like that. */
  canBe(id: number, { isGone, isFolder, largerBytes }: WantedTraits): boolean {
    const stretch = this.#stretches.get(numberOf(id));
    if (stretch === undefined) return true;
    const traits = stretch.traits[id % STRETCH]!;
    if (isGone && (traits & IS_GONE) === 0) return false;
    if (isFolder && (traits & WAS_FOLDER) === 0) return false;
    if (largerBytes !== undefined && (traits & SIZE_CLASS) < sizeClass(largerBytes)) return false;
    return stretch.parents[id % STRETCH] !== NO_PATH;
  }

  /** No version of it begins or ends later. */
  latestOf(id: number): number {
    return this.#stretches.get(numberOf(id))?.latest[id % STRETCH] ?? ANY_POSITION;
  }

  #isUpToDate(number: number): boolean {
    return this.#stretches.get(number)?.changed.size === 0;
  }

  #bringUpToDate(number: number): void {
    const stretch = this.#stretches.get(number);
    const first = number * STRETCH;
    if (stretch === undefined || stretch.changed.size > FEW_CHANGED) {
      const made = {
        parents: new Uint32Array(STRETCH),
        latest: new Uint32Array(STRETCH),
        traits: new Uint8Array(STRETCH),
        changed: new Set<number>(),
      };
      this.#read(made, first, first + STRETCH - 1);
      this.#stretches.set(number, made);
    } else {
      for (const id of stretch.changed) this.#read(stretch, id, id);
      stretch.changed.clear();
    }
  }

  #read({ parents, latest, traits }: Stretch, from: number, to: number): void {
    const [begin, end] = [from % STRETCH, (to % STRETCH) + 1];
    parents.fill(NO_PATH, begin, end);
    latest.fill(0, begin, end);
    traits.fill(IS_GONE, begin, end);
    const links = this.#source.readParents(from, to);
    for (let at = 0; at < links.length; at += 2) parents[links[at]! % STRETCH] = links[at + 1]!;
    const spans = this.#source.readSpans(from, to);
    for (let at = 0; at < spans.length; at += 5) {
      const index = spans[at]! % STRETCH;
      const [first, last] = [spans[at + 1]!, spans[at + 2]!];
      const isOpen = last === OPEN_LAST;
      if (first !== OPEN_FIRST) latest[index] = Math.max(latest[index]!, first);
      if (!isOpen) latest[index] = Math.max(latest[index]!, last);
      const before = traits[index]!;
      traits[index] =
        (isOpen ? 0 : before & IS_GONE) |
        (spans[at + 3] === 1 ? WAS_FOLDER : before & WAS_FOLDER) |
        Math.max(before & SIZE_CLASS, sizeClass(spans[at + 4]!));
    }
  }
}

function numberOf(id: number): number {
  return Math.floor(id / STRETCH);
}

/** How many binary digits it has: what is larger is in the same class or in a higher one. */
function sizeClass(bytes: number): number {
  const whole = Math.max(0, Math.floor(bytes));
  const high = Math.min(Math.floor(whole / 2 ** 32), 2 ** 31 - 1);
  return high > 0 ? 64 - Math.clz32(high) : 32 - Math.clz32(whole);
}
