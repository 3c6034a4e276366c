/**
 * The paths that somebody (a watcher, a script) says were touched, asked folder by folder: what in it was touched, whether
 * anything below it was, whether all of it is in doubt. Pure. One sorted list of the paths and nothing per path beside it; every answer is a few binary
 * searches, whatever else is in the list.
 */
import type { ByteString } from '#base/byte-string.ts';

/** The character behind `/`: no path below a folder sorts after the folder's name and this. */
const AFTER_SLASH = '0';

export class TouchedPaths {
  readonly #paths: readonly ByteString[];
  readonly #whole: ReadonlySet<ByteString>;

  /** Absolute and clean paths in any order; `whole`: folders of which everything below counts as touched. */
  constructor(paths: Iterable<ByteString>, whole: Iterable<ByteString> = []) {
    this.#whole = new Set(whole);
    this.#paths = [...new Set([...paths, ...this.#whole])].sort();
  }

  get count(): number {
    return this.#paths.length;
  }

  /** The path itself or something below it was touched. */
  isOnTheWay(path: ByteString): boolean {
    return this.has(path) || this.isWhole(path) || this.#startsAt(below(path)) !== undefined;
  }

  /** The path is, or lies in, a folder of which everything is in doubt. */
  isWhole(path: ByteString): boolean {
    if (this.#whole.size === 0) return false;
    for (let at: string = path; at !== ''; at = at.slice(0, at.lastIndexOf('/')))
      if (this.#whole.has(at as ByteString)) return true;
    return this.#whole.has('/' as ByteString);
  }

  /** Names of entries that were touched, or have something touched below them; ascending by bytes. */
  namesIn(folder: ByteString): ByteString[] {
    const prefix = below(folder);
    const names = new Set<ByteString>();
    let at = this.#lowerBound(prefix);
    for (;;) {
      const path = this.#paths[at];
      if (path === undefined || !path.startsWith(prefix)) break;
      const slash = path.indexOf('/', prefix.length);
      const name = path.slice(prefix.length, slash < 0 ? undefined : slash) as ByteString;
      if (name !== '') names.add(name);
      // All that lies below this entry stands together.
      at = slash < 0 ? at + 1 : this.#lowerBound(prefix + name + AFTER_SLASH);
    }
    return [...names].sort();
  }

  /** How many lie neither at nor below nor above any of the given paths. */
  countOutside(places: readonly ByteString[]): number {
    return this.#paths.filter(
      (path) => !places.some((place) => isAtOrBelow(path, place) || isAtOrBelow(place, path)),
    ).length;
  }

  /** The path itself was touched. */
  has(path: ByteString): boolean {
    return this.#paths[this.#lowerBound(path)] === path;
  }

  #startsAt(prefix: string): ByteString | undefined {
    const path = this.#paths[this.#lowerBound(prefix)];
    return path?.startsWith(prefix) === true ? path : undefined;
  }

  /** Index of the first path that is not less. */
  #lowerBound(text: string): number {
    let low = 0;
    let high = this.#paths.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#paths[middle]! < text) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

function below(folder: ByteString): string {
  return folder === '/' ? '/' : `${folder}/`;
}

function isAtOrBelow(path: ByteString, place: ByteString): boolean {
  return path === place || path.startsWith(below(place));
}
