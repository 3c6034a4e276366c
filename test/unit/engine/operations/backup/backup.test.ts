/**
 * What a backup stores, leaves out, reads again and refuses. Real threads, real files, a repository in memory.
 */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { textToByteString, toDisplay, type ByteString } from '#base/byte-string.ts';
import type { BlobId } from '#base/ids.ts';
import { createSourceFiles } from '#files/open-files.ts';
import type { TreeNode } from '#format/tree-node.ts';
import type { PipelineHost } from '#operations/pipeline-host.ts';
import { executeBackup } from '#operations/backup/execute.ts';
import type { BackupRequest, BackupResult } from '#operations/backup/types.ts';
import { walkTree } from '#operations/find-in-snapshot.ts';
import type { Repository } from '#repository/repository.ts';
import { CACHE_FOLDER_TAG, parseFolderTag } from '#rules/tagged-exclude.ts';
import type { MemoryStorage } from '#storage/memory/memory-storage.ts';
import { FaultStorage } from '#test/support/fault-storage.ts';
import { isRoot } from '#test/support/as-nobody.ts';
import { inThreadBackupPipeline } from '#test/support/in-thread-pipeline.ts';
import {
  backupRequest,
  backUp,
  makeMemoryRepository,
  reopen,
  testPipeline,
  type MemoryRepository,
} from '#test/support/engine.ts';

/** A memory disk where there is one. */
const QUICK_FOLDER = fs.existsSync('/dev/shm') ? '/dev/shm' : tmpdir();

let folder = '';
let source = '';
let repository: Repository;
let storage: MemoryStorage;
/** Made once: deriving a key takes its time. */
let emptyRepository: MemoryRepository;

beforeAll(async () => {
  emptyRepository = await makeMemoryRepository();
});

beforeEach(() => {
  folder = fs.mkdtempSync(join(QUICK_FOLDER, 'tidemark-backup-'));
  source = join(folder, 'source');
  fs.mkdirSync(source);
  storage = emptyRepository.storage.fork();
  repository = reopen(emptyRepository.repository, storage);
});

afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

/** Writes files by their paths below the source. */
function plant(files: Readonly<Record<string, string>>): void {
  for (const [path, content] of Object.entries(files)) {
    fs.mkdirSync(join(source, path, '..'), { recursive: true });
    fs.writeFileSync(join(source, path), content);
  }
}

function save(changes: Partial<BackupRequest> = {}): Promise<BackupResult> {
  return saveAll(['source'], { ...fromFolder(), ...changes });
}

/** In this thread: starting others would take most of the time. */
function saveAll(
  sources: readonly string[],
  changes: Partial<BackupRequest>,
  pipeline: PipelineHost = inThreadBackupPipeline,
): Promise<BackupResult> {
  return backUp(repository, sources, changes, {}, undefined, pipeline);
}

/** Relative sources: folders above them, which other tests change, are not in the snapshot. */
function fromFolder(): Partial<BackupRequest> {
  return { workingFolder: textToByteString(folder) };
}

function withScan(scan: Partial<BackupRequest['scan']>): Partial<BackupRequest> {
  return { scan: { ...backupRequest([]).scan, ...scan } };
}

async function treeIdOf({ snapshotId }: BackupResult): Promise<BlobId> {
  const { snapshot } = await reopen(repository).snapshots.load(snapshotId!);
  return snapshot.tree!;
}

/** Path below the source to node. */
async function nodesOf(result: BackupResult, below = '/source'): Promise<Map<string, TreeNode>> {
  const opened = reopen(repository);
  await opened.loadIndex();
  const found = new Map<string, TreeNode>();
  for await (const { path, node } of walkTree(opened, await treeIdOf(result), '/' as ByteString)) {
    const text = toDisplay(path);
    if (text.startsWith(`${below}/`)) found.set(text.slice(below.length + 1), node);
  }
  return found;
}

async function pathsOf(result: BackupResult): Promise<string[]> {
  return [...(await nodesOf(result)).keys()].sort();
}

