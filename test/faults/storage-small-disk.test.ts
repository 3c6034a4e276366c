/** Real disks that fill up, turn read-only, vanish and are swapped. */
import { execFileSync } from 'node:child_process';
import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { isTidemarkError, type ErrorCode } from '#base/errors.ts';
import { systemClock } from '#base/system-clock.ts';
import { LocalStorage } from '#storage/local/local-storage.ts';
import { expectCode } from '#test/suites/storage-suite.ts';
import { sha256 } from '#test/support/sha256.ts';
import {
  remountReadOnly,
  smallDiskObstacle,
  unmountLazily,
  withSmallDisk,
  type SmallDiskOptions,
} from '#test/support/small-disk.ts';

const obstacle = await smallDiskObstacle();
const MIB = 1 << 20;
const EXT4: SmallDiskOptions = { kind: 'ext4', mib: 24 };
const TMPFS: SmallDiskOptions = { kind: 'tmpfs', mib: 8 };

function pack(seed: number, sizeBytes = MIB): { name: string; bytes: Uint8Array } {
  const bytes = new Uint8Array(sizeBytes).fill(seed % 251);
  new DataView(bytes.buffer).setUint32(0, seed);
  return { name: sha256(bytes), bytes };
}

async function withRepository(
  disk: SmallDiskOptions,
  use: (storage: LocalStorage, disk: string) => Promise<void>,
): Promise<void> {
  await withSmallDisk(disk, async (folder) => {
    const storage = new LocalStorage(join(folder, 'repository'), systemClock);
    await storage.create();
    try {
      await use(storage, folder);
    } finally {
      await storage.close();
    }
  });
}

/** Names of all files below, which is none where nothing was written. */
async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => entry.name);
}

/** Saves until it fails; what was saved, and the failure. */
async function fill(
  storage: LocalStorage,
  sizeBytes: number,
): Promise<{ saved: string[]; failedName: string; error: unknown }> {
  const saved: string[] = [];
  for (let seed = 0; ; seed++) {
    const { name, bytes } = pack(seed, sizeBytes);
    try {
      await storage.save('pack', name, bytes);
    } catch (error) {
      return { saved, failedName: name, error };
    }
    saved.push(name);
  }
}

