/** An index kept nearby in the form that it has in memory: the same index, whole, of this repository, and true, or none. */
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { bytesToId, ID_BYTES, type IndexId, type PackId } from '#base/ids.ts';
import { indexImagesOnDisk } from '#core/index-images-on-disk.ts';
import { createRepositoryPorts } from '#core/repository-ports.ts';
import { createSourceFiles, createTargetFiles } from '#files/open-files.ts';
import { generateKeys } from '#format/envelope.ts';
import { executeBackup } from '#operations/backup/execute.ts';
import { executeRestore } from '#operations/restore/execute.ts';
import { BlobIndex, type BlobIndexParts, type BlobType, type Segment } from '#repository/blob-index.ts';
import { openImage, sealImage, type IndexImages } from '#repository/index-image.ts';
import { Repository } from '#repository/repository.ts';
import { TraceStorage } from '#storage/decorators/trace-storage.ts';
import { systemClock } from '#base/system-clock.ts';
import { backupRequest, makeMemoryRepository, testPipeline } from '#test/support/engine.ts';
import { restoreRequest } from '#test/support/restore.ts';
import { inThreadBackupPipeline } from '#test/support/in-thread-pipeline.ts';

const { primitives } = createRepositoryPorts((await makeMemoryRepository()).storage);
const keys = generateKeys(primitives);
const indexIds = [idOf('index 1'), idOf('index 2')] as unknown as IndexId[];

function idOf(text: string): PackId {
  return bytesToId<PackId>(createHash('sha256').update(text).digest());
}

/** More than a segment has room for, some blobs in two packs, both kinds under one id. */
function makeIndex(blobs: number): BlobIndex {
  const index = new BlobIndex();
  for (let i = 0; i < blobs; i++) {
    const id = createHash('sha256').update(`blob ${i}`).digest();
    const pack = index.packNumber(idOf(`pack ${i % 7}`));
    index.add(pack, i % 5 === 0 ? 'tree' : 'data', id, 0, i * 10, 100 + i, i % 3 === 0 ? 0 : 1000 + i);
    if (i % 11 === 0) index.add(index.packNumber(idOf('pack of copies')), 'data', id, 0, i, 50, 0);
  }
  return index;
}

function allOf(index: BlobIndex): unknown[] {
  const all: unknown[] = [];
  index.forEach((pack, type, id, ...numbers) =>
    all.push([index.packIdOf(pack), type, Buffer.from(id).toString('hex'), ...numbers]),
  );
  return all;
}

test('what was kept is the same index, and grows on', () => {
  const index = makeIndex(40_000);
  const sealed = [...sealImage(primitives, keys, { index, indexIds })];
  const { index: copy, indexIds: named } = openImage(primitives, keys, sealed);
  expect(named).toEqual(indexIds);
  expect(allOf(copy)).toEqual(allOf(index));
  for (let i = 0; i < 40_000; i += 97) {
    const id = createHash('sha256').update(`blob ${i}`).digest();
    for (const type of ['data', 'tree'] as BlobType[])
      expect(copy.locations(type, id)).toEqual(index.locations(type, id));
  }
  for (let i = 0; i < 20_000; i++) {
    const id = createHash('sha256').update(`later ${i}`).digest();
    expect(copy.has('data', id)).toBe(false);
    copy.add(copy.packNumber(idOf('later pack')), 'data', id, 0, i, 7, 0);
  }
  expect(copy.location('data', createHash('sha256').update('later 19999').digest())?.length).toBe(7);
  expect(copy.entryCount).toBe(index.entryCount + 20_000);
});

test('what is damaged, cut short, out of order, mixed or of another repository does not open', () => {
  const sealed = [...sealImage(primitives, keys, { index: makeIndex(20_000), indexIds })];
  const other = [...sealImage(primitives, keys, { index: makeIndex(20_000), indexIds })];
  const opening =
    (portions: Uint8Array[], by = keys) =>
    () =>
      openImage(primitives, by, portions);
  expect(opening(sealed)).not.toThrow();
  for (let portion = 0; portion < sealed.length; portion++) {
    const damaged = sealed.map((bytes) => new Uint8Array(bytes));
    damaged[portion]![Math.floor(damaged[portion]!.length / 2)]! ^= 1;
    expect(opening(damaged)).toThrow();
    expect(opening(sealed.slice(0, portion))).toThrow();
    expect(opening(sealed.with(portion, other[portion]!))).toThrow();
  }
  const [head, slots, first, second] = sealed;
  expect(opening([head!, slots!, second!, first!])).toThrow();
  expect(opening(sealed, generateKeys(primitives))).toThrow();
});

