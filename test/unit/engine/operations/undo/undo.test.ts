/** Restores that keep what they replace, and how they are taken back: byte-equal, however the person worked on meanwhile. */
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { textToByteString, type ByteString } from '#base/byte-string.ts';
import { machineIdentity } from '#core/machine-identity.ts';
import type { Repository } from '#repository/repository.ts';
import { CACHE_FOLDER_TAG, parseFolderTag } from '#rules/tagged-exclude.ts';
import { compareTrees } from '#test/support/compare-trees.ts';
import { backUp, backupRequest, makeMemoryRepository } from '#test/support/engine.ts';
import { inThreadBackupPipeline, inThreadPipeline } from '#test/support/in-thread-pipeline.ts';
import { contentsOf, restore, undo, type RestoreOptions } from '#test/support/restore.ts';
import type { BackupRequest } from '#operations/backup/types.ts';
import type { PathRule, RestoreRule, RuleByPath } from '#operations/restore/rules.ts';
import type { RestoreResult } from '#operations/restore/types.ts';

const text = (...patterns: string[]): ByteString[] => patterns.map(textToByteString);
const base = fs.mkdtempSync(join(tmpdir(), 'tidemark-undo-'));
const source = join(base, 'source');
const target = join(base, 'target');
const before = join(base, 'before');
const snapshot = `latest:${source}`;
let repository: Repository;

beforeAll(async () => {
  fs.mkdirSync(join(source, 'a', 'deep'), { recursive: true });
  fs.mkdirSync(join(source, 'gone'));
  fs.writeFileSync(join(source, 'a', 'report.pdf'), 'saved');
  fs.writeFileSync(join(source, 'a', 'same'), 'same');
  fs.writeFileSync(join(source, 'a', 'deep', 'old'), 'saved old');
  fs.writeFileSync(join(source, 'a', 'large'), Buffer.alloc(3_000_000, 'large'));
  fs.writeFileSync(join(source, 'gone', 'file'), 'was deleted');
  fs.symlinkSync('report.pdf', join(source, 'a', 'link'));
  fs.linkSync(join(source, 'a', 'report.pdf'), join(source, 'a', 'second name'));
  fs.chmodSync(join(source, 'gone'), 0o500);
  fs.utimesSync(join(source, 'a', 'deep', 'old'), 1_500_000_000, 1_500_000_000);
  ({ repository } = await makeMemoryRepository());
  await backUp(repository, source);
});
beforeEach(() => {
  for (const folder of [target, before]) fs.rmSync(folder, { recursive: true, force: true });
  fs.mkdirSync(join(target, 'a', 'deep'), { recursive: true });
  fs.writeFileSync(join(target, 'a', 'report.pdf'), 'today', { mode: 0o640 });
  fs.writeFileSync(join(target, 'a', 'same'), 'same');
  fs.chmodSync(join(target, 'a', 'same'), 0o604);
  fs.writeFileSync(join(target, 'a', 'deep', 'old'), 'newer than saved');
  fs.writeFileSync(join(target, 'a', 'large'), Buffer.alloc(3_000_001, 'today'));
  fs.symlinkSync('elsewhere', join(target, 'a', 'link'));
  fs.mkdirSync(join(target, 'only now', 'in it'), { recursive: true });
  fs.writeFileSync(join(target, 'only now', 'in it', 'file'), 'new');
  fs.chmodSync(join(target, 'a'), 0o750);
  fs.utimesSync(join(target, 'a', 'same'), 1_400_000_000.123, 1_400_000_000.456);
  fs.utimesSync(join(target, 'a', 'deep'), 1_400_000_001, 1_400_000_002);
  fs.utimesSync(join(target, 'a'), 1_400_000_003, 1_400_000_004);
  fs.utimesSync(target, 1_400_000_005, 1_400_000_006);
  execFileSync('cp', ['-a', target, before]);
});
afterAll(() => fs.rmSync(base, { recursive: true, force: true }));

const run = (changes: RestoreOptions): Promise<RestoreResult> =>
  restore(repository, target, { snapshot, pipeline: inThreadPipeline, ...changes });

