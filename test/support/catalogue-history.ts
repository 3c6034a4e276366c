/**
 * Random histories of several series for tests of the catalogue: files written, changed back, touched, moved, turned into
 * folders and links; points in and out of order, forgotten, tagged anew. Steps are small values that fast-check can take away.
 */
import fc from 'fast-check';
import { textToByteString, type ByteString } from '#base/byte-string.ts';
import { EMPTY_FOLDER, type CatalogueWorld, type WorldEntry, type WorldFolder } from './catalogue-world.ts';

const NAMES: readonly ByteString[] = [
  ...['a', 'b', 'A', 'c.txt', 'é', 'e\u0301', 'x"y', 'new\nline', '日記'].map(textToByteString),
  '\xff\xfe' as ByteString,
  '..' as ByteString,
  'a/b' as ByteString,
];
const CONTENTS = ['', 'x', 'y', 'xy', 'yx', 'zzz'];

export const SERIES = ['laptop', 'tower'];

export interface Step {
  readonly kind: number;
  readonly one: number;
  readonly other: number;
  readonly which: number;
}

const number = fc.nat(997);
export const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.record({ kind: fc.nat(15), one: number, other: number, which: number }),
  { minLength: 1, maxLength: 60, size: 'max' },
);

/** Runs the steps; `onUpdate` where the catalogue is to catch up. */
export class HistoryRun {
  readonly world: CatalogueWorld;
  readonly #roots = new Map<string, WorldFolder>(SERIES.map((series) => [series, EMPTY_FOLDER]));
  #second = 0;

  constructor(world: CatalogueWorld) {
    this.world = world;
  }

  async run(all: readonly Step[], onUpdate: () => Promise<void>): Promise<void> {
    for (const step of all) {
      if (step.kind >= 14) await onUpdate();
      else this.#step(step);
    }
    await onUpdate();
  }

  #step({ kind, one, other, which }: Step): void {
    const { snapshots } = this.world;
    const ids = [...snapshots.keys()];
    const id = ids[one % Math.max(ids.length, 1)];
    if (kind < 7) this.#change(kind, one, other, which);
    else if (kind < 11) this.#take(one, which);
    else if (id === undefined) this.#take(one, which);
    else if (kind < 13) snapshots.delete(id);
    else this.world.rewrite(id, { tags: [...snapshots.get(id)!.stored.snapshot.tags, `label ${other}`] });
  }

  /** Mostly later than all before; sometimes at the same time or among older ones. */
  #take(one: number, which: number): void {
    const series = SERIES[which % SERIES.length]!;
    this.#second += which % 5 === 0 ? 0 : 60;
    const second = which % 7 === 0 ? one % (this.#second + 1) : this.#second;
    this.world.take(series, this.#roots.get(series)!, second);
  }

  #change(kind: number, one: number, other: number, which: number): void {
    const series = SERIES[which % SERIES.length]!;
    const root = this.#roots.get(series)!;
    const paths = listPaths(root);
    const target = paths[one % paths.length]!;
    const folders = paths.filter((path) => entryAt(root, path)?.type === 'dir');
    const folder = folders[other % folders.length]!;
    const fresh = [...folder, NAMES[which % NAMES.length]!];
    const entry = entryAt(root, target);
    const second = one % 4;
    const file: WorldEntry = { type: 'file', second, content: CONTENTS[other % CONTENTS.length]! };
    const next = (): WorldFolder => {
      switch (kind) {
        case 0:
          return put(root, fresh, file);
        case 1:
          return put(root, fresh, { type: 'dir', second, entries: new Map() });
        case 2:
          return target.length === 0 || entry?.type === 'dir' ? root : put(root, target, file);
        case 3:
          return target.length === 0 ? root : put(root, target, undefined);
        case 4: {
          // Into itself is nowhere.
          const isInside = target.every((name, i) => fresh[i] === name);
          return target.length === 0 || isInside ? root : put(put(root, target, undefined), fresh, entry);
        }
        case 5:
          return target.length === 0 || entry === undefined
            ? root
            : put(root, target, { ...entry, second: which % 9 });
        default:
          return put(
            root,
            fresh,
            which % 2 === 0 ? { type: 'symlink', second, content: CONTENTS[other % 6]! } : file,
          );
      }
    };
    this.#roots.set(series, next());
  }
}

type Path = readonly ByteString[];

function listPaths(folder: WorldFolder, path: Path = []): Path[] {
  const below = [...folder.entries].flatMap(([name, entry]) =>
    entry.type === 'dir' ? listPaths(entry, [...path, name]) : [[...path, name]],
  );
  return [path, ...below];
}

function entryAt(root: WorldFolder, path: Path): WorldEntry | undefined {
  let entry: WorldEntry | undefined = root;
  for (const name of path) entry = entry?.type === 'dir' ? entry.entries.get(name) : undefined;
  return entry;
}

/** A copy with the entry at the path, or without for undefined; the same where the folder is not there. */
function put(root: WorldFolder, [name, ...rest]: Path, entry: WorldEntry | undefined): WorldFolder {
  if (name === undefined) return root;
  const entries = new Map(root.entries);
  if (rest.length > 0) {
    const inner = entries.get(name);
    if (inner?.type !== 'dir') return root;
    entries.set(name, put(inner, rest, entry));
  } else if (entry === undefined) entries.delete(name);
  else entries.set(name, entry);
  return { ...root, entries };
}
