/**
 * The contract of TargetFiles (src-main/files/port.ts) as tests: what a restore writes is exact, and never lands outside of
 * its root, whatever lies in the way. What a system's adapter does not carry is said by `TargetFilesTraits`.
 * Longer than 400 lines because it is one list of cases around one set-up.
 */
import type { ByteString } from '#base/byte-string.ts';
import { byteStringToBytes, bytesToByteString, textToByteString } from '#base/byte-string.ts';
import { LinuxSourceFiles } from '#files/linux/linux-source-files.ts';
import type { FileMetadata, TargetFiles, TargetPath, TargetRoot } from '#files/port.ts';
import { asNobody, isRoot } from '#test/support/as-nobody.ts';
import { compareTrees } from '#test/support/compare-trees.ts';
import { metadataOf, mirrorTree } from '#test/support/mirror-tree.ts';
import { getAttributes, makeNode, setAttribute } from '#test/support/raw-posix.ts';
import { buildZoo, removeTree, ZOO_NAMES, ZOO_TIMES } from '#test/support/tree-zoo.ts';
import { carried, codeOf } from '#test/suites/source-files-suite.ts';
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

export interface TargetFilesTraits {
  readonly attributes: boolean;
  readonly nodes: boolean;
  readonly longPaths: boolean;
  readonly exactTimes: boolean;
}

const NS = 1_000_000_000n;
const bytes = (text: string): Uint8Array => Buffer.from(text);

