/** Recovering snapshots from trees that nothing refers to: what counts as one, what is told of it, what is saved. */
import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import type { BlobId } from '#base/ids.ts';
import { loadNodes } from '#operations/find-in-snapshot.ts';
import { executeRecover } from '#operations/recover/execute.ts';
import { prepareRecover } from '#operations/recover/prepare.ts';
import type { RecoverPlan, RecoverRequest, RecoverResult } from '#operations/recover/types.ts';
import type { Repository } from '#repository/repository.ts';
import type { StoredSnapshot } from '#repository/snapshot-store.ts';
import type { MemoryStorage } from '#storage/memory/memory-storage.ts';
import { backUp, makeMemoryRepository } from '#test/support/engine.ts';
import { FaultStorage } from '#test/support/fault-storage.ts';
import { inThreadBackupPipeline } from '#test/support/in-thread-pipeline.ts';
import { troublesOf } from '#test/support/prune.ts';
import { failureOf } from '#test/support/upkeep-works.ts';
import { reopenHastily, versionFiles, versionsOf, type VersionFiles } from '#test/support/version-files.ts';

const base = mkdtempSync(join(tmpdir(), 'tidemark-recover-'));
afterAll(() => rmSync(base, { recursive: true, force: true }));

let repository: Repository;
let image: MemoryStorage;
let storage: MemoryStorage;
/** Oldest first: two of one folder, one of another. */
let versions: readonly StoredSnapshot[];
let wasFiles: readonly VersionFiles[];
const documents = join(base, 'documents');
const pictures = join(base, 'pictures');

beforeAll(async () => {
  ({ repository, storage: image } = await makeMemoryRepository());
  mkdirSync(join(documents, 'a', 'deep'), { recursive: true });
  mkdirSync(pictures);
  for (const name of ['a/deep/x', 'a/y', 'z']) writeFileSync(join(documents, name), randomBytes(300));
  writeFileSync(join(pictures, 'p'), randomBytes(3000));
  utimesSync(join(documents, 'z'), new Date(), new Date('2090-01-01'));
  await save(documents, '2026-01-01T00:00:00Z');
  writeFileSync(join(documents, 'new'), randomBytes(300));
  await save(documents, '2026-01-02T00:00:00Z');
  await save(pictures, '2026-01-03T00:00:00Z');
  versions = await versionsOf(repository, image);
  wasFiles = await Promise.all(versions.map(({ id }) => versionFiles(repository, image, id)));
});
beforeEach(() => {
  storage = image.fork();
});

function save(folder: string, time: string): Promise<unknown> {
  const changes = { time, packSizeBytes: 1 };
  return backUp(repository, folder, changes, {}, undefined, inThreadBackupPipeline);
}

const open = (): Repository => reopenHastily(repository, storage);

const treesOf = (...numbers: number[]): BlobId[] => numbers.map((n) => versions[n]!.snapshot.tree!);

function lose(...numbers: number[]): void {
  for (const n of numbers) storage.files.delete(`snapshots/${versions[n]!.id}`);
}

function prepare(trees: readonly string[] = [], noLock = false, at = storage): Promise<RecoverPlan> {
  const parts = { repository: reopenHastily(repository, at), pipeline: inThreadBackupPipeline };
  return prepareRecover(parts, { trees, noLock });
}

function recover(changes: Partial<RecoverRequest> = {}): Promise<RecoverResult> {
  const parts = { repository: open(), pipeline: inThreadBackupPipeline };
  const request = { trees: [], form: 'together', hostname: 'testhost', programVersion: 'test' } as const;
  return executeRecover(parts, { ...request, ...changes });
}

it('finds nothing while every tree belongs to a snapshot, and saves nothing', async () => {
  const before = new Map(storage.files);
  expect(await recover()).toMatchObject({ orphans: [], recovered: [], unreadableTrees: 0 });
  expect(new Map(storage.files)).toEqual(before);
});

it('tells of each lost snapshot what is in it, without writing anything', async () => {
  lose(0, 1);
  const before = new Map(storage.files);
  const watched = new FaultStorage(storage);
  const { orphans } = await prepare([], true, watched as unknown as MemoryStorage);
  expect(watched.changeCount).toBe(0);
  expect(new Map(storage.files)).toEqual(before);
  expect(new Set(orphans.map(({ treeId }) => treeId))).toEqual(new Set(treesOf(0, 1)));
  const found = orphans.find(({ treeId }) => treeId === treesOf(1)[0])!;
  const depth = documents.split('/').length - 1;
  expect(found).toMatchObject({ topCount: 1, files: 4, folders: depth + 2, lostFiles: 0, lostFolders: 0 });
  expect(found.topNames).toEqual([documents.split('/')[1]]);
  expect(found.bytes).toBe(1200);
  // A time of the future is none.
  expect(Math.abs(Date.parse(found.newest!) - Date.now())).toBeLessThan(3_600_000);
});

