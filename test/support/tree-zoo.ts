/**
 * Builds a tree that holds every kind of entry a backup can meet on Linux, the same one every time. Fixed contents and
 * times; every entry gets its own time. Needs a file system with attributes and nanosecond times (ext4, xfs, btrfs, tmpfs
 * since Linux 6.6). Beside `dir` it makes `<dir>-outside`, the other name of one hard link.
 */
import { spawnSync } from 'node:child_process';
import { createCipheriv } from 'node:crypto';
import fs from 'node:fs';
import { OpenFolder } from '#test/support/open-folder.ts';
import { makeNode, makeSocket, setAttribute, setTimesNs } from '#test/support/raw-posix.ts';

export interface ZooOptions {
  /** Adds what only root can make: foreign owners, devices, `trusted.` attributes, entries nobody may read. */
  readonly asRoot: boolean;
  /** `deep`: paths beyond 4096 bytes; `far-times`: beyond the year 2262. Stock restic fails at both. */
  readonly omit?: readonly ('deep' | 'far-times')[];
}

interface EntryOptions {
  readonly mode?: number;
  readonly owner?: readonly [uid: number, gid: number];
  readonly timeNs?: bigint;
  readonly attributes?: Readonly<Record<string, Uint8Array>>;
}

type Name = string | Buffer;

const NS = 1_000_000_000n;
const MIB = 1024 * 1024;
const LAST_INT64_NS = 2n ** 63n - 1n;

export const ZOO_NAMES: readonly Name[] = [
  'caf\u00e9-nfc.txt',
  'cafe\u0301-nfd.txt',
  'same-\u00e9',
  'same-e\u0301',
  '\u{1f30a} wave.txt',
  '\u65e5\u672c\u8a9e.txt',
  Buffer.from('bad-\xff\xfe-name', 'latin1'),
  Buffer.from('latin1-\xe9.txt', 'latin1'),
  Buffer.from('cut-\xe2\x82', 'latin1'),
  Buffer.from([0x80]),
  'line\nbreak.txt',
  'quo"te.txt',
  "apos'trophe.txt",
  'back\\slash.txt',
  'tab\there.txt',
  'ctl\x01\x07\x08\x0b\x0c\x0d\x1b.txt',
  'del\x7f.txt',
  'c1-\u0085.txt',
  'ls-\u2028-ps-\u2029.txt',
  'bom-\ufeff.txt',
  'nbsp-\u00a0.txt',
  'repl-\ufffd.txt',
  'pua-\u{f0000}.txt',
  'lt<gt>amp&.txt',
  ' lead-trail ',
  '-dash',
  '\\u0041.txt',
  '\\x41',
  '%41$HOME*?[x].txt',
  'dots...',
  '...',
  'A',
  'a',
  'Z',
  '_',
  '~',
  'n'.repeat(255),
  'é'.repeat(127) + 'x',
];

/** Nanoseconds since 1970 by name. */
export const ZOO_TIMES: Readonly<Record<string, bigint>> = {
  epoch: 0n,
  'one-after': 1n,
  'one-before': -1n,
  'last-nanosecond': 1_600_000_000n * NS + 999_999_999n,
  hundred: 1_600_000_000n * NS + 100n,
  'year-1902': -2_145_916_800n * NS + 5n,
  'year-1955': -446_824_800n * NS + 123_456_789n,
  'year-2100': 4_102_444_800n * NS + 7n,
  'year-2440': 14_831_769_600n * NS + 1n,
};

export function buildZoo(dir: string, options: ZooOptions): void {
  const oldMask = process.umask(0o022);
  try {
    fs.mkdirSync(dir, { recursive: true });
    fs.writeFileSync(`${dir}-outside`, 'one of two names is outside\n');
    const builder = new ZooBuilder(options, `${dir}-outside`);
    const root = new OpenFolder(dir);
    builder.fill(root);
    root.close();
    setTimesNs(Buffer.from(dir), 1_690_000_000n * NS + 3n);
  } finally {
    process.umask(oldMask);
  }
}

/** Removes a tree of any depth; also what buildZoo made beside it. */
export function removeTree(dir: string): void {
  const { status, stderr } = spawnSync('rm', ['-rf', '--', dir, `${dir}-outside`], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`rm failed: ${stderr}`);
}

class ZooBuilder {
  readonly #asRoot: boolean;
  readonly #omit: NonNullable<ZooOptions['omit']>;
  readonly #outside: string;
  #made = 0n;

