/** What a restore meets on real disks that are full, read-only or poor, and how each is told. */
import { textToByteString } from '#base/byte-string.ts';
import { toFilesError } from '#files/describe-file-error.ts';
import { LinuxTargetFiles } from '#files/linux/linux-target-files.ts';
import type { FileMetadata, TargetRoot } from '#files/port.ts';
import { codeOf } from '#test/suites/source-files-suite.ts';
import { remountReadOnly, smallDiskObstacle, withSmallDisk } from '#test/support/small-disk.ts';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, test } from 'vitest';

const obstacle = await smallDiskObstacle();
const file = [textToByteString('file')];
const metadata: FileMetadata = {
  kind: 'file',
  permissions: 0o644,
  uid: 0,
  gid: 0,
  mtimeSec: 1_600_000_000,
  mtimeNsec: 5,
  atimeSec: 1_600_000_000,
  atimeNsec: 5,
  extendedAttributes: [],
};

describe.skipIf(obstacle !== undefined)(
  `target files on poor disks${obstacle === undefined ? '' : ` (SKIPPED: ${obstacle})`}`,
  () => {
    const open = (folder: string): TargetRoot => new LinuxTargetFiles().openRoot(textToByteString(folder));

    test('a full disk is told as such, and what was written before stays', async () => {
      await withSmallDisk({ kind: 'ext4', mib: 8 }, async (folder) => {
        const root = open(folder);
        const target = root.createFile(file);
        const piece = Buffer.alloc(1 << 20, 7);
        let written = 0;
        const failure = errorOf(() => {
          for (; written < 64; written += 1) target.write(piece, written << 20);
        });
        expect(failure).toMatchObject({ code: 'ENOSPC' });
        expect(toFilesError(failure, 'file', 'writing').code).toBe('files.noSpace');
        expect(written).toBeGreaterThan(3);
        const back = Buffer.alloc(1 << 20);
        expect(target.read(back, 0)).toBe(1 << 20);
        expect(back.equals(piece)).toBe(true);
        expect(root.freeSpaceBytes()).toBeLessThan(1 << 20);
        target.close();
        root.close();
        await Promise.resolve();
      });
    });

    test('a disk without room for another name', async () => {
      await withSmallDisk({ kind: 'tmpfs', mib: 8, inodes: 5 }, async (folder) => {
        const root = open(folder);
        const failure = errorOf(() => {
          for (let i = 0; i < 10; i += 1) root.createFile([textToByteString(String(i))]).close();
        });
        expect(failure).toMatchObject({ code: 'ENOSPC' });
        root.close();
        await Promise.resolve();
      });
    });

    test('a disk that became read-only', async () => {
      await withSmallDisk({ kind: 'ext4', mib: 8 }, async (folder) => {
        const root = open(folder);
        root.createFile(file).close();
        await remountReadOnly(folder);
        expect(codeOf(() => root.createFile([textToByteString('other')]))).toBe('EROFS');
        expect(codeOf(() => root.openFile(file))).toBe('EROFS');
        const problems = root.applyMetadata(file, { ...metadata, permissions: 0o600, uid: 1 });
        expect(problems.map(({ what }) => what)).toEqual(['owner', 'permissions', 'times']);
        expect(problems[0]?.reason).toBe('the disk is read-only');
        root.close();
      });
    });

    test('a disk that cannot hold far times says so instead of changing them silently', async () => {
      const base = fs.mkdtempSync(path.join(tmpdir(), 'tidemark-old-disk-'));
      const folder = path.join(base, 'disk');
      fs.mkdirSync(folder);
      try {
        // Inodes of 128 bytes: whole seconds until 2038, as on old disks.
        execFileSync('truncate', ['-s', '8M', path.join(base, 'image')]);
        execFileSync('mkfs.ext4', ['-q', '-F', '-I', '128', path.join(base, 'image')], { stdio: 'ignore' });
        execFileSync('mount', ['-o', 'loop', path.join(base, 'image'), folder]);
        try {
          const root = open(folder);
          root.createFile(file).close();
          const far = { ...metadata, mtimeSec: 4_102_444_800 };
          expect(root.applyMetadata(file, far)).toEqual([
            {
              what: 'times',
              detail: '',
              reason: 'this disk cannot hold a time so far in the past or the future',
            },
          ]);
          expect(root.applyMetadata(file, metadata)).toEqual([]);
          root.close();
        } finally {
          execFileSync('umount', ['-l', folder]);
        }
      } finally {
        fs.rmSync(base, { recursive: true, force: true });
      }
      await Promise.resolve();
    });

    test('a disk without attributes keeps the rest', async () => {
      const folder = fs.mkdtempSync(path.join(tmpdir(), 'tidemark-ramfs-'));
      execFileSync('mount', ['-t', 'ramfs', 'ramfs', folder]);
      try {
        const root = open(folder);
        root.createFile(file).close();
        expect(root.applyMetadata(file, metadata)).toEqual([]);
        const extendedAttributes = [{ name: 'user.a', value: Buffer.from('1') }];
        expect(root.applyMetadata(file, { ...metadata, extendedAttributes })).toEqual([
          { what: 'attribute', detail: 'user.a', reason: 'this disk does not support it' },
        ]);
        expect(root.extendedAttributes(file)).toEqual([]);
        expect(fs.statSync(path.join(folder, 'file')).mode & 0o777).toBe(0o644);
        root.close();
      } finally {
        execFileSync('umount', ['-l', folder]);
        fs.rmdirSync(folder);
      }
      await Promise.resolve();
    });
  },
);

function errorOf(run: () => unknown): unknown {
  try {
    run();
  } catch (error) {
    return error;
  }
  throw new Error('nothing failed');
}
