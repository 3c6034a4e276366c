/** Differences between planted and backed-up versions: renames above all, as restic knows none. Its lines are held against restic in test/interop. */
import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { toDisplay, type ByteString } from '#base/byte-string.ts';
import type { BlobId } from '#base/ids.ts';
import { executeDiff } from '#operations/diff/execute.ts';
import type { Change, DiffRequest, DiffResult, UncomparedFolder } from '#operations/diff/types.ts';
import type { Repository } from '#repository/repository.ts';
import { backUp, makeMemoryRepository, reopen } from '#test/support/engine.ts';
import { inThreadBackupPipeline, inThreadPipeline } from '#test/support/in-thread-pipeline.ts';
import { plantBlobs, plantSnapshot } from '#test/support/plant.ts';

const base = mkdtempSync(join(tmpdir(), 'tidemark-diff-'));
const pristine = await makeMemoryRepository();
let caseNumber = 0;
afterAll(() => rmSync(base, { recursive: true, force: true }));

/** Deriving a key for each would take most of the time. */
function makeRepository(): Repository {
  return reopen(pristine.repository, pristine.storage.fork());
}

interface Version {
  readonly repository: Repository;
  readonly source: string;
  /** Backs up as it is now. */
  save(): Promise<string>;
}

/** A source with these files; paths end in `/` for empty folders. */
async function makeSource(files: Readonly<Record<string, string>>): Promise<Version> {
  const source = join(base, `case-${caseNumber++}`);
  for (const [path, content] of Object.entries(files)) write(source, path, content);
  const repository = makeRepository();
  const save = async (): Promise<string> =>
    (await backUp(repository, source, {}, {}, undefined, inThreadBackupPipeline)).snapshotId!;
  return { repository, source, save };
}

function write(source: string, path: string, content: string): void {
  const whole = join(source, path);
  mkdirSync(path.endsWith('/') ? whole : dirname(whole), { recursive: true });
  if (!path.endsWith('/')) writeFileSync(whole, content);
}

interface Told extends DiffResult {
  readonly lines: string[];
  readonly changes: Change[];
  readonly damaged: UncomparedFolder[];
}

async function compare(
  { repository, source }: Pick<Version, 'repository' | 'source'>,
  from: string,
  to: string,
  changes: Partial<DiffRequest> = {},
): Promise<Told> {
  const told: Change[] = [];
  const damaged: UncomparedFolder[] = [];
  const request: DiffRequest = {
    from,
    to,
    withMetadata: false,
    findRenames: true,
    foldFolders: false,
    countBlobs: true,
    ...changes,
  };
  const result = await executeDiff({ repository: reopen(repository), pipeline: inThreadPipeline }, request, {
    onChange: (change) => void told.push(change),
    onDamaged: (folder) => void damaged.push(folder),
  });
  const short = (path: ByteString): string => toDisplay(path).replace(source, '');
  const lines = told.map((change) => {
    const end = change.isFolder ? '/' : '';
    switch (change.kind) {
      case 'added':
        return `+ ${short(change.path)}${end}`;
      case 'removed':
        return `- ${short(change.path)}${end}`;
      case 'renamed':
        return `R ${short(change.from)}${end} -> ${short(change.path)}${end}`;
      case 'changed':
        return `${change.letters} ${short(change.path)}${end}`;
    }
  });
  return { ...result, lines, changes: told, damaged };
}

/** Saves, lets `change` happen, saves again and compares. */
async function difference(
  files: Readonly<Record<string, string>>,
  change: (source: string) => void,
  options: Partial<DiffRequest> = {},
): Promise<Told> {
  const version = await makeSource(files);
  const from = await version.save();
  change(version.source);
  return compare(version, from, await version.save(), options);
}

const move = (source: string, from: string, to: string): void => {
  mkdirSync(dirname(join(source, to)), { recursive: true });
  renameSync(join(source, from), join(source, to));
};

