/** A check on small real repositories: whole ones, and each kind of damage by itself. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { BlobId, PackId } from '#base/ids.ts';
import { executeCheck } from '#operations/check/execute.ts';
import type { CheckProgress, CheckRequest, CheckResult } from '#operations/check/types.ts';
import { encodeIndex } from '#format/index-file.ts';
import type { Repository } from '#repository/repository.ts';
import type { MemoryStorage } from '#storage/memory/memory-storage.ts';
import { backUp, makeMemoryRepository, reopen, testPipeline } from '#test/support/engine.ts';
import { collectIndex } from '#test/support/golden-repository.ts';
import { inThreadPipeline } from '#test/support/in-thread-pipeline.ts';
import { plantBlobs, plantSnapshot } from '#test/support/plant.ts';

const base = mkdtempSync(join(tmpdir(), 'tidemark-check-'));
const source = join(base, 'source');
const ALL: CheckRequest = { readData: 'all', noLock: true };
const STRUCTURE: CheckRequest = { readData: 'none', noLock: true };
let pristine: Repository;
let image: MemoryStorage;

beforeAll(async () => {
  mkdirSync(join(source, 'letters', 'old'), { recursive: true });
  writeFileSync(join(source, 'letters', 'first.txt'), 'dear reader, '.repeat(50));
  writeFileSync(join(source, 'letters', 'old', 'second.txt'), randomBytes(700));
  writeFileSync(join(source, 'empty'), '');
  const made = await makeMemoryRepository();
  await backUp(made.repository, source);
  writeFileSync(join(source, 'letters', 'third.txt'), randomBytes(600));
  await backUp(made.repository, source);
  pristine = made.repository;
  image = made.storage;
});
afterAll(() => rmSync(base, { recursive: true, force: true }));

/** Checks a copy of the repository after `damage`. */
async function checkDamaged(
  damage: (storage: MemoryStorage, repository: Repository) => void | Promise<void>,
  request = ALL,
): Promise<CheckResult> {
  const storage = image.fork();
  await damage(storage, reopen(pristine, storage));
  return executeCheck({ repository: reopen(pristine, storage), pipeline: inThreadPipeline }, request);
}

function pathsOf(storage: MemoryStorage, folder: string): string[] {
  return [...storage.files.keys()].filter((path) => path.startsWith(folder)).sort();
}

/** A pack with blobs of that kind, the first that the index names. */
async function packOf(kind: 'data' | 'tree', opened: Repository): Promise<string> {
  const repository = reopen(opened);
  await repository.loadIndex();
  let found: string | undefined;
  repository.index.forEach((packNumber, type) => {
    if (type === kind) found ??= repository.index.packIdOf(packNumber);
  });
  return found!;
}

function codesOf(result: CheckResult): string[] {
  return [...new Set(result.errors.map(({ code }) => code))].sort();
}

const packPath = (packId: string): string => `data/${packId.slice(0, 2)}/${packId}`;

test('a whole repository has no errors, under its exclusive lock and in real threads', async () => {
  const progress: CheckProgress[] = [];
  const result = await executeCheck(
    { repository: reopen(pristine), pipeline: testPipeline },
    { readData: 'all', noLock: false },
    { onProgress: (event) => progress.push(event) },
  );
  expect(result.errors).toEqual([]);
  expect(result.hints).toEqual([]);
  expect(result.affected).toEqual([]);
  expect(result.counts).toMatchObject({ snapshots: 2, indexFiles: 2 });
  expect(result.counts.packsRead).toBe(result.counts.packs);
  expect(result.counts.trees).toBeGreaterThan(4);
  const last = progress.filter(({ stage }) => stage === 'data').at(-1)!;
  expect([last.done, last.bytesDone]).toEqual([last.total, last.totalBytes]);
  expect(pathsOf(image, 'locks/')).toEqual([]);
  expect(JSON.parse(JSON.stringify(result))).toEqual(result);
});