async function contentOf(node: TreeNode | undefined): Promise<Buffer> {
  const opened = reopen(repository);
  await opened.loadIndex();
  const parts = [];
  for (const id of node?.content ?? []) parts.push(await opened.loadBlob('data', id));
  return Buffer.concat(parts);
}

const NEVER_READ = { filesNew: 0, filesChanged: 0, dataBlobs: 0 };

describe('what is left out', () => {
  beforeEach(() =>
    plant({
      'a.txt': 'a',
      'b.tmp': 'b',
      'sub/c.tmp': 'c',
      'sub/d.txt': 'dd',
      'cache/CACHEDIR.TAG': 'Signature: 8a477f597d28d172789f06886806bc55\nmore',
      'cache/x': 'x',
      'fake/CACHEDIR.TAG': 'Signature: none',
      'fake/x': 'x',
      'marked/.nobackup': '',
      'marked/x/y': 'y',
      'headed/.nobackup': 'HEADER and more',
      large: 'x'.repeat(1001),
      limit: 'x'.repeat(1000),
    }),
  );

  const ALL = [
    'a.txt',
    'b.tmp',
    'cache',
    'cache/CACHEDIR.TAG',
    'cache/x',
    'fake',
    'fake/CACHEDIR.TAG',
    'fake/x',
    'headed',
    'headed/.nobackup',
    'large',
    'limit',
    'marked',
    'marked/.nobackup',
    'marked/x',
    'marked/x/y',
    'sub',
    'sub/c.tmp',
    'sub/d.txt',
  ];
  const without = (...paths: string[]): string[] => ALL.filter((path) => !paths.includes(path));
  const pattern = (...texts: string[]) => ({ exclude: { patterns: texts.map(textToByteString) } });

  it.each([
    ['nothing', {}, ALL],
    ['by a pattern', pattern('*.tmp'), without('b.tmp', 'sub/c.tmp')],
    ['by a pattern with an exception', pattern('*.tmp', '!b.tmp'), without('sub/c.tmp')],
    ['a folder with all in it', pattern('sub'), without('sub', 'sub/c.tmp', 'sub/d.txt')],
    [
      'whatever the letters',
      { exclude: { patterns: [], ignoreCasePatterns: [textToByteString('A.TXT')] } },
      without('a.txt'),
    ],
    ['caches', { folderTags: [CACHE_FOLDER_TAG] }, without('cache/x')],
    [
      'marked folders',
      { folderTags: [parseFolderTag(textToByteString('.nobackup'))] },
      without('marked/x', 'marked/x/y'),
    ],
    [
      'folders marked with a header',
      { folderTags: [parseFolderTag(textToByteString('.nobackup:HEADER'))] },
      ALL,
    ],
    ['large files', { excludeLargerThanBytes: 1000 }, without('large')],
  ] as const)('%s', async (_name, scan, expected) => {
    const result = await save(withScan(scan));
    expect(await pathsOf(result)).toEqual(expected);
    expect(result.problems).toEqual([]);
  });

  it('never what was named', async () => {
    const result = await saveAll(['source/b.tmp'], {
      ...fromFolder(),
      ...withScan(pattern('*.tmp')),
    });
    expect(await pathsOf(result)).toEqual(['b.tmp']);
  });
});