/** Without the undo folder. */
function present(): Record<string, string> {
  const found = contentsOf(target);
  for (const name of Object.keys(found)) if (name.startsWith('.tidemark-undo')) delete found[name];
  return found;
}

/** The undo folder is put aside for the comparison. */
function changedSinceBefore(): string[] {
  const aside = join(base, 'aside');
  const at = join(target, '.tidemark-undo');
  if (!fs.existsSync(at)) return compareTrees(before, target);
  const { atime, mtime } = fs.statSync(target);
  fs.renameSync(at, aside);
  fs.utimesSync(target, atime, mtime);
  const differences = compareTrees(before, target);
  fs.rmSync(aside, { recursive: true });
  return differences;
}

const large = Buffer.alloc(3_000_000, 'large').toString();
const largeToday = Buffer.alloc(3_000_001, 'today').toString();
const SAVED = {
  a: 'dir',
  'a/deep': 'dir',
  'a/deep/old': 'saved old',
  'a/large': large,
  'a/link': '-> report.pdf',
  'a/report.pdf': 'saved',
  'a/same': 'same',
  'a/second name': 'saved',
  gone: 'dir',
  'gone/file': 'was deleted',
};
const ONLY_NOW = { 'only now': 'dir', 'only now/in it': 'dir', 'only now/in it/file': 'new' };

