/** When a backup follows a list of touched paths, when it looks at everything instead, and how little it looks at. */
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { textToByteString, toDisplay, type ByteString } from '#base/byte-string.ts';
import { createSourceFiles } from '#files/open-files.ts';
import { executeBackup } from '#operations/backup/execute.ts';
import type { BackupRequest, BackupResult, ChangeHints } from '#operations/backup/types.ts';
import { walkTree } from '#operations/find-in-snapshot.ts';
import type { Repository } from '#repository/repository.ts';
import { parseFolderTag } from '#rules/tagged-exclude.ts';
import { TouchedPaths } from '#rules/touched-paths.ts';
import { backupRequest, makeMemoryRepository, reopen, type MemoryRepository } from '#test/support/engine.ts';
import { reopenEagerly } from '#test/support/eager-lock.ts';
import { inThreadBackupPipeline } from '#test/support/in-thread-pipeline.ts';

const text = (...paths: string[]): ByteString[] => paths.map(textToByteString);

let empty: MemoryRepository;
let repository: Repository;
let folder = '';
let source = '';

beforeAll(async () => {
  empty = await makeMemoryRepository();
});

beforeEach(() => {
  folder = fs.mkdtempSync(join(tmpdir(), 'tidemark-hinted-'));
  source = join(folder, 'source');
  for (const name of ['one', 'two', 'two/deep', 'three'])
    fs.mkdirSync(join(source, name), { recursive: true });
  for (const name of ['top', 'one/a', 'one/b', 'two/c', 'two/deep/d', 'three/e'])
    fs.writeFileSync(join(source, name), name);
  repository = reopen(empty.repository, empty.storage.fork());
});

afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

function save(
  hints?: readonly string[] | ChangeHints,
  changes: Partial<BackupRequest> = {},
): Promise<BackupResult> {
  const changeHints =
    hints === undefined || 'paths' in hints
      ? hints
      : { paths: hints.map((hint) => textToByteString(join(source, hint))) };
  const request = backupRequest(['source'], {
    workingFolder: textToByteString(folder),
    changeHints,
    ...changes,
  });
  const parts = {
    repository: reopenEagerly(repository),
    files: createSourceFiles(),
    pipeline: inThreadBackupPipeline,
  };
  return executeBackup(parts, request);
}

async function pathsOf({ snapshotId }: BackupResult): Promise<string[]> {
  const opened = reopen(repository);
  await opened.loadIndex();
  const { tree } = (await opened.snapshots.load(snapshotId!)).snapshot;
  const paths: string[] = [];
  for await (const { path } of walkTree(opened, tree!, '/' as ByteString)) paths.push(toDisplay(path));
  return paths;
}

describe('followed', () => {
  it('only what is named is looked at: a change nobody told of is not seen', async () => {
    await save();
    fs.writeFileSync(join(source, 'one/a'), 'changed');
    fs.writeFileSync(join(source, 'two/c'), 'changed too');
    const { summary, hints } = await save(['one/a']);
    expect(hints).toEqual({ kind: 'followed', pathCount: 1, outsideCount: 0 });
    expect(summary).toMatchObject({ filesChanged: 1, filesUnmodified: 5, dirsChanged: 2, dirsUnmodified: 3 });
    expect((await save()).summary).toMatchObject({ filesChanged: 1 });
  });

  it('no list at all of touched paths stores the same tree again', async () => {
    const first = await save();
    const second = await save([], { skipIfUnchanged: true });
    expect(second).toMatchObject({ snapshotId: undefined, parentId: first.snapshotId });
    expect(second.summary).toMatchObject({ totalFilesProcessed: 6, treeBlobs: 0, dirsUnmodified: 5 });
  });

  it('a folder that nobody could watch is looked at whole, and the rest is not', async () => {
    await save();
    for (const name of ['one/a', 'two/c', 'two/deep/d']) fs.writeFileSync(join(source, name), 'changed');
    const wholeFolders = [textToByteString(join(source, 'two'))];
    const { summary, hints } = await save({ paths: [], wholeFolders });
    expect(hints).toEqual({ kind: 'followed', pathCount: 1, outsideCount: 0 });
    expect(summary).toMatchObject({ filesChanged: 2, filesUnmodified: 4, dirsChanged: 3, dirsUnmodified: 2 });
    expect((await save({ paths: [], wholeFolders: [textToByteString(folder)] })).summary).toMatchObject({
      filesChanged: 1,
      filesUnmodified: 5,
    });
  });

  it('a folder that is gone takes all that was in it along, in the counts too', async () => {
    await save();
    fs.rmSync(join(source, 'two'), { recursive: true });
    const result = await save(['two']);
    expect(await pathsOf(result)).toEqual(await pathsOf(await save()));
    expect(result.summary).toMatchObject({ totalFilesProcessed: 4, filesUnmodified: 4, dirsUnmodified: 2 });
  });

  it('another folder under the old name is saved whole', async () => {
    await save();
    fs.renameSync(join(source, 'two'), join(folder, 'aside'));
    fs.mkdirSync(join(source, 'two/deep'), { recursive: true });
    fs.writeFileSync(join(source, 'two/deep/d'), 'other');
    // Told of nothing but a file on the far side of it.
    const result = await save(['two/deep/nothing']);
    expect(await pathsOf(result)).toEqual(await pathsOf(await save()));
  });

  it('in a folder that was touched itself, what changed by its ctime is entered, and so on down', async () => {
    fs.mkdirSync(join(source, 'two/deep/deeper'));
    await save();
    fs.chmodSync(join(source, 'two'), 0o700);
    fs.chmodSync(join(source, 'two/deep'), 0o700);
    fs.writeFileSync(join(source, 'two/deep/deeper/new'), 'new');
    const result = await save(['two']);
    expect(await pathsOf(result)).toContain('/source/two/deep/deeper/new');
    expect(await pathsOf(result)).toEqual(await pathsOf(await save()));
  });

  it('says how many paths have nothing to do with the sources', async () => {
    await save();
    const paths = ['/elsewhere', join(source, 'top'), folder, `${source}-2`].map(textToByteString);
    expect((await save({ paths })).hints).toEqual({ kind: 'followed', pathCount: 4, outsideCount: 2 });
  });

  it('the snapshot records nothing of the list', async () => {
    await save();
    const { snapshotId } = await save(['one/a']);
    const plain = await reopen(repository).files.load('snapshot', snapshotId!);
    expect(Object.keys(JSON.parse(Buffer.from(plain).toString()) as object)).toEqual(
      Object.keys(
        JSON.parse(
          Buffer.from(await reopen(repository).files.load('snapshot', (await save()).snapshotId!)).toString(),
        ),
      ),
    );
  });
});

