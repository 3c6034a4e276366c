/**
 * Files that have several names. A notice tells only the name that was used, but the file has changed under all of them. Keeps the
 * names that were seen, in bounded memory; files with names that nobody watches are to be looked at in every run.
 * Beyond the bounds changes under another name wait for the daily full walk.
 */
import type { Stats } from 'node:fs';
import type { ByteString } from '#base/byte-string.ts';

/** About 5 MB. */
const MAX_NAMES = 20_000;
/** Looked at in every run. */
const MAX_ELSEWHERE = 1_000;

interface LinkedFile {
  readonly names: Set<ByteString>;
  linkCount: number;
}

export class LinkedNames {
  readonly #files = new Map<string, LinkedFile>();
  readonly #fileOf = new Map<ByteString, string>();

  /** The file is as `stats` says now. @returns whether it has several names */
  see(path: ByteString, stats: Stats): boolean {
    const key = `${String(stats.dev)}:${String(stats.ino)}`;
    if (this.#fileOf.get(path) !== key) this.forget(path);
    if (!stats.isFile() || stats.nlink < 2) {
      this.forget(path);
      return false;
    }
    const file = this.#files.get(key);
    if (file !== undefined) file.linkCount = stats.nlink;
    if (this.#fileOf.size >= MAX_NAMES) return true;
    if (file === undefined) this.#files.set(key, { names: new Set([path]), linkCount: stats.nlink });
    else file.names.add(path);
    this.#fileOf.set(path, key);
    return true;
  }

  /** All known names of the file, this one among them; none when it has no other. */
  namesOf(path: ByteString): Iterable<ByteString> {
    const key = this.#fileOf.get(path);
    return key === undefined ? [] : this.#files.get(key)!.names;
  }

  forget(path: ByteString): void {
    const key = this.#fileOf.get(path);
    if (key === undefined) return;
    this.#fileOf.delete(path);
    const { names } = this.#files.get(key)!;
    names.delete(path);
    if (names.size === 0) this.#files.delete(key);
  }

  forgetBelow(folder: ByteString): void {
    for (const path of this.#fileOf.keys()) if (path.startsWith(`${folder}/`)) this.forget(path);
  }

  clear(): void {
    this.#files.clear();
    this.#fileOf.clear();
  }

  /** Files that have names nobody watches. */
  elsewhere(): ByteString[] {
    const paths: ByteString[] = [];
    for (const { names, linkCount } of this.#files.values()) {
      if (names.size >= linkCount) continue;
      paths.push(...names);
      if (paths.length >= MAX_ELSEWHERE) break;
    }
    return paths;
  }
}
