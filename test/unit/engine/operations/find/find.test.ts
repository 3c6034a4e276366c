/** Searches in small real repositories: what is found, how often trees are read, what damage does. */
import { createHash, randomBytes } from 'node:crypto';
import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { textToByteString, toDisplay } from '#base/byte-string.ts';
import { bytesToId, type BlobId } from '#base/ids.ts';
import { executeFind } from '#operations/find/execute.ts';
import { FoundCache } from '#operations/find/found-cache.ts';
import { executeFindObjects } from '#operations/find/find-objects.ts';
import { executeFindPaths } from '#operations/find/path-histories.ts';
import { SearchGraph } from '#operations/find/search-graph.ts';
import type { DamagedFolder, FindRequest, FindResult, PathHistory } from '#operations/find/types.ts';
import { walkFound } from '#operations/find/walk-found.ts';
import { openReadingPool } from '#operations/open-reading-pool.ts';
import { MATCHED } from '#rules/pattern-states.ts';
import type { Repository } from '#repository/repository.ts';
import type { MemoryStorage } from '#storage/memory/memory-storage.ts';
import { backUp, makeMemoryRepository, reopen, testPipeline } from '#test/support/engine.ts';
import { inThreadBackupPipeline, inThreadPipeline } from '#test/support/in-thread-pipeline.ts';
import { plantBlobs, plantSnapshot } from '#test/support/plant.ts';

const base = mkdtempSync(join(tmpdir(), 'tidemark-find-'));
const source = join(base, 's');
const at = (...names: string[]): string => join(source, ...names);
const LARGE = randomBytes(3_000_000);
const createHasher = () => {
  const hash = createHash('sha256');
  return {
    update: (bytes: Uint8Array) => void hash.update(bytes),
    digest: () => Uint8Array.from(hash.digest()),
  };
};

let repository: Repository;
let image: MemoryStorage;
let ids: string[];

/** Three versions: `letter.txt` written, rewritten and moved; `old` deleted in the last; `copy` a copy of a folder. */
beforeAll(async () => {
  mkdirSync(at('docs', 'deep'), { recursive: true });
  mkdirSync(at('copy', 'deep'), { recursive: true });
  writeFileSync(at('docs', 'letter.txt'), 'dear reader');
  writeFileSync(at('docs', 'deep', 'large.bin'), LARGE);
  writeFileSync(at('copy', 'deep', 'small.bin'), 'small');
  writeFileSync(at('old.TXT'), 'old');
  symlinkSync('nowhere', at('link'));
  utimesSync(at('old.TXT'), 1e9, 1e9);
  const made = await makeMemoryRepository();
  const save = async () =>
    (await backUp(made.repository, source, {}, {}, undefined, inThreadBackupPipeline)).snapshotId!;
  const first = await save();
  writeFileSync(at('docs', 'letter.txt'), 'dear reader, again');
  const second = await save();
  renameSync(at('docs', 'letter.txt'), at('letter.txt'));
  rmSync(at('old.TXT'));
  ids = [first, second, await save()];
  repository = made.repository;
  image = made.storage;
});
afterAll(() => rmSync(base, { recursive: true, force: true }));

function request(patterns: readonly string[], changes: Partial<FindRequest['conditions']> = {}): FindRequest {
  return {
    snapshots: {},
    patterns: { patterns: patterns.map(textToByteString), ignoreCase: false },
    conditions: changes,
  };
}

interface Found extends FindResult {
  /** Number of the version, then the path below the source. */
  readonly entries: string[];
  readonly damaged: DamagedFolder[];
  readonly foldersRead: number;
}

async function find(given: FindRequest, on: Repository = reopen(repository)): Promise<Found> {
  const entries: string[] = [];
  const damaged: DamagedFolder[] = [];
  let foldersRead = 0;
  const result = await executeFind(
    { repository: on, pipeline: inThreadBackupPipeline, createHasher },
    given,
    {
      onProgress: (count) => (foldersRead = count),
      onDamaged: (folder) => damaged.push(folder),
      onEntry: ({ id }, { path }) => {
        entries.push(`${ids.indexOf(id) + 1} ${toDisplay(path).replace(`${source}/`, '')}`);
      },
    },
  );
  return { ...result, entries, damaged, foldersRead };
}

async function paths(given: FindRequest): Promise<PathHistory[]> {
  const histories: PathHistory[] = [];
  const parts = { repository: reopen(repository), pipeline: inThreadBackupPipeline, createHasher };
  await executeFindPaths(parts, given, { onPath: (history) => void histories.push(history) });
  return histories;
}

