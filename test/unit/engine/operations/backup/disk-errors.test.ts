/** A disk that fails under a backup: what the parent snapshot has stands for what cannot be read, and the rest goes on. */
import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, expect, it } from 'vitest';
import { textToByteString, toDisplay, type ByteString } from '#base/byte-string.ts';
import { createSourceFiles } from '#files/open-files.ts';
import type { OpenSource, SourceFiles } from '#files/port.ts';
import type { BackupRequest, BackupResult } from '#operations/backup/types.ts';
import type { Repository } from '#repository/repository.ts';
import type { MemoryStorage } from '#storage/memory/memory-storage.ts';
import { backUp, makeMemoryRepository } from '#test/support/engine.ts';
import { inThreadBackupPipelineReading } from '#test/support/in-thread-pipeline.ts';
import { troublesOf } from '#test/support/prune.ts';
import { versionFiles, type VersionFiles } from '#test/support/version-files.ts';

const base = mkdtempSync(join(tmpdir(), 'tidemark-disk-errors-'));
const source = join(base, 'source');
afterAll(() => rmSync(base, { recursive: true, force: true }));

const LARGE_BYTES = 17 << 20;

type Call = 'stat' | 'list' | 'open' | 'read' | 'readLink';
let failing: { readonly path: string; readonly call: Call; readonly code: string }[] = [];
let repository: Repository;
let storage: MemoryStorage;

function fail(path: ByteString, call: Call): void {
  const found = failing.find((one) => one.call === call && join(source, one.path) === toDisplay(path));
  if (found === undefined) return;
  throw Object.assign(new Error(found.code), { code: found.code, syscall: call });
}

/** The system's files; chosen calls fail as the system would make them. */
function failingFiles(): SourceFiles {
  const files = createSourceFiles();
  return new Proxy(files, {
    get: (_target, name: keyof SourceFiles) => {
      const original = files[name] as (...args: unknown[]) => unknown;
      if (typeof original !== 'function') return original;
      return (...args: unknown[]) => {
        const path = args[0] as ByteString;
        if (name === 'stat' || name === 'list' || name === 'open' || name === 'readLink') fail(path, name);
        const result = original.apply(files, args);
        return name === 'open' ? failingSource(result as OpenSource, path) : result;
      };
    },
  });
}

function failingSource(open: OpenSource, path: ByteString): OpenSource {
  return new Proxy(open, {
    get: (_target, name: keyof OpenSource) => {
      const original = open[name] as (...args: unknown[]) => unknown;
      if (typeof original !== 'function') return original;
      return (...args: unknown[]) => {
        if (name === 'read') fail(path, 'read');
        return original.apply(open, args);
      };
    },
  });
}

function save(changes: Partial<BackupRequest> = {}): Promise<BackupResult> {
  const pipeline = inThreadBackupPipelineReading(failingFiles);
  return backUp(repository, source, changes, {}, undefined, pipeline);
}

async function filesOf({ snapshotId }: BackupResult): Promise<VersionFiles> {
  const files = await versionFiles(repository, storage, snapshotId!);
  return Object.fromEntries(
    Object.entries(files)
      .filter(([path]) => path.startsWith(`${source}/`))
      .map(([path, hash]) => [path.slice(source.length + 1), hash]),
  );
}

/** In order of path. */
const problemsOf = ({ problems }: BackupResult) =>
  problems
    .map(({ path, code, keptPrevious }) => [toDisplay(path).slice(source.length + 1), code, keptPrevious])
    .toSorted((a, b) => (a.join() < b.join() ? -1 : 1));

function change(...paths: readonly string[]): void {
  for (const path of paths)
    writeFileSync(join(source, path), randomBytes(path === 'large' ? LARGE_BYTES : 700));
}

beforeEach(async () => {
  failing = [];
  rmSync(source, { recursive: true, force: true });
  mkdirSync(join(source, 'folder', 'below'), { recursive: true });
  change('one', 'two', 'folder/three', 'folder/below/four');
  symlinkSync('one', join(source, 'link'));
  ({ repository, storage } = await makeMemoryRepository());
});