describe('what each rule does, and its undo', () => {
  test('replace and keep what is there', async () => {
    const result = await run({ overwrite: 'replace-keep-current' });
    expect(result.problems).toEqual([]);
    expect(result.files).toEqual({ restored: 2, updated: 4, beside: 0, unchanged: 1, kept: 0, removed: 0 });
    expect(present()).toEqual({ ...SAVED, ...ONLY_NOW });
    const { result: undone, told } = await undo(target);
    expect(told.filter((line) => line.startsWith('problem'))).toEqual([]);
    expect(undone).toMatchObject({ isComplete: true, counts: { returned: 4, copied: 0, stayed: 0 } });
    expect(changedSinceBefore()).toEqual([]);
  });
  test('make it exactly as it was', async () => {
    const result = await run({ overwrite: 'exact' });
    expect(result.files.removed).toBe(1);
    expect(present()).toEqual(SAVED);
    expect(compareTrees(source, target, { ignore: ['root'] })).toEqual([
      expect.stringContaining('.tidemark-undo'),
    ]);
    await undo(target);
    expect(changedSinceBefore()).toEqual([]);
  });
  test('keep both', async () => {
    const result = await run({ overwrite: 'keep-both' });
    expect(result.files).toMatchObject({ restored: 2, updated: 0, beside: 4, unchanged: 1 });
    const names = Object.keys(present()).filter((name) => name.includes('(from '));
    const stamp = /^a\/(?:deep\/)?(?:old|large|link|report) \(from \d{4}-\d\d-\d\d \d\d\.\d\d\)(?:\.pdf)?$/;
    expect(names).toHaveLength(4);
    for (const name of names) expect(name).toMatch(stamp);
    expect(present()).toMatchObject({ 'a/report.pdf': 'today', 'a/large': largeToday });
    expect(present()[names.find((name) => name.includes('report'))!]).toBe('saved');
    await undo(target);
    expect(changedSinceBefore()).toEqual([]);
  });
  test('only what is missing', async () => {
    const result = await run({ overwrite: 'only-missing' });
    expect(result.files).toMatchObject({ restored: 2, updated: 0, kept: 5 });
    await undo(target);
    expect(changedSinceBefore()).toEqual([]);
  });
  test('only what is older', async () => {
    fs.utimesSync(join(target, 'a', 'report.pdf'), 1_000_000_000, 1_000_000_000);
    fs.utimesSync(join(before, 'a', 'report.pdf'), 1_000_000_000, 1_000_000_000);
    const result = await run({ overwrite: 'only-older', include: { patterns: [textToByteString('/a/*')] } });
    expect(result.files.updated).toBeGreaterThanOrEqual(1);
    expect(present()).toMatchObject({ 'a/report.pdf': 'saved', 'a/deep/old': 'newer than saved' });
    await undo(target);
    expect(changedSinceBefore()).toEqual([]);
  });
  const byPath = (...rules: readonly (readonly [string, PathRule])[]): RuleByPath[] =>
    rules.map(([path, rule]) => ({ path: textToByteString(path), rule }));
  test.each<
    [
      name: string,
      rule: RestoreRule,
      rules: RuleByPath[],
      files: Partial<RestoreResult['files']>,
      now: object,
    ]
  >([
    [
      'one file, the others as for all',
      'replace-keep-current',
      byPath(['/a/large', 'only-missing']),
      { restored: 2, updated: 3, unchanged: 1, kept: 1 },
      { 'a/large': largeToday, 'a/report.pdf': 'saved', 'gone/file': 'was deleted' },
    ],
    [
      'each its own',
      'only-missing',
      byPath(
        ['/a/large', 'replace-keep-current'],
        ['/a/report.pdf', 'keep-both'],
        ['/a/deep/old', 'only-older'],
      ),
      { restored: 2, updated: 1, beside: 1, kept: 3 },
      { 'a/large': large, 'a/report.pdf': 'today', 'a/deep/old': 'newer than saved', 'a/same': 'same' },
    ],
    [
      'a folder, and the deeper one before it',
      'replace-keep-current',
      byPath(['/a', 'only-missing'], ['/a/deep', 'replace-keep-current']),
      { restored: 2, updated: 1, kept: 4 },
      { 'a/report.pdf': 'today', 'a/deep/old': 'saved old' },
    ],
    [
      'all of it',
      'keep-both',
      byPath(['/', 'replace-keep-current']),
      { restored: 2, updated: 4, beside: 0 },
      { 'a/report.pdf': 'saved', 'only now/in it/file': 'new' },
    ],
    [
      'where all is made as it was, what came later stays below a rule of its own',
      'exact',
      byPath(['/only now', 'only-missing'], ['/a/large', 'only-older']),
      { restored: 2, removed: 0 },
      { 'a/report.pdf': 'saved', 'only now/in it/file': 'new' },
    ],
    [
      'beside a rule of restic’s that keeps nothing',
      'never',
      byPath(['/a/report.pdf', 'replace-keep-current']),
      { restored: 2, updated: 1, kept: 4 },
      { 'a/report.pdf': 'saved', 'a/large': largeToday },
    ],
  ])('a rule by path: %s', async (_, overwrite, rulesByPath, files, now) => {
    const plan = await run({ overwrite, rulesByPath, dryRun: true });
    expect(changedSinceBefore()).toEqual([]);
    const done = await run({ overwrite, rulesByPath });
    expect(done.problems).toEqual([]);
    expect(done.files).toMatchObject(files);
    expect(plan.files).toEqual(done.files);
    expect(present()).toMatchObject(now);
    expect(await undo(target)).toMatchObject({ result: { isComplete: true } });
    expect(changedSinceBefore()).toEqual([]);
  });
  test('a dry run tells the same and changes nothing', async () => {
    for (const overwrite of ['replace-keep-current', 'exact', 'keep-both', 'only-missing'] as const) {
      const plan = await run({ overwrite, dryRun: true });
      expect(changedSinceBefore()).toEqual([]);
      const done = await run({ overwrite });
      expect(plan.files).toEqual(done.files);
      await undo(target);
    }
  });
});