async function treeCount(): Promise<number> {
  const opened = reopen(repository);
  await opened.loadIndex();
  let count = 0;
  opened.index.forEach((_pack, type) => (count += type === 'tree' ? 1 : 0));
  return count;
}

describe('by name', () => {
  test('tells each version, newest first, with whole paths', async () => {
    const { entries, found, snapshotsSearched } = await find(request(['*.txt', 'old*']));
    expect(entries).toEqual([
      '3 letter.txt',
      '2 docs/letter.txt',
      '2 old.TXT',
      '1 docs/letter.txt',
      '1 old.TXT',
    ]);
    expect([found, snapshotsSearched]).toEqual([5, 3]);
    const oldest = await find({ ...request(['*.txt']), snapshots: { oldestFirst: true } });
    expect(oldest.entries).toEqual(['1 docs/letter.txt', '2 docs/letter.txt', '3 letter.txt']);
  });

  test('reads every tree of all versions once, in threads of their own', async () => {
    const { foldersRead } = await find(request(['*.txt']));
    expect(foldersRead).toBe(await treeCount());
    const parts = { repository: reopen(repository), pipeline: testPipeline, createHasher };
    expect((await executeFind(parts, request(['*']), { onEntry: () => undefined })).found).toBeGreaterThan(
      20,
    );
  });

  test('reads nothing where a rooted pattern does not lead', async () => {
    const { entries, foldersRead } = await find(request([at('copy', 'deep', '*')]));
    expect(entries).toEqual(['3 copy/deep/small.bin', '2 copy/deep/small.bin', '1 copy/deep/small.bin']);
    const depth = at('copy', 'deep').split('/').length;
    // The parents have other trees in each version, but `copy` and `deep` have not.
    expect(foldersRead).toBe(3 * (depth - 2) + 2);
  });

  test('everything below a match matches, and a tree at two paths is told at both', async () => {
    expect((await find({ ...request(['copy']), snapshots: { ids: [ids[0]!] } })).entries).toEqual([
      '1 copy',
      '1 copy/deep',
      '1 copy/deep/small.bin',
    ]);
  });

  test('proves patterns with several ** by the whole path', async () => {
    const given = { ...request(['s/**/deep/**/small*']), snapshots: { ids: ['latest'] } };
    expect((await find(given)).entries).toEqual(['3 copy/deep/small.bin']);
    const quirk = { ...request([`/${base.split('/')[1]!}/**/copy/**`]), snapshots: { ids: ['latest'] } };
    // Each further ** counts as a folder in restic, so the folder itself does not match.
    expect((await find(quirk)).entries).toEqual(['3 copy/deep', '3 copy/deep/small.bin']);
  });

  test('without regard to case', async () => {
    const given = request(['OLD.txt']);
    expect((await find({ ...given, patterns: { ...given.patterns, ignoreCase: true } })).entries).toEqual([
      '2 old.TXT',
      '1 old.TXT',
    ]);
    expect((await find(given)).entries).toEqual([]);
  });

  test('refuses a malformed pattern and an unknown snapshot', async () => {
    await expect(find(request(['[a']))).rejects.toMatchObject({ code: 'request.invalidInput' });
    await expect(find({ ...request(['a']), snapshots: { ids: ['0123'] } })).rejects.toMatchObject({
      code: 'repository.objectNotFound',
    });
  });
});

