/** Leaving files out of versions, on small real repositories and on trees that no backup would write. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { textToByteString, toDisplay } from '#base/byte-string.ts';
import { isTidemarkError } from '#base/errors.ts';
import type { BlobId, SnapshotId } from '#base/ids.ts';
import { executeRewrite } from '#operations/rewrite/execute.ts';
import { prepareRewrite } from '#operations/rewrite/prepare.ts';
import type {
  RewriteObserver,
  RewritePlan,
  RewriteRequest,
  RewriteResult,
} from '#operations/rewrite/types.ts';
import type { Repository } from '#repository/repository.ts';
import type { MemoryStorage } from '#storage/memory/memory-storage.ts';
import type { Storage } from '#storage/port.ts';
import { backUp, makeMemoryRepository, reopen } from '#test/support/engine.ts';
import { FaultStorage } from '#test/support/fault-storage.ts';
import { inThreadPipeline } from '#test/support/in-thread-pipeline.ts';
import { plantBlobs, plantSnapshot } from '#test/support/plant.ts';
import { troublesOf } from '#test/support/prune.ts';
import { reopenHastily, versionFiles, versionsOf, without } from '#test/support/version-files.ts';

const base = mkdtempSync(join(tmpdir(), 'tidemark-rewrite-'));
const source = join(base, 'source');
let pristine: Repository;
let image: MemoryStorage;
let storage: MemoryStorage;
let first: SnapshotId;
let second: SnapshotId;

beforeAll(async () => {
  mkdirSync(join(source, 'letters', 'secret'), { recursive: true });
  mkdirSync(join(source, 'only'), { recursive: true });
  writeFileSync(join(source, 'letters', 'a.txt'), 'a letter');
  writeFileSync(join(source, 'letters', 'secret', 'x'), randomBytes(700));
  writeFileSync(join(source, 'letters', 'secret', 'y'), randomBytes(300));
  writeFileSync(join(source, 'only', 'z.tmp'), 'scratch');
  ({ repository: pristine, storage: image } = await makeMemoryRepository());
  first = (await backUp(pristine, source, { tags: ['t'], time: '2026-01-01T00:00:00Z' })).snapshotId!;
  writeFileSync(join(source, 'letters', 'b.txt'), 'another letter');
  second = (await backUp(pristine, source, { time: '2026-01-02T00:00:00Z' })).snapshotId!;
});
beforeEach(() => (storage = image.fork()));
afterAll(() => rmSync(base, { recursive: true, force: true }));

function request(changes: Partial<RewriteRequest> = {}, ...patterns: readonly string[]): RewriteRequest {
  return {
    snapshots: {},
    ...(patterns.length === 0 ? {} : { exclude: { patterns: patterns.map(textToByteString) } }),
    forget: false,
    addSummary: false,
    ...changes,
  };
}

function rewrite(
  wish: RewriteRequest,
  at: Storage = storage,
  observer: RewriteObserver = {},
  signal?: AbortSignal,
): Promise<RewriteResult> {
  const parts = { repository: reopenHastily(pristine, at), pipeline: inThreadPipeline };
  return executeRewrite(parts, wish, observer, signal);
}

const prepare = (wish: RewriteRequest): Promise<RewritePlan> =>
  prepareRewrite(reopenHastily(pristine, storage), wish);

const files = (id: SnapshotId) => versionFiles(pristine, storage, id);

/** The clean-up of what is left out is prune's. */
async function expectClean(): Promise<void> {
  expect(await troublesOf(pristine, storage)).toEqual([]);
}

