/** E7: the catalogue's file under damage, kills, full disks and swaps. Thrown away and made anew, never an error, never a wrong point. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { TidemarkError } from '#base/errors.ts';
import { Catalogue } from '#catalogue/catalogue.ts';
import { openTables } from '#catalogue/tables.ts';
import { sealDatabase } from '#database/database-image.ts';
import { NodeDatabaseDisk } from '#database/node-database-disk.ts';
import { CatalogueWorld, folderOf, REPOSITORY_ID } from '#test/support/catalogue-world.ts';
import { openCatalogue, versionsOf } from '#test/support/catalogue.ts';
import { MemoryCatalogueDisk } from '#test/support/memory-catalogue-disk.ts';

const CHILD = fileURLToPath(new URL('../support/catalogue-child.ts', import.meta.url));
const NAME = `${REPOSITORY_ID}.db`;

async function filled(disk: MemoryCatalogueDisk): Promise<CatalogueWorld> {
  const world = new CatalogueWorld();
  for (const [i, letter] of ['x', 'y'].entries())
    world.take('s', folderOf({ home: { 'file.txt': letter } }), i);
  const catalogue = await openCatalogue({ disk });
  await catalogue.update(world);
  await catalogue.close();
  return world;
}

/** Opens; says why what was there is not used, and how many points are known. */
async function reopen(disk: MemoryCatalogueDisk): Promise<{ reasons: string[]; points: number }> {
  const reasons: string[] = [];
  const catalogue = await openCatalogue({ disk, onTrouble: (reason) => reasons.push(reason) });
  const points = catalogue.points().length;
  await catalogue.close();
  return { reasons, points };
}

describe('E7: what lies there', () => {
  test('a sound one is used: nothing is read again', async () => {
    const disk = new MemoryCatalogueDisk();
    const world = await filled(disk);
    world.reads.length = 0;
    const catalogue = await openCatalogue({ disk });
    expect(await catalogue.update(world)).toMatchObject({ pointsRead: 0 });
    expect(world.reads).toEqual([]);
    expect(versionsOf(catalogue, 's', '/home/file.txt')).toHaveLength(2);
    await catalogue.close();
  });

  test('a flipped bit anywhere, and any shorter file: not used, removed, made anew', async () => {
    const disk = new MemoryCatalogueDisk();
    const world = await filled(disk);
    const image = disk.files.get(NAME)!;
    for (let at = 0; at < image.length; at += at > image.length - 70 ? 15 : 30_011) {
      const flipped = image.slice();
      flipped[at]! ^= 1 << (at % 8);
      disk.files.set(NAME, flipped);
      expect([at, await reopen(disk)]).toMatchObject([at, { points: 0, reasons: [expect.any(String)] }]);
      expect(disk.files.size).toBe(0);
      disk.files.set(NAME, image.subarray(0, at));
      expect(await reopen(disk)).toMatchObject({ points: 0 });
    }
    const catalogue = await openCatalogue({ disk });
    await catalogue.update(world);
    expect(versionsOf(catalogue, 's', '/home/file.txt')).toHaveLength(2);
    await catalogue.close();
  });

  test('of another repository, of another schema, of another program: not used', async () => {
    const disk = new MemoryCatalogueDisk();
    await filled(disk);
    const other = new MemoryCatalogueDisk();
    const otherId = 'e'.repeat(64);
    other.files.set(`${otherId}.db`, disk.files.get(NAME)!);
    const reasons: string[] = [];
    const catalogue = await openCatalogue({
      repositoryId: otherId,
      disk: other,
      onTrouble: (reason) => reasons.push(reason),
    });
    expect(catalogue.points()).toEqual([]);
    expect(reasons).toEqual([`it is of the repository ${REPOSITORY_ID}`]);
    await catalogue.close();

    const newer = await openTables();
    newer.database.runScript('PRAGMA user_version = 99');
    disk.files.set(NAME, new Uint8Array(Buffer.concat(sealDatabase(newer.database.export(), 1))));
    expect(await reopen(disk)).toEqual({ points: 0, reasons: ['it has schema 99'] });
    newer.database.runScript('PRAGMA user_version = 1; PRAGMA application_id = 5');
    disk.files.set(NAME, new Uint8Array(Buffer.concat(sealDatabase(newer.database.export(), 1))));
    expect(await reopen(disk)).toEqual({ points: 0, reasons: ['it holds something else'] });
    newer.database.close();
  });

  test('nothing readable: it works without', async () => {
    const disk = new MemoryCatalogueDisk();
    disk.load = () =>
      Promise.reject(
        new TidemarkError('storage.ioFailed', { location: 'here', operation: 'load', reason: 'EIO' }),
      );
    const reasons: string[] = [];
    const catalogue = await openCatalogue({ disk, onTrouble: (reason) => reasons.push(reason) });
    expect(reasons).toEqual([expect.stringContaining('storage.ioFailed')]);
    expect(catalogue.points()).toEqual([]);
    await catalogue.close();
  });

  test('is gone after `remove`, with what a killed save left', async () => {
    const disk = new MemoryCatalogueDisk();
    await filled(disk);
    disk.files.set(`${REPOSITORY_ID}.unfinished`, new Uint8Array(1));
    await Catalogue.remove(disk, REPOSITORY_ID);
    expect([...disk.files.keys()]).toEqual([]);
  });
});

