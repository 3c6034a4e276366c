/** Repairs of versions on small real repositories from which something was taken away. */
import { appendFileSync, copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { textToByteString, toDisplay } from '#base/byte-string.ts';
import { isTidemarkError, TidemarkError } from '#base/errors.ts';
import type { BlobId, PackId, SnapshotId } from '#base/ids.ts';
import { createSourceFiles } from '#files/open-files.ts';
import { loadNodes } from '#operations/find-in-snapshot.ts';
import { executeRepairSnapshots } from '#operations/repair-snapshots/execute.ts';
import { prepareRepairSnapshots } from '#operations/repair-snapshots/prepare.ts';
import type {
  RepairPlan,
  RepairSnapshotsRequest,
  RepairSnapshotsResult,
} from '#operations/repair-snapshots/types.ts';
import type { Repository } from '#repository/repository.ts';
import type { MemoryStorage } from '#storage/memory/memory-storage.ts';
import type { Storage } from '#storage/port.ts';
import { backUp, makeMemoryRepository, reopen } from '#test/support/engine.ts';
import { FaultStorage } from '#test/support/fault-storage.ts';
import { inThreadBackupPipeline } from '#test/support/in-thread-pipeline.ts';
import { plantBlobs, plantSnapshot } from '#test/support/plant.ts';
import { troublesOf } from '#test/support/prune.ts';
import { reopenHastily, versionFiles, versionsOf } from '#test/support/version-files.ts';

const base = mkdtempSync(join(tmpdir(), 'tidemark-repair-snapshots-'));
const source = join(base, 'source');
const SMALL = randomBytes(700);
/** Longer than the longest chunk (8 MiB): at least two pieces under every polynomial, the first never the last. */
const LARGE = randomBytes(9_000_000);

let pristine: Repository;
let image: MemoryStorage;
let storage: MemoryStorage;
/** Of the first version: everything. Of the second: a file more. */
let first: SnapshotId;
let second: SnapshotId;

beforeAll(async () => {
  mkdirSync(join(source, 'deep', 'er'), { recursive: true });
  writeFileSync(join(source, 'deep', 'small'), SMALL);
  writeFileSync(join(source, 'deep', 'er', 'large'), LARGE);
  ({ repository: pristine, storage: image } = await makeMemoryRepository());
  // Small packs: what is taken away takes little else along.
  const changes = { packSizeBytes: 1 };
  first = (await backUp(pristine, source, { ...changes, time: '2026-01-01T00:00:00Z' })).snapshotId!;
  writeFileSync(join(source, 'later'), 'later');
  second = (await backUp(pristine, source, { ...changes, time: '2026-01-02T00:00:00Z' })).snapshotId!;
});
beforeEach(() => (storage = image.fork()));
afterAll(() => rmSync(base, { recursive: true, force: true }));

function repair(
  changes: Partial<RepairSnapshotsRequest> = {},
  at: Storage = storage,
  signal?: AbortSignal,
): Promise<RepairSnapshotsResult> {
  const repository = reopenHastily(pristine, at);
  const parts = { repository, pipeline: inThreadBackupPipeline, files: createSourceFiles() };
  return executeRepairSnapshots(parts, { snapshots: {}, forget: false, ...changes }, {}, signal);
}

const prepare = (): Promise<RepairPlan> =>
  prepareRepairSnapshots(reopenHastily(pristine, storage), { snapshots: {}, forget: false });

const lossesOf = ({ repairs }: RepairPlan): string[][] =>
  repairs.map(({ losses }) =>
    losses.map(
      ({ path, kind, lostBytes }) => `${toDisplay(path).slice(source.length)} ${kind} ${String(lostBytes)}`,
    ),
  );

/** The content of a file in the first version. */
async function contentOf(path: string): Promise<readonly BlobId[]> {
  const opened = reopen(pristine, image);
  let { tree } = (await opened.snapshots.load(first)).snapshot;
  await opened.loadIndex();
  const names = `${source}/${path}`.split('/').slice(1);
  for (const [i, name] of names.entries()) {
    const node = (await loadNodes(opened, tree!)).find((one) => one.name === textToByteString(name))!;
    if (i === names.length - 1) return node.content ?? [node.subtree!];
    tree = node.subtree!;
  }
  return [];
}

/** Takes the pack with this blob away. */
async function lose(type: 'data' | 'tree', id: BlobId): Promise<PackId> {
  const opened = reopen(pristine, storage);
  await opened.loadIndex();
  const { packId } = opened.index.location(type, Buffer.from(id, 'hex'))!;
  storage.files.delete(`data/${packId.slice(0, 2)}/${packId}`);
  return packId;
}

describe('versions that lack nothing', () => {
  test('are found whole, and nothing is written', async () => {
    const watching = new FaultStorage(storage);
    const { repairs, whole, lostBlobs } = await repair({ forget: true }, watching);
    expect([repairs, whole, lostBlobs]).toEqual([[], [first, second], 0]);
    expect(watching.changeCount).toBe(2);
  });
});

describe('a piece of a file is gone', () => {
  beforeEach(async () => {
    const [piece] = await contentOf('deep/er/large');
    await lose('data', piece!);
  });

  test('the plan names it in every version, and writes nothing', async () => {
    const before = [...storage.files.keys()];
    const plan = await prepare();
    expect([...storage.files.keys()]).toEqual(before);
    expect(lossesOf(plan)).toEqual(
      [0, 1].map(() => [expect.stringMatching(/^\/deep\/er\/large fileShortened \d{6,7}$/)]),
    );
    expect([plan.lostBlobs, plan.brokenPacks]).toEqual([1, 1]);
  });

  test('the file keeps the rest, everything else is as it was', async () => {
    const { repaired } = await repair();
    expect(repaired.map(({ oldId, isRemoved }) => [oldId, isRemoved])).toEqual([
      [first, false],
      [second, false],
    ]);
    const versions = await versionsOf(pristine, storage);
    expect(versions).toHaveLength(4);
    for (const { oldId, newId } of repaired) {
      const { snapshot } = versions.find(({ id }) => id === newId)!;
      expect([snapshot.tags, snapshot.original]).toEqual([['repaired'], oldId]);
      const before = await versionFiles(pristine, image, oldId);
      const after = await versionFiles(pristine, storage, newId!);
      expect(Object.keys(after)).toEqual(Object.keys(before));
      const differing = Object.keys(before).filter((path) => before[path] !== after[path]);
      expect(differing).toEqual([join(source, 'deep/er/large')]);
    }
  });

  test('with forget the repaired ones take the places', async () => {
    const { repaired } = await repair({ forget: true });
    const versions = await versionsOf(pristine, storage);
    expect(versions.map(({ id }) => id)).toEqual(repaired.map(({ newId }) => newId));
    expect(versions.map(({ snapshot }) => snapshot.tags)).toEqual([[], []]);
    expect((await repair({ forget: true })).repaired).toEqual([]);
  });

  test('E1 live files give it back, wherever they lie now, and then nothing has to be repaired', async () => {
    const elsewhere = join(base, 'moved');
    mkdirSync(join(elsewhere, 'new', 'place'), { recursive: true });
    copyFileSync(join(source, 'deep/er/large'), join(elsewhere, 'new', 'place', 'renamed'));
    const paths = [textToByteString(elsewhere)];
    const { healedBlobs, repairs, whole } = await repair({ heal: { repositories: [], paths } });
    expect([healedBlobs, repairs, whole]).toEqual([1, [], [first, second]]);
    for (const id of [first, second])
      expect(await versionFiles(pristine, storage, id)).toEqual(await versionFiles(pristine, image, id));
  });

  test('a live file that went on growing gives it back too', async () => {
    const grown = join(base, 'grown');
    mkdirSync(grown, { recursive: true });
    copyFileSync(join(source, 'deep/er/large'), join(grown, 'large'));
    appendFileSync(join(grown, 'large'), 'and more');
    const paths = [textToByteString(grown)];
    expect((await repair({ heal: { repositories: [], paths } })).healedBlobs).toBe(1);
  });

  test('live files with other content change nothing', async () => {
    const other = join(base, 'other');
    mkdirSync(other, { recursive: true });
    writeFileSync(join(other, 'large'), randomBytes(LARGE.length));
    const paths = [textToByteString(other)];
    const result = await repair({ heal: { repositories: [], paths } });
    expect([result.healedBlobs, result.repairs.length]).toEqual([0, 2]);
    expect(lossesOf(result)[0]).toEqual([expect.stringContaining('/deep/er/large fileShortened')]);
  });

  test('a folder that is not there is told before anything is done', async () => {
    const before = [...storage.files.keys()];
    const paths = [textToByteString(join(base, 'nowhere'))];
    const run = repair({ forget: true, heal: { repositories: [], paths } });
    await expect(run).rejects.toSatisfy((error) => isTidemarkError(error, 'files.sourceMissing'));
    expect([...storage.files.keys()]).toEqual(before);
  });

  test('E1 another repository gives it back', async () => {
    const other = reopenHastily(pristine, image.fork());
    const { healedBlobs, whole } = await repair({ heal: { repositories: [other], paths: [] } });
    expect([healedBlobs, whole]).toEqual([1, [first, second]]);
    for (const id of [first, second])
      expect(await versionFiles(pristine, storage, id)).toEqual(await versionFiles(pristine, image, id));
  });

  test('another repository with the same damage, or none of it, gives nothing', async () => {
    const other = reopenHastily(pristine, storage.fork());
    const { repository: empty } = await makeMemoryRepository();
    const { healedBlobs } = await repair({ heal: { repositories: [other, empty], paths: [] } });
    expect(healedBlobs).toBe(0);
  });
});

describe('whole files and folders are gone', () => {
  test('a file of which nothing is left is empty, and named so', async () => {
    const [id] = await contentOf('deep/small');
    await lose('data', id!);
    const result = await repair();
    expect(lossesOf(result)).toEqual([['/deep/small fileEmptied 700'], ['/deep/small fileEmptied 700']]);
    for (const { newId } of result.repaired) await versionFiles(pristine, storage, newId!);
  });

  test('a folder whose list is lost is empty, and named so', async () => {
    const [id] = await contentOf('deep/er');
    await lose('tree', id!);
    const result = await repair({ forget: true });
    expect(lossesOf(result)).toEqual([['/deep/er folderEmptied -1'], ['/deep/er folderEmptied -1']]);
    const [version] = await versionsOf(pristine, storage);
    const after = Object.keys(await versionFiles(pristine, storage, version!.id));
    expect(after).toContain(join(source, 'deep/er'));
    expect(after).not.toContain(join(source, 'deep/er/large'));
  });

  test('a lost list and what it names come back from another repository', async () => {
    const [list] = await contentOf('deep/er');
    const [piece] = await contentOf('deep/er/large');
    await lose('tree', list!);
    await lose('data', piece!);
    const other = reopenHastily(pristine, image.fork());
    const { healedBlobs, whole } = await repair({ heal: { repositories: [other], paths: [] } });
    expect([healedBlobs, whole]).toEqual([2, [first, second]]);
    expect(await versionFiles(pristine, storage, second)).toEqual(
      await versionFiles(pristine, image, second),
    );
  });

  test('a version of which nothing can be read is left unless it is to be forgotten', async () => {
    const { tree } = (await reopen(pristine, storage).snapshots.load(first)).snapshot;
    await lose('tree', tree!);
    const { repaired } = await repair();
    expect(repaired).toEqual([{ oldId: first, isRemoved: false }]);
    expect((await repair({ forget: true })).repaired).toEqual([{ oldId: first, isRemoved: true }]);
    expect((await versionsOf(pristine, storage)).map(({ id }) => id)).toEqual([second]);
  });

  test('a pack that is cut short loses what lay beyond its end', async () => {
    const [id] = await contentOf('deep/small');
    const packId = await lose('data', id!);
    const path = `data/${packId.slice(0, 2)}/${packId}`;
    storage.files.set(path, image.files.get(path)!.slice(0, 100));
    expect(lossesOf(await prepare())[0]).toEqual(['/deep/small fileEmptied 700']);
  });
});

describe('nothing is given up while there is doubt', () => {
  test('packs that no index names any more are taken up again first', async () => {
    for (const path of storage.files.keys()) if (path.startsWith('index/')) storage.files.delete(path);
    expect((await prepare()).repairs).toHaveLength(2);
    const { repairs, whole } = await repair({ forget: true });
    expect([repairs, whole]).toEqual([[], [first, second]]);
    expect(await troublesOf(pristine, storage)).toEqual([]);
  });

  test('a place without a single pack is not taken for a loss', async () => {
    for (const path of storage.files.keys()) if (path.startsWith('data/')) storage.files.delete(path);
    const before = [...storage.files.keys()];
    await expect(repair({ forget: true })).rejects.toSatisfy((error) =>
      isTidemarkError(error, 'storage.ioFailed'),
    );
    expect([...storage.files.keys()]).toEqual(before);
  });

  test('C8 a listing that lags behind is not believed', async () => {
    const [piece] = await contentOf('deep/small');
    const opened = reopen(pristine, storage);
    await opened.loadIndex();
    const { packId } = opened.index.location('data', Buffer.from(piece!, 'hex'))!;
    const stale = new FaultStorage(storage).plan(
      'list',
      { kind: 'stale', isMissing: (name) => name === packId },
      { type: 'pack', times: Infinity },
    );
    expect((await repair({ forget: true }, stale)).repairs).toEqual([]);
    stale.assertAllReached();
  });

  test('a disk that fails while reading stops it', async () => {
    const error = new TidemarkError('storage.ioFailed', { location: 'x', operation: 'load', reason: 'EIO' });
    const failing = new FaultStorage(storage);
    failing.plan('load', { kind: 'fail', error }, { type: 'pack', skip: 1, times: Infinity });
    const before = [...storage.files.keys()];
    await expect(repair({ forget: true }, failing)).rejects.toBe(error);
    expect([...storage.files.keys()]).toEqual(before);
    failing.assertAllReached();
  });

  test('a tree that reads right at another look stops it', async () => {
    const wrong = new FaultStorage(storage);
    // Read-ahead, and then the tree alone.
    wrong.plan('load', { kind: 'truncate', bytes: 3 }, { type: 'pack', times: 2 });
    const before = [...storage.files.keys()];
    await expect(repair({ forget: true }, wrong)).rejects.toSatisfy((error) =>
      isTidemarkError(error, 'storage.ioFailed'),
    );
    expect([...storage.files.keys()]).toEqual(before);
    wrong.assertAllReached();
  });

  test('an index that cannot be read stops it', async () => {
    const path = [...storage.files.keys()].find((one) => one.startsWith('index/'))!;
    storage.files.get(path)![40]! ^= 1;
    await expect(repair({ forget: true })).rejects.toSatisfy((error) =>
      isTidemarkError(error, 'integrity.indexCorrupt'),
    );
  });

  test('somebody else’s lock is respected', async () => {
    const lock = await reopenHastily(pristine, storage).lock({ exclusive: false });
    await expect(repair()).rejects.toSatisfy((error) => isTidemarkError(error, 'repository.locked'));
    await lock.release();
  });
});

const TIMES = ['mtime', 'atime', 'ctime'].map((key) => `"${key}":"2026-01-01T00:00:00Z"`).join(',');
const nodeText = (name: string, type: string, rest: string): string =>
  `{"name":"${name}","type":"${type}","mode":420,${TIMES},"uid":0,"gid":0,${rest}}`;
const LOST = 'cd'.repeat(32);

describe('trees that no backup would write', () => {
  async function plantRoot(...nodes: readonly string[]): Promise<SnapshotId> {
    const repository = reopen(pristine, storage);
    const [root] = await plantBlobs(repository, 'tree', [`{"nodes":[${nodes.join(',')}]}\n`]);
    return plantSnapshot(repository, root!);
  }
  const only = (id: SnapshotId): Partial<RepairSnapshotsRequest> => ({ snapshots: { ids: [id] } });

  test('entries of no kind, files and folders that name nothing', async () => {
    const id = await plantRoot(
      nodeText('dir', 'dir', '"content":null'),
      nodeText('file', 'file', '"size":5,"content":null'),
      nodeText('odd', 'irregular', '"content":null'),
      nodeText('zero', 'file', `"size":5,"content":["${'0'.repeat(64)}"]`),
    );
    const { repairs, repaired } = await repair(only(id));
    expect(repairs[0]!.losses.map(({ path, kind }) => `${toDisplay(path)} ${kind}`)).toEqual([
      '/dir folderEmptied',
      '/file fileEmptied',
      '/odd entryRemoved',
      '/zero fileEmptied',
    ]);
    const after = Object.keys(await versionFiles(pristine, storage, repaired[0]!.newId!));
    expect(after).toEqual(['/dir', '/file', '/zero']);
    expect(await troublesOf(pristine, storage)).not.toContain('dataMissing');
  });

  test('one that would lose something is refused, the others are repaired', async () => {
    const foreign = await plantRoot(nodeText('f', 'file', `"colour":"red","size":5,"content":["${LOST}"]`));
    const plain = await plantRoot(nodeText('f', 'file', `"size":5,"content":["${LOST}"]`));
    const { refused, repaired } = await repair({ forget: true });
    expect(refused.map(({ id, error }) => [id, error.code])).toEqual([[foreign, 'integrity.treeForeign']]);
    expect(repaired.map(({ oldId }) => oldId)).toEqual([plain]);
    expect(storage.files.has(`snapshots/${foreign}`)).toBe(true);
  });

  test('a list that makes no sense is a lost folder, and looking elsewhere for it comes to an end', async () => {
    const repository = reopen(pristine, storage);
    const [nonsense] = await plantBlobs(repository, 'tree', ['no tree at all']);
    const id = await plantRoot(nodeText('dir', 'dir', `"content":null,"subtree":"${nonsense!}"`));
    const other = reopenHastily(pristine, storage.fork());
    const { repairs } = await repair({ ...only(id), heal: { repositories: [other], paths: [] } });
    expect(repairs[0]!.losses.map(({ kind }) => kind)).toEqual(['folderEmptied']);
  });
});

test('a cancel stops it before any version changes', async () => {
  const [piece] = await contentOf('deep/small');
  await lose('data', piece!);
  const stop = new AbortController();
  stop.abort();
  await expect(repair({ forget: true }, storage, stop.signal)).rejects.toSatisfy((error) =>
    isTidemarkError(error, 'job.cancelled'),
  );
  expect((await versionsOf(pristine, storage)).map(({ id }) => id)).toEqual([first, second]);
});