describe('a folder left out of all versions', () => {
  const secret = `${source}/letters/secret`;

  test('is gone from the copies, and everything else is there as it was', async () => {
    const before = [await files(first), await files(second)];
    const { changed } = await rewrite(request({}, '/**/secret'));
    expect(changed.map(({ oldId }) => oldId)).toEqual([first, second]);
    for (const [i, { oldId, newId }] of changed.entries()) {
      expect(await files(newId)).toEqual(without(before[i]!, secret));
      expect(await files(oldId)).toEqual(before[i]);
    }
    expect(Object.keys(before[0]!)).toContain(`${secret}/x`);
    await expectClean();
  });

  test('leaves new snapshots that say what they were made of', async () => {
    const old = (await versionsOf(pristine, storage))[1]!.snapshot;
    const { changed } = await rewrite(request({ snapshots: { ids: [second] } }, secret));
    const { snapshot } = await reopen(pristine, storage).snapshots.load(changed[0]!.newId);
    expect(snapshot).toEqual({
      ...old,
      tree: expect.not.stringMatching(old.tree!),
      tags: ['rewrite'],
      original: second,
      summary: {
        ...old.summary,
        totalFilesProcessed: old.summary!.totalFilesProcessed! - 2,
        totalBytesProcessed: old.summary!.totalBytesProcessed! - 1000,
      },
    });
  });

  test('with forget the old versions go, and nothing is tagged', async () => {
    const { changed } = await rewrite(request({ forget: true }, secret));
    const after = await versionsOf(pristine, storage);
    expect(after.map(({ id }) => id)).toEqual(changed.map(({ newId }) => newId));
    expect(after.map(({ snapshot }) => snapshot.tags)).toEqual([['t'], []]);
    expect(after.map(({ snapshot }) => snapshot.original)).toEqual([first, second]);
    await expectClean();
  });

  test('is foretold by the plan, which writes nothing', async () => {
    const before = [...storage.files.keys()];
    const excluded: string[] = [];
    const wish = request({ forget: true }, secret);
    const plan = await prepare(wish);
    expect([...storage.files.keys()]).toEqual(before);
    expect(plan.changes.map(({ goneFiles, goneBytes }) => [goneFiles, goneBytes])).toEqual([
      [2, 1000],
      [2, 1000],
    ]);
    const { changed } = await rewrite(wish, storage, {
      onExcluded: (path) => excluded.push(toDisplay(path)),
    });
    const after = await versionsOf(pristine, storage);
    expect(after.map(({ snapshot }) => snapshot)).toEqual(plan.changes.map(({ next }) => next));
    expect(changed.map(({ goneFiles, goneBytes }) => [goneFiles, goneBytes])).toEqual([
      [2, 1000],
      [2, 1000],
    ]);
    expect(new Set(excluded)).toEqual(new Set([secret]));
  });
});

test('a folder that becomes empty stays', async () => {
  const before = await files(second);
  const { changed } = await rewrite(request({ snapshots: { ids: [second] } }, '*.tmp'));
  expect(await files(changed[0]!.newId)).toEqual(without(before, `${source}/only/z.tmp`));
  expect(Object.keys(await files(changed[0]!.newId))).toContain(`${source}/only`);
});

test('where nothing matches nothing is written', async () => {
  const watching = new FaultStorage(storage);
  const { changed, unchanged } = await rewrite(request({ forget: true }, 'no such name'), watching);
  expect([changed, unchanged]).toEqual([[], [first, second]]);
  // The lock comes and goes.
  expect(watching.changeCount).toBe(2);
});

test('a second run finds nothing left to do, also after a stop between storing and removing', async () => {
  const wish = request({ forget: true }, '*.tmp');
  const old = storage.files.get(`snapshots/${first}`)!;
  await rewrite(wish);
  storage.files.set(`snapshots/${first}`, old);
  const plan = await prepare(wish);
  expect(plan.changes.map(({ oldId, isStoredAlready }) => [oldId, isStoredAlready])).toEqual([[first, true]]);
  await rewrite(wish);
  expect(await versionsOf(pristine, storage)).toHaveLength(2);
  await rewrite(request({}, '*.txt'));
  expect(await versionsOf(pristine, storage)).toHaveLength(4);
  const { changed } = await rewrite(request({}, '*.txt'));
  expect(changed).toEqual([]);
});