describe('renames', () => {
  test('a file that is gone in one place and new in another with the same content', async () => {
    const { lines, renamed, added, removed } = await difference(
      { 'a/letter': 'dear', 'b/x': 'x' },
      (source) => move(source, 'a/letter', 'b/note'),
    );
    expect(lines).toEqual(['R /a/letter -> /b/note']);
    expect(renamed).toEqual({ files: 1, folders: 0, others: 0 });
    // As restic counts.
    expect([added, removed]).toMatchObject([
      { files: 1, blobs: { data: 0 } },
      { files: 1, blobs: { data: 0 } },
    ]);
  });

  test('a folder as a whole, with all that is in it, told once', async () => {
    const { lines, changes, renamed } = await difference(
      { 'old/one': '1', 'old/in/two': '2', 'old/in/three': '3', stays: 's' },
      (source) => move(source, 'old', 'new'),
    );
    expect(lines).toEqual(['R /old/ -> /new/']);
    expect(changes[0]).toMatchObject({ inside: { files: 3, folders: 1, others: 0 } });
    expect(renamed).toEqual({ files: 3, folders: 2, others: 0 });
  });

  test('a folder renamed while a file in it changed: its other files', async () => {
    const { lines } = await difference({ 'old/one': '1', 'old/two': '2', 'old/in/x': '3' }, (source) => {
      move(source, 'old', 'new');
      writeFileSync(join(source, 'new', 'two'), 'changed');
    });
    expect(lines).toEqual([
      '+ /new/',
      'R /old/in/ -> /new/in/',
      'R /old/one -> /new/one',
      '+ /new/two',
      '- /old/',
      '- /old/two',
    ]);
  });

  test('of equal contents those whose paths end alike; what stays in doubt is told as removed and added', async () => {
    const files = {
      'p/one/licence': 'free',
      'p/two/licence': 'free',
      'p/one/own1': '1',
      'p/two/own2': '2',
      'p/twin1': 'twin',
      'p/twin2': 'twin',
    };
    const { lines } = await difference(files, (source) => {
      move(source, 'p/one/licence', 'q/one/licence');
      move(source, 'p/two/licence', 'q/two/licence');
      move(source, 'p/twin1', 'q/twin3');
      move(source, 'p/twin2', 'q/twin4');
    });
    expect(lines).toEqual([
      '- /p/twin1',
      '- /p/twin2',
      '+ /q/',
      '+ /q/one/',
      'R /p/one/licence -> /q/one/licence',
      '+ /q/twin3',
      '+ /q/twin4',
      '+ /q/two/',
      'R /p/two/licence -> /q/two/licence',
    ]);
  });

  test('a copy is no rename, nor is anything that is empty', async () => {
    const { lines } = await difference({ a: 'same', empty: '', 'none/': '' }, (source) => {
      writeFileSync(join(source, 'b'), 'same');
      move(source, 'empty', 'empty2');
      move(source, 'none', 'none2');
    });
    expect(lines).toEqual(['+ /b', '- /empty', '+ /empty2', '- /none/', '+ /none2/']);
  });

  test('are removed and added when nobody asks for renames', async () => {
    const { lines, renamed } = await difference({ 'old/a': '1' }, (source) => move(source, 'old', 'new'), {
      findRenames: false,
    });
    expect(lines).toEqual(['+ /new/', '+ /new/a', '- /old/', '- /old/a']);
    expect(renamed).toEqual({ files: 0, folders: 0, others: 0 });
  });
});

describe('folders', () => {
  test('can be told without what is in them, but a rename into them is told', async () => {
    const { lines, changes } = await difference(
      { 'gone/a': '1', 'gone/in/b': '2', moved: 'm' },
      (source) => {
        rmSync(join(source, 'gone'), { recursive: true });
        write(source, 'fresh/in/c', 'c');
        move(source, 'moved', 'fresh/in/moved');
      },
      { foldFolders: true },
    );
    expect(lines).toEqual(['+ /fresh/', 'R /moved -> /fresh/in/moved', '- /gone/']);
    expect(changes[0]).toMatchObject({ inside: { files: 2, folders: 1, others: 0 } });
    expect(changes[2]).toMatchObject({ inside: { files: 2, folders: 1, others: 0 } });
  });

  test('alone can be compared; a file cannot', async () => {
    const version = await makeSource({ 'a/x': '1', 'b/y': '2' });
    const from = await version.save();
    writeFileSync(join(version.source, 'a', 'x'), 'other');
    writeFileSync(join(version.source, 'b', 'y'), 'other too');
    const to = await version.save();
    const inFolder = (id: string, name: string): string => `${id}:${version.source}/${name}`;
    expect((await compare(version, inFolder(from, 'a'), inFolder(to, 'a'))).lines).toEqual(['M /x']);
    const other = await compare(version, inFolder(from, 'a'), inFolder(from, 'b'));
    expect(other.lines).toEqual(['- /x', '+ /y']);
    await expect(compare(version, inFolder(from, 'a/x'), to)).rejects.toMatchObject({
      code: 'request.invalidInput',
    });
    await expect(compare(version, inFolder(from, 'c'), to)).rejects.toMatchObject({
      code: 'files.pathNotInSnapshot',
    });
  });
});

