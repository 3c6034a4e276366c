/**
 * Lists every difference between two trees on Linux: entries, kind, permissions, owner, modification time in nanoseconds,
 * size, content, link target, hard links among files, attributes, device numbers, and space taken up beyond the first
 * tree's. Shares no code with the adapters under test. Access and change times are not compared: reading changes them.
 */
import fs from 'node:fs';
import { OpenFolder } from '#test/support/open-folder.ts';
import { getAttributes } from '#test/support/raw-posix.ts';

export interface CompareOptions {
  /** `sockets`: entries that a backup leaves out on purpose. `root`: the two top folders' own metadata. */
  readonly ignore?: readonly ('sockets' | 'owners' | 'root' | 'sparseness' | 'times')[];
}

interface Entry {
  readonly path: Buffer;
  readonly stats: fs.BigIntStats;
}

/** `b` may take this much more of the disk than `a`: folders' and attributes' blocks differ by history. */
const SPARE_BYTES = 64n * 1024n;
const READ_BYTES = 1024 * 1024;

/** One line per difference, `path: what a != what b`; empty when the trees are equal. */
export function compareTrees(a: string, b: string, options: CompareOptions = {}): string[] {
  const comparison = new Comparison(options.ignore ?? []);
  const first = { path: Buffer.from(a), stats: fs.lstatSync(a, { bigint: true }) };
  const second = { path: Buffer.from(b), stats: fs.lstatSync(b, { bigint: true }) };
  if (!options.ignore?.includes('root')) comparison.metadata('.', first, second);
  comparison.folders('', first.path, second.path);
  comparison.hardLinks();
  return comparison.differences;
}

class Comparison {
  readonly differences: string[] = [];
  readonly #ignored: readonly string[];
  /** Per side: device and inode to the names found. */
  readonly #links: readonly [Map<string, string[]>, Map<string, string[]>] = [new Map(), new Map()];
  readonly #buffers = [Buffer.alloc(READ_BYTES), Buffer.alloc(READ_BYTES)] as const;

  constructor(ignored: readonly string[]) {
    this.#ignored = ignored;
  }

  folders(prefix: string, a: Buffer, b: Buffer): void {
    const first = new OpenFolder(a);
    const second = new OpenFolder(b);
    try {
      const firstNames = this.#namesOf(first);
      const secondNames = this.#namesOf(second);
      for (const [key, name] of firstNames) {
        if (!secondNames.has(key)) this.#differs(prefix + show(name), 'missing', 'there', 'missing');
        else this.#entry(prefix + show(name), first.at(name), second.at(name));
      }
      for (const [key, name] of secondNames)
        if (!firstNames.has(key)) this.#differs(prefix + show(name), 'extra', 'missing', 'there');
    } finally {
      first.close();
      second.close();
    }
  }

  metadata(where: string, a: Entry, b: Entry): void {
    const { stats: one } = a;
    const { stats: two } = b;
    const octal = (mode: bigint): string => (mode & 0o7777n).toString(8);
    this.#same(where, 'permissions', octal(one.mode), octal(two.mode));
    if (!this.#ignored.includes('owners'))
      this.#same(where, 'owner', `${one.uid}:${one.gid}`, `${two.uid}:${two.gid}`);
    if (!this.#ignored.includes('times')) this.#same(where, 'mtime', one.mtimeNs, two.mtimeNs);
    this.#attributes(where, a.path, b.path);
  }

  hardLinks(): void {
    const [first, second] = this.#links.map((links) => {
      const groups = new Map<string, string>();
      for (const names of links.values()) for (const name of names) groups.set(name, names.join(' = '));
      return groups;
    });
    for (const [name, group] of first!) {
      const other = second!.get(name);
      if (other !== undefined) this.#same(name, 'hard links', group, other);
    }
  }