describe('by what a file is', () => {
  const latest = { snapshots: { ids: ['latest'] } };

  test('size counts for files only', async () => {
    const larger = await find({ ...request([], { largerThanBytes: 18n }), ...latest });
    expect(larger.entries).toEqual(['3 docs/deep/large.bin']);
    const smaller = await find({ ...request([], { smallerThanBytes: 18n }), ...latest });
    expect(smaller.entries).toEqual(['3 copy/deep/small.bin']);
    expect(
      (await find({ ...request([], { largerThanBytes: 17n, smallerThanBytes: 19n }), ...latest })).entries,
    ).toEqual(['3 letter.txt']);
  });

  test('times of modification, both ends taken in', async () => {
    const then = { sec: 1e9, nsec: 0 };
    const found = await find(request([], { modifiedFrom: then, modifiedTo: then }));
    expect(found.entries).toEqual(['2 old.TXT', '1 old.TXT']);
    expect((await find(request(['*.TXT'], { modifiedFrom: { sec: 1e9, nsec: 1 } }))).entries).toEqual([]);
    expect(
      (await find(request(['*.TXT'], { modifiedTo: { sec: 1e9 - 1, nsec: 999_999_999 } }))).entries,
    ).toEqual([]);
  });

  const hashOf = (content: Uint8Array | string): Uint8Array =>
    Uint8Array.from(createHash('sha256').update(content).digest());

  test('the hash of a content of one piece, of many, of none', async () => {
    expect((await find(request([], { contentHash: hashOf('dear reader') }))).entries).toEqual([
      '1 docs/letter.txt',
    ]);
    expect((await find({ ...request([], { contentHash: hashOf(LARGE) }), ...latest })).entries).toEqual([
      '3 docs/deep/large.bin',
    ]);
    expect((await find(request([], { contentHash: hashOf('nothing like it') }))).entries).toEqual([]);
    expect((await find(request([], { contentHash: hashOf('') }))).entries).toEqual([]);
  });

  test('the content of a file on the disk', async () => {
    const live = join(base, 'live');
    writeFileSync(live, LARGE);
    const given = { ...request([]), contentOf: textToByteString(live) };
    expect((await find(given)).entries).toEqual([3, 2, 1].map((version) => `${version} docs/deep/large.bin`));
    writeFileSync(live, Buffer.concat([LARGE.subarray(0, -1), Buffer.from('x')]));
    expect((await find(given)).entries).toEqual([]);
    rmSync(live);
    await expect(find(given)).rejects.toMatchObject({ code: 'files.unreadable', data: { reason: 'ENOENT' } });
    expect(readFileSync(at('letter.txt'), 'utf8')).toBe('dear reader, again');
  });
});

describe('path by path', () => {
  test('tells since when, until when and how many contents', async () => {
    const histories = await paths(request(['*.txt', '*.TXT']));
    const told = histories.map(
      ({ path, oldest, newest, snapshotCount, contentCount, isGone, searchedCount }) => [
        toDisplay(path).replace(`${source}/`, ''),
        ids.indexOf(oldest.id) + 1,
        ids.indexOf(newest.id) + 1,
        snapshotCount,
        contentCount,
        isGone,
        searchedCount,
      ],
    );
    expect(told).toEqual([
      ['docs/letter.txt', 1, 2, 2, 2, true, 3],
      ['letter.txt', 3, 3, 1, 1, false, 3],
      ['old.TXT', 1, 2, 2, 1, true, 3],
    ]);
    expect(histories[0]!.node.size).toBe(18n);
  });

  test('a folder comes before its contents, each path once', async () => {
    const told = (await paths(request(['docs', 'copy']))).map(({ path }) =>
      toDisplay(path).replace(`${source}/`, ''),
    );
    expect(told).toEqual([
      'copy',
      'copy/deep',
      'copy/deep/small.bin',
      'docs',
      'docs/deep',
      'docs/deep/large.bin',
      'docs/letter.txt',
    ]);
  });
});

describe('objects', () => {
  async function uses(kind: 'blobs' | 'trees' | 'packs', id: string) {
    const told: string[] = [];
    const parts = { repository: reopen(repository), pipeline: inThreadPipeline, createHasher };
    const given = { snapshots: {}, blobs: [], trees: [], packs: [], [kind]: [id] };
    const result = await executeFindObjects(parts, given, {
      onObject: (stored, { kind: what, path }) =>
        void told.push(`${ids.indexOf(stored.id) + 1} ${what} ${toDisplay(path).replace(`${source}/`, '')}`),
    });
    return { ...result, told };
  }

  test('a blob is told for each file that holds it, by its beginning too', async () => {
    const id = bytesToId(Uint8Array.from(createHash('sha256').update('dear reader, again').digest()));
    const { told, places } = await uses('blobs', id.slice(0, 12));
    expect(told).toEqual(['3 blob letter.txt', '2 blob docs/letter.txt']);
    expect(places).toMatchObject([{ kind: 'blob', id, place: { offset: expect.any(Number) as number } }]);
    expect((await uses('packs', places[0]!.place!.packId.slice(0, 10))).told).toEqual(
      expect.arrayContaining(told),
    );
  });

  test('a tree is told for each folder that is it, the root too', async () => {
    const stored = await repository.snapshots.find('latest');
    expect((await uses('trees', stored.snapshot.tree!)).told).toEqual(['3 tree /']);
    const missing = (await uses('trees', 'ab'.repeat(32))) satisfies FindResult;
    expect([missing.told, missing.places]).toEqual([[], [{ kind: 'tree', id: 'ab'.repeat(32) }]]);
    await expect(uses('trees', 'no id')).rejects.toMatchObject({ code: 'repository.objectNotFound' });
  });
});