test('another lock is heeded, unless told otherwise', async () => {
  const holder = await reopen(pristine).lock({ exclusive: false });
  try {
    const parts = { repository: reopen(pristine), pipeline: inThreadPipeline };
    await expect(executeCheck(parts, { readData: 'none', noLock: false })).rejects.toMatchObject({
      code: 'repository.locked',
    });
    expect((await executeCheck(parts, STRUCTURE)).errors).toEqual([]);
  } finally {
    await holder.release();
  }
});

describe('the index is read while the lock is being confirmed', () => {
  /** Checks under a lock; `change` happens before the index files are listed once more, under the lock. */
  async function checkChanged(storage: MemoryStorage, change: () => void): Promise<CheckResult> {
    const list = storage.list.bind(storage);
    let listings = 0;
    storage.list = (kind, signal) => {
      if (kind === 'index' && ++listings === 2) change();
      return list(kind, signal);
    };
    const parts = { repository: reopen(pristine, storage), pipeline: inThreadPipeline };
    return executeCheck(parts, { readData: 'none', noLock: false });
  }

  test('and what others took away meanwhile is not in it', async () => {
    const storage = image.fork();
    const result = await checkChanged(storage, () => {
      for (const path of pathsOf(storage, 'index/').slice(1)) storage.files.delete(path);
    });
    expect(result.counts.indexFiles).toBe(1);
    expect(result.errorCount).toBeGreaterThan(0);
  });

  test('and what others wrote meanwhile is in it', async () => {
    const storage = image.fork();
    const later = pathsOf(storage, 'index/').map((path) => [path, storage.files.get(path)!] as const);
    for (const [path] of later) storage.files.delete(path);
    const result = await checkChanged(storage, () => {
      for (const [path, bytes] of later) storage.files.set(path, bytes);
    });
    expect(result).toMatchObject({ errorCount: 0, hintCount: 0, counts: { indexFiles: 2 } });
  });
});

test('cancel ends it, and the lock goes', async () => {
  const control = new AbortController();
  const checking = executeCheck(
    { repository: reopen(pristine), pipeline: testPipeline },
    { readData: 'all', noLock: false },
    { onProgress: ({ stage }) => stage === 'packs' && control.abort() },
    control.signal,
  );
  await expect(checking).rejects.toMatchObject({ code: 'job.cancelled' });
  expect(pathsOf(image, 'locks/')).toEqual([]);
});

