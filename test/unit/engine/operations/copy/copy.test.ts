/** Copies between small real repositories: what comes over, what is not read twice, what a damaged source costs. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { systemClock } from '#base/system-clock.ts';
import { executeCheck } from '#operations/check/execute.ts';
import { executeCopy } from '#operations/copy/execute.ts';
import {
  DEFAULT_BATCH_BYTES,
  type CopyObserver,
  type CopyRequest,
  type CopyResult,
} from '#operations/copy/types.ts';
import type { PipelineHost } from '#operations/pipeline-host.ts';
import type { Repository } from '#repository/repository.ts';
import type { StoredSnapshot } from '#repository/snapshot-store.ts';
import type { MemoryStorage } from '#storage/memory/memory-storage.ts';
import type { Storage } from '#storage/port.ts';
import { TraceStorage } from '#storage/decorators/trace-storage.ts';
import { backUp, makeMemoryRepository, reopen, testPipeline } from '#test/support/engine.ts';
import { collectIndex } from '#test/support/golden-repository.ts';
import { inThreadPipeline } from '#test/support/in-thread-pipeline.ts';
import { reopenHastily } from '#test/support/version-files.ts';
import { plantBlobs, plantSnapshot } from '#test/support/plant.ts';

const ALL: CopyRequest = {
  ids: [],
  filter: {},
  compression: 'auto',
  sourceNoLock: false,
  batchBytes: DEFAULT_BATCH_BYTES,
};
const base = mkdtempSync(join(tmpdir(), 'tidemark-copy-'));
const tree = join(base, 'source');
let source: Repository;
let sourceImage: MemoryStorage;
let empty: Repository;
let emptyImage: MemoryStorage;
let emptyOld: Repository;
let emptyOldImage: MemoryStorage;
/** The copies that a test works on. */
let from: MemoryStorage;
let to: MemoryStorage;

beforeAll(async () => {
  mkdirSync(join(tree, 'letters'), { recursive: true });
  writeFileSync(join(tree, 'letters', 'first.txt'), randomBytes(900));
  writeFileSync(join(tree, 'letters', 'text'), 'all work and no play '.repeat(500));
  ({ repository: source, storage: sourceImage } = await makeMemoryRepository());
  ({ repository: empty, storage: emptyImage } = await makeMemoryRepository());
  ({ repository: emptyOld, storage: emptyOldImage } = await makeMemoryRepository({ version: 1 }));
  await backUp(source, tree);
  writeFileSync(join(tree, 'letters', 'second.txt'), randomBytes(700));
  await backUp(source, tree, { tags: ['x', 'y'], oneFileSystem: true });
});
beforeEach(() => {
  from = sourceImage.fork();
  to = emptyImage.fork();
});
afterAll(() => rmSync(base, { recursive: true, force: true }));

function copy(
  request: Partial<CopyRequest> = {},
  options: {
    readonly at?: Storage;
    readonly into?: Repository;
    readonly observer?: CopyObserver;
    readonly signal?: AbortSignal;
    readonly pipeline?: PipelineHost;
  } = {},
): Promise<CopyResult> {
  const {
    at = from,
    into = reopenHastily(empty, to),
    observer,
    signal,
    pipeline = inThreadPipeline,
  } = options;
  return executeCopy(
    { source: reopenHastily(source, at), destination: into, pipeline },
    { ...ALL, ...request },
    observer,
    signal,
  );
}

async function expectWhole(repository: Repository, storage: MemoryStorage): Promise<void> {
  const parts = { repository: reopen(repository, storage), pipeline: inThreadPipeline };
  const { errors, hints } = await executeCheck(parts, { readData: 'all', noLock: true });
  expect([errors, hints]).toEqual([[], []]);
  expect(namesIn(storage, 'locks')).toEqual([]);
}

function namesIn(storage: MemoryStorage, folder: string): string[] {
  return [...storage.files.keys()]
    .filter((path) => path.startsWith(`${folder}/`))
    .map((path) => path.slice(path.lastIndexOf('/') + 1))
    .sort();
}