test('a save that fails at any step: said to the log, the file as it was, the catalogue goes on and is saved later', async () => {
  for (const failing of ['makeFolder', 'write', 'write the rest', 'rename', 'syncFolder']) {
    const disk = new MemoryCatalogueDisk();
    const world = await filled(disk);
    const before = disk.files.get(NAME);
    disk.onStep = (step) => {
      if (step === failing) throw new TidemarkError('storage.full', { location: 'here', outOfInodes: false });
    };
    const reasons: string[] = [];
    const catalogue = await openCatalogue({ disk, onTrouble: (reason) => reasons.push(reason) });
    world.take('s', folderOf({ home: { 'file.txt': 'z' } }), 5);
    await catalogue.update(world);
    expect(reasons).toEqual([expect.stringContaining('storage.full')]);
    expect(versionsOf(catalogue, 's', '/home/file.txt')).toHaveLength(3);
    expect([...disk.files.keys()]).toEqual([NAME]);
    if (failing !== 'syncFolder') expect(Buffer.compare(disk.files.get(NAME)!, before!)).toBe(0);
    disk.onStep = () => undefined;
    await catalogue.close();
    expect(await reopen(disk)).toEqual({ points: 3, reasons: [] });
  }
});

describe('on the disk', () => {
  let folder: string;
  beforeEach(() => {
    folder = fs.mkdtempSync(join(tmpdir(), 'tidemark-catalogue-'));
  });
  afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

  test('killed at any step of a save: what is there is whole or nothing, and going on makes it whole', async () => {
    const check = async (dieAt: number): Promise<string[]> => {
      const at = join(folder, String(dieAt));
      const child = spawn(process.execPath, [CHILD, at, String(dieAt)], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      let output = '';
      child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
      const [, signal] = (await once(child, 'close')) as unknown[];
      const lines = output.split('\n').filter((line) => line !== '');
      if (signal !== 'SIGKILL') return lines;
      const reasons: string[] = [];
      const catalogue = await openCatalogue({
        disk: new NodeDatabaseDisk(at),
        onTrouble: (reason) => reasons.push(reason),
      });
      expect([dieAt, reasons]).toEqual([dieAt, []]);
      // Every update that was over was saved; the one under way may have been.
      expect(catalogue.points().length - lines.length).toBeOneOf([0, 1]);
      expect(catalogue.points().every(({ state }) => state === 'known')).toBe(true);
      const world = new CatalogueWorld();
      for (const [i, letter] of ['x', 'y', 'z'].entries())
        world.take('s', folderOf({ home: { 'file.txt': letter } }), i);
      await catalogue.update(world);
      await catalogue.close();
      expect(fs.readdirSync(at)).toEqual([NAME]);
      expect(fs.statSync(join(at, NAME)).mode & 0o777).toBe(0o600);
      expect(fs.statSync(at).mode & 0o777).toBe(0o700);
      return lines;
    };
    // Five for each of the first two saves.
    await Promise.all([0, 1, 2, 3, 4].map(check));
    await Promise.all([5, 6, 7, 8, 9].map(check));
    expect((await check(1000)).at(-1)).toBe('end');
  });
});
