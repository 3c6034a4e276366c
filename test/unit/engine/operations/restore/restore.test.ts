/** What a restore does to a folder: whole, in part, over what is there; hard links; damage; plan and progress. */
import { createHash, randomBytes } from 'node:crypto';
import fs from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { textToByteString } from '#base/byte-string.ts';
import { idToBytes } from '#base/ids.ts';
import { createTargetFiles } from '#files/open-files.ts';
import { loadNodes, resolveSnapshotPath } from '#operations/find-in-snapshot.ts';
import { prepareRestore } from '#operations/restore/execute.ts';
import type { RestoreProgress } from '#operations/restore/types.ts';
import type { Repository } from '#repository/repository.ts';
import type { MemoryStorage } from '#storage/memory/memory-storage.ts';
import { compareTrees } from '#test/support/compare-trees.ts';
import { backUp, makeMemoryRepository, reopen, testPipeline } from '#test/support/engine.ts';
import { plantBlobs } from '#test/support/plant.ts';
import { contentsOf, problemsOf, restore, restoreRequest } from '#test/support/restore.ts';

const base = fs.mkdtempSync(join(tmpdir(), 'tidemark-restore-'));
const source = join(base, 'source');
const target = join(base, 'target');
const LARGE = randomBytes(9_000_000);
const patterns = (...texts: string[]): { patterns: ReturnType<typeof textToByteString>[] } => ({
  patterns: texts.map(textToByteString),
});
let repository: Repository;
let storage: MemoryStorage;
let snapshot: string;

beforeAll(async () => {
  fs.mkdirSync(join(source, 'b', 'deep'), { recursive: true });
  fs.mkdirSync(join(source, 'c'));
  fs.writeFileSync(join(source, 'a.txt'), 'one');
  fs.writeFileSync(join(source, 'b', 'deep', 'large'), LARGE);
  fs.writeFileSync(join(source, 'b', 'deep', 'small'), 'two');
  fs.writeFileSync(join(source, 'b', 'empty'), '');
  fs.writeFileSync(join(source, 'c', 'three'), 'three');
  fs.linkSync(join(source, 'a.txt'), join(source, 'b', 'hard'));
  fs.symlinkSync('../a.txt', join(source, 'b', 'link'));
  fs.utimesSync(join(source, 'a.txt'), 1_600_000_000, 1_600_000_000);
  fs.utimesSync(join(source, 'b', 'deep'), 1_500_000_000, 1_500_000_000);
  ({ repository, storage } = await makeMemoryRepository());
  await backUp(repository, source);
  snapshot = `latest:${source}`;
});
afterAll(() => fs.rmSync(base, { recursive: true, force: true }));
beforeEach(() => fs.rmSync(target, { recursive: true, force: true }));

/** Above the largest number that a process can have. */
const NO_PROCESS = 4_194_305;
const thisMachine = createHash('sha256').update(hostname()).digest('hex').slice(0, 8);
const unfinishedOf = (pid: number, machine = thisMachine): string =>
  `.tidemark-restore-${machine}-${pid}-89abcdef-12`;

const differences = (): string[] => compareTrees(source, target, { ignore: ['root'] });

test('a whole snapshot: full paths below the target', async () => {
  const result = await restore(repository, target);
  expect(compareTrees(source, join(target, source))).toEqual([]);
  expect(result.files).toEqual({ restored: 7, updated: 0, beside: 0, unchanged: 0, kept: 0, removed: 0 });
  expect(result.verifiedFiles).toBe(4);
  expect(result.problems).toEqual([]);
});

test('a folder of it: paths relative to that folder, which itself is not touched', async () => {
  await restore(repository, target, { snapshot });
  expect(differences()).toEqual([]);
});

test('no file, no folder, no snapshot of that name', async () => {
  for (const name of ['/no', '/a.txt/x', `${source}/a.txt`])
    await expect(restore(repository, target, { snapshot: `latest:${name}` })).rejects.toMatchObject({
      code: 'files.pathNotInSnapshot',
    });
  await expect(restore(repository, target, { snapshot: '0123' })).rejects.toMatchObject({
    code: 'repository.objectNotFound',
  });
  expect(fs.existsSync(target)).toBe(false);
});

