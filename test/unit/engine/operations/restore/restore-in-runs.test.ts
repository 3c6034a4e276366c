/**
 * A restore that is cut short and goes on: what comes of it, and is told of it, is what one run would have done, and one undo
 * takes back all of it.
 */
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { textToByteString } from '#base/byte-string.ts';
import type { RestoreResult } from '#operations/restore/types.ts';
import type { Repository } from '#repository/repository.ts';
import { backUp, makeMemoryRepository } from '#test/support/engine.ts';
import { HeldStorage } from '#test/support/held-storage.ts';
import { inThreadBackupPipeline, inThreadPipeline } from '#test/support/in-thread-pipeline.ts';
import { contentsOf, restore, undo, type RestoreOptions } from '#test/support/restore.ts';
import { changesSince, copyTree } from '#test/support/undo-world.ts';

/** More than one load takes, so that a run can be cut between two. */
const MANY = 40;
const FILE_BYTES = 200_000;
const base = fs.mkdtempSync(join(tmpdir(), 'tidemark-runs-'));
const [source, target, before, uncut] = ['source', 'target', 'before', 'uncut'].map((name) =>
  join(base, name),
) as [string, string, string, string];
const snapshot = `latest:${source}`;
let repository: Repository;

beforeAll(async () => {
  fs.mkdirSync(join(source, 'missing folder'), { recursive: true });
  fs.mkdirSync(join(source, 'docs'));
  for (let number = 0; number < MANY; number++)
    fs.writeFileSync(join(source, 'docs', `${number}.txt`), randomBytes(FILE_BYTES));
  fs.writeFileSync(join(source, 'missing folder', 'inner'), 'saved');
  for (const name of ['docs/first name', 'missing folder/first name'])
    fs.writeFileSync(join(source, name), `one file, two names: ${name}`);
  fs.linkSync(join(source, 'docs/first name'), join(source, 'docs/second name'));
  fs.linkSync(join(source, 'missing folder/first name'), join(source, 'missing folder/second name'));
  fs.symlinkSync('saved', join(source, 'docs', 'link'));
  ({ repository } = await makeMemoryRepository());
  await backUp(repository, source, {}, {}, undefined, inThreadBackupPipeline);
});
afterAll(() => fs.rmSync(base, { recursive: true, force: true }));

/** In the way of some, missing every third, as saved every fifth, older or newer; and what came later. */
beforeEach(() => {
  for (const folder of [target, before, uncut]) fs.rmSync(folder, { recursive: true, force: true });
  fs.mkdirSync(join(target, 'docs'), { recursive: true });
  for (let number = 0; number < MANY; number++) {
    const file = join(target, 'docs', `${number}.txt`);
    if (number % 3 === 0) continue;
    if (number % 5 === 0) fs.copyFileSync(join(source, 'docs', `${number}.txt`), file);
    else fs.writeFileSync(file, `today ${number}`);
    if (number % 2 === 0) fs.utimesSync(file, 1_400_000_000 + number, 1_400_000_000 + number);
  }
  for (const name of ['first name', 'second name'])
    fs.writeFileSync(join(target, 'docs', name), `today ${name}`);
  fs.symlinkSync('today', join(target, 'docs', 'link'));
  fs.writeFileSync(join(target, 'docs', 'later'), 'came later');
  for (const name of ['docs', '']) fs.utimesSync(join(target, name), 1_400_000_003, 1_400_000_004);
  copyTree(target, before);
  copyTree(target, uncut);
});

/** Runs of one restore. */
const run = (options: RestoreOptions, into = target): Promise<RestoreResult> =>
  restore(repository, into, { snapshot, pipeline: inThreadPipeline, job: 'job', ...options });

const writtenOf = ({ files }: Pick<RestoreResult, 'files'>): number =>
  files.restored + files.updated + files.beside;