async function snapshotsOf(repository: Repository, storage: MemoryStorage): Promise<StoredSnapshot[]> {
  return (await reopen(repository, storage).snapshots.loadAll()).snapshots;
}

/** Paths of packs with such blobs. */
async function packPaths(type: 'data' | 'tree'): Promise<string[]> {
  const { files } = reopen(source, from);
  const found: string[] = [];
  for (const { name } of await files.list('index')) {
    for (const { id, entries } of collectIndex(await files.load('index', name)))
      if (entries[0]!.type === type) found.push(`data/${id.slice(0, 2)}/${id}`);
  }
  return found;
}

test('everything comes over, in real threads; nothing is left to do the second time', async () => {
  const started: string[] = [];
  const result = await copy(
    {},
    { pipeline: testPipeline, observer: { onStarted: ({ id }) => started.push(id) } },
  );
  const theirs = await snapshotsOf(source, from);
  expect(result.copied.map(({ sourceId }) => sourceId)).toEqual(theirs.map(({ id }) => id));
  expect(started).toEqual(theirs.map(({ id }) => id));
  await expectWhole(empty, to);
  const ours = await snapshotsOf(empty, to);
  expect(ours.map(({ snapshot }) => snapshot)).toEqual(
    theirs.map(({ id, snapshot: { parent: _dropped, ...kept } }) => ({ ...kept, original: id })),
  );
  const before = new Map(to.files);
  const again = await copy();
  expect(again).toMatchObject({ copied: [], blobs: 0, problems: [] });
  expect(again.skipped).toEqual(result.copied);
  expect(new Map(to.files)).toEqual(before);
});

test('each snapshot by itself, when batches are small', async () => {
  await copy({ batchBytes: 0 });
  expect(namesIn(to, 'index')).toHaveLength(2);
  await expectWhole(empty, to);
});

test('a copy of a copy names the first original, and finds it there', async () => {
  await copy();
  const { repository: third, storage } = await makeMemoryRepository();
  const parts = { source: reopen(empty, to), destination: reopen(third), pipeline: inThreadPipeline };
  await executeCopy(parts, ALL);
  const originals = (await snapshotsOf(third, storage)).map(({ snapshot }) => snapshot.original);
  expect(originals).toEqual((await snapshotsOf(source, from)).map(({ id }) => id));
  // Back to where it came from: all is there.
  const back = { source: reopen(third), destination: reopen(source, from), pipeline: inThreadPipeline };
  expect((await executeCopy(back, ALL)).skipped).toHaveLength(2);
});

test('one snapshot by its id, and by a filter; the rest follows without reading anything twice', async () => {
  const [first, second] = await snapshotsOf(source, from);
  expect((await copy({ ids: [first!.id.slice(0, 8)] })).copied).toHaveLength(1);
  const packs = new Set<string>();
  const traced = new TraceStorage(from, systemClock, ({ operation, type, name }) => {
    if (operation === 'load' && type === 'pack' && name !== undefined) packs.add(name);
  });
  const result = await copy({ filter: { tags: [['x', 'y']] } }, { at: traced });
  expect(result.copied.map(({ sourceId }) => sourceId)).toEqual([second!.id]);
  // The data of the first backup is not asked for.
  const [firstData] = await packPaths('data');
  expect(packs.has(firstData!.slice('data/00/'.length))).toBe(false);
  expect(packs.size).toBeGreaterThan(0);
  await expectWhole(empty, to);
});

test('into the old format and with other compression', async () => {
  const old = emptyOldImage.fork();
  await copy({ compression: 'off' }, { into: reopenHastily(emptyOld, old) });
  await expectWhole(emptyOld, old);
  const back = {
    source: reopen(emptyOld, old),
    destination: reopen(empty, to),
    pipeline: inThreadPipeline,
  };
  await executeCopy(back, { ...ALL, compression: 'max', sourceNoLock: true });
  await expectWhole(empty, to);
});

