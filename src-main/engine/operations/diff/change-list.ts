/**
 * Changes in the order of their paths, some 40 bytes each, as a rename is known only when all of both sides is. An added
 * or removed folder is followed by all that is in it, and knows where that ends. Knows nothing of nodes.
 */
import type { ByteString } from '#base/byte-string.ts';
import { NamePool } from '../find/name-pool.ts';
import { NumberList } from '../number-list.ts';
import type { FolderCounts } from './types.ts';

export const ADDED = 0;
export const REMOVED = 1;
/** And more: a changed one, whose letters are the `kind - CHANGED`-th kept. */
const CHANGED = 2;

export type EntryType = 'file' | 'folder' | 'other';
const TYPES: readonly EntryType[] = ['file', 'folder', 'other'];

/** No content to be recognised by. */
const NO_KEY = 0;

export class ChangeList {
  readonly #kinds = new NumberList();
  readonly #types = new NumberList();
  readonly #parents = new NumberList();
  readonly #names = new NamePool();
  /** Two halves of a content key. */
  readonly #keysHigh = new NumberList();
  readonly #keysLow = new NumberList();
  /** The change after the last one that lies in it. */
  readonly #ends = new NumberList();
  readonly #letters: string[] = [];
  // Folders that changes lie in; 0 is what is compared itself.
  readonly #folderParents = new NumberList();
  readonly #folderNames = new NamePool();

  constructor() {
    this.addFolder(0, '' as ByteString);
  }

  get length(): number {
    return this.#kinds.length;
  }

  /** Its number, to be given for what lies in it. */
  addFolder(parent: number, name: ByteString): number {
    this.#folderParents.push(parent);
    this.#folderNames.add(name);
    return this.#folderParents.length - 1;
  }

  /** `contentId`: 64 hex digits that are equal when the content is; none for what cannot be recognised by it. */
  addEntry(
    kind: typeof ADDED | typeof REMOVED,
    type: EntryType,
    folder: number,
    name: ByteString,
    contentId?: string,
  ): number {
    const high = contentId === undefined ? NO_KEY : Number.parseInt(contentId.slice(0, 8), 16);
    const low = contentId === undefined ? NO_KEY : Number.parseInt(contentId.slice(8, 16), 16);
    return this.#add(kind, type, folder, name, high, low);
  }

  addChanged(letters: string, type: EntryType, folder: number, name: ByteString): number {
    let number = this.#letters.indexOf(letters);
    if (number < 0) number = this.#letters.push(letters) - 1;
    return this.#add(CHANGED + number, type, folder, name, NO_KEY, NO_KEY);
  }

  /** All that lies in a folder has been added by now. */
  endFolder(change: number): void {
    this.#ends.set(change, this.length);
  }

  kindOf(change: number): 'added' | 'removed' | 'changed' {
    const kind = this.#kinds.get(change);
    return kind === ADDED ? 'added' : kind === REMOVED ? 'removed' : 'changed';
  }

  lettersOf(change: number): string {
    return this.#letters[this.#kinds.get(change) - CHANGED]!;
  }

  typeOf(change: number): EntryType {
    return TYPES[this.#types.get(change)]!;
  }

  endOf(change: number): number {
    return this.#ends.get(change);
  }

  hasKey(change: number): boolean {
    return this.#keysHigh.get(change) !== NO_KEY || this.#keysLow.get(change) !== NO_KEY;
  }

  /** By content; 0 for equal ones. */
  compareKeys(one: number, other: number): number {
    return (
      this.#keysHigh.get(one) - this.#keysHigh.get(other) || this.#keysLow.get(one) - this.#keysLow.get(other)
    );
  }

  pathOf(change: number): ByteString {
    return this.pathEnd(change, Number.POSITIVE_INFINITY);
  }

  /** The last `count` names of its path. */
  pathEnd(change: number, count: number): ByteString {
    let path = `/${this.#names.get(change)}`;
    let folder = this.#parents.get(change);
    for (let names = 1; folder !== 0 && names < count; names++) {
      path = `/${this.#folderNames.get(folder)}${path}`;
      folder = this.#folderParents.get(folder);
    }
    return path as ByteString;
  }

  /** What lies in it. */
  countInside(change: number): FolderCounts {
    const counts = [0, 0, 0];
    for (let inner = change + 1; inner < this.endOf(change); inner++) counts[this.#types.get(inner)]!++;
    const [files = 0, folders = 0, others = 0] = counts;
    return { files, folders, others };
  }

  #add(
    kind: number,
    type: EntryType,
    folder: number,
    name: ByteString,
    keyHigh: number,
    keyLow: number,
  ): number {
    this.#kinds.push(kind);
    this.#types.push(TYPES.indexOf(type));
    this.#parents.push(folder);
    this.#names.add(name);
    this.#keysHigh.push(keyHigh);
    this.#keysLow.push(keyLow);
    this.#ends.push(this.length);
    return this.length - 1;
  }
}