const TIMES = '"mtime":"2026-01-02T03:04:05Z","atime":"2026-01-02T03:04:05Z","ctime":"2026-01-02T03:04:05Z"';
const node = (name: string, type: string, more: string): string =>
  `{"name":"${name}","type":"${type}",${TIMES},"uid":0,"gid":0,${more}}`;
const treeOf = (...nodes: string[]): string => `{"nodes":[${nodes.join(',')}]}\n`;
const id = (digit: string): string => digit.repeat(64);

async function plantTwo(repository: Repository, before: string, after: string): Promise<[string, string]> {
  const [one, other] = (await plantBlobs(repository, 'tree', [before, after])) as [BlobId, BlobId];
  return [await plantSnapshot(repository, one), await plantSnapshot(repository, other)];
}

describe('planted trees', () => {
  test('content that changed under the same times is told as such, with blobs that no index names counted', async () => {
    const repository = makeRepository();
    const file = (digit: string): string => treeOf(node('f', 'file', `"size":3,"content":["${id(digit)}"]`));
    const { lines, changedFiles, added, removed } = await compare(
      { repository, source: '' },
      ...(await plantTwo(repository, file('a'), file('b'))),
    );
    expect(lines).toEqual(['M? /f']);
    expect(changedFiles).toBe(1);
    expect([added.blobs, removed.blobs]).toMatchObject([
      { data: 1, trees: 1 },
      { data: 1, trees: 1 },
    ]);
  });

  test('a blob that an unchanged folder holds too is neither new nor gone', async () => {
    const repository = makeRepository();
    const [blob] = (await plantBlobs(repository, 'data', ['shared content'])) as [BlobId];
    const inner = treeOf(node('kept', 'file', `"size":14,"content":["${blob}"]`));
    const [folder] = (await plantBlobs(repository, 'tree', [inner])) as [BlobId];
    const dir = node('d', 'dir', `"content":null,"subtree":"${folder}"`);
    const copy = node('e', 'file', `"size":14,"content":["${blob}"]`);
    const [from, to] = await plantTwo(repository, treeOf(dir), treeOf(dir, copy));
    const told = await compare({ repository, source: '' }, from, to);
    expect(told.lines).toEqual(['+ /e']);
    expect(told.added.blobs).toMatchObject({ data: 0, trees: 1 });
    const uncounted = await compare({ repository, source: '' }, from, to, { countBlobs: false });
    expect(uncounted.added).toEqual({ files: 1, folders: 0, others: 0 });
  });

  test('a folder that cannot be read is told, and the rest is compared', async () => {
    const repository = makeRepository();
    const [broken] = (await plantBlobs(repository, 'tree', ['no tree'])) as [BlobId];
    const dir = (subtree: string): string => node('d', 'dir', `"content":null,"subtree":"${subtree}"`);
    const z = node('z', 'symlink', '"linktarget":"x","content":null');
    const [from, to] = await plantTwo(repository, treeOf(dir(broken)), treeOf(dir(id('c')), z));
    const { lines, damaged, damagedFolders, added } = await compare({ repository, source: '' }, from, to);
    expect(lines).toEqual(['+ /z']);
    expect(added).toMatchObject({ files: 0, folders: 0, others: 1 });
    expect(damaged.map(({ path, treeId }) => [path, treeId])).toEqual([
      ['/d', broken],
      ['/d', id('c')],
    ]);
    expect(damagedFolders).toBe(2);
  });
});