test('trees that only other programs write come over byte by byte', async () => {
  const writer = reopen(source, from);
  const odd = '{"strange":true,"nodes":[{"type":"dir","name":"d","subtree":"SUB","new field":[1]}]}';
  const [child] = await plantBlobs(writer, 'tree', ['{ "nodes" : [ ] }']);
  const [root] = await plantBlobs(writer, 'tree', [odd.replace('SUB', child!)]);
  await plantSnapshot(writer, root!);
  await copy();
  const reader = reopen(empty, to);
  await reader.loadIndex();
  expect(Buffer.from(await reader.loadBlob('tree', root!)).toString()).toBe(odd.replace('SUB', child!));
});

test('a damaged piece: the snapshots that need it are told and left out, the others come over', async () => {
  const [, second] = await snapshotsOf(source, from);
  const paths = await packPaths('data');
  // The newest data is needed by the second snapshot only.
  for (const path of paths.slice(1)) from.files.get(path)![25]! ^= 1;
  const result = await copy();
  expect(result.copied).toHaveLength(1);
  expect(result.problems).toMatchObject([{ sourceId: second!.id, affectedCount: 1 }]);
  expect(result.problems[0]!.affected[0]!.path).toBe(`${tree}/letters/second.txt`);
  await expectWhole(empty, to);
  // What is damaged for both stops both, also when a later run asks for one alone.
  from.files.get(paths[0]!)![25]! ^= 1;
  to = emptyImage.fork();
  expect(await copy()).toMatchObject({ copied: [], problems: [{}, {}] });
  expect((await copy({ ids: [second!.id] })).copied).toEqual([]);
  expect(namesIn(to, 'snapshots')).toEqual([]);
});

test('a second good place of a damaged piece is used', async () => {
  const reader = reopen(source, from);
  await reader.loadIndex();
  const blobs: Uint8Array[] = [];
  const loads: Promise<void>[] = [];
  reader.index.forEach((_pack, type, id) => {
    if (type !== 'data') return;
    const hex = Buffer.from(id).toString('hex') as Parameters<typeof reader.loadBlob>[1];
    loads.push(reader.loadBlob('data', hex).then((plain) => void blobs.push(plain)));
  });
  await Promise.all(loads);
  const damaged = await packPaths('data');
  await plantBlobs(reopen(source, from), 'data', blobs);
  for (const path of damaged) from.files.get(path)!.fill(1, 0, 800);
  expect((await copy()).problems).toEqual([]);
  await expectWhole(empty, to);
});

test('a missing tree and a damaged snapshot file', async () => {
  for (const path of await packPaths('tree')) from.files.delete(path);
  const [name] = namesIn(from, 'snapshots');
  from.files.get(`snapshots/${name}`)![40]! ^= 1;
  const result = await copy();
  expect(result.copied).toEqual([]);
  expect(result.problems).toHaveLength(2);
  expect(result.problems[0]).toMatchObject({ sourceId: name, affectedCount: 0 });
  expect(result.problems[1]!.affected[0]).toMatchObject({ path: '/', isFolder: true });
  expect(namesIn(to, 'snapshots')).toEqual([]);
});

test('locks of both are heeded; a source without lock', async () => {
  for (const repository of [reopen(source, from), reopen(empty, to)]) {
    const holder = await repository.lock({ exclusive: true });
    await expect(copy()).rejects.toMatchObject({ code: 'repository.locked' });
    await holder.release();
  }
  const shared = await reopen(source, from).lock({ exclusive: false });
  await copy({ ids: ['latest'] });
  await shared.release();
  const exclusive = await reopen(source, from).lock({ exclusive: true });
  await copy({ sourceNoLock: true });
  await exclusive.release();
  await expectWhole(empty, to);
});

test('cancel ends it, locks go, and the next run finishes', async () => {
  const control = new AbortController();
  const observer: CopyObserver = { onProgress: ({ bytesDone }) => bytesDone > 0 && control.abort() };
  const { signal } = control;
  const run = copy({}, { observer, signal, pipeline: testPipeline });
  await expect(run).rejects.toMatchObject({ code: 'job.cancelled' });
  expect([...namesIn(to, 'locks'), ...namesIn(from, 'locks')]).toEqual([]);
  await copy();
  await expectWhole(empty, to);
});