let folder: string;
let source: string;
let place: Awaited<ReturnType<typeof makeMemoryRepository>>;
let images: IndexImages;
beforeEach(async () => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'tidemark-image-'));
  onTestFinished(() => fs.rmSync(folder, { recursive: true, force: true }));
  source = path.join(folder, 'source');
  fs.mkdirSync(source);
  place = await makeMemoryRepository();
  images = indexImagesOnDisk(path.join(folder, 'images'), systemClock);
});

/** As a new process opens it. @returns how many index files it read, and what it did */
async function open(work: (repository: Repository) => Promise<unknown>): Promise<number> {
  let reads = 0;
  const traced = new TraceStorage(place.storage, systemClock, ({ operation, type }) => {
    if (operation === 'load' && type === 'index') reads++;
  });
  const { config, keys: masterKeys, keyId } = place.repository;
  const ports = createRepositoryPorts(traced, undefined, undefined, images);
  await work(new Repository(ports, config, masterKeys, keyId));
  return reads;
}

const load = (repository: Repository) => repository.loadIndex();

async function saveVersion(text: string): Promise<void> {
  fs.writeFileSync(path.join(source, 'file'), text);
  // By somebody who keeps no image.
  const { config, keys: masterKeys, keyId } = place.repository;
  const repository = new Repository(createRepositoryPorts(place.storage), config, masterKeys, keyId);
  const parts = { repository, files: createSourceFiles(), pipeline: inThreadBackupPipeline };
  await executeBackup(parts, backupRequest([source]));
}

const imageFiles = () => fs.readdirSync(path.join(folder, 'images'));

test('the next opening reads only the index files that are new', async () => {
  await saveVersion('one');
  await saveVersion('two');
  expect(await open(load)).toBe(2);
  expect(await open(load)).toBe(0);
  await saveVersion('three');
  const entryCounts: number[] = [];
  expect(
    await open(async (repository) => {
      await repository.loadIndex();
      entryCounts.push(repository.index.entryCount);
    }),
  ).toBe(1);
  images = { load: () => undefined, save: () => undefined, drop: () => undefined };
  await open(async (repository) => {
    await repository.loadIndex();
    entryCounts.push(repository.index.entryCount);
  });
  expect(entryCounts[0]).toBe(entryCounts[1]);
});

test('when an index file is gone, all are read; who asks the place itself reads all', async () => {
  await saveVersion('one');
  await saveVersion('two');
  await open(load);
  expect(
    await open((repository) => {
      repository.bypassCache();
      return repository.loadIndex();
    }),
  ).toBe(2);
  expect(await open((repository) => repository.readIndex())).toBe(2);
  const [gone] = await place.storage.list('index');
  await place.storage.remove('index', gone!.name);
  expect(await open(load)).toBe(1);
  expect(await open(load)).toBe(0);
});

test('one that a crash cut off is replaced, and no file stays open', async () => {
  await saveVersion('one');
  await open(load);
  const [name] = imageFiles();
  const file = path.join(folder, 'images', name!);
  fs.truncateSync(file, fs.statSync(file).size - 1);
  expect(await open(load)).toBe(1);
  expect(await open(load)).toBe(0);
  fs.writeFileSync(file, Buffer.alloc(100, 0xff));
  expect(await open(load)).toBe(1);
  expect(imageFiles()).toEqual([name]);
  const openFiles = fs.readdirSync('/proc/self/fd').map((fd) => {
    try {
      return fs.readlinkSync(`/proc/self/fd/${fd}`);
    } catch {
      return '';
    }
  });
  expect(openFiles.filter((target) => target.startsWith(folder))).toEqual([]);
});

