/**
 * What differs between two points of a series, rolled up, with what was moved. Found by the catalogue alone, going only where
 * folders differ; then told folder by folder. Memory: a few numbers for each folder that something differs in.
 */
import { setImmediate } from 'node:timers/promises';
import { toDisplay, type ByteString } from '#base/byte-string.ts';
import { throwIfCancelled } from '#base/errors.ts';
import { addChange, changeOf, emptyTally, rollUp, type Change, type Tally } from './change-tally.ts';
import type { EntryState } from './entry-state.ts';
import { findNode, pathOf } from './find-path.ts';
import { MoveMatcher } from './match-moves.ts';
import { NO_NODE } from './nodes-table.ts';
import { folderKey } from './point-walk.ts';
import type { PointRow, Series } from './points-table.ts';
import type { Tables } from './tables.ts';
import type { DifferenceCounts, DifferenceEntry, DifferencePage, EntryFacts } from './types.ts';

const FOLDERS_AT_A_TIME = 64;
const DEFAULT_PAGE = 500;

interface Pair {
  readonly node: number;
  readonly name: ByteString;
  before: EntryState | undefined;
  after: EntryState | undefined;
}

export interface DifferenceOptions {
  readonly after?: ByteString | undefined;
  readonly limit?: number;
}

export class Difference {
  readonly #tables: Tables;
  readonly #series: Series;
  readonly #before: number;
  readonly #after: number;
  readonly #parentOf = new Map<number, number>();
  #totals: ReadonlyMap<number, Tally> = new Map();
  readonly #moved = new Map<number, number>();
  readonly #movedFrom = new Map<number, number>();
  readonly #movedTo = new Map<number, number>();
  #isComplete = true;

  private constructor(tables: Tables, series: Series, before: PointRow, after: PointRow) {
    this.#tables = tables;
    this.#series = series;
    this.#before = before.position;
    this.#after = after.position;
  }

  /** @param emptyFolder key of a folder with nothing in it */
  static async find(
    tables: Tables,
    series: Series,
    sides: { readonly before: PointRow; readonly after: PointRow },
    emptyFolder: ByteString,
    signal?: AbortSignal,
  ): Promise<Difference> {
    const difference = new Difference(tables, series, sides.before, sides.after);
    await difference.#find(emptyFolder, signal);
    return difference;
  }

  async #find(emptyFolder: ByteString, signal: AbortSignal | undefined): Promise<void> {
    const { points } = this.#tables;
    const unread = new Set(
      [this.#before, this.#after].flatMap((at) => points.listUnreadAt(this.#series.id, at)),
    );
    const direct = new Map<number, Tally>();
    const moves = new MoveMatcher(emptyFolder);
    const stack: [folder: number, parent: number][] = [[this.#series.root, NO_NODE]];
    for (let done = 1; stack.length > 0; done++) {
      if (done % FOLDERS_AT_A_TIME === 0) {
        await setImmediate();
        throwIfCancelled(signal);
      }
      const [folder, parent] = stack.pop()!;
      if (unread.has(folder)) {
        this.#isComplete = false;
        continue;
      }
      this.#parentOf.set(folder, parent);
      const tally = emptyTally();
      for (const { node, name, before, after } of this.#pairsIn(folder)) {
        const change = changeOf(before, after);
        if (change !== undefined) addChange(tally, change, before, after);
        if (change !== undefined && change !== 'modified') {
          if (before !== undefined) moves.add('gone', node, folder, name, before);
          if (after !== undefined) moves.add('come', node, folder, name, after);
        }
        if (folderKey(before) !== folderKey(after)) stack.push([node, folder]);
      }
      if (tally.added + tally.modified + tally.removed > 0) direct.set(folder, tally);
    }
    this.#totals = rollUp(direct, this.#parentOf);
    for (const { from, to } of moves.match(this.#parentOf)) this.#addMove(from, to);
  }

  #addMove(from: number, to: number): void {
    this.#movedFrom.set(to, from);
    this.#movedTo.set(from, to);
    const inside = this.#totals.get(to)?.added ?? 0;
    this.#moved.set(to, (this.#moved.get(to) ?? 0) + inside);
    for (
      let above = this.#tables.nodes.get(to).parent;
      above !== NO_NODE;
      above = this.#tables.nodes.get(above).parent
    )
      this.#moved.set(above, (this.#moved.get(above) ?? 0) + inside + 1);
  }

  page(path: ByteString, { after, limit = DEFAULT_PAGE }: DifferenceOptions): DifferencePage {
    const folder = findNode(this.#tables, this.#series, path);
    const entries: DifferenceEntry[] = [];
    let next: ByteString | undefined;
    for (const pair of folder === undefined ? [] : this.#pairsIn(folder)) {
      if (after !== undefined && pair.name <= after) continue;
      const entry = this.#describe(pair);
      if (entry === undefined) continue;
      if (entries.length === limit) {
        next = entries.at(-1)!.name;
        break;
      }
      entries.push(entry);
    }
    return { entries, next, counts: this.#countsOf(folder), isComplete: this.#isComplete };
  }

  #describe({ node, name, before, after }: Pair): DifferenceEntry | undefined {
    const found: Change | undefined = changeOf(before, after);
    const change = found ?? (this.#totals.has(node) ? 'inside' : undefined);
    if (change === undefined) return undefined;
    const movedFrom = this.#movedFrom.get(node);
    const movedTo = this.#movedTo.get(node);
    return {
      name,
      label: toDisplay(name),
      change,
      ...(before === undefined ? {} : { before: factsOf(before) }),
      ...(after === undefined ? {} : { after: factsOf(after) }),
      counts: this.#countsOf(node),
      ...(movedFrom === undefined ? {} : { movedFrom: pathOf(this.#tables, movedFrom) }),
      ...(movedTo === undefined ? {} : { movedTo: pathOf(this.#tables, movedTo) }),
    };
  }

  #countsOf(node: number | undefined): DifferenceCounts {
    if (node === undefined) return { ...emptyTally(), moved: 0 };
    return { ...(this.#totals.get(node) ?? emptyTally()), moved: this.#moved.get(node) ?? 0 };
  }

  #pairsIn(folder: number): Iterable<Pair> {
    const pairs = new Map<number, Pair>();
    for (const { node, name, span } of this.#tables.spans.listAtBoth(folder, this.#before, this.#after)) {
      let pair = pairs.get(node);
      if (pair === undefined) pairs.set(node, (pair = { node, name, before: undefined, after: undefined }));
      if (span.first <= this.#before && span.last >= this.#before) pair.before = span;
      if (span.first <= this.#after && span.last >= this.#after) pair.after = span;
    }
    return pairs.values();
  }
}

function factsOf({ kind, sizeBytes, modifiedMs }: EntryState): EntryFacts {
  return { kind, sizeBytes, modifiedMs };
}