describe('compared with the parent', () => {
  beforeEach(() => plant({ one: 'first', 'sub/two': 'second', 'sub/deep/three': 'third', empty: '' }));

  it('nothing is read or stored when nothing has changed', async () => {
    const first = await save();
    const writes = storage.files.size;
    const second = await save();
    expect(second.summary).toMatchObject({ ...NEVER_READ, filesUnmodified: 4, dirsChanged: 0, treeBlobs: 0 });
    expect(second.parentId).toBe(first.snapshotId);
    expect(await treeIdOf(second)).toBe(await treeIdOf(first));
    // Only the snapshot came.
    expect(storage.files.size).toBe(writes + 1);
  });

  it.each([
    ['a new content', () => fs.writeFileSync(join(source, 'one'), 'other')],
    ['a new name', () => fs.renameSync(join(source, 'one'), join(source, 'uno'))],
    ['a new time', () => fs.utimesSync(join(source, 'one'), 1, 1)],
    ['a new mode', () => fs.chmodSync(join(source, 'one'), 0o600)],
    [
      'a new inode of equal content and time',
      () => {
        const { mtime, atime } = fs.statSync(join(source, 'one'));
        fs.copyFileSync(join(source, 'one'), join(source, 'copy'));
        fs.renameSync(join(source, 'copy'), join(source, 'one'));
        fs.utimesSync(join(source, 'one'), atime, mtime);
      },
    ],
  ])('%s is stored', async (_name, change) => {
    await save();
    change();
    const result = await save();
    expect(result.summary.filesUnmodified).toBe(3);
    expect(result.summary.totalFilesProcessed).toBe(4);
    const nodes = await nodesOf(result);
    for (const [path, node] of nodes) {
      if (node.type === 'file') expect(await contentOf(node)).toEqual(fs.readFileSync(join(source, path)));
    }
    expect(await treeIdOf(await save({ parent: 'none' }))).toBe(await treeIdOf(result));
  });

  it('a changed ctime alone counts, unless told otherwise; then its metadata are fresh all the same', async () => {
    await save();
    fs.chmodSync(join(source, 'one'), 0o600);
    const ignoring = await save(withScan({ ignoreCtime: true }));
    expect(ignoring.summary).toMatchObject({
      ...NEVER_READ,
      filesUnmodified: 4,
      dirsChanged: expect.any(Number),
    });
    expect((await nodesOf(ignoring)).get('one')?.mode).toBe(0o600);
    fs.chmodSync(join(source, 'one'), 0o640);
    expect((await save()).summary).toMatchObject({ filesChanged: 1, dataBlobs: 0 });
  });

  it('--force reads all files and stores nothing twice', async () => {
    const first = await save();
    const forced = await save({ parent: 'none' });
    expect(forced.summary).toMatchObject({ filesNew: 4, filesUnmodified: 0, dataBlobs: 0, treeBlobs: 0 });
    expect(await treeIdOf(forced)).toBe(await treeIdOf(first));
    expect(forced.parentId).toBeUndefined();
  });

  it('a dry run writes nothing at all, not even a lock', async () => {
    await save();
    plant({ new: 'more' });
    const before = new Map(storage.files);
    const watched = new FaultStorage(storage);
    const parts = {
      repository: reopen(repository, watched),
      files: createSourceFiles(),
      pipeline: inThreadBackupPipeline,
    };
    const result = await executeBackup(parts, backupRequest(['source'], { ...fromFolder(), dryRun: true }));
    expect(result).toMatchObject({ snapshotId: undefined, summary: { filesNew: 1, dataBlobs: 1 } });
    expect(storage.files).toEqual(before);
    expect(watched.changeCount).toBe(0);
  });

  it('--skip-if-unchanged makes no snapshot that equals the one before', async () => {
    await save();
    expect((await save({ skipIfUnchanged: true })).snapshotId).toBeUndefined();
    plant({ new: 'more' });
    expect((await save({ skipIfUnchanged: true })).snapshotId).toBeDefined();
  });
});