it('saves one snapshot that holds them all, each in a folder named after it', async () => {
  lose(0, 2);
  const { recovered } = await recover();
  expect(recovered).toHaveLength(1);
  expect(new Set(recovered[0]!.treeIds)).toEqual(new Set(treesOf(0, 2)));
  const opened = open();
  const { snapshot } = await opened.snapshots.load(recovered[0]!.snapshotId);
  expect(snapshot).toMatchObject({ paths: ['/recover'], tags: ['recovered'], hostname: 'testhost' });
  await opened.loadIndex();
  const nodes = await loadNodes(opened, snapshot.tree!);
  expect(nodes.map(({ name, subtree }) => [name, subtree])).toEqual(
    treesOf(0, 2)
      .toSorted()
      .map((id) => [id.slice(0, 8), id]),
  );
  expect(await troublesOf(repository, storage)).toEqual([]);
  expect((await recover()).orphans).toEqual([]);
});

it('saves a snapshot for each, as it was, dated by what is in it and so never the latest', async () => {
  lose(0, 1);
  const { recovered, orphans } = await recover({ form: 'each' });
  expect(recovered).toHaveLength(2);
  for (const { snapshotId, treeIds } of recovered) {
    const { snapshot } = await open().snapshots.load(snapshotId);
    const n = treesOf(0, 1).indexOf(treeIds[0]!);
    expect(snapshot.time).toBe(orphans.find(({ treeId }) => treeId === treeIds[0])!.newest);
    expect(await versionFiles(repository, storage, snapshotId)).toEqual(wasFiles[n]);
  }
});

it('recovers only those that are named, and says when there is no such one', async () => {
  lose(0, 1, 2);
  const [wanted] = treesOf(1);
  const { orphans } = await recover({ trees: [wanted!.slice(0, 10), wanted!], form: 'each' });
  expect(orphans.map(({ treeId }) => treeId)).toEqual([wanted]);
  expect(new Set((await prepare()).orphans.map(({ treeId }) => treeId))).toEqual(new Set(treesOf(0, 2)));
  const notThere = await failureOf(recover({ trees: [wanted!] }));
  expect(notThere).toMatchObject({ code: 'repository.objectNotFound', data: { kind: 'lost tree' } });
  expect((await failureOf(prepare([''])))?.code).toBe('repository.objectNotFound');
});

it('says of what was lost since that it is not whole', async () => {
  lose(1);
  const opened = open();
  await opened.loadIndex();
  const names = documents.split('/').slice(1);
  let tree = treesOf(1)[0]!;
  for (const name of [...names, 'a'])
    tree = (await loadNodes(opened, tree)).find((node) => node.name === name)!.subtree!;
  const deep = (await loadNodes(opened, tree)).find(({ name }) => name === 'deep')!;
  const [packId] = opened.index.locations('tree', Buffer.from(deep.subtree!, 'hex')).map((at) => at.packId);
  storage.files.delete(`data/${packId!.slice(0, 2)}/${packId!}`);
  const plan = await prepare();
  expect(plan).toMatchObject({ unreadableTrees: 1 });
  expect(plan.orphans).toMatchObject([{ treeId: treesOf(1)[0], files: 3, lostFolders: 1 }]);
});

it('offers what lay below a tree that cannot be read', async () => {
  lose(2);
  const opened = open();
  await opened.loadIndex();
  const [packId] = opened.index
    .locations('tree', Buffer.from(treesOf(2)[0]!, 'hex'))
    .map((location) => location.packId);
  const path = `data/${packId!.slice(0, 2)}/${packId!}`;
  storage.files.get(path)![20]! ^= 1;
  const { orphans, unreadableTrees } = await prepare();
  expect(unreadableTrees).toBe(1);
  expect(orphans).toMatchObject([{ files: 1, bytes: 3000, lostFiles: 0 }]);
});

it('waits for nobody who may be writing: it is locked out by a backup and by a prune', async () => {
  lose(0);
  const other = await open().lock({ exclusive: false });
  try {
    expect((await failureOf(recover()))?.code).toBe('repository.locked');
  } finally {
    await other.release();
  }
});
