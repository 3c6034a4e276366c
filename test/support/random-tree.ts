/**
 * A small folder that changes as people and programs change folders, from a seed: files written, grown, cut, patched
 * without a trace in size and time, renamed, linked, moved with their folders. Knows which paths every change touched,
 * as a watcher would tell them. Names are UTF-8; the zoo of `tree-zoo.ts` has the others.
 */
import fs from 'node:fs';
import { join } from 'node:path';
import type { SeededRandom } from '#test/bench/seeded-random.ts';
import { setAttribute, setTimesNs } from '#test/support/raw-posix.ts';

export interface RandomTreeLimits {
  readonly entries: number;
  readonly fileBytes: number;
}

interface FoundEntry {
  /** Below the root. */
  readonly path: string;
  readonly stats: fs.BigIntStats;
}

const NAMES = [
  'notes',
  'Übersicht',
  'über',
  'a b',
  "it's",
  'x"y',
  '日記',
  'photo',
  'draft',
  'old',
  'new\nline',
  '-r',
];
const ENDINGS = ['', '.txt', '.tmp', '.jpg', '.bak'];

export class RandomTree {
  readonly root: string;
  /** Every path that was touched, relative to the root, in order; grows only. */
  readonly touched: string[] = [];
  /** How often a file was changed so that neither its size nor its time tells. */
  quietPatches = 0;
  /** May be replaced between changes, for runs that are replayed in parts. */
  random: SeededRandom;
  readonly #limits: RandomTreeLimits;

  /** The root must not exist yet. */
  constructor(
    root: string,
    random: SeededRandom,
    limits: RandomTreeLimits = { entries: 60, fileBytes: 3 << 20 },
  ) {
    this.root = root;
    this.random = random;
    this.#limits = limits;
    fs.mkdirSync(root);
  }

  /** Returns what was done, a line per change. */
  mutate(count: number): string[] {
    return Array.from({ length: count }, () => this.#mutateOnce());
  }

  #mutateOnce(): string {
    const entries = this.#entries();
    const files = entries.filter(({ stats }) => stats.isFile());
    const isFull = entries.length > this.#limits.entries;
    const file = this.#pick(files);
    const any = this.#pick(entries);
    if (file === undefined || any === undefined) return this.#write(this.#freshPath(entries));
    switch (this.random.below(isFull ? 11 : 20)) {
      case 0:
      case 1:
        return this.#remove(any);
      case 2:
        return this.#remove(file);
      case 3:
        return this.#patch(file);
      case 4:
        return this.#resize(file);
      case 5:
        return this.#setMode(any);
      case 6:
        return this.#setTime(any);
      case 7:
        return this.#rename(any, this.#freshPath(entries));
      case 8:
        return this.#write(file.path);
      case 9:
        return this.#patchQuietly(file);
      case 10:
        return this.#setAttribute(file);
      case 11:
        return this.#makeLink(file, this.#freshPath(entries));
      case 12:
        return this.#makeSymlink(this.#freshPath(entries));
      case 13:
        return this.#copy(file, this.#freshPath(entries));
      case 14:
      case 15:
        return this.#makeFolder(this.#freshPath(entries));
      default:
        return this.#write(this.#freshPath(entries));
    }
  }

  #write(path: string): string {
    const bytes = this.#content(this.#size());
    this.#touch(path);
    // In place, as editors that keep the inode do.
    fs.writeFileSync(this.#at(path), bytes);
    this.#touch(path);
    return `write ${path} (${bytes.length} bytes)`;
  }