describe('in place', () => {
  const home = join(base, 'home');
  let ours: Repository;

  beforeEach(() => {
    fs.rmSync(home, { recursive: true, force: true });
    fs.mkdirSync(join(home, 'docs', 'sub'), { recursive: true });
    fs.mkdirSync(join(home, 'pictures'));
    fs.writeFileSync(join(home, 'docs', 'sub', 'letter'), 'saved');
    fs.writeFileSync(join(home, 'pictures', 'one'), 'saved');
    fs.writeFileSync(join(home, 'never saved'), 'mine');
  });
  beforeAll(async () => {
    ({ repository: ours } = await makeMemoryRepository());
  });
  const inPlace = (changes: RestoreOptions): Promise<RestoreResult> =>
    restore(ours, undefined, { pipeline: inThreadPipeline, overwrite: 'replace-keep-current', ...changes });
  const save = (sources: string | string[], changes: Partial<BackupRequest> = {}): Promise<unknown> =>
    backUp(ours, sources, changes, {}, undefined, inThreadBackupPipeline);
  /** As from a working folder: the tree has `/docs`, the snapshot's path is absolute. */
  const saveRelative = (workingFolder: string, ...sources: string[]): Promise<unknown> =>
    save(sources, { workingFolder: textToByteString(workingFolder), sources: sources.map(textToByteString) });

  test.each(['absolute', 'relative'])('%s sources: the lowest folder with everything in it', async (kind) => {
    if (kind === 'absolute') await save([join(home, 'docs'), join(home, 'pictures')]);
    else await saveRelative(home, 'docs', 'pictures');
    fs.writeFileSync(join(home, 'docs', 'sub', 'letter'), 'worse');
    fs.rmSync(join(home, 'pictures'), { recursive: true });
    fs.writeFileSync(join(home, 'docs', 'later'), 'later');
    const result = await inPlace({ overwrite: 'exact' });
    expect(result).toMatchObject({ target: home, files: { restored: 1, updated: 1, removed: 1 } });
    const now = contentsOf(home);
    expect(now).toMatchObject({ 'docs/sub/letter': 'saved', 'pictures/one': 'saved', 'never saved': 'mine' });
    expect(now).not.toHaveProperty('docs/later');
    await undo(join(home, 'docs', 'sub'));
    expect(contentsOf(home)).toMatchObject({ 'docs/sub/letter': 'worse', 'docs/later': 'later' });
    expect(fs.existsSync(join(home, 'pictures'))).toBe(false);
  });
  test('patterns and results are by full paths', async () => {
    await save([join(home, 'docs'), join(home, 'pictures')]);
    fs.rmSync(join(home, 'docs'), { recursive: true });
    fs.rmSync(join(home, 'pictures', 'one'));
    const paths: string[] = [];
    const observer = { onEntry: (path: string) => paths.push(path) };
    const include = { patterns: [textToByteString(join(home, 'docs', 'sub'))] };
    expect(await inPlace({ include, observer })).toMatchObject({
      target: home,
      progress: { filesRestored: 1 },
    });
    expect(paths).toContain(join(home, 'docs', 'sub', 'letter'));
    expect(fs.readdirSync(join(home, 'pictures'))).toEqual([]);
  });
  test('a single source that is gone comes back with its own metadata', async () => {
    fs.chmodSync(join(home, 'docs'), 0o701);
    await save(join(home, 'docs'));
    fs.rmSync(join(home, 'docs'), { recursive: true });
    expect(await inPlace({})).toMatchObject({ target: home });
    expect(fs.statSync(join(home, 'docs')).mode & 0o777).toBe(0o701);
  });
  test('a folder of it', async () => {
    await saveRelative(home, 'docs');
    fs.rmSync(join(home, 'docs', 'sub', 'letter'));
    expect(await inPlace({ snapshot: 'latest:/docs/sub' })).toMatchObject({
      target: join(home, 'docs', 'sub'),
    });
    expect(fs.readFileSync(join(home, 'docs', 'sub', 'letter'), 'utf8')).toBe('saved');
  });
  test('what the backup left out, the repository and what lies outside of the sources stay', async () => {
    const tagged = join(home, 'docs', 'tagged');
    fs.mkdirSync(tagged);
    fs.writeFileSync(join(tagged, '.nobackup'), '');
    const exclude = { patterns: text('*.tmp'), ignoreCasePatterns: text('*.LOG') };
    const folderTags = [CACHE_FOLDER_TAG, parseFolderTag('.nobackup' as ByteString)];
    await save(join(home, 'docs'), { scan: { ...backupRequest([]).scan, exclude, folderTags } });
    for (const name of ['x.tmp', 'x.log', 'tagged/made']) fs.writeFileSync(join(home, 'docs', name), 'cache');
    fs.mkdirSync(join(home, 'docs', 'backup', 'repository'), { recursive: true });
    fs.writeFileSync(join(home, 'docs', 'later'), 'later');
    const protectedPaths = [textToByteString(join(home, 'docs', 'backup', 'repository'))];
    expect((await inPlace({ overwrite: 'exact', protectedPaths })).files.removed).toBe(1);
    expect(Object.keys(contentsOf(join(home, 'docs'))).filter((name) => !name.includes('undo'))).toEqual(
      expect.arrayContaining(['backup/repository', 'sub/letter', 'x.tmp', 'x.log', 'tagged/made']),
    );
  });
  test('an undo folder is neither saved nor restored nor taken away', async () => {
    await save(join(home, 'docs'));
    fs.writeFileSync(join(home, 'docs', 'sub', 'letter'), 'worse');
    const first = await inPlace({});
    await save(join(home, 'docs'));
    expect((await inPlace({ overwrite: 'exact' })).files.removed).toBe(0);
    fs.rmSync(join(home, 'docs', 'sub'), { recursive: true });
    await restore(ours, join(home, 'elsewhere'), { pipeline: inThreadPipeline });
    expect(JSON.stringify(contentsOf(join(home, 'elsewhere')))).not.toContain('.tidemark-undo');
    const { result } = await undo(join(home, 'docs'), { id: first.undoId! });
    expect(result.isComplete).toBe(true);
    expect(fs.readFileSync(join(home, 'docs', 'sub', 'letter'), 'utf8')).toBe('worse');
  });
  test('a snapshot that does not tell where its files came from', async () => {
    await saveRelative(join(home, 'docs'), 'sub', '../pictures');
    await expect(inPlace({})).rejects.toMatchObject({ code: 'request.invalidInput' });
    await expect(
      restore(ours, join(home, 'docs'), { overwrite: 'exact', pipeline: inThreadPipeline }),
    ).rejects.toMatchObject({ code: 'request.invalidInput' });
    expect(fs.existsSync(join(home, 'docs', 'sub'))).toBe(true);
  });
});

