/**
 * The contract of SourceFiles (src-main/files/port.ts) as tests, run by every adapter on a real tree with every kind of
 * entry. What a system's adapter does not carry is said by `SourceFilesTraits`, and named in the test's title.
 */
import type { ByteString } from '#base/byte-string.ts';
import { byteStringToBytes, bytesToByteString, textToByteString } from '#base/byte-string.ts';
import type { OpenSource, SourceFiles } from '#files/port.ts';
import { asNobody, isRoot } from '#test/support/as-nobody.ts';
import { OpenFolder } from '#test/support/open-folder.ts';
import { getAttributes, makeNode, setTimesNs } from '#test/support/raw-posix.ts';
import { buildZoo, randomBytes, removeTree, ZOO_NAMES } from '#test/support/tree-zoo.ts';
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

export interface SourceFilesTraits {
  readonly attributes: boolean;
  /** Paths beyond 4096 bytes. */
  readonly longPaths: boolean;
  readonly keepsAccessTime: boolean;
}

interface Found {
  /** The path given to the adapter. */
  readonly path: ByteString;
  /** The same entry for node:fs, at any depth, valid during the visit. */
  readonly short: Buffer;
}

export function describeSourceFiles(name: string, make: () => SourceFiles, traits: SourceFilesTraits): void {
  describe(`source files: ${name}`, () => {
    let base: string;
    let zoo: string;
    let files: SourceFiles;

    beforeAll(() => {
      base = fs.mkdtempSync(path.join(tmpdir(), 'tidemark-source-'));
      zoo = path.join(base, 'zoo');
      buildZoo(zoo, { asRoot: isRoot, omit: traits.longPaths ? [] : ['deep'] });
      files = make();
    });
    afterAll(() => {
      removeTree(base);
    });

    const at = (...names: string[]): ByteString => textToByteString([zoo, ...names].join('/'));

    /** Visits the whole tree with node:fs. */
    function everything(visit: (found: Found) => void): number {
      let count = 0;
      const walk = (prefix: ByteString, short: Buffer): void => {
        const folder = new OpenFolder(short);
        for (const entry of folder.names()) {
          const found = {
            path: `${prefix}/${bytesToByteString(entry)}` as ByteString,
            short: folder.at(entry),
          };
          count += 1;
          visit(found);
          if (fs.lstatSync(found.short).isDirectory()) walk(found.path, found.short);
        }
        folder.close();
      };
      walk(at(), Buffer.from(zoo));
      return count;
    }

    test('stat agrees with the system on every field of every entry', () => {
      const count = everything(({ path: entry, short }) => {
        const expected = fs.lstatSync(short, { bigint: true });
        const stat = files.stat(entry);
        expect({
          mode: BigInt(stat.permissions),
          uid: BigInt(stat.uid),
          gid: BigInt(stat.gid),
          size: BigInt(stat.sizeBytes),
          links: BigInt(stat.links),
          inode: stat.inode,
          device: stat.device,
          rdev: stat.rdev,
          mtime: BigInt(stat.mtimeSec) * 1_000_000_000n + BigInt(stat.mtimeNsec),
          ctime: BigInt(stat.ctimeSec) * 1_000_000_000n + BigInt(stat.ctimeNsec),
          atime: BigInt(stat.atimeSec) * 1_000_000_000n + BigInt(stat.atimeNsec),
          kind: stat.kind,
        }).toEqual({
          mode: expected.mode & 0o7777n,
          uid: expected.uid,
          gid: expected.gid,
          size: expected.size,
          links: expected.nlink,
          inode: expected.ino,
          device: expected.dev,
          rdev: expected.rdev,
          mtime: expected.mtimeNs,
          ctime: expected.ctimeNs,
          atime: expected.atimeNs,
          kind: kindOf(expected),
        });
        expect(stat.mtimeNsec).toBeGreaterThanOrEqual(0);
      });
      expect(count).toBeGreaterThan(430);
    });

    test('list gives every name as raw bytes, without . and ..', () => {
      const names = files.list(at('names'));
      const expected = [...ZOO_NAMES, Buffer.from('folder-\xff', 'latin1')].map((text) =>
        bytesToByteString(Buffer.from(text as string)),
      );
      expect(names.toSorted()).toEqual(expected.toSorted());
      expect(files.list(at('empty-folder'))).toEqual([]);
      expect(new Set(files.list(at('many'))).size).toBe(300);
      everything(({ path: entry, short }) => {
        if (!fs.lstatSync(short).isDirectory()) return;
        const inside = fs.readdirSync(short, { encoding: 'latin1' }).toSorted();
        expect(files.list(entry).toSorted()).toEqual(inside);
      });
    });

    test('a folder of thousands of names is listed completely', () => {
      const folder = path.join(base, 'thousands');
      fs.mkdirSync(folder);
      const names = Array.from({ length: 5000 }, (_, i) => `${String(i)}-${'x'.repeat(i % 200)}`);
      for (const entry of names) fs.writeFileSync(path.join(folder, entry), '');
      expect(files.list(textToByteString(folder)).toSorted()).toEqual(names.toSorted());
    });

    test('link targets come back whole, whatever their length and bytes', () => {
      let links = 0;
      everything(({ path: entry, short }) => {
        if (!fs.lstatSync(short).isSymbolicLink()) return;
        links += 1;
        const expected = fs.readlinkSync(short, { encoding: 'buffer' });
        expect(byteStringToBytes(files.readLink(entry)).equals(expected)).toBe(true);
      });
      expect(links).toBeGreaterThan(15);
    });

    test.runIf(traits.attributes)(
      `attributes come with names, values and order of the system${carried(traits.attributes)}`,
      () => {
        let found = 0;
        everything(({ path: entry, short }) => {
          const expected = [...getAttributes(short)].map(([key, value]) => [key, value.toString('hex')]);
          const got = files
            .extendedAttributes(entry)
            .map(({ name: key, value }) => [key, Buffer.from(value).toString('hex')]);
          expect(got).toEqual(expected);
          found += got.length;
        });
        expect(found).toBeGreaterThan(traits.longPaths ? 28 : 18);
      },
    );

    test('attributes read before stay what they were when others are read', () => {
      const first = files.extendedAttributes(at('attributes', 'file'));
      const copy = first.map(({ value }) => Buffer.from(value));
      files.extendedAttributes(at('attributes', 'read-only'));
      expect(first.map(({ value }) => Buffer.from(value))).toEqual(copy);
      expect(files.extendedAttributes(at('text.txt'))).toEqual([]);
    });

    test('content is read whole, in pieces of any size, and again from any place', () => {
      everything(({ path: entry, short }) => {
        if (!fs.lstatSync(short).isFile()) return;
        const expected = fs.readFileSync(short);
        const file = files.open(entry);
        expect(file.stat().sizeBytes).toBe(expected.length);
        expect(readAll(file, 300_001).equals(expected)).toBe(true);
        expect(file.read(new Uint8Array(10))).toBe(0);
        file.seek(0);
        expect(readAll(file, 1 << 20).equals(expected)).toBe(true);
        const middle = expected.length >> 1;
        file.seek(middle);
        expect(readAll(file, 1 << 20).equals(expected.subarray(middle))).toBe(true);
        file.close();
      });
    });

    test('a read fills the buffer, and only the buffer', () => {
      const expected = randomBytes(524289, 524289);
      const memory = Buffer.alloc(600_000, 0xee);
      const file = files.open(at('contents', 'random-524289'));
      expect(file.read(memory.subarray(100, 500_100))).toBe(500_000);
      expect(memory.subarray(100, 500_100).equals(expected.subarray(0, 500_000))).toBe(true);
      expect(memory.subarray(0, 100).every((byte) => byte === 0xee)).toBe(true);
      expect(memory.subarray(500_100).every((byte) => byte === 0xee)).toBe(true);
      expect(file.read(memory)).toBe(24_289);
      expect(memory.subarray(24_289, 24_300).every((byte) => byte === 0xee || byte === expected[0])).toBe(
        false,
      );
      expect(file.read(memory)).toBe(0);
      file.close();
      file.close();
    });

    test('shared memory can be read into', () => {
      const shared = new Uint8Array(new SharedArrayBuffer(64));
      const file = files.open(at('text.txt'));
      expect(file.read(shared.subarray(8))).toBe(12);
      expect(Buffer.from(shared.slice(8, 20)).toString()).toBe('hello, tide\n');
      file.close();
    });

    test('stat of an open file sees what changed since it was opened and read', () => {
      const growing = path.join(base, 'growing');
      fs.writeFileSync(growing, 'one');
      const file = files.open(textToByteString(growing));
      const buffer = new Uint8Array(100);
      expect(file.stat().sizeBytes).toBe(3);
      expect(file.read(buffer)).toBe(3);
      fs.appendFileSync(growing, ' two');
      expect(file.stat().sizeBytes).toBe(7);
      fs.rmSync(growing);
      expect(file.stat().links).toBe(0);
      file.close();
    });

    test.for([
      ['a symbolic link', ['links', 'relative'], /^(ELOOP|EMLINK)$/],
      ['a folder', ['many'], /^EISDIR$/],
      ['a fifo, at once', ['special', 'fifo'], /^EINVAL$/],
      ['what is not there', ['nothing'], /^ENOENT$/],
      ['what lies below a file', ['text.txt', 'x'], /^ENOTDIR$/],
    ] as const)('open refuses %s', ([, names, code]) => {
      expect(codeOf(() => files.open(at(...names)))).toMatch(code);
    });

    test.runIf(isRoot)(`open refuses a device${isRoot ? '' : ' (SKIPPED: needs root)'}`, () => {
      expect(codeOf(() => files.open(at('special', 'null')))).toBe('EINVAL');
    });

    test('list and readLink refuse what is something else, and links to folders', () => {
      expect(codeOf(() => files.list(at('links', 'to-folder')))).toMatch(/^(ENOTDIR|ELOOP)$/);
      expect(codeOf(() => files.list(at('text.txt')))).toBe('ENOTDIR');
      expect(codeOf(() => files.readLink(at('text.txt')))).toBe('EINVAL');
    });

    test('a name with a NUL or an empty path means nothing, not something else', () => {
      const cut = `${at('text.txt')}\0more` as ByteString;
      for (const wrong of [cut, '' as ByteString]) {
        expect(codeOf(() => files.stat(wrong))).toMatch(/^E/);
        expect(codeOf(() => files.open(wrong))).toMatch(/^E/);
        expect(codeOf(() => files.list(wrong))).toMatch(/^E/);
        expect(codeOf(() => files.readLink(wrong))).toMatch(/^E/);
      }
    });

    test('errors look like those of node:fs', () => {
      const missing = bytesToByteString(Buffer.from(`${zoo}/gone-é`, 'utf8'));
      try {
        files.stat(missing);
        expect.unreachable();
      } catch (error) {
        expect(error).toMatchObject({ code: 'ENOENT', errno: -2, syscall: 'lstat' });
        expect(String((error as NodeJS.ErrnoException).path)).toBe(`${zoo}/gone-é`);
      }
    });

    test.runIf(traits.keepsAccessTime)(
      `reading leaves the access time alone${carried(traits.keepsAccessTime)}`,
      () => {
        const read = path.join(base, 'read-me');
        fs.writeFileSync(read, 'content');
        // Older than the last change, so that any ordinary read would set it, with relatime too.
        setTimesNs(Buffer.from(read), 1_000_000_000_000_000_000n);
        const file = files.open(textToByteString(read));
        file.read(new Uint8Array(100));
        file.close();
        expect(fs.statSync(read, { bigint: true }).atimeNs).toBe(1_000_000_000_000_000_000n);
      },
    );

    test('names of users and groups', () => {
      expect(files.userName(0)).toBe('root');
      expect(files.groupName(0)).toMatch(/^(root|wheel)$/);
      expect(files.userName(3_999_999_999)).toBeUndefined();
      expect(files.groupName(3_999_999_999)).toBeUndefined();
    });

    test('no handle stays open', () => {
      const before = fs.readdirSync('/proc/self/fd').length;
      everything(({ path: entry }) => {
        const { kind } = files.stat(entry);
        files.extendedAttributes(entry);
        if (kind === 'dir') files.list(entry);
        else codeOf(() => files.list(entry));
        if (kind === 'file') files.open(entry).close();
        else codeOf(() => files.open(entry));
      });
      expect(fs.readdirSync('/proc/self/fd').length).toBe(before);
    });

    const unlessRoot = isRoot ? '' : ' (SKIPPED: needs root to become another user)';
    test.runIf(isRoot)(
      `somebody without rights gets told, and reads what is open to all${unlessRoot}`,
      () => {
        fs.chmodSync(base, 0o755);
        const secret = path.join(base, 'secret');
        fs.mkdirSync(secret, { mode: 0o700 });
        fs.writeFileSync(path.join(base, 'closed'), 'x', { mode: 0o600 });
        asNobody(() => {
          expect(codeOf(() => files.list(textToByteString(secret)))).toBe('EACCES');
          expect(codeOf(() => files.open(textToByteString(`${base}/closed`)))).toBe('EACCES');
          expect(codeOf(() => files.stat(textToByteString(`${secret}/x`)))).toBe('EACCES');
          // Not our file: leaving its access time alone is not allowed, reading is.
          const file = files.open(at('text.txt'));
          expect(readAll(file, 100).toString()).toBe('hello, tide\n');
          file.close();
          expect(files.list(at('many'))).toHaveLength(300);
        });
      },
    );

    test.runIf(isRoot)(`a fifo that takes the place of a file does not block${unlessRoot}`, () => {
      const place = path.join(base, 'was-a-file');
      makeNode(Buffer.from(place), fs.constants.S_IFIFO | 0o600);
      expect(codeOf(() => files.open(textToByteString(place)))).toBe('EINVAL');
    });
  });
}

/** For titles. */
export function carried(trait: boolean): string {
  return trait ? '' : ' (SKIPPED: not carried by this adapter)';
}

export function codeOf(run: () => unknown): string {
  try {
    run();
    return 'no error';
  } catch (error) {
    if (error instanceof Error && 'code' in error) return String(error.code);
    throw error;
  }
}

function readAll(file: OpenSource, pieceBytes: number): Buffer {
  const pieces: Buffer[] = [];
  const piece = new Uint8Array(pieceBytes);
  for (let count = file.read(piece); count > 0; count = file.read(piece))
    pieces.push(Buffer.from(piece.subarray(0, count)));
  return Buffer.concat(pieces);
}

function kindOf(stats: fs.BigIntStats): string {
  const kinds: Record<number, string> = {
    8: 'file',
    4: 'dir',
    10: 'symlink',
    6: 'blockDevice',
    2: 'charDevice',
    1: 'fifo',
    12: 'socket',
  };
  return kinds[Number(stats.mode >> 12n)] ?? 'other';
}