describe('filters', () => {
  const names = async (changes: Parameters<typeof restore>[2]): Promise<string[]> => {
    const result = await restore(repository, target, { snapshot, ...changes });
    expect(result.progress.total.files).toBe(result.progress.filesRestored);
    return Object.keys(contentsOf(target)).sort();
  };

  test('include makes only the folders that lead to something', async () => {
    expect(await names({ include: patterns('small') })).toEqual(['b', 'b/deep', 'b/deep/small']);
    expect(fs.statSync(join(target, 'b', 'deep')).mtimeMs).toBe(1_500_000_000_000);
  });
  test('include by path, and a folder with all in it', async () => {
    expect(await names({ include: patterns('/c', '/b/link') })).toEqual(['b', 'b/link', 'c', 'c/three']);
  });
  test('include that matches nothing makes nothing', async () => {
    expect(await names({ include: patterns('/b/nothing') })).toEqual([]);
  });
  test('exclude leaves out what matches and all below it', async () => {
    expect(await names({ exclude: patterns('deep', '*.txt') })).toEqual([
      'b',
      'b/empty',
      'b/hard',
      'b/link',
      'c',
      'c/three',
    ]);
  });
  test('without regard to case', async () => {
    const include = { patterns: [], ignoreCasePatterns: [textToByteString('THREE')] };
    expect(await names({ include })).toEqual(['c', 'c/three']);
  });
  test('folders above that were there keep their own metadata', async () => {
    fs.mkdirSync(join(target, 'b', 'deep'), { recursive: true });
    fs.chmodSync(join(target, 'b', 'deep'), 0o711);
    await restore(repository, target, { snapshot, include: patterns('small') });
    expect(fs.statSync(join(target, 'b', 'deep')).mode & 0o777).toBe(0o711);
  });
});

describe('what is in the way', () => {
  beforeEach(() => {
    fs.mkdirSync(join(target, 'c'), { recursive: true });
    fs.writeFileSync(join(target, 'a.txt'), 'own');
    fs.writeFileSync(join(target, 'c', 'mine'), 'stays');
  });
  const run = async (overwrite: 'refuse' | 'always' | 'if-changed' | 'if-newer' | 'never') =>
    restore(repository, target, { snapshot, overwrite });

  test('refuse: it stays and is told, the rest is restored', async () => {
    const result = await run('refuse');
    expect(problemsOf(result)).toEqual(['/a.txt conflict conflict']);
    expect(contentsOf(target)).toMatchObject({ 'a.txt': 'own', 'c/mine': 'stays', 'c/three': 'three' });
    // The other name of the refused file has its content all the same.
    expect(contentsOf(target)['b/hard']).toBe('one');
  });
  test('always', async () => {
    const result = await run('always');
    expect(result.problems).toEqual([]);
    expect(result.files).toEqual({ restored: 6, updated: 1, beside: 0, unchanged: 0, kept: 0, removed: 0 });
    expect(contentsOf(target)).toMatchObject({ 'a.txt': 'one', 'c/mine': 'stays' });
  });
  test('never', async () => {
    const result = await run('never');
    expect(result.files).toMatchObject({ restored: 6, kept: 1 });
    expect(contentsOf(target)['a.txt']).toBe('own');
  });
  test('if-newer: by modification time', async () => {
    expect((await run('if-newer')).files.kept).toBe(1);
    expect(contentsOf(target)['a.txt']).toBe('own');
    fs.utimesSync(join(target, 'a.txt'), 1_500_000_000, 1_500_000_000);
    expect((await run('if-newer')).files.updated).toBe(1);
    expect(contentsOf(target)['a.txt']).toBe('one');
  });
  test('if-changed: content counts, not only size and time', async () => {
    await run('always');
    fs.utimesSync(join(target, 'a.txt'), 1_600_000_000, 1_600_000_000);
    expect((await run('if-changed')).files).toMatchObject({ restored: 0, updated: 1, unchanged: 6 });
    fs.rmSync(join(target, 'c', 'three'));
    fs.writeFileSync(join(target, 'c', 'three'), 'THREE');
    const { atime, mtime } = fs.statSync(join(source, 'c', 'three'));
    fs.utimesSync(join(target, 'c', 'three'), atime, mtime);
    await run('if-changed');
    expect(contentsOf(target)['c/three']).toBe('three');
  });
  test('metadata of a file whose content is right is put right', async () => {
    await run('always');
    fs.chmodSync(join(target, 'c', 'three'), 0o777);
    fs.chmodSync(join(target, 'c'), 0o700);
    expect((await run('always')).files.unchanged).toBeGreaterThan(4);
    fs.rmSync(join(target, 'c', 'mine'));
    await run('if-changed');
    expect(differences()).toEqual([]);
  });
  test('another name of the file outside of the target does not change with it', async () => {
    const outside = join(base, 'outside');
    fs.rmSync(join(target, 'c'), { recursive: true });
    fs.mkdirSync(join(target, 'c'));
    fs.writeFileSync(outside, 'three', { mode: 0o600 });
    fs.linkSync(outside, join(target, 'c', 'three'));
    await run('always');
    expect(fs.statSync(outside).nlink).toBe(1);
    expect(fs.statSync(outside).mode & 0o777).toBe(0o600);
  });
  test('a folder never gives way to a file', async () => {
    fs.rmSync(join(target, 'a.txt'));
    fs.mkdirSync(join(target, 'a.txt'));
    for (const rule of ['refuse', 'always', 'if-newer'] as const)
      expect(problemsOf(await run(rule))).toContain('/a.txt conflict conflict');
    expect(fs.statSync(join(target, 'a.txt')).isDirectory()).toBe(true);
  });
  test('a file in the place of a folder: kept with all below refused, or replaced', async () => {
    fs.rmSync(join(target, 'c'), { recursive: true });
    fs.writeFileSync(join(target, 'c'), 'file');
    expect(problemsOf(await run('refuse'))).toContain('/c conflict conflict');
    expect(contentsOf(target)['c']).toBe('file');
    expect((await run('always')).problems).toEqual([]);
    expect(contentsOf(target)['c/three']).toBe('three');
  });
  test('a link in the place of a folder is not followed', async () => {
    const elsewhere = join(base, 'elsewhere');
    fs.mkdirSync(elsewhere, { recursive: true });
    fs.symlinkSync(elsewhere, join(target, 'b'));
    expect(problemsOf(await run('refuse'))).toContain('/b conflict conflict');
    expect(fs.readdirSync(elsewhere)).toEqual([]);
    await run('always');
    expect(fs.readdirSync(elsewhere)).toEqual([]);
    expect(contentsOf(target)['b/deep/small']).toBe('two');
  });
});