export function describeTargetFiles(name: string, make: () => TargetFiles, traits: TargetFilesTraits): void {
  describe(`target files: ${name}`, () => {
    let base: string;
    let target: string;
    let outside: string;
    let root: TargetRoot;

    beforeEach(() => {
      base = fs.mkdtempSync(path.join(tmpdir(), 'tidemark-target-'));
      target = path.join(base, 'target');
      outside = path.join(base, 'outside');
      fs.mkdirSync(outside);
      fs.writeFileSync(path.join(outside, 'precious'), 'precious');
      root = make().openRoot(textToByteString(target));
    });
    afterEach(() => {
      root.close();
      removeTree(base);
    });

    const to = (...names: string[]): TargetPath => names.map(textToByteString);
    const on = (...names: string[]): string => path.join(target, ...names);
    const write = (names: readonly string[], text: string): void => {
      const file = root.createFile(to(...names));
      file.write(bytes(text), 0);
      file.close();
    };
    const metadata = (changes: Partial<FileMetadata> = {}): FileMetadata => ({
      kind: 'file',
      permissions: 0o644,
      uid: process.getuid?.() ?? 0,
      gid: process.getgid?.() ?? 0,
      mtimeSec: 1_600_000_000,
      mtimeNsec: 123_456_700,
      atimeSec: 1_500_000_000,
      atimeNsec: 100,
      extendedAttributes: [],
      ...changes,
    });

    const everyKind = traits.attributes && traits.nodes && traits.longPaths && traits.exactTimes;
    test.runIf(everyKind)(`a tree with every kind of entry comes out equal${carried(everyKind)}`, () => {
      const zoo = path.join(base, 'zoo');
      buildZoo(zoo, { asRoot: isRoot });
      expect(mirrorTree(new LinuxSourceFiles(), textToByteString(zoo), root)).toEqual([]);
      expect(compareTrees(zoo, target, { ignore: ['sockets'] })).toEqual([]);
    });

    test('names of any bytes come out as they are', () => {
      root.makeDir(to('names'));
      for (const entry of ZOO_NAMES) {
        const file = root.createFile([
          textToByteString('names'),
          bytesToByteString(Buffer.from(entry as string)),
        ]);
        file.write(Buffer.from(entry as string), 0);
        file.close();
      }
      const found = fs.readdirSync(on('names'), { encoding: 'buffer' });
      const expected = ZOO_NAMES.map((entry) => Buffer.from(entry as string));
      expect(found.map((entry) => entry.toString('hex')).toSorted()).toEqual(
        expected.map((entry) => entry.toString('hex')).toSorted(),
      );
      const listed = root.list(to('names')).map((entry) => byteStringToBytes(entry).toString('hex'));
      expect(listed.toSorted()).toEqual(expected.map((entry) => entry.toString('hex')).toSorted());
      for (const entry of expected)
        expect(fs.readFileSync(Buffer.concat([Buffer.from(on('names/')), entry])).equals(entry)).toBe(true);
    });

    test('a file is written, read, cut and left with holes', () => {
      const file = root.createFile(to('file'));
      file.write(bytes('end'), 5_000_000);
      file.write(bytes('start'), 0);
      expect(file.sizeBytes()).toBe(5_000_003);
      const buffer = new Uint8Array(10);
      expect(file.read(buffer, 4_999_998)).toBe(5);
      expect(Buffer.from(buffer.subarray(0, 5)).toString()).toBe('\0\0end');
      expect(file.read(buffer, 6_000_000)).toBe(0);
      file.truncate(4_000_000);
      expect(file.sizeBytes()).toBe(4_000_000);
      file.truncate(4_500_000);
      file.close();
      file.close();
      const content = fs.readFileSync(on('file'));
      expect(content.subarray(0, 6).toString()).toBe('start\0');
      expect(content.length).toBe(4_500_000);
      expect(fs.statSync(on('file')).blocks * 512).toBeLessThan(100_000);
      expect(fs.statSync(on('file')).mode & 0o7777).toBe(0o600);
    });

    test('an existing file is opened for reading and writing, not emptied', () => {
      write(['file'], 'old content');
      const file = root.openFile(to('file'));
      file.write(bytes('new'), 0);
      const buffer = new Uint8Array(100);
      expect(Buffer.from(buffer.subarray(0, file.read(buffer, 0))).toString()).toBe('new content');
      file.close();
      expect(codeOf(() => root.openFile(to('missing')))).toBe('ENOENT');
      expect(codeOf(() => root.openFile(to('.', 'x')))).toBe('EINVAL');
      expect(fs.existsSync(on('missing'))).toBe(false);
    });

    test('createFile never takes over what is there', () => {
      write(['file'], 'mine');
      fs.symlinkSync(path.join(outside, 'new'), on('dangling'));
      fs.symlinkSync(path.join(outside, 'precious'), on('link'));
      root.makeDir(to('folder'));
      for (const there of ['file', 'dangling', 'link', 'folder'])
        expect(codeOf(() => root.createFile(to(there)))).toBe('EEXIST');
      expect(fs.readFileSync(on('file'), 'utf8')).toBe('mine');
      untouched();
    });

    test('openFile refuses links, folders and fifos, at once', () => {
      fs.symlinkSync(path.join(outside, 'precious'), on('link'));
      root.makeDir(to('folder'));
      expect(codeOf(() => root.openFile(to('link')))).toBe('ELOOP');
      expect(codeOf(() => root.openFile(to('folder')))).toBe('EISDIR');
      makeNode(Buffer.from(on('fifo')), fs.constants.S_IFIFO | 0o600);
      expect(codeOf(() => root.openFile(to('fifo')))).toBe('EINVAL');
    });

    test('makeDir makes one folder, accepts a real one, and nothing else', () => {
      root.makeDir(to('a'));
      root.makeDir(to('a'));
      root.makeDir(to());
      expect(fs.statSync(on('a')).mode & 0o7777).toBe(0o700);
      write(['file'], '');
      fs.symlinkSync(outside, on('link'));
      expect(codeOf(() => root.makeDir(to('file')))).toBe('EEXIST');
      expect(codeOf(() => root.makeDir(to('link')))).toBe('EEXIST');
      expect(codeOf(() => root.makeDir(to('missing', 'b')))).toBe('ENOENT');
      expect(codeOf(() => root.makeDir(to('file', 'b')))).toBe('ENOTDIR');
    });

    /** Every call that could reach through a link, with a path below `at`. */
    function everyCall(at: readonly string[]): Record<string, () => unknown> {
      const below = (entry: string): TargetPath => to(...at, entry);
      return {
        stat: () => root.stat(below('precious')),
        list: () => root.list(to(...at)),
        makeDir: () => {
          root.makeDir(below('new'));
        },
        createFile: () => root.createFile(below('new')),
        openFile: () => root.openFile(below('precious')),
        makeSymlink: () => {
          root.makeSymlink(below('new'), textToByteString('x'));
        },
        makeHardLink: () => {
          root.makeHardLink(to('mine'), below('new'));
        },
        makeHardLinkFrom: () => {
          root.makeHardLink(below('precious'), to('stolen'));
        },
        ...(traits.nodes && {
          makeFifo: () => {
            root.makeFifo(below('new'));
          },
          makeDevice: () => {
            root.makeDevice(below('new'), 'charDevice', 0x103n);
          },
        }),
        remove: () => {
          root.remove(below('precious'));
        },
        renameFrom: () => {
          root.rename(below('precious'), to('stolen'));
        },
        renameTo: () => {
          root.rename(to('mine'), below('precious'));
        },
        extendedAttributes: () => root.extendedAttributes(below('precious')),
      };
    }

    function untouched(): void {
      expect(fs.readdirSync(outside)).toEqual(['precious']);
      expect(fs.readFileSync(path.join(outside, 'precious'), 'utf8')).toBe('precious');
      expect(fs.statSync(path.join(outside, 'precious')).nlink).toBe(1);
    }

    test.for(['as the folder', 'further up'])('no call passes a planted link: %s', (place) => {
      write(['mine'], 'mine');
      root.makeDir(to('real'));
      fs.symlinkSync(place === 'as the folder' ? outside : base, on('real', 'planted'));
      const at = place === 'as the folder' ? ['real', 'planted'] : ['real', 'planted', 'outside'];
      for (const [call, run] of Object.entries(everyCall(at)))
        expect([call, codeOf(run)]).toEqual([call, expect.stringMatching(/^(ENOTDIR|ELOOP)$/)]);
      const problems = root.applyMetadata(to(...at, 'precious'), metadata({ permissions: 0o777 }));
      expect(problems).toHaveLength(1);
      expect(fs.statSync(path.join(outside, 'precious')).mode & 0o777).not.toBe(0o777);
      untouched();
      expect(fs.existsSync(on('stolen'))).toBe(false);
      expect(fs.readFileSync(on('mine'), 'utf8')).toBe('mine');
    });

    test('a folder that is swapped for a link while it is in use leads nowhere', () => {
      write(['mine'], 'mine');
      root.makeDir(to('folder'));
      write(['folder', 'first'], 'first');
      fs.renameSync(on('folder'), on('moved'));
      fs.symlinkSync(outside, on('folder'));
      for (const run of Object.values(everyCall(['folder']))) codeOf(run);
      untouched();
    });

    test('metadata never goes through a link', () => {
      const precious = path.join(outside, 'precious');
      const before = fs.lstatSync(precious, { bigint: true });
      fs.symlinkSync(precious, on('link'));
      const asFile = metadata({
        permissions: 0o777,
        extendedAttributes: [{ name: 'user.x', value: bytes('y') }],
      });
      expect(root.applyMetadata(to('link'), asFile)).toHaveLength(1);
      root.applyMetadata(to('link'), { ...asFile, kind: 'symlink' });
      const after = fs.lstatSync(precious, { bigint: true });
      expect([after.mode, after.mtimeNs, after.ctimeNs]).toEqual([
        before.mode,
        before.mtimeNs,
        before.ctimeNs,
      ]);
      const link = fs.lstatSync(on('link'), { bigint: true });
      expect(link.mtimeNs / NS).toBe(1_600_000_000n);
    });

    test.for(['', '.', '..', 'a/b', '/', '/etc', 'cut\0off', '../outside'])('the name %j is none', (bad) => {
      write(['mine'], 'mine');
      root.makeDir(to('folder'));
      const hostile = [[bad], ['folder', bad], [bad, 'x']].map((names) => names as ByteString[]);
      for (const names of hostile) {
        const calls = [
          () => root.stat(names),
          () => {
            root.makeDir(names);
          },
          () => root.createFile(names),
          () => root.openFile(names),
          () => {
            root.makeSymlink(names, 'x' as ByteString);
          },
          () => {
            root.makeHardLink(to('mine'), names);
          },
          () => {
            root.makeHardLink(names, to('stolen'));
          },
          () => {
            root.rename(to('mine'), names);
          },
          () => {
            root.rename(names, to('stolen'));
          },
          () => {
            root.remove(names);
          },
          () => root.extendedAttributes(names),
        ];
        for (const run of calls) expect(codeOf(run)).toBe('EINVAL');
        expect(root.applyMetadata(names, metadata())).toHaveLength(1);
      }
      expect(fs.readdirSync(base).toSorted()).toEqual(['outside', 'target']);
      expect(fs.readdirSync(target).toSorted()).toEqual(['folder', 'mine']);
      untouched();
    });

    test('links, soft and hard', () => {
      const odd = bytesToByteString(Buffer.from('bad-\xff/../x', 'latin1'));
      root.makeSymlink(to('soft'), odd);
      expect(fs.readlinkSync(on('soft'), { encoding: 'latin1' })).toBe(odd);
      root.makeSymlink(to('long'), 'y'.repeat(4095) as ByteString);
      expect(
        codeOf(() => {
          root.makeSymlink(to('longer'), 'y'.repeat(4096) as ByteString);
        }),
      ).toBe('ENAMETOOLONG');
      expect(
        codeOf(() => {
          root.makeSymlink(to('soft'), odd);
        }),
      ).toBe('EEXIST');
      root.makeDir(to('a'));
      root.makeDir(to('b'));
      write(['a', 'file'], 'shared');
      root.makeHardLink(to('a', 'file'), to('b', 'also'));
      expect(fs.statSync(on('b', 'also')).ino).toBe(fs.statSync(on('a', 'file')).ino);
      // A link that took the file's place is linked itself; its target gains no name.
      fs.symlinkSync(path.join(outside, 'precious'), on('a', 'planted'));
      root.makeHardLink(to('a', 'planted'), to('b', 'planted'));
      expect(fs.lstatSync(on('b', 'planted')).isSymbolicLink()).toBe(true);
      untouched();
    });

    const asRoot = isRoot ? '' : ' (SKIPPED: needs root)';
    test.runIf(traits.nodes && isRoot)(`fifos and devices${carried(traits.nodes)}${asRoot}`, () => {
      const large = (259n << 8n) | (70000n & 0xffn) | ((70000n & ~0xffn) << 12n);
      root.makeFifo(to('fifo'));
      root.makeDevice(to('char'), 'charDevice', 0x103n);
      root.makeDevice(to('block'), 'blockDevice', large);
      expect(fs.lstatSync(on('fifo')).isFIFO()).toBe(true);
      expect(fs.lstatSync(on('char')).isCharacterDevice()).toBe(true);
      expect(fs.lstatSync(on('char')).rdev).toBe(0x103);
      expect(fs.lstatSync(on('block'), { bigint: true }).rdev).toBe(large);
      expect(root.stat(to('block'))?.rdev).toBe(large);
      expect(root.applyMetadata(to('block'), metadata({ kind: 'blockDevice', uid: 1, gid: 2 }))).toEqual([]);
      const { uid, gid, mode } = fs.lstatSync(on('block'));
      expect([uid, gid, mode & 0o7777]).toEqual([1, 2, 0o644]);
    });

    test('remove and rename, and what was remembered of a folder goes with it', () => {
      root.makeDir(to('a'));
      root.makeDir(to('a', 'b'));
      write(['a', 'b', 'file'], 'one');
      expect(
        codeOf(() => {
          root.remove(to('a', 'b'));
        }),
      ).toBe('ENOTEMPTY');
      root.rename(to('a'), to('z'));
      expect(root.stat(to('a', 'b', 'file'))).toBeUndefined();
      expect(root.stat(to('z', 'b', 'file'))?.sizeBytes).toBe(3);
      write(['new'], 'two');
      root.rename(to('new'), to('z', 'b', 'file'));
      expect(fs.readFileSync(on('z', 'b', 'file'), 'utf8')).toBe('two');
      root.remove(to('z', 'b', 'file'));
      root.remove(to('z', 'b'));
      root.makeDir(to('z', 'b'));
      write(['z', 'b', 'again'], 'three');
      expect(fs.readFileSync(on('z', 'b', 'again'), 'utf8')).toBe('three');
      fs.symlinkSync(outside, on('link'));
      root.remove(to('link'));
      expect(
        codeOf(() => {
          root.remove(to('link'));
        }),
      ).toBe('ENOENT');
      untouched();
    });

    test('what was written can be made durable, each file alone or all at once', () => {
      const file = root.createFile(to('file'));
      file.write(bytes('x'), 0);
      file.flush();
      file.close();
      root.makeDir(to('folder'));
      root.flushAround?.([to(), to('folder')]);
      expect(fs.readFileSync(on('file'), 'utf8')).toBe('x');
      root.makeSymlink(to('way'), textToByteString(outside));
      if (root.flushAround !== undefined) expect(() => root.flushAround?.([to('way')])).toThrow();
    });
    test('renameNew never replaces, be it a file, a link, a folder or itself', () => {
      root.makeDir(to('folder'));
      write(['there'], 'stays');
      fs.symlinkSync('nowhere', on('link'));
      for (const name of ['there', 'link', 'folder']) {
        write([`new-${name}`], 'new');
        expect(
          codeOf(() => {
            root.renameNew(to(`new-${name}`), to(name));
          }),
        ).toBe('EEXIST');
        expect(fs.readFileSync(on(`new-${name}`), 'utf8')).toBe('new');
      }
      expect(fs.readFileSync(on('there'), 'utf8')).toBe('stays');
      root.renameNew(to('new-there'), to('folder', 'moved'));
      expect(fs.readFileSync(on('folder', 'moved'), 'utf8')).toBe('new');
      expect(fs.existsSync(on('new-there'))).toBe(false);
      root.renameNew(to('link'), to('folder', 'link'));
      expect(root.readLink(to('folder', 'link'))).toBe('nowhere');
      expect(
        codeOf(() => {
          root.renameNew(to('gone'), to('anything'));
        }),
      ).toBe('ENOENT');
      untouched();
    });

    test('readLink gives any bytes and follows nothing; a file is no link', () => {
      const target = bytesToByteString(Buffer.from('../\xff/caf\u00e9', 'latin1'));
      root.makeSymlink(to('link'), target);
      expect(root.readLink(to('link'))).toBe(target);
      write(['file'], 'x');
      expect(
        codeOf(() => {
          root.readLink(to('file'));
        }),
      ).toBe('EINVAL');
    });

    test('a file that may only be read can be opened for that', () => {
      write(['file'], 'content');
      const opened = root.openFile(to('file'), 'read');
      const into = Buffer.alloc(7);
      expect(opened.read(into, 0)).toBe(7);
      expect(into.toString()).toBe('content');
      expect(
        codeOf(() => {
          opened.write(Buffer.from('x'), 0);
        }),
      ).toBe('EBADF');
      opened.close();
    });

    test('an open file gets its metadata without being named again', () => {
      const file = root.createFile(to('file'));
      expect(file.applyMetadata(metadata({ kind: 'file', permissions: 0o640 }))).toEqual([]);
      file.close();
      expect(fs.statSync(on('file')).mode & 0o7777).toBe(0o640);
    });

    test('a root that is not there is not made where it only is to be looked at', () => {
      const missing = path.join(base, 'missing');
      expect(codeOf(() => make().openRoot(textToByteString(missing), 'fail'))).toBe('ENOENT');
      expect(fs.existsSync(missing)).toBe(false);
    });

    test('a folder that somebody else removed and made anew is found again', () => {
      root.makeDir(to('a'));
      root.makeDir(to('a', 'b'));
      write(['a', 'b', 'file'], 'one');
      fs.rmSync(on('a'), { recursive: true });
      expect(codeOf(() => root.createFile(to('a', 'b', 'file')))).toBe('ENOENT');
      fs.mkdirSync(on('a', 'b'), { recursive: true });
      write(['a', 'b', 'file'], 'two');
      expect(fs.readFileSync(on('a', 'b', 'file'), 'utf8')).toBe('two');
    });

    test('stat and list', () => {
      expect(root.stat(to())?.kind).toBe('dir');
      expect(root.stat(to('missing'))).toBeUndefined();
      expect(root.stat(to('missing', 'below'))).toBeUndefined();
      write(['file'], 'x');
      expect(root.list(to())).toEqual(['file']);
      fs.symlinkSync('file', on('link'));
      expect(root.stat(to('link'))?.kind).toBe('symlink');
      expect(codeOf(() => root.list(to('missing')))).toBe('ENOENT');
      expect(codeOf(() => root.list(to('link')))).toMatch(/^(ENOTDIR|ELOOP)$/);
      expect(root.freeSpaceBytes()).toBeGreaterThan(1_000_000);
    });

    test('a chain of hundreds of folders, up and down, keeps few handles', () => {
      const before = fs.readdirSync('/proc/self/fd').length;
      const names = Array.from({ length: traits.longPaths ? 300 : 100 }, (_, i) => `d${String(i % 10)}`);
      for (let depth = 1; depth <= names.length; depth += 1) {
        root.makeDir(to(...names.slice(0, depth)));
        expect(fs.readdirSync('/proc/self/fd').length).toBeLessThan(before + 70);
      }
      for (let depth = names.length; depth > 0; depth -= 1) {
        write([...names.slice(0, depth), 'file'], String(depth));
        expect(
          root.applyMetadata(to(...names.slice(0, depth)), metadata({ kind: 'dir', permissions: 0o755 })),
        ).toEqual([]);
        expect(fs.readdirSync('/proc/self/fd').length).toBeLessThan(before + 70);
      }
      expect(fs.readFileSync(on(...names, 'file'), 'utf8')).toBe(String(names.length));
      root.close();
      expect(fs.readdirSync('/proc/self/fd').length).toBeLessThanOrEqual(before);
    });

    test('the root is made with its parents, through links above it; a file is none', () => {
      fs.symlinkSync(outside, path.join(base, 'link'));
      const made = make().openRoot(textToByteString(path.join(base, 'link', 'new', 'root')));
      made.createFile(to('x')).close();
      made.close();
      expect(fs.existsSync(path.join(outside, 'new', 'root', 'x'))).toBe(true);
      const file = textToByteString(path.join(outside, 'precious'));
      expect(codeOf(() => make().openRoot(file))).toMatch(/^(ENOTDIR|EEXIST)$/);
    });

    test('modes, owners and times are applied exactly, to files, folders and links', () => {
      for (const permissions of [0o4755, 0o2755, 0o6711, 0o1644, 0o0000, 0o0444, 0o7777]) {
        const entry = permissions.toString(8);
        write([entry], '');
        root.makeDir(to(`${entry}-folder`));
        const changes = { permissions, ...(isRoot && { uid: 12345, gid: 54321 }) };
        for (const [where, kind] of [
          [entry, 'file'],
          [`${entry}-folder`, 'dir'],
        ] as const) {
          expect(root.applyMetadata(to(where), metadata({ ...changes, kind }))).toEqual([]);
          const found = fs.lstatSync(on(where), { bigint: true });
          expect(Number(found.mode) & 0o7777).toBe(permissions);
          expect(found.mtimeNs / 1000n).toBe(1_600_000_000_123_456n);
          expect(found.atimeNs / 1000n).toBe(1_500_000_000_000_000n);
          if (isRoot) expect([found.uid, found.gid]).toEqual([12345n, 54321n]);
        }
      }
    });

    test.runIf(traits.exactTimes)(
      `times to the nanosecond, from 1902 to 2440${carried(traits.exactTimes)}`,
      () => {
        for (const [entry, timeNs] of Object.entries(ZOO_TIMES)) {
          write([entry], '');
          const mtimeNsec = Number(((timeNs % NS) + NS) % NS);
          const mtimeSec = Number((timeNs - BigInt(mtimeNsec)) / NS);
          const times = { mtimeSec, mtimeNsec, atimeSec: mtimeSec, atimeNsec: mtimeNsec };
          expect(root.applyMetadata(to(entry), metadata(times))).toEqual([]);
          expect(fs.statSync(on(entry), { bigint: true }).mtimeNs).toBe(timeNs);
          expect(metadataOf(root.stat(to(entry))!)).toMatchObject(times);
        }
      },
    );

    test.runIf(traits.attributes)(
      `attributes are set, replaced and removed${carried(traits.attributes)}`,
      () => {
        write(['file'], '');
        const file = Buffer.from(on('file'));
        setAttribute(file, 'user.old', bytes('old'));
        setAttribute(file, 'user.kept', bytes('before'));
        const extendedAttributes = [
          { name: 'user.kept', value: bytes('after') },
          { name: 'user.empty', value: new Uint8Array() },
          { name: 'user.caf\u00e9', value: Buffer.of(0, 255) },
        ];
        expect(root.applyMetadata(to('file'), metadata({ permissions: 0o400, extendedAttributes }))).toEqual(
          [],
        );
        const expected = Object.fromEntries(
          extendedAttributes.map(({ name: key, value }) => [key, Buffer.from(value)]),
        );
        expect(Object.fromEntries(getAttributes(file))).toEqual(expected);
        expect(root.extendedAttributes(to('file'))).toHaveLength(3);
        expect(root.applyMetadata(to('file'), metadata())).toEqual([]);
        expect(getAttributes(file).size).toBe(0);
      },
    );

    test('what cannot be applied is told, never thrown, and the rest is applied', () => {
      expect(root.applyMetadata(to('missing'), metadata())).toHaveLength(1);
      write(['file'], '');
      expect(root.applyMetadata(to('file'), metadata({ kind: 'dir' }))).toHaveLength(1);
      const unknown = { name: 'nonsense.name', value: bytes('x') };
      const problems = root.applyMetadata(
        to('file'),
        metadata({ extendedAttributes: [unknown], permissions: 0o640 }),
      );
      expect(problems).toEqual([
        { what: 'attribute', detail: 'nonsense.name', reason: 'this disk does not support it' },
      ]);
      expect(fs.statSync(on('file')).mode & 0o7777).toBe(0o640);
      expect(fs.statSync(on('file')).mtimeMs).toBeCloseTo(1_600_000_000_123.456, 0);
    });

    const unlessRoot = isRoot ? '' : ' (SKIPPED: needs root to become another user)';
    describe.runIf(isRoot)(`without rights${unlessRoot}`, () => {
      beforeEach(() => {
        fs.chmodSync(base, 0o755);
        fs.chownSync(target, 65534, 65534);
      });

      test('an owner that cannot be given is told; set-id bits do not go to the wrong owner', () => {
        asNobody(() => {
          write(['file'], 'x');
          const wanted = metadata({ uid: 0, gid: 0, permissions: 0o6755 });
          const problems = root.applyMetadata(to('file'), wanted);
          expect(problems[0]).toEqual({
            what: 'owner',
            detail: '',
            reason: 'the system does not allow this',
          });
          const found = fs.statSync(on('file'));
          expect([found.uid, found.mode & 0o7777]).toEqual([65534, 0o755]);
          expect(found.mtimeMs).toBeCloseTo(1_600_000_000_123.456, 0);
        });
      });

      test('own files keep set-id bits and get their times', () => {
        asNobody(() => {
          write(['file'], 'x');
          const wanted = metadata({ uid: 65534, gid: 65534, permissions: 0o6755 });
          expect(root.applyMetadata(to('file'), wanted)).toEqual([]);
          expect(fs.statSync(on('file')).mode & 0o7777).toBe(0o6755);
          // A second time, on what is no longer readable or writable for us.
          const closed = { ...wanted, permissions: 0o000 };
          expect(root.applyMetadata(to('file'), closed)).toEqual([]);
          expect(root.applyMetadata(to('file'), { ...closed, permissions: 0o444 })).toEqual([]);
          expect(fs.statSync(on('file')).mode & 0o7777).toBe(0o444);
        });
      });

      test.runIf(traits.attributes)(`attributes of a read-only file${carried(traits.attributes)}`, () => {
        asNobody(() => {
          write(['file'], 'x');
          const own = metadata({ uid: 65534, gid: 65534, permissions: 0o444 });
          const first = { ...own, extendedAttributes: [{ name: 'user.a', value: bytes('1') }] };
          expect(root.applyMetadata(to('file'), first)).toEqual([]);
          const second = {
            ...own,
            permissions: 0o000,
            extendedAttributes: [{ name: 'user.b', value: bytes('2') }],
          };
          expect(root.applyMetadata(to('file'), second)).toEqual([]);
          expect(fs.statSync(on('file')).mode & 0o7777).toBe(0);
          const trusted = { ...own, extendedAttributes: [{ name: 'trusted.x', value: bytes('3') }] };
          expect(root.applyMetadata(to('file'), trusted)).toEqual([
            { what: 'attribute', detail: 'trusted.x', reason: 'the system does not allow this' },
          ]);
        });
        expect([...getAttributes(Buffer.from(on('file'))).keys()]).toEqual([]);
      });

      test('a folder that may not be written says so', () => {
        fs.chownSync(target, 0, 0);
        asNobody(() => {
          expect(codeOf(() => root.createFile(to('file')))).toBe('EACCES');
          expect(
            codeOf(() => {
              root.makeDir(to('folder'));
            }),
          ).toBe('EACCES');
        });
      });
    });
  });
}