describe.skipIf(obstacle !== undefined)(
  `a small disk${obstacle === undefined ? '' : ` (${obstacle})`}`,
  () => {
    for (const disk of [EXT4, TMPFS]) {
      test(`${disk.kind}: full: says so, leaves nothing half, goes on when there is room`, async () => {
        await withRepository(disk, async (storage, folder) => {
          const { saved, failedName, error } = await fill(storage, MIB);
          expect(isTidemarkError(error, 'storage.full') && error.data.outOfInodes).toBe(false);
          expect(saved.length).toBeGreaterThan(2);
          expect((await filesBelow(folder)).sort()).toEqual([...saved].sort());
          for (const name of saved) expect(sha256(await storage.load('pack', name))).toBe(name);
          await expectCode(storage.stat('pack', failedName), 'storage.objectMissing');
          for (const name of saved.slice(0, 2)) await storage.remove('pack', name);
          const again = pack(saved.length);
          expect(again.name).toBe(failedName);
          await storage.save('pack', again.name, again.bytes);
          expect(sha256(await storage.load('pack', failedName))).toBe(failedName);
        });
      });

      test(`${disk.kind}: full while four saves are under way`, async () => {
        await withRepository(disk, async (storage, folder) => {
          const packs = Array.from({ length: 30 }, (_, seed) => pack(seed));
          const outcomes = await Promise.allSettled(
            packs.map(({ name, bytes }) => storage.save('pack', name, bytes)),
          );
          const saved = packs.filter((_, i) => outcomes[i]?.status === 'fulfilled').map(({ name }) => name);
          for (const each of outcomes) {
            if (each.status === 'rejected') expect(isTidemarkError(each.reason, 'storage.full')).toBe(true);
          }
          expect(saved.length).toBeLessThan(30);
          expect((await filesBelow(folder)).sort()).toEqual(saved.sort());
          for (const name of saved) expect(sha256(await storage.load('pack', name))).toBe(name);
        });
      });
    }

    test('out of inodes is told from out of room', async () => {
      await withRepository({ ...TMPFS, inodes: 300 }, async (storage, folder) => {
        const { saved, error } = await fill(storage, 100);
        expect(isTidemarkError(error, 'storage.full') && error.data.outOfInodes).toBe(true);
        expect(await storage.freeSpaceBytes()).toBeGreaterThan(MIB);
        expect((await filesBelow(folder)).sort()).toEqual([...saved].sort());
      });
    });

    test('remounted read-only: reading goes on, changes say so', async () => {
      await withRepository(EXT4, async (storage, folder) => {
        const { name, bytes } = pack(1);
        await storage.save('pack', name, bytes);
        await remountReadOnly(folder);
        const other = pack(2);
        await expectCode(storage.save('pack', other.name, other.bytes), 'storage.readOnly');
        await expectCode(storage.save('config', 'config', other.bytes), 'storage.readOnly');
        await expectCode(storage.remove('pack', name), 'storage.readOnly');
        await storage.open();
        expect(sha256(await storage.load('pack', name))).toBe(name);
        expect(await storage.list('pack')).toEqual([{ name, sizeBytes: bytes.length }]);
      });
    });

    test('C3 taken away: nothing is created on the disk below, nothing counts as missing', async () => {
      await withRepository(EXT4, async (storage, folder) => {
        const { name, bytes } = pack(1);
        await storage.save('pack', name, bytes);
        await unmountLazily(folder);
        await expectEverythingGone(storage, name);
        expect(await readdir(folder)).toEqual([]);
        await expectCode(storage.open(), 'storage.unreachable');
        await expectCode(new LocalStorage(join(folder, 'a/b'), systemClock).create(), 'storage.unreachable');
        expect(await readdir(folder)).toEqual([]);
      });
    });

    test('C3 taken away, and the disk below has the same folders: still nothing is written there', async () => {
      await withRepository(EXT4, async (storage, folder) => {
        const { name, bytes } = pack(1);
        await storage.save('pack', name, bytes);
        await unmountLazily(folder);
        await mkdir(join(folder, 'repository', 'data', name.slice(0, 2)), { recursive: true });
        await mkdir(join(folder, 'repository', 'snapshots'));
        await expectEverythingGone(storage, name);
        expect(await filesBelow(folder)).toEqual([]);
      });
    });

    test('C1 taken away in the middle of saves: each is complete or an error, nothing lands below', async () => {
      await withRepository(EXT4, async (storage, folder) => {
        const saved = new Set<string>();
        const lane = async (first: number): Promise<unknown> => {
          for (let seed = first; ; seed += 4) {
            const { name, bytes } = pack(seed, 300_000);
            try {
              await storage.save('pack', name, bytes);
              saved.add(name);
              if (seed > 20) await storage.remove('pack', name);
            } catch (error) {
              return error;
            }
          }
        };
        const lanes = Promise.all([lane(0), lane(1), lane(2), lane(3)]);
        while (saved.size < 8) await new Promise((resolve) => setImmediate(resolve));
        await unmountLazily(folder);
        for (const error of await lanes) expect(isTidemarkError(error, 'storage.driveGone')).toBe(true);
        expect(await readdir(folder)).toEqual([]);
      });
    });

    test('C4 swapped for another disk with the same device number and the same folders', async () => {
      await withRepository(EXT4, async (storage, folder) => {
        const { name, bytes } = pack(1);
        const before = execFileSync('stat', ['-c', '%d %i', storage.location], { encoding: 'utf8' });
        await storage.close();
        const image = join(folder, '..', 'image');
        execFileSync('umount', [folder]);
        execFileSync('mkfs.ext4', ['-q', '-F', image]);
        execFileSync('mount', ['-o', 'loop', image, folder]);
        const other = new LocalStorage(storage.location, systemClock);
        await other.create();
        const after = execFileSync('stat', ['-c', '%d %i', storage.location], { encoding: 'utf8' });
        // Otherwise another loop device was taken, and the test would prove less than its name says.
        expect(after).toBe(before);
        await expectCode(storage.save('pack', name, bytes), 'storage.driveGone');
        await expectCode(storage.list('pack'), 'storage.driveGone');
        expect(await other.list('pack')).toEqual([]);
        await other.close();
      });
    });

    async function expectEverythingGone(storage: LocalStorage, savedName: string): Promise<void> {
      const gone: ErrorCode = 'storage.driveGone';
      const { name, bytes } = pack(99);
      await expectCode(storage.save('pack', name, bytes), gone);
      await expectCode(storage.save('config', 'config', bytes), gone);
      await expectCode(storage.save('snapshot', name, bytes), gone);
      await expectCode(storage.list('pack'), gone);
      await expectCode(storage.list('snapshot'), gone);
      await expectCode(storage.load('pack', savedName), gone);
      await expectCode(storage.stat('pack', savedName), gone);
      await expectCode(storage.remove('pack', savedName), gone);
    }
  },
);
