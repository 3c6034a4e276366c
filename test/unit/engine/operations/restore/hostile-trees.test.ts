/** Trees that no backup makes: a restore writes nothing outside its target, nothing wrong, and tells what it left out. */
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { BlobId } from '#base/ids.ts';
import type { RestoreResult } from '#operations/restore/types.ts';
import type { Repository } from '#repository/repository.ts';
import { makeMemoryRepository } from '#test/support/engine.ts';
import { plantBlobs, plantSnapshot } from '#test/support/plant.ts';
import { contentsOf, problemsOf, restore, undo } from '#test/support/restore.ts';

const base = fs.mkdtempSync(join(tmpdir(), 'tidemark-hostile-'));
/** The target lies deep enough for a way out to be seen. */
const target = join(base, 'around', 'target');
let repository: Repository;
let evil: BlobId;
let good: BlobId;

beforeAll(async () => {
  ({ repository } = await makeMemoryRepository());
  [evil, good] = (await plantBlobs(repository, 'data', ['evil', 'good'])) as [BlobId, BlobId];
});
beforeEach(() => {
  fs.rmSync(join(base, 'around'), { recursive: true, force: true });
  fs.mkdirSync(join(base, 'around'));
});
afterAll(() => fs.rmSync(base, { recursive: true, force: true }));

type Node = Record<string, unknown> & { name: string; type: string };
const TIME = '2026-01-02T03:04:05Z';
const COMMON = {
  mtime: TIME,
  atime: TIME,
  ctime: TIME,
  uid: process.getuid?.() ?? 0,
  gid: process.getgid?.() ?? 0,
};

/** `name` goes into the JSON as it is: quoted as trees quote it. */
const file = (name: string, id: BlobId, more: object = {}): Node => ({
  name,
  type: 'file',
  mode: 0o644,
  ...COMMON,
  size: 4,
  links: 1,
  content: [id],
  ...more,
});
const link = (name: string, linktarget: string): Node => ({
  name,
  type: 'symlink',
  mode: 0o777,
  ...COMMON,
  linktarget,
});
const dir = (name: string, subtree: BlobId | undefined, mode = 0o755): Node => ({
  name,
  type: 'dir',
  mode: 2 ** 31 + mode,
  ...COMMON,
  ...(subtree === undefined ? {} : { subtree }),
});

async function plantTree(...nodes: readonly Node[]): Promise<BlobId> {
  const text = `${JSON.stringify({ nodes })}\n`;
  return (await plantBlobs(repository, 'tree', [text]))[0]!;
}

async function restoreTree(
  tree: BlobId,
  changes: Parameters<typeof restore>[2] = {},
): Promise<RestoreResult> {
  const snapshot = await plantSnapshot(repository, tree);
  return restore(repository, target, { snapshot, ...changes });
}

/** Everything around and in the target. */
const around = (): Record<string, string> => contentsOf(join(base, 'around'));

test.each([
  ['..', '..'],
  ['.', '.'],
  ['empty', ''],
  ['a slash', 'x/../../escaped'],
  ['absolute', '/tmp/escaped'],
  ['a NUL', 'x\\\\x00y'],
])('F11 a name that leads out: %s', async (_what, name) => {
  const inner = await plantTree(file('escaped', evil));
  const quoted = name.replace('\\\\x00', '\\x00');
  const result = await restoreTree(
    await plantTree(file(quoted, evil), dir(quoted, inner), file('good', good)),
  );
  expect(result.problemCounts).toMatchObject({ refused: 2, conflict: 0, failed: 0, damaged: 0 });
  expect(result.problems.every(({ code }) => code === 'unsafeName')).toBe(true);
  expect(around()).toEqual({ target: 'dir', 'target/good': 'good' });
});

