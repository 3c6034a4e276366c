/**
 * Random changes to a real tree, of every kind that a person's programs make, under names that meet each other: some are not
 * UTF-8, some hold a backslash, some are excluded. Paths are bytes. A change that cannot be made where it falls is no change.
 */
import fs from 'node:fs';
import { join } from 'node:path';
import { byteStringToBytes, type ByteString } from '#base/byte-string.ts';
import type { SeededRandom } from '#test/bench/seeded-random.ts';

const NAMES = 'a|b|c|d|a b|\xc3\xbc|\xef\xbf\xbd|x~|.a.swp|a\\b|\xff|b\xe9|skip.tmp|cache'.split(
  '|',
) as ByteString[];
/** Given to the watcher and to the backups alike. */
export const EXCLUDED = ['*.tmp', 'cache'] as ByteString[];

const KINDS = [
  'write',
  'write',
  'append',
  'append',
  'removeFile',
  'move',
  'move',
  'moveFolder',
  'swap',
  'removeFolder',
  'makeFolder',
  'makeFolder',
  'makeDeep',
  'burst',
  'saveAtomically',
  'chmod',
  'setTimeBack',
  'link',
  'hardLink',
  'makeAnew',
  'awayAndBack',
  'awayChangedBack',
  'copyFolder',
] as const;

export class TreeChanges {
  readonly #root: ByteString;
  /** Not watched, on the same disk. */
  readonly #outside: ByteString;
  readonly #random: SeededRandom;
  #count = 0;

  constructor(root: string, outside: string, random: SeededRandom) {
    this.#root = root as ByteString;
    this.#outside = outside as ByteString;
    this.#random = random;
  }