describe('again', () => {
  test('a second run writes nothing and finds everything right', async () => {
    await restore(repository, target, { snapshot });
    const inode = fs.statSync(join(target, 'b', 'deep', 'large')).ino;
    const result = await restore(repository, target, { snapshot });
    expect(result.files).toEqual({ restored: 0, updated: 0, beside: 0, unchanged: 7, kept: 0, removed: 0 });
    expect(result.problems).toEqual([]);
    expect(fs.statSync(join(target, 'b', 'deep', 'large')).ino).toBe(inode);
    expect(differences()).toEqual([]);
  });
  test('what is missing comes back, with its hard link; leftovers of a killed run go', async () => {
    await restore(repository, target, { snapshot });
    fs.rmSync(join(target, 'b', 'hard'));
    fs.rmSync(join(target, 'b', 'deep', 'small'));
    fs.writeFileSync(join(target, 'b', 'deep', unfinishedOf(NO_PROCESS)), 'half');
    const result = await restore(repository, target, { snapshot });
    expect(result.files).toEqual({ restored: 2, updated: 0, beside: 0, unchanged: 5, kept: 0, removed: 0 });
    expect(differences()).toEqual([]);
  });
  test.each([
    ['another run of this very process', process.pid, undefined],
    ['another machine, where nobody can tell', NO_PROCESS, '00000000'],
  ])('what %s is writing stays', async (_whose, pid, machine) => {
    await restore(repository, target, { snapshot });
    const theirs = join(target, 'b', 'deep', unfinishedOf(pid, machine));
    fs.writeFileSync(theirs, 'half');
    await restore(repository, target, { snapshot });
    await restore(repository, target, { snapshot, overwrite: 'exact' });
    expect(fs.readFileSync(theirs, 'utf8')).toBe('half');
    fs.rmSync(theirs);
  });
});