describe('damage', () => {
  test('E2 a missing data pack: named, with the files and versions it costs', async () => {
    let packId = '';
    const result = await checkDamaged(async (storage, repository) => {
      packId = await packOf('data', repository);
      storage.files.delete(packPath(packId));
    }, STRUCTURE);
    expect(result.errors).toEqual([{ code: 'packMissing', packId, blobCount: 2 }]);
    expect(result.brokenPacks).toEqual([packId]);
    const paths = result.affected.map(({ path, isFolder, snapshotIds }) => [
      path,
      isFolder,
      snapshotIds.length,
    ]);
    expect(paths.toSorted(([one], [other]) => (one! < other! ? -1 : 1))).toEqual([
      [`${source}/letters/first.txt`, false, 2],
      [`${source}/letters/old/second.txt`, false, 2],
    ]);
    for (const { blobIds } of result.affected) expect(blobIds).toHaveLength(1);
  });

  test('a missing tree pack: the folders whose lists are gone', async () => {
    const result = await checkDamaged(async (storage, repository) => {
      storage.files.delete(packPath(await packOf('tree', repository)));
    }, STRUCTURE);
    expect(codesOf(result)).toEqual(['packMissing', 'treeDamaged']);
    expect(result.affected.length).toBeGreaterThan(0);
    expect(result.affected.every(({ isFolder }) => isFolder)).toBe(true);
  });

  test.each([1, 5, 500])('a pack cut short by %i bytes', async (bytes) => {
    let packId = '';
    const damage = async (storage: MemoryStorage, repository: Repository): Promise<void> => {
      packId = await packOf('data', repository);
      const whole = storage.files.get(packPath(packId))!;
      storage.files.set(packPath(packId), whole.slice(0, -bytes));
    };
    const structure = await checkDamaged(damage, STRUCTURE);
    expect(structure.errors).toMatchObject([{ code: 'packSizeDiffers', packId }]);
    const read = await checkDamaged(damage);
    expect(codesOf(read)).toEqual(['packDamaged', 'packSizeDiffers']);
    expect(read.affected.length > 0).toBe(bytes === 500);
    expect(structure.affected.length > 0).toBe(bytes === 500);
  });

  test('a cut index file', async () => {
    const result = await checkDamaged((storage) => {
      const path = pathsOf(storage, 'index/')[0]!;
      storage.files.set(path, storage.files.get(path)!.slice(0, -3));
    });
    expect(codesOf(result)).toContain('indexDamaged');
    expect(codesOf(result)).toContain('treeMissing');
  });

  test('a removed index file: its blobs are missing, its packs unnamed', async () => {
    const result = await checkDamaged((storage) => {
      for (const path of pathsOf(storage, 'index/')) storage.files.delete(path);
    });
    expect(codesOf(result)).toEqual(['treeMissing']);
    expect(result.hints.map(({ code }) => code)).toContain('packNotIndexed');
    expect(result.affected).toMatchObject([{ path: '/', isFolder: true }]);
    expect(result.affected[0]!.snapshotIds).toHaveLength(2);
  });

  test('an index that loses single blobs', async () => {
    const result = await checkDamaged(async (storage, repository) => {
      for (const { name } of await repository.files.list('index')) {
        const packs = collectIndex(await repository.files.load('index', name)).map(({ id, entries }) => ({
          id,
          entries: entries.filter(({ type }, i) => type === 'tree' || i > 0),
        }));
        await repository.files.remove('index', name);
        await repository.files.save('index', encodeIndex(packs));
      }
    });
    expect(codesOf(result)).toEqual(['dataMissing', 'packDamaged', 'packSizeDiffers'].sort());
    expect(result.affected.length).toBeGreaterThan(0);
  });

  test('an index that names a pack that is not there, and one with other contents', async () => {
    const result = await checkDamaged(async (_storage, repository) => {
      const [first] = await repository.files.list('index');
      const packs = collectIndex(await repository.files.load('index', first!.name));
      const other = 'ab'.repeat(32) as (typeof packs)[0]['id'];
      await repository.files.save('index', encodeIndex([{ id: other, entries: packs[0]!.entries }]));
      await repository.files.save('index', encodeIndex([{ id: packs[0]!.id, entries: packs[1]!.entries }]));
    });
    expect(codesOf(result)).toContain('packMissing');
    expect(codesOf(result)).toContain('packDescribedDifferently');
    // Every blob still has its good place.
    expect(result.affected).toEqual([]);
  });

  test('a pack that its index describes in another way than its header', async () => {
    const result = await checkDamaged(async (_storage, repository) => {
      for (const { name } of await repository.files.list('index')) {
        const packs = collectIndex(await repository.files.load('index', name)).map((pack) => {
          const [blob, ...rest] = pack.entries;
          const isData = blob!.type === 'data';
          const longer = { ...blob!, uncompressedLength: blob!.uncompressedLength + 1 };
          return isData ? { ...pack, entries: [longer, ...rest] } : pack;
        });
        await repository.files.remove('index', name);
        await repository.files.save('index', encodeIndex(packs));
      }
    });
    const damaged = result.errors.filter(({ code }) => code === 'packDamaged');
    expect(damaged).toHaveLength(2);
    for (const error of damaged)
      expect(error).toMatchObject({
        faults: [],
        blobs: [{ code: 'differsFromHeader' }, { code: 'damaged' }],
      });
  });

  test('a pack whose contents are in order but not those of its name', async () => {
    const other = 'ab'.repeat(32) as PackId;
    const result = await checkDamaged(async (storage, repository) => {
      for (const { name } of await repository.files.list('index')) {
        const [first, ...rest] = collectIndex(await repository.files.load('index', name));
        const bytes = storage.files.get(packPath(first!.id))!;
        await repository.files.remove('index', name);
        await repository.files.save('index', encodeIndex([{ ...first!, id: other }, ...rest]));
        storage.files.delete(packPath(first!.id));
        storage.files.set(packPath(other), bytes);
        break;
      }
    });
    expect(result.errors).toMatchObject([
      { code: 'packDamaged', packId: other, faults: [{ code: 'hashDiffers' }], blobs: [] },
    ]);
    expect(result.affected).toEqual([]);
  });

  test('a second description of a pack that differs in one number', async () => {
    const result = await checkDamaged(async (_storage, repository) => {
      const [first] = await repository.files.list('index');
      const [pack] = collectIndex(await repository.files.load('index', first!.name));
      const [blob, ...rest] = pack!.entries;
      const longer = { ...blob!, uncompressedLength: blob!.uncompressedLength + 1 };
      await repository.files.save('index', encodeIndex([{ ...pack!, entries: [longer, ...rest] }]));
    }, STRUCTURE);
    expect(codesOf(result)).toEqual(['packDescribedDifferently']);
  });

  test('a pack in two index files alike is only a hint', async () => {
    const result = await checkDamaged(async (_storage, repository) => {
      const [first] = await repository.files.list('index');
      const packs = collectIndex(await repository.files.load('index', first!.name));
      await repository.files.save('index', encodeIndex([packs[0]!]));
    });
    expect(result.errors).toEqual([]);
    expect(result.hints).toMatchObject([{ code: 'packInSeveralIndexes' }]);
  });

  test('E4 a damaged snapshot does not hide the others', async () => {
    let snapshotId = '';
    const result = await checkDamaged((storage) => {
      const path = pathsOf(storage, 'snapshots/')[0]!;
      snapshotId = path.slice('snapshots/'.length);
      const bytes = storage.files.get(path)!;
      bytes[40]! ^= 1;
    });
    expect(result.errors).toEqual([
      { code: 'snapshotDamaged', snapshotId, reason: 'its contents do not match its name' },
    ]);
    expect(result.counts.trees).toBeGreaterThan(0);
  });

  test('one of two places of a tree is bad: an error, but nothing is lost', async () => {
    const result = await checkDamaged(async (storage, repository) => {
      const reader = reopen(repository);
      await reader.loadIndex();
      const packId = await packOf('tree', repository);
      const { snapshot } = await reader.snapshots.find('latest');
      const trees: Uint8Array[] = [];
      const waiting: BlobId[] = [snapshot.tree!];
      for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
        const plain = await reader.loadBlob('tree', id);
        trees.push(plain);
        for (const [, subtree] of Buffer.from(plain)
          .toString()
          .matchAll(/"subtree":"(\w+)"/g))
          waiting.push(subtree as BlobId);
      }
      await plantBlobs(repository, 'tree', trees);
      for (const path of pathsOf(storage, packPath(packId))) storage.files.get(path)!.fill(7, 0, 200);
    });
    expect(codesOf(result)).toEqual(['packDamaged', 'treeDamaged']);
    expect(result.errors.filter((error) => error.code === 'treeDamaged')).toMatchObject([
      { hasGoodCopy: true },
    ]);
  });
});