describe('links', () => {
  test('F11 a link and a folder of the same name: nothing goes through the link', async () => {
    const inner = await plantTree(file('escaped', evil));
    const outside = join(base, 'around', 'outside');
    fs.mkdirSync(outside);
    const result = await restoreTree(await plantTree(link('way', outside), dir('way', inner)));
    expect(problemsOf(result)).toEqual(['/way refused duplicateName']);
    expect(fs.readdirSync(outside)).toEqual([]);
    expect(around()['target/way']).toBe(`-> ${outside}`);
  });
  test('a link that was restored before, and a folder of that name now', async () => {
    const outside = join(base, 'around', 'outside');
    fs.mkdirSync(outside);
    fs.mkdirSync(target);
    fs.symlinkSync(outside, join(target, 'way'));
    const inner = await plantTree(file('escaped', evil));
    for (const overwrite of ['refuse', 'never', 'if-newer', 'keep-both', 'always'] as const) {
      await restoreTree(await plantTree(dir('way', inner)), { overwrite });
      expect(fs.readdirSync(outside)).toEqual([]);
    }
  });
  test('a link in the place of a folder goes into safe keeping itself, and nothing goes through it', async () => {
    const outside = join(base, 'around', 'outside');
    fs.mkdirSync(outside);
    fs.writeFileSync(join(outside, 'escaped'), 'precious');
    fs.mkdirSync(target);
    fs.symlinkSync(outside, join(target, 'way'));
    const inner = await plantTree(file('escaped', evil));
    await restoreTree(await plantTree(dir('way', inner)), { overwrite: 'replace-keep-current' });
    expect(around()).toMatchObject({ 'outside/escaped': 'precious', 'target/way/escaped': 'evil' });
    expect((await undo(target)).result.isComplete).toBe(true);
    expect(around()).toMatchObject({ 'outside/escaped': 'precious', 'target/way': `-> ${outside}` });
  });
  test('a link in the place of the undo folder: nothing is begun', async () => {
    const outside = join(base, 'around', 'outside');
    fs.mkdirSync(outside);
    fs.mkdirSync(target);
    fs.symlinkSync(outside, join(target, '.tidemark-undo'));
    await expect(
      restoreTree(await plantTree(file('file', evil)), { overwrite: 'replace-keep-current' }),
    ).rejects.toMatchObject({ code: 'files.targetNotWritable' });
    expect(around()).toEqual({ outside: 'dir', target: 'dir', 'target/.tidemark-undo': `-> ${outside}` });
  });
  test('a link in the place of a file is replaced, not written through', async () => {
    const victim = join(base, 'around', 'victim');
    fs.writeFileSync(victim, 'precious');
    fs.mkdirSync(target);
    fs.symlinkSync(victim, join(target, 'file'));
    await restoreTree(await plantTree(file('file', evil)), { overwrite: 'always' });
    expect(around()).toMatchObject({ victim: 'precious', 'target/file': 'evil' });
  });
  test('links to anywhere are made as they are, and their metadata stays with them', async () => {
    const victim = join(base, 'around', 'victim');
    fs.writeFileSync(victim, 'precious', { mode: 0o600 });
    const before = fs.statSync(victim).mtimeMs;
    const result = await restoreTree(await plantTree(link('absolute', victim), link('up', '../../../x')));
    expect(result.problems).toEqual([]);
    expect(around()).toMatchObject({ 'target/absolute': `-> ${victim}`, 'target/up': '-> ../../../x' });
    expect(fs.statSync(victim).mtimeMs).toBe(before);
    expect(fs.statSync(victim).mode & 0o777).toBe(0o600);
  });
});

test('an undo record out of a snapshot is never made', async () => {
  const record = await plantTree(file('record', evil), file('journal-00', evil));
  const folder = await plantTree(dir('20260101-000000-00000000', record));
  const result = await restoreTree(await plantTree(dir('.tidemark-undo', folder), file('good', good)));
  expect(result.problems).toEqual([]);
  expect(around()).toEqual({ target: 'dir', 'target/good': 'good' });
});