describe('host, time and counts', () => {
  test('change without a look at the trees', async () => {
    for (const path of storage.files.keys()) if (path.startsWith('data/')) storage.files.delete(path);
    const wish = request({ forget: true, newHost: 'new', newTime: '2020-01-01T00:00:00Z' });
    await rewrite({ ...wish, snapshots: { ids: [second] } });
    const [changed] = await versionsOf(pristine, storage);
    const { hostname, time, original, tags } = changed!.snapshot;
    expect([hostname, time, original, tags]).toEqual(['new', '2020-01-01T00:00:00Z', second, []]);
  });

  test('that are so already are no change', async () => {
    const { changed } = await rewrite(request({ newHost: 'testhost' }));
    expect(changed).toEqual([]);
  });

  test('are counted only where no counts are', async () => {
    const writer = reopen(pristine, storage);
    const { summary, ...bare } = (await writer.snapshots.load(second)).snapshot;
    const bareId = await writer.snapshots.save(bare);
    const { changed } = await rewrite(request({ addSummary: true, forget: true }));
    expect(changed.map(({ oldId }) => oldId)).toEqual([bareId]);
    const { snapshot } = await reopen(pristine, storage).snapshots.load(changed[0]!.newId);
    expect(snapshot.summary).toEqual({
      totalFilesProcessed: summary!.totalFilesProcessed,
      totalBytesProcessed: summary!.totalBytesProcessed,
    });
  });

  test('nothing asked for is refused', async () => {
    await expect(rewrite(request({}))).rejects.toSatisfy((error) =>
      isTidemarkError(error, 'request.invalidInput'),
    );
  });
});

/** Canonical, without a word too many. */
function nodeText(name: string, rest: string, type = 'file'): string {
  const times = ['mtime', 'atime', 'ctime'].map((key) => `"${key}":"2026-01-01T00:00:00Z"`).join(',');
  return `{"name":"${name}","type":"${type}","mode":420,${times},"uid":0,"gid":0,${rest}}`;
}
const file = (name: string, more = ''): string => nodeText(name, `${more}"content":[]`);
const folder = (name: string, tree: BlobId): string =>
  nodeText(name, `"content":null,"subtree":"${tree}"`, 'dir');
const tree = (...nodes: readonly string[]): string => `{"nodes":[${nodes.join(',')}]}\n`;

async function plant(...trees: readonly string[]): Promise<BlobId[]> {
  return plantBlobs(reopen(pristine, storage), 'tree', trees);
}

test('the same tree in two places is changed only in the one that is meant', async () => {
  const [shared] = await plant(tree(file('x'), file('y')));
  const [root] = await plant(tree(folder('here', shared!), folder('there', shared!)));
  const id = await plantSnapshot(reopen(pristine, storage), root!);
  const { changed } = await rewrite(request({ snapshots: { ids: [id] } }, '/there/x'));
  expect(Object.keys(await files(changed[0]!.newId))).toEqual([
    '/here',
    '/here/x',
    '/here/y',
    '/there',
    '/there/y',
  ]);
});

test('a tree that is changed and one that stays are each stored once', async () => {
  const [inner] = await plant(tree(file('x'), file('y')));
  const [root] = await plant(tree(folder('a', inner!), folder('b', inner!)));
  const id = await plantSnapshot(reopen(pristine, storage), root!);
  await rewrite(request({ snapshots: { ids: [id] } }, 'x'));
  await expectClean();
  const opened = reopen(pristine, storage);
  const before = reopen(pristine, image);
  await before.loadIndex();
  await opened.loadIndex();
  // Two that were planted, two that were changed.
  expect(opened.index.entryCount - before.index.entryCount).toBe(4);
});