test('two restores into one target at once leave each other alone', async () => {
  fs.mkdirSync(join(target, 'b', 'deep'), { recursive: true });
  fs.writeFileSync(join(target, 'b', 'deep', 'large'), 'today');
  const results = await Promise.all(
    (['always', 'replace-keep-current', 'always'] as const).map((overwrite) =>
      restore(repository, target, { snapshot, overwrite }),
    ),
  );
  // One may find a name taken that the other has just given; it never finds its own work gone.
  const codes = results.flatMap(({ problems }) => problems.map(({ code }) => code));
  expect(codes.filter((code) => code !== 'conflict')).toEqual([]);
  fs.rmSync(join(target, '.tidemark-undo'), { recursive: true });
  expect(contentsOf(target)).toEqual(contentsOf(source));
});

describe('a dry run', () => {
  test('tells what would be done and makes nothing, not even the target', async () => {
    const parts = { repository: reopen(repository), files: createTargetFiles(), pipeline: testPipeline };
    const plan = await prepareRestore(parts, restoreRequest(join(target, 'new', 'one'), { snapshot }));
    expect(plan.files.restored).toBe(7);
    expect(plan.bytesToWrite).toBe(LARGE.length + 'one'.length + 'two'.length + 'three'.length);
    expect(plan.hasRoom).toBe(true);
    expect(fs.existsSync(target)).toBe(false);
  });
  test('sees conflicts and what is right', async () => {
    await restore(repository, target, { snapshot });
    fs.appendFileSync(join(target, 'c', 'three'), '!');
    fs.rmSync(join(target, 'b', 'deep'), { recursive: true });
    const result = await restore(repository, target, { snapshot, dryRun: true });
    expect(result.files).toMatchObject({ restored: 2, unchanged: 4 });
    expect(problemsOf(result)).toEqual(['/c/three conflict conflict']);
    expect(fs.existsSync(join(target, 'b', 'deep'))).toBe(false);
  });
});

test.each([true, false])(
  'a file where the version has a folder goes, and is told; only planned: %s',
  async (dryRun) => {
    await restore(repository, target, { snapshot });
    fs.rmSync(join(target, 'b'), { recursive: true });
    fs.writeFileSync(join(target, 'b'), 'a file now');
    const entries: string[] = [];
    const result = await restore(repository, target, {
      snapshot,
      dryRun,
      overwrite: 'replace-keep-current',
      observer: { onEntry: (path, kind, action) => void entries.push(`${action} ${kind} ${path}`) },
    });
    expect(result.files).toMatchObject({ restored: 5, unchanged: 2, removed: 1 });
    expect(entries).toContain('removed file /b');
    expect(fs.statSync(join(target, 'b')).isFile()).toBe(dryRun);
  },
);

describe('damage', () => {
  /** Flips a byte in the middle of the largest pack: the large file's. */
  async function withFlip(use: (path: string) => Promise<void>): Promise<void> {
    const packs = [...storage.files].filter(([path]) => path.startsWith('data/'));
    const [path, bytes] = packs.sort((a, b) => b[1].length - a[1].length)[0]!;
    const flipped = new Uint8Array(bytes);
    flipped[bytes.length >> 1]! ^= 1;
    storage.files.set(path, flipped);
    try {
      await use(path);
    } finally {
      storage.files.set(path, bytes);
    }
  }

  test('G4 a damaged blob: its file is told and not there, all others are', async () => {
    await withFlip(async () => {
      const result = await restore(repository, target, { snapshot });
      expect(problemsOf(result)).toEqual(['/b/deep/large damaged integrity.blobCorrupt']);
      expect(result.problems[0]!.reason).not.toBe('');
      expect(Object.keys(contentsOf(target)).filter((name) => name.startsWith('b/deep/'))).toEqual([
        'b/deep/small',
      ]);
      expect(contentsOf(target)['a.txt']).toBe('one');
    });
  });
  test('a file that is given up long before its end, and nothing else is to be done', async () => {
    const other = await makeMemoryRepository();
    const huge = join(base, 'huge');
    fs.mkdirSync(huge);
    fs.writeFileSync(join(huge, 'file'), randomBytes(100 << 20));
    await backUp(other.repository, huge, { compression: 'off' });
    const [first] = await chunkPacks(other.repository, `latest:${huge}`);
    other.storage.files.delete(`data/${first!.slice(0, 2)}/${first!}`);
    const result = await restore(other.repository, target, { snapshot: `latest:${huge}` });
    expect(problemsOf(result)).toEqual(['/file damaged integrity.blobCorrupt']);
    expect(contentsOf(target)).toEqual({});
  });
  test('a missing pack: every file in it is told', async () => {
    await withFlip(async (path) => {
      storage.files.delete(path);
      const result = await restore(repository, target, { snapshot });
      expect(result.problemCounts.damaged).toBeGreaterThan(0);
      expect(result.problems.every(({ code }) => code === 'integrity.blobCorrupt')).toBe(true);
      expect(result.progress.filesRestored + result.problems.length).toBe(7);
      for (const [name, content] of Object.entries(contentsOf(target)))
        if (content !== 'dir') expect(name).not.toContain('tidemark-restore');
    });
  });
  test('a blob that is damaged in one pack and whole in another is restored', async () => {
    const other = await makeMemoryRepository();
    await backUp(other.repository, source);
    const [dataPack] = [...other.storage.files]
      .filter(([path]) => path.startsWith('data/'))
      .sort((a, b) => b[1].length - a[1].length);
    // The same chunks again, in a pack of their own, then the first pack is lost.
    const chunks = await chunksOf(other.repository, `latest:${source}/b/deep`);
    await plantBlobs(other.repository, 'data', chunks);
    other.storage.files.delete(dataPack![0]);
    const result = await restore(other.repository, target, { snapshot });
    expect(result.problems).toEqual([]);
    expect(differences()).toEqual([]);
  });
});