  #patch({ path, stats }: FoundEntry): string {
    const bytes = this.#content(Math.min(Number(stats.size), 50_000));
    this.#writeAt(path, this.random.below(Number(stats.size) - bytes.length + 1), bytes);
    this.#touch(path);
    return `patch ${path}`;
  }

  /** Same size, same modification time: only the change time tells. */
  #patchQuietly(entry: FoundEntry): string {
    this.#patch(entry);
    this.quietPatches++;
    setTimesNs(Buffer.from(this.#at(entry.path)), entry.stats.mtimeNs);
    return `patch ${entry.path} and set its time back`;
  }

  #resize({ path, stats }: FoundEntry): string {
    const size = Number(stats.size);
    if (this.random.below(2) === 0) fs.truncateSync(this.#at(path), this.random.below(size + 1));
    else if (size < this.#limits.fileBytes)
      this.#writeAt(path, size, this.#content(this.random.below(100_000)));
    this.#touch(path);
    return `resize ${path}`;
  }

  #remove({ path, stats }: FoundEntry): string {
    if (stats.isDirectory()) for (const inner of this.#below(path)) this.#touch(inner);
    this.#touch(path);
    fs.rmSync(this.#at(path), { recursive: true });
    return `remove ${path}`;
  }

  #rename({ path, stats }: FoundEntry, to: string): string {
    if (stats.isDirectory() && `${to}/`.startsWith(`${path}/`)) return `keep ${path}`;
    this.#touch(path);
    fs.renameSync(this.#at(path), this.#at(to));
    this.#touch(to);
    if (stats.isDirectory()) for (const inner of this.#below(to)) this.#touch(inner);
    return `rename ${path} to ${to}`;
  }

  #setMode({ path, stats }: FoundEntry): string {
    if (stats.isSymbolicLink()) return `keep ${path}`;
    fs.chmodSync(
      this.#at(path),
      stats.isDirectory() ? 0o700 + this.random.below(0o100) : 0o600 | this.random.below(0o1000),
    );
    this.#touch(path);
    return `chmod ${path}`;
  }

  #setTime({ path }: FoundEntry): string {
    setTimesNs(
      Buffer.from(this.#at(path)),
      BigInt(this.random.next()) * 1_000_000_000n + BigInt(this.random.below(1e9)),
    );
    this.#touch(path);
    return `set the time of ${path}`;
  }

  #setAttribute({ path }: FoundEntry): string {
    setAttribute(Buffer.from(this.#at(path)), 'user.note', this.#content(1 + this.random.below(40)));
    this.#touch(path);
    return `set an attribute of ${path}`;
  }

  #makeLink({ path }: FoundEntry, to: string): string {
    fs.linkSync(this.#at(path), this.#at(to));
    this.#touch(to);
    return `link ${path} to ${to}`;
  }

  #makeSymlink(path: string): string {
    fs.symlinkSync(this.#pick(NAMES)!, this.#at(path));
    this.#touch(path);
    return `symlink ${path}`;
  }

  #copy({ path }: FoundEntry, to: string): string {
    fs.copyFileSync(this.#at(path), this.#at(to));
    this.#touch(to);
    return `copy ${path} to ${to}`;
  }

  #makeFolder(path: string): string {
    fs.mkdirSync(this.#at(path));
    this.#touch(path);
    return `make folder ${path}`;
  }

  #writeAt(path: string, offset: number, bytes: Uint8Array): void {
    const fd = fs.openSync(this.#at(path), 'r+');
    fs.writeSync(fd, bytes, 0, bytes.length, offset);
    fs.closeSync(fd);
  }

  /** With all other names of the same file: what changes under one changes under all. */
  #touch(path: string): void {
    this.touched.push(path);
    const stats = fs.lstatSync(this.#at(path), { bigint: true, throwIfNoEntry: false });
    if (stats === undefined || !stats.isFile() || stats.nlink < 2n) return;
    for (const other of this.#entries())
      if (other.path !== path && other.stats.ino === stats.ino) this.touched.push(other.path);
  }

  #freshPath(entries: readonly FoundEntry[]): string {
    const folders = ['.', ...entries.filter(({ stats }) => stats.isDirectory()).map(({ path }) => path)];
    for (;;) {
      const name = `${this.#pick(NAMES)!}${this.random.below(40)}${this.#pick(ENDINGS)!}`;
      const path = join(this.#pick(folders)!, name);
      if (fs.lstatSync(this.#at(path), { throwIfNoEntry: false }) === undefined) return path;
    }
  }

  #size(): number {
    const most = [0, 100, 1000, 30_000, 30_000, 300_000, this.#limits.fileBytes][this.random.below(7)]!;
    return this.random.below(Math.min(most, this.#limits.fileBytes) + 1);
  }

  /** Half of them compress well. */
  #content(size: number): Buffer {
    const bytes = Buffer.alloc(size + 4);
    const mask = this.random.below(2) === 0 ? 0xffffffff : 0x03030303;
    for (let at = 0; at < size; at += 4) bytes.writeUInt32LE((this.random.next() & mask) >>> 0, at);
    return bytes.subarray(0, size);
  }

  #pick<T>(from: readonly T[]): T | undefined {
    return from[this.random.below(from.length)];
  }

  #at(path: string): string {
    return join(this.root, path);
  }

  #below(folder: string): string[] {
    return this.#entries().flatMap(({ path }) => (path.startsWith(`${folder}/`) ? [path] : []));
  }

  #entries(): FoundEntry[] {
    return (
      fs
        .readdirSync(this.root, { recursive: true, encoding: 'utf8' })
        .sort()
        // What restores keep to be undone is nobody's to change.
        .filter((path) => !path.startsWith('.tidemark-undo'))
        .map((path) => ({ path, stats: fs.lstatSync(this.#at(path), { bigint: true }) }))
    );
  }
}