  #entry(where: string, a: Buffer, b: Buffer): void {
    const one = fs.lstatSync(a, { bigint: true });
    const two = fs.lstatSync(b, { bigint: true });
    if (!this.#same(where, 'kind', kindOf(one), kindOf(two))) return;
    this.metadata(where, { path: a, stats: one }, { path: b, stats: two });
    if (one.isDirectory()) this.folders(`${where}/`, a, b);
    else if (one.isSymbolicLink()) this.#same(where, 'target', targetOf(a), targetOf(b));
    else if (one.isFile()) this.#files(where, a, b, one, two);
    else if (!one.isFIFO() && !one.isSocket()) this.#same(where, 'device', one.rdev, two.rdev);
  }

  #files(where: string, a: Buffer, b: Buffer, one: fs.BigIntStats, two: fs.BigIntStats): void {
    this.#remember(0, where, one);
    this.#remember(1, where, two);
    if (!this.#same(where, 'size', one.size, two.size)) return;
    if (!this.#ignored.includes('sparseness') && two.blocks * 512n > one.blocks * 512n + SPARE_BYTES)
      this.#differs(where, 'disk space', one.blocks * 512n, two.blocks * 512n);
    const firstFd = fs.openSync(a, 'r');
    const secondFd = fs.openSync(b, 'r');
    try {
      for (let offset = 0; ;) {
        const firstCount = readFully(firstFd, this.#buffers[0], offset);
        const secondCount = readFully(secondFd, this.#buffers[1], offset);
        const equal = this.#buffers[0]
          .subarray(0, firstCount)
          .equals(this.#buffers[1].subarray(0, secondCount));
        if (!equal) {
          this.#differs(where, 'content', `the MiB at ${offset}`, 'other bytes');
          return;
        }
        if (firstCount < READ_BYTES) return;
        offset += firstCount;
      }
    } finally {
      fs.closeSync(firstFd);
      fs.closeSync(secondFd);
    }
  }

  #attributes(where: string, a: Buffer, b: Buffer): void {
    const first = getAttributes(a);
    const second = getAttributes(b);
    for (const name of new Set([...first.keys(), ...second.keys()])) {
      const text = (value: Buffer | undefined): string => value?.toString('hex') ?? 'missing';
      this.#same(where, `attribute ${name}`, text(first.get(name)), text(second.get(name)));
    }
  }

  #remember(side: 0 | 1, where: string, stats: fs.BigIntStats): void {
    const key = `${stats.dev}:${stats.ino}`;
    const names = this.#links[side].get(key) ?? [];
    names.push(where);
    this.#links[side].set(key, names);
  }

  #namesOf(folder: OpenFolder): Map<string, Buffer> {
    const names = folder
      .names()
      .filter((name) => !this.#ignored.includes('sockets') || !fs.lstatSync(folder.at(name)).isSocket());
    return new Map(names.map((name) => [name.toString('latin1'), name]));
  }

  #same(where: string, what: string, a: string | bigint, b: string | bigint): boolean {
    if (a === b) return true;
    this.#differs(where, what, a, b);
    return false;
  }

  #differs(where: string, what: string, a: string | bigint, b: string | bigint): void {
    const short = where.length > 300 ? `${where.slice(0, 100)}…${where.slice(-150)}` : where;
    this.differences.push(`${short}: ${what} ${a} != ${b}`);
  }
}

function kindOf(stats: fs.BigIntStats): string {
  return (stats.mode & BigInt(fs.constants.S_IFMT)).toString(8);
}

function targetOf(path: Buffer): string {
  return fs.readlinkSync(path, { encoding: 'buffer' }).toString('latin1');
}

function readFully(fd: number, into: Buffer, offset: number): number {
  let filled = 0;
  while (filled < into.length) {
    const count = fs.readSync(fd, into, filled, into.length - filled, offset + filled);
    if (count === 0) break;
    filled += count;
  }
  return filled;
}

/** One-to-one, readable for ordinary names. */
function show(name: Buffer): string {
  return JSON.stringify(name.toString('latin1')).slice(1, -1);
}