/** Stopped when it has written something more, and before it has written all. @returns what it has done then */
async function runCut(options: RestoreOptions): Promise<RestoreResult> {
  const control = new AbortController();
  const go = Promise.withResolvers<void>();
  let hasWritten = false;
  let loads = 0;
  // The first load of contents goes through; what comes after it waits for the stop.
  const storage = new HeldStorage(repository.storage, (method, type) =>
    method === 'load' && type === 'pack' && hasTrees && ++loads > 1 ? go.promise : undefined,
  );
  let hasTrees = false;
  let done: RestoreResult | undefined;
  const cut = run({
    ...options,
    storage,
    signal: control.signal,
    observer: {
      onCutShort: (result) => (done = result),
      onProgress: () => undefined,
      onUndoable: () => (hasTrees = true),
      onEntry: (_path, kind, action) => {
        if (kind === 'dir' || !['restored', 'updated', 'beside'].includes(action) || hasWritten) return;
        hasWritten = true;
        control.abort();
        go.resolve();
      },
    },
  });
  await expect(cut).rejects.toMatchObject({ code: 'job.cancelled' });
  return done!;
}

const withoutUndo = (folder: string): Record<string, string> =>
  Object.fromEntries(
    Object.entries(contentsOf(folder)).filter(([name]) => !name.startsWith('.tidemark-undo')),
  );

const inodesOf = (folder: string): Map<string, number> =>
  new Map(fs.readdirSync(folder).map((name) => [name, fs.lstatSync(join(folder, name)).ino]));

describe('what comes of it, and what is told, is what one run does; all is taken back as one', () => {
  const byRule: [string, RestoreOptions][] = [
    ['replace', { overwrite: 'replace-keep-current' }],
    ['keep both', { overwrite: 'keep-both' }],
    ['only missing', { overwrite: 'only-missing' }],
    ['only older', { overwrite: 'only-older' }],
    [
      'exact, and some by a rule of their own',
      {
        overwrite: 'exact',
        rulesByPath: [
          { path: textToByteString('/docs/4.txt'), rule: 'keep-both' },
          { path: textToByteString('/docs/38.txt'), rule: 'keep-both' },
          { path: textToByteString('/docs/7.txt'), rule: 'only-missing' },
        ],
      },
    ],
  ];
  test.each(byRule)('%s', async (_, options) => {
    const once = await run({ ...options, job: 'another' }, uncut);
    const first = await runCut(options);
    const second = await runCut(options);
    const last = await run(options);
    expect(last.problems).toEqual([]);
    expect([second.undoId, last.undoId]).toEqual([first.undoId, first.undoId]);
    expect(withoutUndo(target)).toEqual(withoutUndo(uncut));
    // A second name of a file, found as it should be, is linked anew: then it is told as replaced.
    expect(writtenOf(last)).toBe(writtenOf(once));
    expect(last.files).toMatchObject({ removed: once.files.removed, kept: once.files.kept });
    expect(last.progress.total).toEqual(once.progress.total);
    expect([0, writtenOf(first), writtenOf(second), writtenOf(last)]).toEqual(
      [0, writtenOf(first), writtenOf(second), writtenOf(last)].toSorted((a, b) => a - b),
    );
    expect(writtenOf(second)).toBeLessThan(writtenOf(last));

    expect((await undo(target)).result).toMatchObject({ isComplete: true, problems: 0 });
    expect(changesSince(before, target)).toEqual([]);
    await expect(undo(target)).rejects.toMatchObject({ code: 'request.invalidInput' });
  });
});

test('G1 what is done is not written again', async () => {
  const options: RestoreOptions = { overwrite: 'replace-keep-current' };
  await runCut(options);
  const docs = join(target, 'docs');
  const [was, now] = [inodesOf(join(before, 'docs')), inodesOf(docs)];
  const done = [...now].filter(
    ([name, inode]) => /^\d+\.txt$/.test(name) && inode !== was.get(name) && isSaved(name),
  );
  const changed = fs.statSync(join(docs, done[0]![0]), { bigint: true });
  expect(done.length).toBeGreaterThan(0);
  await run(options);
  const then = inodesOf(docs);
  for (const [name, inode] of done) expect(then.get(name), name).toBe(inode);
  expect(fs.statSync(join(docs, done[0]![0]), { bigint: true }).mtimeNs).toBe(changed.mtimeNs);
});