describe('what happens between a restore and its undo', () => {
  const at = (...names: string[]): string => join(target, ...names);
  const replaced = (): Promise<RestoreResult> => run({ overwrite: 'replace-keep-current' });

  test('G5 a file that was edited stays, beside what was there before', async () => {
    await replaced();
    fs.appendFileSync(at('a', 'report.pdf'), ' and edited');
    const { result, told } = await undo(target);
    expect(result.counts.copied).toBe(1);
    expect(told.filter((line) => line.startsWith('copied'))).toEqual([
      expect.stringMatching(/report\.pdf .*report \(changed \d{4}-\d\d-\d\d \d\d\.\d\d\)\.pdf$/),
    ]);
    const now = present();
    expect(now['a/report.pdf']).toBe('today');
    expect(Object.entries(now).find(([name]) => name.includes('(changed'))?.[1]).toBe('saved and edited');
  });
  test('one that was saved anew by an editor, and one that the restore had made', async () => {
    await replaced();
    fs.writeFileSync(at('a', 'new'), 'rewritten');
    fs.renameSync(at('a', 'new'), at('a', 'report.pdf'));
    fs.chmodSync(at('gone'), 0o700);
    fs.appendFileSync(at('gone', 'file'), '!');
    fs.writeFileSync(at('gone', 'more'), 'more');
    const { result } = await undo(target);
    expect(result).toMatchObject({ isComplete: true, counts: { copied: 1, stayed: 1 } });
    expect(present()).toMatchObject({
      'gone/file': 'was deleted!',
      'gone/more': 'more',
      'a/report.pdf': 'today',
    });
  });
  test('files and folders that were moved away or deleted', async () => {
    await replaced();
    fs.rmSync(at('a'), { recursive: true });
    fs.renameSync(at('gone'), at('moved'));
    const { result } = await undo(target);
    expect(result.isComplete).toBe(true);
    expect(present()).toMatchObject({
      'a/report.pdf': 'today',
      'a/deep/old': 'newer than saved',
      'moved/file': 'was deleted',
    });
  });
  test('a folder in the place of what was taken away', async () => {
    await run({ overwrite: 'exact' });
    fs.mkdirSync(at('only now'));
    fs.writeFileSync(at('only now', 'mine'), 'mine');
    await undo(target);
    const now = present();
    expect(now['only now/in it/file']).toBe('new');
    expect(Object.entries(now).find(([name]) => /^only now \(changed .*\)\/mine$/.test(name))?.[1]).toBe(
      'mine',
    );
  });
  test('a link planted in the place of a folder is not followed', async () => {
    await replaced();
    const outside = join(base, 'outside');
    fs.rmSync(outside, { recursive: true, force: true });
    fs.mkdirSync(outside);
    fs.writeFileSync(join(outside, 'report.pdf'), 'precious');
    fs.rmSync(at('a'), { recursive: true });
    fs.symlinkSync(outside, at('a'));
    const { result } = await undo(target);
    expect(result.isComplete).toBe(false);
    expect(contentsOf(outside)).toEqual({ 'report.pdf': 'precious' });
    fs.rmSync(at('a'));
    expect((await undo(target)).result.isComplete).toBe(true);
    expect(present()['a/report.pdf']).toBe('today');
  });
});

