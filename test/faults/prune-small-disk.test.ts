/** A real disk that is full: backups fill it to the last byte, and prune makes room again, pass after pass. */
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { isTidemarkError } from '#base/errors.ts';
import { systemClock } from '#base/system-clock.ts';
import { LocalStorage } from '#storage/local/local-storage.ts';
import { backUp, makeLocalRepository, reopen } from '#test/support/engine.ts';
import { inThreadBackupPipeline } from '#test/support/in-thread-pipeline.ts';
import { contentsOf, orphansOf, runPrune, troublesOf } from '#test/support/prune.ts';
import { smallDiskObstacle, withSmallDisk } from '#test/support/small-disk.ts';

const obstacle = await smallDiskObstacle();
const PACK_SIZE_BYTES = 256 << 10;

if (obstacle !== undefined) test.skip(`prune on a full disk [skipped: ${obstacle}]`, () => undefined);
else {
  test.each([
    { kind: 'ext4', mib: 12 },
    { kind: 'tmpfs', mib: 8 },
  ] as const)(
    'C6 a full $kind is freed',
    (disk) =>
      withSmallDisk(disk, async (folder) => {
        const source = fs.mkdtempSync(join(tmpdir(), 'tidemark-prune-full-'));
        const storage = new LocalStorage(join(folder, 'repository'), systemClock);
        try {
          const repository = await makeLocalRepository(join(folder, 'repository'));
          await storage.open();
          for (let pass = 0; pass < 2; pass++) {
            await fillUp(source, () => save(storage, source));
            // All but the newest: what they share with it stays.
            const { snapshots } = await reopen(repository, storage).snapshots.loadAll();
            expect(snapshots.length).toBeGreaterThan(1);
            const kept = snapshots.at(-1)!.id;
            const contents = (await contentsOf(repository, storage)).get(kept);
            for (const { id } of snapshots) if (id !== kept) await storage.remove('snapshot', id);
            useUp(folder);
            const freeBefore = (await storage.freeSpaceBytes())!;
            expect(freeBefore).toBeLessThan(64 << 10);
            const result = await runPrune(repository, storage, {
              maxUnused: { kind: 'bytes', bytes: 0 },
              packSizeBytes: PACK_SIZE_BYTES,
            });
            fs.rmSync(join(folder, 'ballast'));
            expect(result.removedBytes).toBeGreaterThan(1 << 20);
            expect((await storage.freeSpaceBytes())!).toBeGreaterThan(freeBefore + (1 << 20));
            expect(result.postponedPacks).toBe(0);
            expect(await troublesOf(repository, storage)).toEqual([]);
            expect(await orphansOf(repository, storage)).toEqual([]);
            expect((await contentsOf(repository, storage)).get(kept)).toBe(contents);
          }

          async function save(place: LocalStorage, path: string): Promise<void> {
            const changes = { packSizeBytes: PACK_SIZE_BYTES };
            await backUp(reopen(repository, place), path, changes, {}, undefined, inThreadBackupPipeline);
          }
        } finally {
          await storage.close();
          fs.rmSync(source, { recursive: true, force: true });
        }
      }),
    120_000,
  );

  test(
    'where not even a lock fits, what killed runs left behind goes first',
    () =>
      withSmallDisk({ kind: 'tmpfs', mib: 4 }, async (folder) => {
        const repository = await makeLocalRepository(join(folder, 'repository'));
        const storage = new LocalStorage(join(folder, 'repository'), systemClock);
        await storage.open();
        try {
          const source = join(folder, 'source');
          fs.mkdirSync(source);
          fs.writeFileSync(join(source, 'file'), randomBytes(500_000));
          await backUp(reopen(repository, storage), source, {}, {}, undefined, inThreadBackupPipeline);
          const [snapshot] = await storage.list('snapshot');
          await storage.remove('snapshot', snapshot!.name);
          const leftover = join(folder, 'repository/data/00/.tmp-1-0123456789ab');
          fs.writeFileSync(leftover, randomBytes(100_000));
          useUp(folder, 0);
          await expect(runPrune(repository, storage)).rejects.toMatchObject({ code: 'storage.full' });
          fs.utimesSync(leftover, 0, 0);
          const result = await runPrune(repository, storage);
          expect(result.removedBytes).toBeGreaterThan(500_000);
          expect(fs.existsSync(leftover)).toBe(false);
        } finally {
          await storage.close();
        }
      }),
    60_000,
  );
}

/** Changes a part of the files and backs up, until the disk is full. */
async function fillUp(source: string, save: () => Promise<void>): Promise<void> {
  for (let round = 0; ; round++) {
    for (let i = 0; i < 8; i++)
      if (round === 0 || i % 3 === round % 3) fs.writeFileSync(join(source, String(i)), randomBytes(300_000));
    try {
      await save();
    } catch (error) {
      if (!isTidemarkError(error, 'storage.full')) throw error;
      return;
    }
  }
}

/** Takes all but so much; by default there is room for a lock and for the place's own folders. */
function useUp(folder: string, spareBytes = 12 << 10): void {
  const descriptor = fs.openSync(join(folder, 'ballast'), 'w');
  try {
    for (let chunk = 64 << 10; chunk >= 4096;) {
      const { bavail, bsize } = fs.statfsSync(folder);
      if (bavail * bsize <= spareBytes) return;
      try {
        fs.writeSync(descriptor, randomBytes(Math.min(chunk, bavail * bsize - spareBytes)));
      } catch {
        chunk >>= 1;
      }
    }
  } finally {
    fs.closeSync(descriptor);
  }
}
