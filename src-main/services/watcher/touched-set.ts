/**
 * What was touched since some moment, in bounded memory: names by folder, then the folder alone (it is listed), then
 * everything. Each step forgets detail and never a change. Folders that count as touched with all below are kept apart.
 */
import type { ByteString } from '#base/byte-string.ts';
import { MAX_FOLDERS, MAX_NAMES, MAX_NAMES_PER_FOLDER } from './watch-limits.ts';

export class TouchedSet {
  /** `undefined`: the folder is to be listed, and everything that lies directly in it looked at. */
  readonly #folders = new Map<ByteString, Set<ByteString> | undefined>();
  readonly #whole = new Set<ByteString>();
  #nameCount = 0;
  #isEverything = false;

  /** Too much was touched to be told in detail. */
  get isEverything(): boolean {
    return this.#isEverything;
  }

  get isEmpty(): boolean {
    return !this.#isEverything && this.#folders.size === 0 && this.#whole.size === 0;
  }

  /** What is remembered, in entries. */
  get size(): number {
    return this.#folders.size + this.#nameCount + this.#whole.size;
  }

  add(path: ByteString): void {
    if (this.#isEverything || (this.#whole.size > 0 && this.#isInWhole(path))) return;
    const slash = path.lastIndexOf('/');
    const folder = (slash <= 0 ? '/' : path.slice(0, slash)) as ByteString;
    const names = this.#namesOf(folder);
    if (names === undefined) return;
    const before = names.size;
    names.add(path.slice(slash + 1) as ByteString);
    this.#nameCount += names.size - before;
    if (names.size > MAX_NAMES_PER_FOLDER) this.#forgetNames(folder);
    if (this.#nameCount > MAX_NAMES) for (const each of this.#folders.keys()) this.#forgetNames(each);
  }

  /** The folder and all below it. */
  addWhole(folder: ByteString): void {
    if (this.#isEverything || this.#isInWhole(folder)) return;
    this.#whole.add(folder);
    this.#keepBounds();
  }

  addAll(other: TouchedSet): void {
    if (other.#isEverything) this.#becomeEverything();
    for (const folder of other.#whole) this.addWhole(folder);
    for (const [folder, names] of other.#folders) {
      if (names === undefined) {
        this.#namesOf(folder);
        this.#forgetNames(folder);
      } else for (const name of names) this.add(join(folder, name));
    }
  }

  /** As a backup wants to be told. */
  paths(): ByteString[] {
    const paths: ByteString[] = [];
    for (const [folder, names] of this.#folders) {
      if (names === undefined) paths.push(folder);
      else for (const name of names) paths.push(join(folder, name));
    }
    return paths;
  }

  wholeFolders(): ByteString[] {
    return [...this.#whole];
  }

  #namesOf(folder: ByteString): Set<ByteString> | undefined {
    if (this.#folders.has(folder)) return this.#folders.get(folder);
    const names = new Set<ByteString>();
    this.#folders.set(folder, names);
    this.#keepBounds();
    return this.#isEverything ? undefined : names;
  }

  #forgetNames(folder: ByteString): void {
    if (this.#isEverything) return;
    this.#nameCount -= this.#folders.get(folder)?.size ?? 0;
    this.#folders.set(folder, undefined);
  }

  #isInWhole(path: ByteString): boolean {
    for (let at: string = path; at !== ''; at = at.slice(0, at.lastIndexOf('/')))
      if (this.#whole.has(at as ByteString)) return true;
    return this.#whole.has('/' as ByteString);
  }

  #keepBounds(): void {
    if (this.#folders.size + this.#whole.size > MAX_FOLDERS) this.#becomeEverything();
  }

  #becomeEverything(): void {
    this.#isEverything = true;
    this.#folders.clear();
    this.#whole.clear();
    this.#nameCount = 0;
  }
}

function join(folder: ByteString, name: ByteString): ByteString {
  return (folder === '/' ? `/${name}` : `${folder}/${name}`) as ByteString;
}