describe('a tree that would lose something when written again', () => {
  const odd: readonly (readonly [string, string])[] = [
    ['an unknown field of a node', tree(file('gone'), file('odd', '"colour":"red",'))],
    ['an unknown field of the tree', tree(file('gone'), file('odd')).replace('{"nodes"', '{"v":1,"nodes"')],
    ['no newline at its end', tree(file('gone'), file('odd')).trimEnd()],
    ['white space', tree(file('gone'), file('odd')).replace('"nodes":', '"nodes": ')],
    ['names out of order', tree(file('odd'), file('gone'))],
    ['a name twice', tree(file('gone'), file('odd'), file('odd'))],
  ];

  test.each(odd)('is refused: %s', async (_what, text) => {
    const [inner] = await plant(text);
    const [root] = await plant(tree(folder('inside', inner!)));
    const id = await plantSnapshot(reopen(pristine, storage), root!);
    const { changed, refused } = await rewrite(request({ forget: true }, 'gone', '*.tmp'));
    expect(refused.map((one) => [one.id, one.error.code])).toEqual([[id, 'integrity.treeForeign']]);
    expect(changed.map(({ oldId }) => oldId).toSorted()).toEqual([first, second].toSorted());
    expect(storage.files.has(`snapshots/${id}`)).toBe(true);
  });

  test.each(odd)('stays as it is when it need not change: %s', async (_what, text) => {
    const [inner] = await plant(text);
    const [root] = await plant(tree(folder('inside', inner!), file('other')));
    const id = await plantSnapshot(reopen(pristine, storage), root!);
    const { changed } = await rewrite(request({ snapshots: { ids: [id] } }, 'other'));
    const { snapshot } = await reopen(pristine, storage).snapshots.load(changed[0]!.newId);
    const opened = reopen(pristine, storage);
    await opened.loadIndex();
    const stored = Buffer.from(await opened.loadBlob('tree', snapshot.tree!)).toString();
    expect(stored).toBe(tree(folder('inside', inner!)));
  });
});

describe('a version with damage', () => {
  test('is refused and named, the others are changed', async () => {
    const lost = 'ab'.repeat(32) as BlobId;
    const [root] = await plant(tree(folder('lost', lost), file('gone')));
    const id = await plantSnapshot(reopen(pristine, storage), root!);
    const { changed, refused } = await rewrite(request({ forget: true }, 'gone', '*.tmp'));
    expect(refused.map((one) => [one.id, one.error.code])).toEqual([[id, 'integrity.blobMissing']]);
    expect(changed).toHaveLength(2);
  });

  test('is rewritten where the damage itself is left out', async () => {
    const lost = 'ab'.repeat(32) as BlobId;
    const [root] = await plant(tree(file('kept'), folder('lost', lost)));
    const id = await plantSnapshot(reopen(pristine, storage), root!);
    const { changed } = await rewrite(request({ forget: true, snapshots: { ids: [id] } }, 'lost'));
    expect(Object.keys(await files(changed[0]!.newId))).toEqual(['/kept']);
    await expectClean();
  });

  test('gets no tree that the index only claims to have', async () => {
    // The changed tree is the very one that lies damaged in the repository.
    const [known] = await plant(tree(file('kept')));
    const [root] = await plant(tree(file('gone'), file('kept')));
    const id = await plantSnapshot(reopen(pristine, storage), root!);
    await damageBlob(known!);
    const { changed } = await rewrite(request({ forget: true, snapshots: { ids: [id] } }, 'gone'));
    expect(Object.keys(await files(changed[0]!.newId))).toEqual(['/kept']);
  });
});

async function damageBlob(id: BlobId): Promise<void> {
  const opened = reopen(pristine, storage);
  await opened.loadIndex();
  const { packId, offset } = opened.index.location('tree', Buffer.from(id, 'hex'))!;
  storage.files.get(`data/${packId.slice(0, 2)}/${packId}`)![offset + 20]! ^= 1;
}

test('a cancel stops it, and every version is as before', async () => {
  const stop = new AbortController();
  const observer = { onExcluded: () => stop.abort() };
  const run = rewrite(request({ forget: true }, '*.tmp'), storage, observer, stop.signal);
  await expect(run).rejects.toSatisfy((error) => isTidemarkError(error, 'job.cancelled'));
  expect((await versionsOf(pristine, storage)).map(({ id }) => id)).toEqual([first, second]);
  await expectClean();
});

test('without forget it goes beside other readers and writers, with it it waits for nobody to be there', async () => {
  const lock = await reopen(pristine, storage).lock({ exclusive: false });
  expect((await rewrite(request({}, '*.tmp'))).changed).toHaveLength(2);
  const run = rewrite(request({ forget: true }, '*.txt'));
  await expect(run).rejects.toSatisfy((error) => isTidemarkError(error, 'repository.locked'));
  await lock.release();
});