test('what was edited while it rested is replaced as the rule says, and kept when all is taken back', async () => {
  await runCut({ overwrite: 'replace-keep-current' });
  const written = fs
    .readdirSync(join(target, 'docs'))
    .find((name) => /^\d+\.txt$/.test(name) && isSaved(name) && isToday(join(before, 'docs', name)))!;
  fs.writeFileSync(join(target, 'docs', written), 'edited while it rested');
  await run({ overwrite: 'replace-keep-current' });
  expect(isSaved(written)).toBe(true);
  await undo(target);
  expect(fs.readFileSync(join(target, 'docs', written), 'utf8')).toMatch(/^today/);
  const copy = fs.readdirSync(join(target, 'docs')).find((name) => name.includes('(changed '));
  expect(fs.readFileSync(join(target, 'docs', copy!), 'utf8')).toBe('edited while it rested');
});

test('taken back while it rested: it begins anew, and that is taken back by itself', async () => {
  const options: RestoreOptions = { overwrite: 'replace-keep-current' };
  const first = await runCut(options);
  await undo(target);
  expect(changesSince(before, target)).toEqual([]);
  const last = await run(options);
  expect(last.undoId).not.toBe(first.undoId);
  await undo(target);
  expect(changesSince(before, target)).toEqual([]);
});

test('stopped before it has done anything: there is nothing to take back', async () => {
  const control = new AbortController();
  const told: RestoreResult[] = [];
  const options: RestoreOptions = {
    overwrite: 'replace-keep-current',
    signal: control.signal,
    observer: { onUndoable: () => control.abort(), onCutShort: (done) => void told.push(done) },
  };
  await expect(run(options)).rejects.toMatchObject({ code: 'job.cancelled' });
  expect(told).toMatchObject([{ undoId: undefined, files: { restored: 0, updated: 0 } }]);
  expect(changesSince(before, target).filter((line) => !line.startsWith('.: mtime'))).toEqual([]);
});

test('in place, where the folder was gone: it goes on where it began', async () => {
  const home = join(base, 'home');
  fs.mkdirSync(join(home, 'docs'), { recursive: true });
  for (let number = 0; number < MANY; number++)
    fs.writeFileSync(join(home, 'docs', `${number}`), randomBytes(FILE_BYTES));
  const { repository: ours } = await makeMemoryRepository();
  await backUp(ours, join(home, 'docs'), {}, {}, undefined, inThreadBackupPipeline);
  fs.rmSync(join(home, 'docs'), { recursive: true });
  const options: RestoreOptions = {
    pipeline: inThreadPipeline,
    job: 'job',
    overwrite: 'replace-keep-current',
  };
  const control = new AbortController();
  const observer = { onEntry: () => control.abort() };
  const cut = restore(ours, undefined, { ...options, observer, signal: control.signal });
  await expect(cut).rejects.toMatchObject({ code: 'job.cancelled' });
  expect(fs.readdirSync(join(home, 'docs')).length).toBeLessThanOrEqual(MANY);
  const last = await restore(ours, undefined, options);
  expect(last).toMatchObject({ target: home, files: { restored: MANY } });
  await undo(home);
  expect(fs.readdirSync(home)).toEqual(['.tidemark-undo']);
});

/** Of a file in `docs`. */
function isSaved(name: string): boolean {
  return fs.readFileSync(join(target, 'docs', name)).equals(fs.readFileSync(join(source, 'docs', name)));
}

function isToday(file: string): boolean {
  return fs.existsSync(file) && fs.readFileSync(file, 'utf8').startsWith('today');
}