test('only its owner may read it; where it cannot be written the index is read as before; what nobody uses goes', async () => {
  await saveVersion('one');
  await open(load);
  const kept = path.join(folder, 'images', imageFiles()[0]!);
  expect(fs.statSync(kept).mode & 0o077).toBe(0);
  expect(fs.statSync(path.dirname(kept)).mode & 0o077).toBe(0);

  const longAgo = Date.now() / 1000 - 61 * 24 * 3600;
  fs.utimesSync(kept, longAgo, longAgo);
  images.save('another', []);
  expect(imageFiles()).toEqual(['another']);

  fs.writeFileSync(path.join(folder, 'in the way'), '');
  images = indexImagesOnDisk(path.join(folder, 'in the way'), systemClock);
  expect(await open(load)).toBe(1);
  expect(await open(load)).toBe(1);
});

/** As memory that flips bits leaves it before it is sealed: it opens, and says something else than the index files. */
async function spoilImage(spoil: (index: BlobIndexParts) => void): Promise<void> {
  const { config, keys: masterKeys } = place.repository;
  const portions = images.load(config.id);
  const { index, indexIds: named } = openImage(primitives, masterKeys, portions!);
  spoil(index.parts());
  images.save(config.id, sealImage(primitives, masterKeys, { index, indexIds: named }));
}

const readRootTree = async (repository: Repository): Promise<unknown> => {
  const { snapshots } = await repository.snapshots.loadAll();
  await repository.loadIndex();
  return repository.loadBlob('tree', snapshots[0]!.snapshot.tree!);
};

describe.each<[string, string, (index: BlobIndexParts) => void]>([
  ['places of trees that are wrong', 'integrity.blobCorrupt', (index) => movePlaces(index, true)],
  ['blobs that are unknown', 'integrity.blobMissing', ({ slots }) => slots.fill(0)],
])('an image with %s, sealed as if it were right', (_what, code, spoil) => {
  beforeEach(async () => {
    await saveVersion('one');
    await open(load);
    await spoilImage(spoil);
  });

  test('is not used again once a blob was not found by it', async () => {
    await open((repository) => expect(readRootTree(repository)).rejects.toMatchObject({ code }));
    expect(imageFiles()).toEqual([]);
    expect(await open(readRootTree)).toBe(1);
    expect(await open(readRootTree)).toBe(0);
  });

  test('nor is what it was read into lent to the next call', async () => {
    await open(async (repository) => {
      await expect(readRootTree(repository)).rejects.toMatchObject({ code });
      expect(repository.releaseIndex()).toBeUndefined();
    });
  });
});

test.each<[string, (index: BlobIndexParts) => void]>([
  ['places that are wrong', (index) => movePlaces(index, false)],
  ['blobs that are unknown', ({ segments }) => forget(segments[0]!)],
])('a restore that finds no contents by an image with %s: the next one does', async (_what, spoil) => {
  await saveVersion('one');
  await open(load);
  await spoilImage(spoil);
  const target = path.join(folder, 'target');
  const run = async (repository: Repository): Promise<void> => {
    const parts = { repository, files: createTargetFiles(), pipeline: testPipeline };
    const result = await executeRestore(parts, restoreRequest(target));
    expect(result.files.restored).toBe(fs.existsSync(path.join(target, source, 'file')) ? 1 : 0);
  };
  await open(run);
  expect(imageFiles()).toEqual([]);
  expect(await open(run)).toBe(1);
  expect(fs.readFileSync(path.join(target, source, 'file'), 'utf8')).toBe('one');
});

test('an image of a place that is damaged itself stays, when the index files say the same', async () => {
  await saveVersion('one');
  for (const { name } of await place.storage.list('pack')) await place.storage.remove('pack', name);
  await open((repository) =>
    expect(readRootTree(repository)).rejects.toMatchObject({ code: 'integrity.blobCorrupt' }),
  );
  expect(imageFiles()).toHaveLength(1);
});

/** Each place of a tree, or of contents, is told to be sixteen bytes from where it is. */
function movePlaces({ segments }: BlobIndexParts, isTree: boolean): void {
  const { words } = segments[0]!;
  for (let at = 0; at < words.length; at += 4) if (words[at]! >>> 31 === Number(isTree)) words[at + 1]! ^= 16;
}

/** Contents get other ids, in the same slots. */
function forget({ ids, words }: Segment): void {
  for (let at = 0; at < words.length / 4; at++)
    if (words[at * 4]! >>> 31 === 0) ids[at * ID_BYTES + 31]! ^= 1;
}
