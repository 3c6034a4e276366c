/** Restores that keep what they replace, and how they are taken back: byte-equal, however the person worked on meanwhile. */
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { textToByteString } from '#base/byte-string.ts';
import { machineIdentity } from '#core/machine-identity.ts';
import type { Repository } from '#repository/repository.ts';
import { compareTrees } from '#test/support/compare-trees.ts';
import { backUp, makeMemoryRepository } from '#test/support/engine.ts';
import { inThreadPipeline } from '#test/support/in-thread-pipeline.ts';
import { contentsOf, restore, undo, type RestoreOptions } from '#test/support/restore.ts';
import type { RestoreResult } from '#operations/restore/types.ts';

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
    expect(result.files).toEqual({ restored: 2, updated: 4, unchanged: 1, kept: 0, removed: 0 });
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
    expect(result.files).toMatchObject({ restored: 6, updated: 0, unchanged: 1 });
    const names = Object.keys(present()).filter((name) => name.includes('(restored '));
    const stamp =
      /^a\/(?:deep\/)?(?:old|large|link|report) \(restored \d{4}-\d\d-\d\d \d\d\.\d\d\)(?:\.pdf)?$/;
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