describe('entries that cannot be', () => {
  test('names that occur twice: the first counts', async () => {
    const inner = await plantTree(file('x', evil));
    const result = await restoreTree(
      await plantTree(file('twice', good), file('twice', evil), dir('twice', inner)),
    );
    expect(problemsOf(result)).toEqual(['/twice refused duplicateName', '/twice refused duplicateName']);
    expect(around()['target/twice']).toBe('good');
  });
  test('nodes without what they need are told as damaged', async () => {
    const result = await restoreTree(
      await plantTree(
        dir('folder', undefined),
        file('null', good, { content: null }),
        file('nothing', good, { content: [] }),
        { name: 'link', type: 'symlink', mode: 0o777, ...COMMON },
        { name: 'socket', type: 'socket', mode: 0, ...COMMON },
        { name: 'strange', type: 'irregular', mode: 0, ...COMMON },
        file('good', good),
      ),
    );
    expect(problemsOf(result)).toEqual([
      '/folder damaged integrity.treeCorrupt',
      '/link damaged integrity.treeCorrupt',
      '/nothing damaged integrity.treeCorrupt',
      '/null damaged integrity.treeCorrupt',
      '/strange refused unknownKind',
    ]);
    expect(around()).toEqual({ target: 'dir', 'target/good': 'good' });
  });
  test('a blob and a tree that are nowhere', async () => {
    const missing = '7'.repeat(64) as BlobId;
    const result = await restoreTree(
      await plantTree(
        file('file', missing),
        dir('folder', missing),
        file('good', good),
        file('part', good, { content: [good, missing] }),
      ),
    );
    expect(problemsOf(result)).toEqual([
      '/file damaged integrity.blobMissing',
      '/folder damaged integrity.blobMissing',
      '/part damaged integrity.blobMissing',
    ]);
    expect(around()).toEqual({ target: 'dir', 'target/good': 'good', 'target/folder': 'dir' });
  });
  test('what is in a folder whose list cannot be read stays, also under the rule that removes', async () => {
    const missing = '7'.repeat(64) as BlobId;
    fs.mkdirSync(join(target, 'folder', 'in it'), { recursive: true });
    fs.writeFileSync(join(target, 'folder', 'mine'), 'precious');
    fs.writeFileSync(join(target, 'later'), 'later');
    fs.writeFileSync(join(target, 'part'), 'precious');
    const result = await restoreTree(
      await plantTree(dir('folder', missing), file('part', missing), link('..', 'x')),
      { overwrite: 'exact' },
    );
    expect(result.files.removed).toBe(1);
    expect(around()).toMatchObject({
      'target/folder/mine': 'precious',
      'target/folder/in it': 'dir',
      'target/part': 'precious',
    });
    expect(around()).not.toHaveProperty('target/later');
  });
  test('a data blob that is no tree', async () => {
    const [noTree] = await plantBlobs(repository, 'tree', ['no tree at all']);
    const result = await restoreTree(await plantTree(dir('folder', noTree), file('good', good)));
    expect(problemsOf(result)).toEqual(['/folder damaged integrity.treeCorrupt']);
    expect(around()['target/good']).toBe('good');
  });
  test('sizes that lie: the content counts', async () => {
    const text = JSON.stringify({ nodes: [file('large', good), file('small', good, { size: 1 })] });
    // Larger than a number can say.
    const [tree] = await plantBlobs(repository, 'tree', [
      text.replace('"size":4', '"size":18446744073709551615'),
    ]);
    expect((await restoreTree(tree!)).problems).toEqual([]);
    expect(around()).toMatchObject({ 'target/large': 'good', 'target/small': 'good' });
  });
  test('times that are none are told, the file is there', async () => {
    const result = await restoreTree(await plantTree(file('file', good, { mtime: 'yesterday' })));
    expect(result.warnings.map(({ problem }) => problem.what)).toContain('times');
    expect(around()['target/file']).toBe('good');
  });
});

test('a tree that is deeper than any disk ends', async () => {
  let tree = await plantTree(file('bottom', good));
  const texts: string[] = [];
  const { primitives } = repository.ports;
  for (let level = 0; level < 2100; level++) {
    const text = `${JSON.stringify({ nodes: [dir('d', tree)] })}\n`;
    texts.push(text);
    tree = Buffer.from(primitives.sha256(Buffer.from(text))).toString('hex') as BlobId;
  }
  await plantBlobs(repository, 'tree', texts);
  const result = await restoreTree(tree);
  expect(result.problemCounts).toEqual({ conflict: 0, damaged: 0, refused: 1, failed: 0 });
  expect(result.problems[0]!.code).toBe('tooDeep');
  expect(result.progress.foldersRestored).toBe(2048);
});

describe('hard links', () => {
  const linked = (name: string, id: BlobId, more: object = {}): Node =>
    file(name, id, { inode: 5, device_id: 9, links: 2, ...more });

  test('names of one file become one file, also across folders', async () => {
    const inner = await plantTree(linked('b', good));
    await restoreTree(await plantTree(linked('a', good), dir('in', inner)));
    expect(fs.statSync(join(target, 'a')).ino).toBe(fs.statSync(join(target, 'in', 'b')).ino);
  });
  test('the same inode with other content is another file', async () => {
    const result = await restoreTree(await plantTree(linked('a', good), linked('b', evil)));
    expect(result.problems).toEqual([]);
    expect(around()).toMatchObject({ 'target/a': 'good', 'target/b': 'evil' });
  });
  test('one with a single link is nobody else’s, whatever its inode', async () => {
    await restoreTree(await plantTree(linked('a', good), linked('b', good, { links: 1 })));
    expect(fs.statSync(join(target, 'a')).nlink).toBe(1);
  });
  test('when the first name cannot be restored, the next one gets the content', async () => {
    fs.mkdirSync(join(target, 'a'), { recursive: true });
    const result = await restoreTree(
      await plantTree(
        linked('a', good, { links: 3 }),
        linked('b', good, { links: 3 }),
        linked('c', good, { links: 3 }),
      ),
    );
    expect(problemsOf(result)).toEqual(['/a conflict conflict']);
    expect(fs.statSync(join(target, 'b')).ino).toBe(fs.statSync(join(target, 'c')).ino);
    expect(around()['target/c']).toBe('good');
  });
  test('a folder that nobody may enter any more still gives its file to later names', async () => {
    const inner = await plantTree(linked('a', good));
    const result = await restoreTree(await plantTree(dir('closed', inner, 0o000), linked('z', good)));
    expect(result.problems).toEqual([]);
    expect(fs.statSync(join(target, 'z')).nlink).toBe(2);
    expect(fs.statSync(join(target, 'closed')).mode & 0o777).toBe(0);
  });
});