test('further names for a file that was right but for its time go again', async () => {
  fs.writeFileSync(join(target, 'a', 'report.pdf'), 'saved');
  fs.utimesSync(join(target, 'a', 'report.pdf'), 1_400_000_000, 1_400_000_000);
  await run({ overwrite: 'replace-keep-current' });
  expect(fs.statSync(join(target, 'a', 'second name')).nlink).toBe(2);
  const { told } = await undo(target);
  expect(told.filter((line) => /copied|stayed/.test(line))).toEqual([]);
  expect(fs.existsSync(join(target, 'a', 'second name'))).toBe(false);
  expect(fs.statSync(join(target, 'a', 'report.pdf')).mtimeMs).toBe(1_400_000_000_000);
});

describe('folders in the place of files, and the reverse', () => {
  test('both go into safe keeping whole, and come back', async () => {
    fs.rmSync(join(target, 'a', 'report.pdf'));
    fs.mkdirSync(join(target, 'a', 'report.pdf', 'with'), { recursive: true });
    fs.writeFileSync(join(target, 'a', 'report.pdf', 'with', 'things'), 'in it');
    fs.rmSync(join(target, 'a', 'deep'), { recursive: true });
    fs.writeFileSync(join(target, 'a', 'deep'), 'a file');
    fs.rmSync(before, { recursive: true });
    execFileSync('cp', ['-a', target, before]);
    const result = await run({ overwrite: 'replace-keep-current' });
    expect(result.problems).toEqual([]);
    expect(present()).toEqual({ ...SAVED, ...ONLY_NOW });
    expect((await undo(target)).result.isComplete).toBe(true);
    expect(changedSinceBefore()).toEqual([]);
  });
});

/** Another content, with size and time as they were: only the time of the last change tells. */
function changeUnseen(path: string): void {
  const times = join(base, 'times');
  const { mtimeNs, size } = fs.statSync(path, { bigint: true });
  execFileSync('cp', ['-p', path, times]);
  fs.writeFileSync(path, Buffer.alloc(Number(size), 'edited'));
  execFileSync('touch', ['-r', times, path]);
  fs.rmSync(times);
  expect(fs.statSync(path, { bigint: true })).toMatchObject({ mtimeNs, size });
}