  /** Makes one change. @returns what was tried, for the report of a failure */
  make(): string {
    const kind = KINDS[this.#random.below(KINDS.length)]!;
    const [at, other] = [this.#somePath(), this.#somePath()];
    try {
      this.#apply(kind, at, other);
      return `${kind} ${show(at)} ${show(other)}`;
    } catch (error) {
      return `${kind} ${show(at)} ${show(other)}: ${String((error as NodeJS.ErrnoException).code)}`;
    }
  }

  /** Down existing folders most of the time, then one name. */
  #somePath(): ByteString {
    let folder = this.#root;
    while (this.#random.below(5) > 0) {
      const inside = list(folder).filter((name) => look(pathIn(folder, name))?.isDirectory() === true);
      if (inside.length === 0) break;
      folder = pathIn(folder, inside[this.#random.below(inside.length)]!);
    }
    const names = list(folder);
    if (names.length > 0 && this.#random.below(2) === 0)
      return pathIn(folder, names[this.#random.below(names.length)]!);
    return pathIn(folder, NAMES[this.#random.below(NAMES.length)]!);
  }

  #apply(kind: (typeof KINDS)[number], at: ByteString, other: ByteString): void {
    const [path, otherPath] = [bytes(at), bytes(other)];
    const there = look(at);
    switch (kind) {
      case 'write':
        fs.writeFileSync(path, this.#content());
        break;
      case 'append':
        if (there?.isFile() === true) fs.appendFileSync(path, this.#content());
        break;
      case 'removeFile':
        fs.unlinkSync(path);
        break;
      case 'move':
        if (!isInside(other, at)) fs.renameSync(path, otherPath);
        break;
      case 'moveFolder':
        if (there?.isDirectory() !== true || isInside(other, at) || isInside(at, other)) break;
        fs.rmSync(otherPath, { recursive: true, force: true });
        fs.renameSync(path, otherPath);
        this.#changeSomethingIn(other);
        break;
      case 'swap': {
        if (there === undefined || look(other) === undefined || isInside(at, other) || isInside(other, at))
          break;
        const aside = bytes(pathIn(this.#outside, 'aside' as ByteString));
        fs.renameSync(path, aside);
        fs.renameSync(otherPath, path);
        fs.renameSync(aside, otherPath);
        this.#changeSomethingIn(at);
        break;
      }
      case 'removeFolder':
        if (there?.isDirectory() === true && this.#random.below(3) === 0)
          fs.rmSync(path, { recursive: true });
        break;
      case 'makeFolder':
        fs.mkdirSync(path);
        for (const name of NAMES.slice(0, this.#random.below(4))) this.#fill(pathIn(at, name));
        break;
      case 'makeDeep': {
        let folder = at;
        for (let depth = 0; depth < 5; depth++) {
          fs.mkdirSync(bytes(folder));
          this.#fill(pathIn(folder, 'file' as ByteString));
          folder = pathIn(folder, NAMES[this.#random.below(NAMES.length)]!);
        }
        break;
      }
      case 'burst':
        if (there?.isDirectory() !== true) break;
        for (let i = 0; i < 300; i++) this.#fill(pathIn(at, `burst-${String(i)}` as ByteString));
        for (let i = this.#random.below(300); i < 300; i++)
          fs.unlinkSync(bytes(pathIn(at, `burst-${String(i)}` as ByteString)));
        break;
      case 'saveAtomically':
        if (there?.isDirectory() === true) break;
        this.#fill(`${at}.new` as ByteString);
        fs.renameSync(bytes(`${at}.new` as ByteString), path);
        break;
      case 'chmod':
        if (there !== undefined && !there.isSymbolicLink()) fs.chmodSync(path, 0o700 + this.#random.below(8));
        break;
      case 'setTimeBack':
        // The same size and time, other content: only the change time tells.
        if (there?.isFile() !== true) break;
        fs.writeFileSync(path, Buffer.alloc(there.size, this.#random.below(256)));
        fs.utimesSync(path, there.atime, there.mtime);
        break;
      case 'link':
        fs.symlinkSync(otherPath, path);
        break;
      case 'hardLink':
        if (there?.isFile() === true) fs.linkSync(path, otherPath);
        break;
      case 'makeAnew':
        if (there?.isDirectory() !== true) break;
        fs.rmSync(path, { recursive: true });
        fs.mkdirSync(path);
        this.#fill(pathIn(at, 'a' as ByteString));
        break;
      case 'awayAndBack':
      case 'awayChangedBack': {
        if (there === undefined) break;
        const away = pathIn(this.#outside, 'away' as ByteString);
        fs.renameSync(path, bytes(away));
        if (kind === 'awayChangedBack') this.#changeSomethingIn(away);
        fs.renameSync(bytes(away), path);
        break;
      }
      case 'copyFolder':
        if (there?.isDirectory() === true && !isInside(other, at) && list(at).length < 50)
          fs.cpSync(Buffer.from(path).toString('latin1'), Buffer.from(otherPath).toString('latin1'), {
            recursive: true,
          });
    }
  }

  /** A file some folders down, if there is one. */
  #changeSomethingIn(folder: ByteString): void {
    for (const name of list(folder).reverse()) {
      const path = pathIn(folder, name);
      const stat = look(path);
      if (stat?.isDirectory() === true) this.#changeSomethingIn(path);
      else if (stat?.isFile() === true) fs.appendFileSync(bytes(path), this.#content());
      else continue;
      return;
    }
  }

  #fill(path: ByteString): void {
    fs.writeFileSync(bytes(path), this.#content());
  }

  #content(): string {
    return `content ${String(++this.#count)} `.repeat(this.#random.below(20));
  }
}

function bytes(path: ByteString): Buffer {
  return byteStringToBytes(path);
}

function pathIn(folder: ByteString, name: ByteString): ByteString {
  return `${folder}/${name}` as ByteString;
}

function isInside(path: ByteString, folder: ByteString): boolean {
  return `${path}/`.startsWith(`${folder}/`);
}

function list(folder: ByteString): ByteString[] {
  try {
    return (fs.readdirSync(bytes(folder), { encoding: 'latin1' }) as ByteString[]).sort();
  } catch {
    return [];
  }
}

function look(path: ByteString): fs.Stats | undefined {
  try {
    return fs.lstatSync(bytes(path));
  } catch {
    return undefined;
  }
}

function show(path: ByteString): string {
  return JSON.stringify(path.split('/').slice(3).join('/'));
}

/** The folder in which a test's trees lie, told by its name. */
export function makeWorldFolder(parent: string, name: string): { root: string; outside: string } {
  const [root, outside] = [join(parent, name), join(parent, `${name}-outside`)];
  for (const folder of [root, outside]) fs.mkdirSync(folder);
  return { root, outside };
}