describe('a repository that is not whole', () => {
  test('damage is told with snapshot and path, and the rest is searched', async () => {
    const copy = reopen(repository, image.fork());
    const node = (name: string, more: string): string =>
      `{"name":"${name}","type":"dir","mtime":"2026-01-02T03:04:05Z","atime":"2026-01-02T03:04:05Z","ctime":"2026-01-02T03:04:05Z","uid":0,"gid":0,"content":null${more}}`;
    const missing = 'ef'.repeat(32);
    const [good, broken] = (await plantBlobs(copy, 'tree', [
      `{"nodes":[${node('here', ',"subtree":"ac08ce34ba4f8123618661bef2425f7028ffb9ac740578a3ee88684d2523fee8"')}]}\n`,
      'no tree',
    ])) as [BlobId, BlobId];
    const [root] = (await plantBlobs(copy, 'tree', [
      '{"nodes":[]}\n',
      `{"nodes":[${node('a', `,"subtree":"${broken}"`)},${node('b', `,"subtree":"${missing}"`)},${node('c', `,"subtree":"${good}"`)}]}\n`,
    ]).then((planted) => planted.slice(1))) as [BlobId];
    const snapshotId = await plantSnapshot(copy, root);
    const { damaged, entries, damagedFolders } = await find(request(['here']), reopen(copy));
    expect(entries).toEqual(['0 /c/here']);
    expect(damaged.map(({ path, treeId, snapshotId: of }) => [path, treeId, of])).toEqual([
      ['/a', broken, snapshotId],
      ['/b', missing, snapshotId],
    ]);
    expect(damagedFolders).toBe(2);
  });

  test('a pack that is gone takes its folders, not the search', async () => {
    const storage = image.fork();
    const opened = reopen(repository, storage);
    await opened.loadIndex();
    const { tree } = (await opened.snapshots.find('latest')).snapshot;
    const packId = opened.index.locations('tree', Buffer.from(tree!, 'hex'))[0]!.packId;
    storage.files.delete(`data/${packId.slice(0, 2)}/${packId}`);
    const { damaged, entries } = await find(request(['*.txt']), reopen(repository, storage));
    expect(damaged[0]).toMatchObject({
      path: '/',
      treeId: tree,
      reason: expect.stringContaining('missing') as string,
    });
    expect(entries).not.toContain('3 letter.txt');
    expect(entries).toContain('1 docs/letter.txt');
  });

  test('a snapshot that cannot be read is told, and the others are searched', async () => {
    const storage = image.fork();
    storage.files.get(`snapshots/${ids[1]!}`)![40]! ^= 1;
    const { damaged, entries } = await find(request(['*.txt']), reopen(repository, storage));
    expect(damaged).toMatchObject([{ snapshotId: ids[1], path: '/', treeId: '' }]);
    expect(entries).toEqual(['3 letter.txt', '1 docs/letter.txt']);
  });

  test('a search that is cancelled stops with job.cancelled', async () => {
    const abort = new AbortController();
    const parts = { repository: reopen(repository), pipeline: testPipeline, createHasher };
    const searching = executeFind(parts, request(['*']), { onEntry: () => abort.abort() }, abort.signal);
    await expect(searching).rejects.toMatchObject({ code: 'job.cancelled' });
  });
});

test('what there is no room to keep is searched again when it is told', async () => {
  const opened = reopen(repository);
  await opened.loadIndex();
  const pool = openReadingPool(opened, inThreadPipeline);
  const query = { patterns: { patterns: [], ignoreCase: false }, conditions: {} };
  await pool.runOnEach('beginSearch', query);
  const told = async (keptBytes: number): Promise<string[]> => {
    const graph = new SearchGraph(opened, pool, query, undefined, undefined, new FoundCache(keptBytes));
    const root = await graph.learn((await opened.snapshots.find('latest')).snapshot.tree!, MATCHED);
    const all: string[] = [];
    for await (const item of walkFound(graph, root, undefined)) all.push(item.path);
    return all;
  };
  const all = await told(1 << 20);
  expect(all.length).toBeGreaterThan(8);
  expect(await told(0)).toEqual(all);
  expect(await told(600)).toEqual(all);
  await pool.close();
});