describe('a file that was changed in place, with its size and time kept', () => {
  test.each(['a/deep/old', 'a/large', 'a/second name'])(
    '%s: the change is kept beside what comes back',
    async (path) => {
      fs.writeFileSync(join(target, 'a', 'second name'), 'today too');
      fs.rmSync(before, { recursive: true });
      execFileSync('cp', ['-a', target, before]);
      await run({ overwrite: 'replace-keep-current' });
      changeUnseen(join(target, path));
      const edited = fs.readFileSync(join(target, path));
      const { result, told } = await undo(target);
      // Of a file with two names both are what it is.
      expect(result.counts.copied, told.join('\n')).toBe(path === 'a/second name' ? 2 : 1);
      expect(fs.readFileSync(join(target, path)).equals(fs.readFileSync(join(before, path)))).toBe(true);
      const copies = fs.readdirSync(join(target, path, '..')).filter((name) => name.includes('changed'));
      expect(copies.some((name) => fs.readFileSync(join(target, path, '..', name)).equals(edited))).toBe(
        true,
      );
    },
  );

  test('one that nothing was in the way of stays', async () => {
    await run({ overwrite: 'replace-keep-current' });
    changeUnseen(join(target, 'gone', 'file'));
    const { result } = await undo(target);
    expect(result.counts).toMatchObject({ stayed: 1, copied: 0 });
    expect(fs.readFileSync(join(target, 'gone', 'file'), 'utf8')).toBe('editededite');
  });

  test('what leaves the content alone is no change', async () => {
    await run({ overwrite: 'replace-keep-current' });
    for (const path of ['a/large', 'a/deep/old', 'gone/file']) {
      fs.chmodSync(join(target, path), 0o600);
      fs.linkSync(join(target, path), join(base, 'other name'));
      fs.rmSync(join(base, 'other name'));
    }
    expect((await undo(target)).result.counts).toMatchObject({ copied: 0, stayed: 0 });
    expect(changedSinceBefore()).toEqual([]);
  });
});

describe('several restores', () => {
  test('are taken back one after the other, the newest first', async () => {
    await run({ overwrite: 'only-missing' });
    await run({ overwrite: 'replace-keep-current' });
    await run({ overwrite: 'exact' });
    for (let i = 0; i < 3; i++) expect((await undo(target)).result.isComplete).toBe(true);
    expect(changedSinceBefore()).toEqual([]);
    await expect(undo(target)).rejects.toMatchObject({ code: 'request.invalidInput' });
  });
  test('a restore that may still be running is not taken back unless one insists', async () => {
    const { undoId } = await run({ overwrite: 'replace-keep-current' });
    fs.writeFileSync(join(target, '.tidemark-undo', undoId!, 'running'), '');
    const elsewhere = { ...machineIdentity(), hostname: `not-${hostname()}` };
    await expect(undo(target)).rejects.toMatchObject({ code: 'request.invalidInput' });
    await expect(undo(target, { identity: elsewhere })).rejects.toMatchObject({
      code: 'request.invalidInput',
    });
    expect((await undo(target, { force: true })).result.isComplete).toBe(true);
  });
  test('what somebody else could have planted is not believed', async () => {
    await run({ overwrite: 'replace-keep-current' });
    fs.chmodSync(join(target, '.tidemark-undo'), 0o777);
    await expect(undo(target)).rejects.toMatchObject({
      data: { what: expect.stringContaining('another user') },
    });
    fs.chmodSync(join(target, '.tidemark-undo'), 0o700);
    const somebody = { ...machineIdentity(), uid: 4711 };
    await expect(undo(target, { identity: somebody })).rejects.toMatchObject({
      code: 'request.invalidInput',
    });
  });
  test('B4: a clock that jumps years ahead throws away nothing that is kept', async () => {
    const { undoId } = await run({ overwrite: 'replace-keep-current' });
    await run({ overwrite: 'only-missing' });
    await undo(target, { nowMs: Date.UTC(2046, 0, 1) });
    expect(fs.existsSync(join(target, '.tidemark-undo', undoId!, 'kept'))).toBe(true);
  });
  test('kept for 30 days, and then not any more', async () => {
    const { undoId } = await run({ overwrite: 'replace-keep-current' });
    const kept = join(target, '.tidemark-undo', undoId!);
    await run({ overwrite: 'only-missing' });
    const days = (count: number): number => Date.now() + count * 86_400_000;
    await undo(target, { nowMs: days(29.9) });
    expect(fs.existsSync(join(kept, 'kept'))).toBe(true);
    await run({ overwrite: 'only-missing' });
    await undo(target, { nowMs: days(30.1) });
    expect(fs.existsSync(join(target, '.tidemark-undo'))).toBe(false);
    expect(present()['a/report.pdf']).toBe('saved');
  });
});