  constructor({ asRoot, omit = [] }: ZooOptions, outside: string) {
    this.#asRoot = asRoot;
    this.#omit = omit;
    this.#outside = outside;
  }

  fill(root: OpenFolder): void {
    this.#plain(root);
    this.#folder(root, 'contents', (at) => {
      this.#contents(at);
    });
    this.#folder(root, 'sparse', (at) => {
      this.#sparse(at);
    });
    this.#folder(root, 'names', (at) => {
      for (const [index, name] of ZOO_NAMES.entries()) this.#file(at, name, `name ${index}\n`);
      this.#folder(at, Buffer.from('folder-\xff', 'latin1'), (inner) => {
        this.#file(inner, 'inside', 'in a folder whose name is not UTF-8\n');
      });
    });
    this.#folder(root, 'deep', (at) => {
      this.#deep(at, this.#omit.includes('deep') ? 8 : 18);
    });
    this.#folder(root, 'links', (at) => {
      this.#symlinks(at);
    });
    this.#folder(root, 'hard', (at) => {
      this.#hardLinks(at);
    });
    this.#folder(root, 'special', (at) => {
      this.#special(at);
    });
    this.#folder(root, 'modes', (at) => {
      this.#modes(at);
    });
    if (this.#asRoot) {
      this.#folder(root, 'owners', (at) => {
        this.#owners(at);
      });
    }
    this.#folder(root, 'attributes', (at) => {
      this.#attributes(at);
    });
    this.#folder(root, 'times', (at) => {
      for (const [name, timeNs] of Object.entries(ZOO_TIMES)) {
        if (this.#omit.includes('far-times') && timeNs > LAST_INT64_NS) continue;
        this.#file(at, name, name, { timeNs });
        this.#folder(at, `${name}-folder`, () => undefined, { timeNs });
        this.#symlink(at, `${name}-link`, name, { timeNs });
      }
    });
  }

  #plain(at: OpenFolder): void {
    this.#file(at, 'empty', '');
    this.#file(at, 'one-byte', 'x');
    this.#file(at, 'text.txt', 'hello, tide\n');
    this.#folder(at, 'empty-folder', () => undefined);
    this.#folder(at, 'many', (inner) => {
      for (let i = 0; i < 300; i += 1) this.#file(inner, `file-${i}`, `file number ${i}\n`.repeat(i % 17));
    });
  }

  #contents(at: OpenFolder): void {
    for (const size of [4095, 4096, 4097, 524287, 524288, 524289]) {
      this.#file(at, `random-${size}`, randomBytes(size, size));
      this.#file(at, `zeros-${size}`, Buffer.alloc(size));
    }
    this.#file(at, 'random-9m', randomBytes(9 * MIB + 77, 1));
    this.#file(at, 'random-9m-copy', randomBytes(9 * MIB + 77, 1));
    this.#file(at, 'zeros-4m', Buffer.alloc(4 * MIB));
    let log = '';
    for (let line = 0; log.length < 3 * MIB; line += 1)
      log += `${line} the tide comes in and the tide goes out\n`;
    this.#file(at, 'log-3m', log);
  }

  #sparse(at: OpenFolder): void {
    const data = randomBytes(70_000, 2);
    const layouts: Record<string, { size: number; dataAt: number[] }> = {
      'hole-at-start': { size: 3 * MIB + data.length, dataAt: [3 * MIB] },
      'hole-in-middle': { size: 6 * MIB + data.length, dataAt: [0, 6 * MIB] },
      'hole-at-end': { size: 5 * MIB + 11, dataAt: [0] },
      'only-hole': { size: 20 * MIB, dataAt: [] },
      'many-holes': { size: 20 * MIB, dataAt: [MIB, 4 * MIB + 12345, 9 * MIB + 1, 19 * MIB] },
    };
    for (const [name, { size, dataAt }] of Object.entries(layouts)) {
      const fd = fs.openSync(at.at(name), 'wx');
      fs.ftruncateSync(fd, size);
      for (const offset of dataAt) fs.writeSync(fd, data, 0, data.length, offset);
      fs.closeSync(fd);
      this.#finish(at.at(name), {});
    }
  }

  /** 255 bytes a level, so that 17 levels pass the 4096 bytes that one call takes. */
  #deep(at: OpenFolder, levels: number): void {
    this.#file(at, 'here.txt', `level ${levels}\n`, { attributes: { 'user.level': Buffer.of(levels) } });
    if (levels === 0) {
      this.#symlink(at, 'bottom-link', 'here.txt');
      this.#file(at, 'b'.repeat(255), 'the longest name in the deepest place\n');
      fs.linkSync(at.at('here.txt'), at.at('here-too.txt'));
      return;
    }
    this.#folder(at, `${String(levels).padStart(2, '0')}${'d'.repeat(253)}`, (inner) => {
      this.#deep(inner, levels - 1);
    });
  }

  #symlinks(at: OpenFolder): void {
    this.#symlink(at, 'relative', '../text.txt');
    this.#symlink(at, 'dangling', 'does-not-exist');
    this.#symlink(at, 'absolute', '/nonexistent/absolute/target');
    this.#symlink(at, 'to-folder', '../many');
    this.#symlink(at, 'to-itself', 'to-itself');
    this.#symlink(at, 'odd-target', 'caf\u00e9 "q" \\ <&> \u2028\n');
    this.#symlink(at, 'non-utf8-target', Buffer.from('bad-\xff-target', 'latin1'));
    this.#symlink(at, 'long-target', 'x/'.repeat(500));
    this.#symlink(at, 'longest-target', 'y'.repeat(4095));
  }

  #hardLinks(at: OpenFolder): void {
    this.#file(at, 'one-a', 'hard link group one\n'.repeat(10));
    fs.linkSync(at.at('one-a'), at.at('one-b'));
    this.#folder(at, 'sub', (inner) => {
      fs.linkSync(at.at('one-a'), inner.at('one-c'));
    });
    this.#file(at, 'empty-a', '');
    fs.linkSync(at.at('empty-a'), at.at('empty-b'));
    this.#file(at, 'big-a', randomBytes(2 * MIB, 3));
    fs.linkSync(at.at('big-a'), at.at('big-b'));
    this.#file(at, 'twin-content-1', 'equal bytes, no link\n');
    this.#file(at, 'twin-content-2', 'equal bytes, no link\n');
    this.#symlink(at, 'link-a', 'one-a');
    fs.linkSync(at.at('link-a'), at.at('link-b'));
    fs.linkSync(this.#outside, at.at('partner-outside'));
    this.#finish(at.at('partner-outside'), {});
  }

  #special(at: OpenFolder): void {
    const { S_IFIFO, S_IFCHR, S_IFBLK } = fs.constants;
    makeNode(at.at('fifo'), S_IFIFO | 0o600);
    this.#finish(at.at('fifo'), { mode: 0o640 });
    makeSocket(at.at('socket'));
    this.#finish(at.at('socket'), {});
    if (!this.#asRoot) return;
    makeNode(at.at('null'), S_IFCHR | 0o600, 0x103n);
    this.#finish(at.at('null'), { mode: 0o666 });
    // 259:70000, whose minor number does not fit the old 8 bits.
    makeNode(at.at('block'), S_IFBLK | 0o600, (259n << 8n) | (70000n & 0xffn) | ((70000n & ~0xffn) << 12n));
    this.#finish(at.at('block'), { mode: 0o660, owner: [0, 6] });
  }

  #modes(at: OpenFolder): void {
    const readable = [0o4755, 0o2755, 0o6711, 0o1644, 0o0444, 0o0600, 0o0777, 0o7777];
    for (const mode of this.#asRoot ? [...readable, 0o0000, 0o0200, 0o0111] : readable)
      this.#file(at, `file-${mode.toString(8)}`, `mode ${mode.toString(8)}\n`, { mode });
    const open = [0o1777, 0o2775, 0o0700, 0o0555, 0o7755];
    for (const mode of this.#asRoot ? [...open, 0o0000] : open) {
      this.#folder(
        at,
        `folder-${mode.toString(8)}`,
        (inner) => {
          this.#file(inner, 'inside', 'inside\n');
        },
        { mode },
      );
    }
  }

  #owners(at: OpenFolder): void {
    const owners = {
      root: [0, 0],
      daemon: [1, 1],
      mixed: [0, 2],
      'nobody-here': [12345, 54321],
      max: [4294967294, 4294967294],
    };
    for (const [name, [uid, gid]] of Object.entries(owners)) {
      const owner = [uid!, gid!] as const;
      this.#file(at, name, 'owner\n', { owner });
      this.#file(at, `${name}-set-id`, 'owner\n', { owner, mode: 0o6755 });
      this.#symlink(at, `${name}-link`, name, { owner });
      this.#folder(at, `${name}-folder`, () => undefined, { owner, mode: 0o2770 });
    }
  }

  #attributes(at: OpenFolder): void {
    this.#file(at, 'file', 'with attributes\n', {
      attributes: {
        'user.comment': Buffer.from('hello'),
        'user.binary': Buffer.of(0, 1, 255, 10),
        'user.empty': Buffer.alloc(0),
        'user.caf\u00e9': Buffer.from('a name beyond ASCII'),
        'user.long': randomBytes(2000, 4),
      },
    });
    this.#file(at, 'read-only', 'attributes on a read-only file\n', {
      mode: 0o444,
      attributes: { 'user.locked': Buffer.from('yes') },
    });
    this.#folder(at, 'folder', () => undefined, {
      attributes: { 'user.folder': Buffer.from('on a folder') },
    });
    const access = acl([
      [1, 7],
      [2, 4, 12345],
      [4, 5],
      [8, 6, 54321],
      [16, 7],
      [32, 0],
    ]);
    this.#file(at, 'acl', 'with an access list\n', {
      mode: 0o770,
      attributes: { 'system.posix_acl_access': access },
    });
    this.#folder(at, 'acl-folder', () => undefined, {
      mode: 0o770,
      attributes: {
        'system.posix_acl_access': access,
        'system.posix_acl_default': acl([
          [1, 7],
          [2, 6, 1],
          [4, 5],
          [16, 7],
          [32, 1],
        ]),
      },
    });
    if (!this.#asRoot) return;
    this.#file(at, 'trusted', 'root only\n', { attributes: { 'trusted.note': Buffer.from('for root') } });
    this.#symlink(at, 'link', 'file', { attributes: { 'trusted.link': Buffer.from('on a symlink') } });
    this.#symlink(at, 'dangling-link', 'nowhere', { attributes: { 'trusted.link': Buffer.alloc(0) } });
    // VFS_CAP_REVISION_2 with the effective bit, cap_net_raw permitted.
    const capability = Buffer.from('01000002002000000000000000000000' + '00000000', 'hex');
    this.#file(at, 'capable', '#!/bin/true\n', {
      mode: 0o755,
      owner: [1, 1],
      attributes: { 'security.capability': capability },
    });
  }

  #folder(at: OpenFolder, name: Name, fill: (inner: OpenFolder) => void, options: EntryOptions = {}): void {
    fs.mkdirSync(at.at(name));
    const inner = new OpenFolder(at.at(name));
    fill(inner);
    inner.close();
    this.#finish(at.at(name), { mode: 0o755, ...options });
  }

  #file(at: OpenFolder, name: Name, content: string | Uint8Array, options: EntryOptions = {}): void {
    fs.writeFileSync(at.at(name), content, { flag: 'wx' });
    this.#finish(at.at(name), { mode: 0o644, ...options });
  }

  #symlink(at: OpenFolder, name: Name, target: Name, options: Omit<EntryOptions, 'mode'> = {}): void {
    fs.symlinkSync(Buffer.from(target as string), at.at(name));
    this.#finish(at.at(name), options);
  }

  /** Owner first, as changing it takes bits and capabilities away; times last. */
  #finish(path: Buffer, { mode, owner, attributes, timeNs }: EntryOptions): void {
    if (owner) fs.lchownSync(path, owner[0], owner[1]);
    for (const [name, value] of Object.entries(attributes ?? {})) setAttribute(path, name, value);
    if (mode !== undefined) fs.chmodSync(path, mode);
    this.#made += 1n;
    setTimesNs(path, timeNs ?? (1_700_000_000n + this.#made) * NS + ((this.#made * 7_919_001n + 13n) % NS));
  }
}

/** Incompressible bytes, the same for the same seed. */
export function randomBytes(length: number, seed: number): Buffer {
  const key = Buffer.alloc(16);
  key.writeUInt32LE(seed);
  return createCipheriv('aes-128-ctr', key, Buffer.alloc(16)).update(Buffer.alloc(length));
}

/** The kernel's form of a POSIX access list: tag, rights, id (linux/posix_acl_xattr.h). */
export function acl(entries: readonly (readonly [tag: number, rights: number, id?: number])[]): Buffer {
  const bytes = Buffer.alloc(4 + entries.length * 8);
  bytes.writeUInt32LE(2);
  for (const [index, [tag, rights, id = 0xffffffff]] of entries.entries()) {
    bytes.writeUInt16LE(tag, 4 + index * 8);
    bytes.writeUInt16LE(rights, 6 + index * 8);
    bytes.writeUInt32LE(id, 8 + index * 8);
  }
  return bytes;
}