describe('refused', () => {
  it.each([
    ['a missing source', () => [join(source, 'missing')], 'files.sourceMissing'],
    ['one missing of two', () => [source, join(source, 'missing')], 'files.sourceMissing'],
    ['no source', () => [], 'files.nothingToSave'],
    ['a source without a name', () => [source, ''], 'request.invalidInput'],
    ['a source below a file', () => [join(source, 'file/x')], 'files.sourceMissing'],
  ] as const)('%s', async (_name, sources, code) => {
    plant({ file: 'x' });
    await expect(saveAll(sources(), fromFolder())).rejects.toMatchObject({ code });
    expect([...storage.files.keys()].filter((path) => /^(?:snapshots|data|index|locks)/.test(path))).toEqual(
      [],
    );
  });

  it.each([
    ['as usual', ['source'], '', {}],
    ['with --force', ['source'], '', { parent: 'none' }],
    ['in a dry run', ['source'], '', { dryRun: true }],
    ['beside another', ['other', 'source'], '', {}],
    ['as the working folder', ['.'], 'source', {}],
    ['as the working folder, with --force', ['.'], 'source', { parent: 'none' }],
    ['as the folder above', ['..'], 'other', {}],
  ] as const)('D1 a source that is empty all of a sudden, %s', async (_name, sources, below, changes) => {
    fs.mkdirSync(join(folder, 'other'));
    plant({ one: '1', 'sub/two': '2' });
    const here = { workingFolder: textToByteString(join(folder, below)) };
    await saveAll(sources, here);
    if (below === 'other') {
      // What is above the working folder can only be empty when that is gone.
      fs.rmSync(folder, { recursive: true });
      fs.mkdirSync(folder);
    } else {
      fs.rmSync(source, { recursive: true });
      fs.mkdirSync(source);
    }
    const again = saveAll(sources, { ...here, ...changes });
    await expect(again).rejects.toMatchObject({ code: 'files.sourceEmpty' });
    expect(await storage.list('snapshot')).toHaveLength(1);
    expect(await storage.list('lock')).toEqual([]);
    const meant = await saveAll(sources, { ...here, ...changes, allowEmptySource: true });
    expect(meant.summary.filesNew).toBe(0);
  });

  it('nothing on account of a damaged snapshot before: a fresh one is worth more', async () => {
    plant({ one: '1' });
    await save();
    for (const [path, bytes] of storage.files) {
      if (path.startsWith('data/'))
        storage.files.set(
          path,
          bytes.map((byte) => byte ^ 1),
        );
    }
    expect((await save()).snapshotId).toBeDefined();
  });

  it('nothing that was empty before', async () => {
    await save();
    expect((await save()).snapshotId).toBeDefined();
  });
});

describe('files that do not hold still', () => {
  it('D2 a file that changes all the time is stored as found, said, and read again the next time', async () => {
    plant({ calm: 'calm' });
    const busy = join(source, 'busy');
    // Reading takes long enough for the writer to get its turn on a busy machine too.
    fs.writeFileSync(busy, '');
    fs.truncateSync(busy, 60_000_000);
    const appending = 'echo ready; while :; do echo more >> "$0"; done';
    const writer = spawn('sh', ['-c', appending, busy], { stdio: ['ignore', 'pipe', 'inherit'] });
    let result: BackupResult;
    try {
      await once(writer.stdout, 'data');
      result = await save();
    } finally {
      writer.kill('SIGKILL');
      await once(writer, 'exit');
    }
    expect(result.problems).toEqual([]);
    expect(result.changedWhileReading.map(toDisplay)).toEqual([busy]);
    const node = (await nodesOf(result)).get('busy');
    expect(node?.size).toBe(BigInt((await contentOf(node)).length));
    const next = await save();
    const content = await contentOf((await nodesOf(next)).get('busy'));
    expect(content.equals(fs.readFileSync(busy))).toBe(true);
    expect(next.changedWhileReading).toEqual([]);
  });

  it('a fifo in the place of a file blocks nothing', async () => {
    plant({ a: 'a', b: 'b', pipe: 'was a file' });
    await save();
    fs.rmSync(join(source, 'pipe'));
    spawnSync('mkfifo', [join(source, 'pipe')]);
    const result = await save();
    expect((await nodesOf(result)).get('pipe')?.type).toBe('fifo');
  });

  it('files and folders that come and go during the walk stop nothing', async () => {
    for (let i = 0; i < 200; i++) plant({ [`steady-${String(i)}/file`]: String(i) });
    const churn = spawn(
      'sh',
      [
        '-c',
        'cd "$0"; echo ready; while :; do for i in 1 2 3 4 5 6 7 8; do mkdir -p t$i/u; echo $i > t$i/u/f; echo $i > g$i; done; rm -rf t* g*; done',
        source,
      ],
      { stdio: ['ignore', 'pipe', 'ignore'] },
    );
    try {
      await once(churn.stdout, 'data');
      for (let round = 0; round < 4; round++) {
        const result = await save();
        const steady = (await pathsOf(result)).filter((path) => path.startsWith('steady'));
        expect(steady).toHaveLength(400);
        expect(result.problems.filter(({ code }) => code !== 'ENOENT')).toEqual([]);
      }
    } finally {
      churn.kill('SIGKILL');
      await once(churn, 'exit');
    }
  });

  it('files whose size the system does not tell are read to their end', async () => {
    const result = await saveAll(['/proc/version'], {});
    const node = (await nodesOf(result, '/proc')).get('version');
    expect((await contentOf(node)).toString()).toBe(fs.readFileSync('/proc/version', 'utf8'));
    expect(node?.size).toBe(BigInt(fs.readFileSync('/proc/version').length));
    expect(result.changedWhileReading).toEqual([]);
  });
});