/** Packs of the chunks of the only file in a folder, in its order. */
async function chunkPacks(from: Repository, place: string): Promise<string[]> {
  const opened = reopen(from);
  const { treeId } = await resolveSnapshotPath(opened, place);
  const [node] = await loadNodes(opened, treeId!);
  return node!.content!.map((id) => opened.index.location('data', idToBytes(id))!.packId);
}

/** Plain chunks of every file in the tree, so that a pack can be lost. */
async function chunksOf(from: Repository, place: string): Promise<Uint8Array[]> {
  const opened = reopen(from);
  const root = await resolveSnapshotPath(opened, place.replace('/b/deep', ''));
  const chunks: Uint8Array[] = [];
  const walk = async (tree: Parameters<typeof loadNodes>[1]): Promise<void> => {
    for (const node of await loadNodes(opened, tree)) {
      if (node.subtree !== undefined) await walk(node.subtree);
      for (const id of node.content ?? []) chunks.push(await opened.loadBlob('data', id));
    }
  };
  await walk(root.treeId!);
  return chunks;
}

test('progress knows its end from the start and reaches it', async () => {
  const seen: RestoreProgress[] = [];
  await restore(repository, target, { observer: { onProgress: (progress) => void seen.push(progress) } });
  const last = seen.at(-1)!;
  expect(seen[0]!.total.bytes).toBe(last.total.bytes);
  // A snapshot's summary does not count the link.
  expect(seen[0]!.total.files).toBe(last.total.files - 1);
  expect(last.filesRestored).toBe(last.total.files);
  expect(last.bytesRestored).toBe(last.total.bytes);
});

test('a cancelled restore leaves whole files only', async () => {
  const controller = new AbortController();
  const observer = { onEntry: () => controller.abort() };
  await expect(
    restore(repository, target, { snapshot, observer, signal: controller.signal }),
  ).rejects.toMatchObject({ code: 'job.cancelled' });
  for (const [name, content] of Object.entries(contentsOf(target))) {
    expect(name).not.toContain('.tidemark');
    if (content !== 'dir' && !content.startsWith('->'))
      expect(content).toBe(fs.readFileSync(join(source, name), 'utf8'));
  }
});

test('a lock is held meanwhile and gone afterwards, unless none is wanted', async () => {
  const locks = (): number => [...storage.files.keys()].filter((path) => path.startsWith('locks/')).length;
  const during: number[] = [];
  const observer = { onEntry: () => void during.push(locks()) };
  await restore(repository, target, { snapshot, observer, noLock: false });
  expect(new Set(during)).toEqual(new Set([1]));
  expect(locks()).toBe(0);
});

test('a relative target and a malformed pattern are refused', async () => {
  await expect(restore(repository, 'here')).rejects.toMatchObject({ code: 'request.invalidInput' });
  await expect(restore(repository, target, { include: patterns('[') })).rejects.toMatchObject({
    code: 'request.invalidInput',
  });
});

afterEach(() => {
  expect(Object.keys(fs.existsSync(target) ? contentsOf(target) : {}).join(' ')).not.toContain(
    '.tidemark-restore',
  );
});