describe('each byte that flips', () => {
  test('is reported with the name of its file', { timeout: 300_000 }, async () => {
    const missed: string[] = [];
    let flips = 0;
    for (const path of image.files.keys()) {
      const size = image.files.get(path)!.length;
      for (let at = 0; at < size; at += 13) {
        const result = await checkDamaged((storage) => {
          storage.files.get(path)![at]! ^= 1 << (at % 8);
        });
        flips++;
        const name = path.slice(path.lastIndexOf('/') + 1);
        const isNamed = JSON.stringify(result.errors).includes(name);
        if (path === 'config' ? result.errorCount === 0 : !isNamed) missed.push(`${path} at ${at}`);
      }
    }
    expect(flips).toBeGreaterThan(300);
    expect(missed).toEqual([]);
  });
});

describe('trees that only other programs write', () => {
  const node = (fields: object): string =>
    JSON.stringify({
      name: 'a',
      type: 'file',
      mode: 420,
      mtime: '2026-01-01T00:00:00Z',
      atime: '2026-01-01T00:00:00Z',
      ctime: '2026-01-01T00:00:00Z',
      uid: 0,
      gid: 0,
      content: [],
      ...fields,
    });
  const zeros = '0'.repeat(64);

  async function checkTree(...nodes: string[]): Promise<CheckResult> {
    return checkDamaged(async (_storage, repository) => {
      const [tree] = await plantBlobs(repository, 'tree', [`{"nodes":[${nodes.join(',')}]}\n`]);
      await plantSnapshot(repository, tree!);
    });
  }

  test.each([
    ['an empty name', { name: '' }, 'emptyName'],
    ['an unknown kind', { type: 'irregular' }, 'unknownType'],
    ['no list of contents', { content: null }, 'noContent'],
    ['a null id', { content: [zeros] }, 'nullContentId'],
    ['a folder without a tree', { type: 'dir', content: null }, 'noSubtree'],
    ['a folder with the null tree', { type: 'dir', content: null, subtree: zeros }, 'noSubtree'],
  ])('%s is an error', async (_what, fields, fault) => {
    const result = await checkTree(node(fields));
    expect(result.errors.find(({ code }) => code === 'nodeInvalid')).toMatchObject({ fault });
    expect(result.affected.length).toBe(1);
  });

  test.each([
    ['a name with a slash', [{ name: 'a/b' }], 'unsafeName'],
    ['a name that leads upwards', [{ name: '..' }], 'unsafeName'],
    ['two of one name', [{}, {}], 'duplicateName'],
    ['wrong order', [{ name: 'b' }, { name: 'a' }], 'wrongOrder'],
  ])('%s is a hint', async (_what, nodes, fault) => {
    const result = await checkTree(...nodes.map(node));
    expect(result.errors).toEqual([]);
    expect(result.hints).toMatchObject([{ code: 'nodeOdd', fault }]);
  });

  test('a size that is not that of the contents is a hint', async () => {
    const result = await checkDamaged(async (_storage, repository) => {
      const [blob] = await plantBlobs(repository, 'data', ['seven b']);
      const file = node({ name: 'seven', size: 8, content: [blob] });
      const [tree] = await plantBlobs(repository, 'tree', [`{"nodes":[${node({})},${file}]}\n`]);
      await plantSnapshot(repository, tree!);
    });
    expect(result.errors).toEqual([]);
    expect(result.hints).toMatchObject([
      { code: 'fileSizeDiffers', name: 'seven', storedBytes: 8, contentBytes: 7 },
    ]);
  });

  test('what is no tree at all', async () => {
    const result = await checkDamaged(async (_storage, repository) => {
      const [tree] = await plantBlobs(repository, 'tree', ['{"nodes":[{"name"']);
      await plantSnapshot(repository, tree!);
    });
    expect(codesOf(result)).toEqual(['treeDamaged']);
    expect(result.affected).toMatchObject([{ path: '/', isFolder: true }]);
  });

  test('a faulty tree that no snapshot reaches is nobody’s concern', async () => {
    const result = await checkDamaged(async (_storage, repository) => {
      await plantBlobs(repository, 'tree', [`{"nodes":[${node({ name: '' })}]}\n`]);
    });
    expect(result.errors).toEqual([]);
  });
});

describe('a part of the data', () => {
  test('the parts of n/t together read every pack once', async () => {
    const counts = [];
    for (let part = 1; part <= 3; part++) {
      const { counts: count } = await checkDamaged(() => undefined, {
        readData: { kind: 'part', part, total: 3 },
        noLock: true,
      });
      counts.push(count.packsRead);
    }
    expect(counts.reduce((a, b) => a + b, 0)).toBe(pathsOf(image, 'data/').length);
  });

  test.each([
    [{ kind: 'percent', percent: 50 }, 2],
    [{ kind: 'percent', percent: 0.1 }, 1],
    [{ kind: 'size', sizeBytes: 10n ** 12n }, 4],
  ] as const)('%o', async (readData, packs) => {
    expect(pathsOf(image, 'data/')).toHaveLength(4);
    const { counts } = await checkDamaged(() => undefined, { readData, noLock: true });
    expect(counts.packsRead).toBe(packs);
  });
});