describe('not followed: everything is looked at', () => {
  const paths: ByteString[] = [];
  it.each([
    ['on doubt', { paths, doubt: true }, {}, 'doubt'],
    ['without a parent', { paths }, { hostname: 'other' }, 'noParent'],
    ['when everything is to be read', { paths }, { parent: 'none' }, 'noParent'],
    ['when the list began elsewhere', { paths, since: '0'.repeat(64) }, {}, 'otherParent'],
    ['after another program', { paths }, { programVersion: 'restic 0.19.1' }, 'otherProgram'],
  ] as const)('%s', async (_name, hints, changes, reason) => {
    await save();
    fs.writeFileSync(join(source, 'one/a'), 'changed');
    const result = await save(hints as ChangeHints, changes);
    expect(result.hints).toEqual({ kind: 'walked', reason });
    expect(result.summary.filesNew + result.summary.filesChanged).toBeGreaterThan(0);
  });

  /** Of what is left out, in a request without such rules. */
  const scanWith = (changes: Partial<BackupRequest['scan']>): Partial<BackupRequest> => ({
    scan: { ...backupRequest([]).scan, ...changes },
  });
  describe.each([
    ['patterns', scanWith({ exclude: { patterns: text('b') } })],
    ['patterns that ignore case', scanWith({ exclude: { patterns: [], ignoreCasePatterns: text('B') } })],
    ['tagged folders', scanWith({ folderTags: [parseFolderTag('b' as ByteString)] })],
    ['a limit of size', scanWith({ excludeLargerThanBytes: 6 })],
    ['other file systems', { oneFileSystem: true }],
  ])('when %s are left out', (_name, rule) => {
    it('now, but were not before', async () => {
      await save();
      expect((await save([], rule)).hints).toEqual({ kind: 'walked', reason: 'otherExcludes' });
      expect((await save([], rule)).hints).toMatchObject({ kind: 'followed' });
    });

    it('no longer: what was left out is saved', async () => {
      const whole = await pathsOf(await save());
      await save(undefined, { ...rule, parent: 'none' });
      const result = await save([]);
      expect(result.hints).toEqual({ kind: 'walked', reason: 'otherExcludes' });
      expect(await pathsOf(result)).toEqual(whole);
    });
  });

  it.each([
    ['when the parent has more sources', ['source', 'more'], {}, 'otherSources'],
    ['when it was of another host', ['source'], { hostname: 'other' }, 'otherSources'],
  ] as const)('%s', async (_name, sources, changes, reason) => {
    fs.mkdirSync(join(folder, 'more'));
    const parts = {
      repository: reopenEagerly(repository),
      files: createSourceFiles(),
      pipeline: inThreadBackupPipeline,
    };
    const first = await executeBackup(
      parts,
      backupRequest(sources, { workingFolder: textToByteString(folder), ...changes }),
    );
    const result = await save([], { parent: first.snapshotId! });
    expect(result.hints).toEqual({ kind: 'walked', reason });
  });

  it('when the parent was altered', async () => {
    const first = await save();
    const { snapshot } = await repository.snapshots.load(first.snapshotId!);
    const altered = await repository.snapshots.save({ ...snapshot, original: first.snapshotId! });
    expect((await save([], { parent: altered })).hints).toEqual({ kind: 'walked', reason: 'rewritten' });
  });

  it('when the trees of the parent are not to be had, the counts included', async () => {
    await save();
    const damaged = empty.storage.fork();
    repository = reopen(empty.repository, damaged);
    await save();
    for (const [path, bytes] of damaged.files)
      if (path.startsWith('data/'))
        damaged.files.set(
          path,
          bytes.map((byte) => byte ^ 1),
        );
    fs.writeFileSync(join(source, 'two/c'), 'changed');
    const { summary } = await save(['one/a']);
    expect(summary.filesNew).toBe(6);
  });
});

describe('touched paths', () => {
  it('are asked folder by folder', () => {
    const touched = new TouchedPaths(
      text('/a/b/c', '/a-b', '/a/b', '/a/b-c/d/e', '/a/b-c/d/f', '/a', '/a/b.d/x'),
    );
    expect(touched.namesIn('/' as ByteString)).toEqual(['a', 'a-b']);
    expect(touched.namesIn('/a' as ByteString)).toEqual(['b', 'b-c', 'b.d']);
    expect(touched.namesIn('/a/b-c' as ByteString)).toEqual(['d']);
    expect(touched.namesIn('/a/b/c' as ByteString)).toEqual([]);
    expect(touched.isOnTheWay('/a/b-c' as ByteString)).toBe(true);
    expect(touched.isOnTheWay('/a/b-' as ByteString)).toBe(false);
    expect(touched.has('/a/b-c' as ByteString)).toBe(false);
  });
});
