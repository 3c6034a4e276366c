/**
 * Which entries that are gone and which that are new are one that was moved or renamed: same content, and no doubt which
 * belongs to which. Folders as a whole first, then files outside of them. Knows nothing of points; memory grows with what differs.
 */
import type { ByteString } from '#base/byte-string.ts';
import type { EntryState } from './entry-state.ts';

/** Beyond that nothing is matched: so much at once is no move that somebody looks for. */
const MOST_ENTRIES = 300_000;

interface Moved {
  readonly node: number;
  readonly parent: number;
  readonly name: ByteString;
  readonly key: ByteString;
}

export interface Move {
  readonly from: number;
  readonly to: number;
}

interface Sides {
  readonly gone: Moved[];
  readonly come: Moved[];
}

export class MoveMatcher {
  readonly #emptyFolder: ByteString;
  readonly #folders: Sides = { gone: [], come: [] };
  readonly #files: Sides = { gone: [], come: [] };
  #count = 0;

  /** @param emptyFolder key of a folder with nothing in it: all such are the same, and none was moved */
  constructor(emptyFolder: ByteString) {
    this.#emptyFolder = emptyFolder;
  }

  /** Folders come before what is in them. */
  add(
    side: keyof Sides,
    node: number,
    parent: number,
    name: ByteString,
    { kind, key, sizeBytes }: EntryState,
  ): void {
    if (key === '' || this.#count > MOST_ENTRIES) return;
    if (kind === 'folder' ? key === this.#emptyFolder : kind !== 'file' || sizeBytes === 0) return;
    this.#count++;
    (kind === 'folder' ? this.#folders : this.#files)[side].push({ node, parent, name, key });
  }

  /** @param parentOf for every folder that something differs in */
  match(parentOf: ReadonlyMap<number, number>): Move[] {
    if (this.#count > MOST_ENTRIES) return [];
    const from = new Set<number>();
    const to = new Set<number>();
    const isInside = (folders: ReadonlySet<number>, parent: number | undefined): boolean => {
      for (let folder = parent; folder !== undefined; folder = parentOf.get(folder))
        if (folders.has(folder)) return true;
      return false;
    };
    const moves: Move[] = [];
    for (const sides of [this.#folders, this.#files]) {
      for (const [gone, come] of matchSides(sides)) {
        if (gone.node === come.node || isInside(from, gone.parent) || isInside(to, come.parent)) continue;
        moves.push({ from: gone.node, to: come.node });
        from.add(gone.node);
        to.add(come.node);
      }
    }
    return moves;
  }
}

type Pair = readonly [gone: Moved, come: Moved];

/** In the order in which the new ones came. */
function matchSides({ gone, come }: Sides): Pair[] {
  const goneByKey = Map.groupBy(gone, ({ key }) => key);
  const pairs: Pair[] = [];
  for (const [key, arrived] of Map.groupBy(come, (entry) => entry.key)) {
    const left = goneByKey.get(key);
    if (left !== undefined) pairs.push(...matchEqual(left, arrived));
  }
  return pairs;
}

/** Those of equal names belong together, then the only one left on each side. */
function matchEqual(gone: readonly Moved[], come: readonly Moved[]): Pair[] {
  const pairs: Pair[] = [];
  const goneByName = Map.groupBy(gone, ({ name }) => name);
  const comeByName = Map.groupBy(come, ({ name }) => name);
  const left = new Set(gone);
  const arrived = new Set(come);
  for (const [name, [to, ...otherTo]] of gone.length + come.length > 2 ? comeByName : []) {
    const [from, ...otherFrom] = goneByName.get(name) ?? [];
    if (to === undefined || from === undefined || otherTo.length + otherFrom.length > 0) continue;
    pairs.push([from, to]);
    left.delete(from);
    arrived.delete(to);
  }
  const [from] = left;
  const [to] = arrived;
  if (left.size === 1 && arrived.size === 1) pairs.push([from!, to!]);
  return pairs;
}