it('a file that cannot be read is as in the version before, the rest is new, and the next run tries again', async () => {
  const before = await filesOf(await save());
  change('one', 'two', 'folder/three');
  failing = [{ path: 'one', call: 'read', code: 'EIO' }];
  const result = await save();
  expect(problemsOf(result)).toEqual([['one', 'EIO', true]]);
  const after = await filesOf(result);
  expect(after['one']).toBe(before['one']);
  for (const path of ['two', 'folder/three']) expect(after[path]).not.toBe(before[path]);
  expect(result.summary).toMatchObject({ totalFilesProcessed: 4, filesChanged: 2 });
  failing = [];
  const next = await save();
  expect(next).toMatchObject({ problems: [], summary: { filesChanged: 1 } });
  expect((await filesOf(next))['one']).not.toBe(before['one']);
  expect(await troublesOf(repository, storage)).toEqual([]);
});

it('the same of a large file, which several threads read', async () => {
  change('large');
  const before = await filesOf(await save());
  change('large');
  failing = [{ path: 'large', call: 'read', code: 'EIO' }];
  const result = await save();
  expect(problemsOf(result)).toEqual([['large', 'EIO', true]]);
  expect(await filesOf(result)).toEqual(before);
});

it('only the disk is reason enough: what is closed to us, or is new, is left out as ever', async () => {
  await save();
  change('one', 'two', 'new');
  failing = [
    { path: 'one', call: 'open', code: 'EACCES' },
    { path: 'two', call: 'open', code: 'EUCLEAN' },
    { path: 'new', call: 'read', code: 'EIO' },
  ];
  const result = await save();
  expect(problemsOf(result)).toEqual([
    ['new', 'EIO', false],
    ['one', 'EACCES', false],
    ['two', 'EUCLEAN', true],
  ]);
  expect(Object.keys(await filesOf(result)).toSorted()).toEqual(
    ['folder', 'folder/below', 'folder/below/four', 'folder/three', 'link', 'two'].toSorted(),
  );
});

it('a folder that cannot be listed is as before, with all that is in it', async () => {
  const before = await filesOf(await save());
  change('one', 'folder/three');
  failing = [{ path: 'folder', call: 'list', code: 'EIO' }];
  const result = await save();
  expect(problemsOf(result)).toEqual([['folder', 'EIO', true]]);
  const { one: _one, ...rest } = before;
  expect(await filesOf(result)).toMatchObject(rest);
  failing = [{ path: 'folder', call: 'list', code: 'EACCES' }];
  expect(Object.keys(await filesOf(await save())).toSorted()).toEqual(['link', 'one', 'two']);
});

it('what cannot even be looked at is as before, whatever it is', async () => {
  const before = await filesOf(await save());
  change('two');
  failing = ['one', 'folder', 'link', 'folder/below'].map((path) => ({ path, call: 'stat', code: 'EIO' }));
  failing.push(
    { path: 'one', call: 'open', code: 'EIO' },
    { path: 'folder/below', call: 'list', code: 'EIO' },
  );
  const result = await save();
  expect(problemsOf(result)).toEqual([
    ['folder', 'EIO', false],
    ['folder/below', 'EIO', false],
    ['folder/below', 'EIO', true],
    ['link', 'EIO', false],
    ['one', 'EIO', true],
  ]);
  const { two: _two, ...rest } = before;
  expect(await filesOf(result)).toMatchObject(rest);
  expect(await troublesOf(repository, storage)).toEqual([]);
});

it('the same when only what was touched is looked at, and all is counted', async () => {
  const { snapshotId } = await save();
  change('one', 'two', 'folder/below/four');
  failing = [
    { path: 'one', call: 'read', code: 'EIO' },
    { path: 'folder/below', call: 'list', code: 'EIO' },
  ];
  const paths = ['one', 'two', 'folder/below'].map((path) => textToByteString(join(source, path)));
  const result = await save({ changeHints: { paths, since: snapshotId! } });
  expect(result.hints).toMatchObject({ kind: 'followed' });
  expect(problemsOf(result)).toEqual([
    ['folder/below', 'EIO', true],
    ['one', 'EIO', true],
  ]);
  expect(result.summary.totalFilesProcessed).toBe(4);
  expect(Object.keys(await filesOf(result))).toHaveLength(7);
});