describe('sizes', () => {
  it('files without a byte, one byte, and around the shortest chunk', async () => {
    const sizes = [0, 1, 524_287, 524_288, 524_289, 8_388_608, 8_388_609];
    for (const size of sizes) plant({ [`size-${String(size)}`]: 'x'.repeat(size) });
    const nodes = await nodesOf(await save());
    for (const size of sizes) {
      const node = nodes.get(`size-${String(size)}`);
      expect(node?.size).toBe(BigInt(size));
      expect((await contentOf(node)).equals(Buffer.alloc(size, 'x'))).toBe(true);
    }
    expect(nodes.get('size-0')?.content).toEqual([]);
  });

  it('a sparse file of 1 GiB costs one chunk', async () => {
    fs.closeSync(fs.openSync(join(source, 'hole'), 'w'));
    fs.truncateSync(join(source, 'hole'), 2 ** 30);
    const result = await saveAll(['source'], fromFolder(), testPipeline);
    expect(result.summary).toMatchObject({ dataBlobs: 1, totalBytesProcessed: 2 ** 30 });
    expect(result.summary.dataAddedPacked).toBeLessThan(100_000);
  });

  it('D9 100 000 files in one folder', async () => {
    for (let i = 0; i < 100_000; i++)
      fs.writeFileSync(join(source, `file-${String(i)}`), i % 2 === 0 ? '' : String(i));
    const result = await saveAll(['source'], fromFolder(), testPipeline);
    expect(result.summary).toMatchObject({ filesNew: 100_000, dataBlobs: 50_000 });
    expect((await save()).summary).toMatchObject({ ...NEVER_READ, filesUnmodified: 100_000, treeBlobs: 0 });
    fs.writeFileSync(join(source, 'file-777'), 'changed');
    const changed = await save();
    expect(changed.summary).toMatchObject({
      filesNew: 0,
      filesChanged: 1,
      dataBlobs: 1,
      treeBlobs: expect.any(Number),
    });
  }, 240_000);
});

describe('other file systems', () => {
  const needsRoot = isRoot ? '' : ' (skipped: mounting needs root)';
  it.skipIf(!isRoot)(`are left out with --one-file-system, but for the mount point${needsRoot}`, async () => {
    plant({ own: 'x', 'mounted/hidden': 'y' });
    const mounted = join(source, 'mounted');
    expect(spawnSync('mount', ['-t', 'tmpfs', 'tmpfs', mounted]).status).toBe(0);
    try {
      plant({ 'mounted/there': 'z', 'mounted/sub/more': 'z' });
      expect(await pathsOf(await save({ oneFileSystem: true }))).toEqual(['mounted', 'own']);
      const both = await saveAll(['source', 'source/mounted'], {
        ...fromFolder(),
        oneFileSystem: true,
      });
      expect(await pathsOf(both)).toEqual([
        'mounted',
        'mounted/sub',
        'mounted/sub/more',
        'mounted/there',
        'own',
      ]);
      expect(await pathsOf(await save())).toContain('mounted/sub/more');
    } finally {
      spawnSync('umount', [mounted]);
    }
  });
});
