/** A repair of packs on small real repositories: what is good is saved, what is lost is named, nothing goes too early. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { textToByteString } from '#base/byte-string.ts';
import type { PackId } from '#base/ids.ts';
import { TidemarkError } from '#base/errors.ts';
import { createSourceFiles } from '#files/open-files.ts';
import { executeCheck } from '#operations/check/execute.ts';
import type { CheckResult } from '#operations/check/types.ts';
import type { HealSources } from '#operations/heal-blobs.ts';
import { executeRepairPacks } from '#operations/repair-packs/execute.ts';
import type { RepairPacksResult } from '#operations/repair-packs/types.ts';
import type { PackEntry } from '#format/pack-header.ts';
import type { Repository } from '#repository/repository.ts';
import type { MemoryStorage } from '#storage/memory/memory-storage.ts';
import type { Storage } from '#storage/port.ts';
import { backUp, makeMemoryRepository, reopen } from '#test/support/engine.ts';
import { FaultStorage } from '#test/support/fault-storage.ts';
import { collectIndex } from '#test/support/golden-repository.ts';
import { inThreadBackupPipeline, inThreadPipeline } from '#test/support/in-thread-pipeline.ts';
import { reopenHastily } from '#test/support/version-files.ts';

const base = mkdtempSync(join(tmpdir(), 'tidemark-repair-packs-'));
const source = join(base, 'source');
let pristine: Repository;
let image: MemoryStorage;
/** The copy that a test damages. */
let storage: MemoryStorage;
let kept: Map<string, Uint8Array>;
let packs: { readonly data: FoundPack; readonly tree: FoundPack };

interface FoundPack {
  readonly id: PackId;
  readonly path: string;
  readonly entries: readonly PackEntry[];
}

beforeAll(async () => {
  mkdirSync(join(source, 'letters'), { recursive: true });
  for (const name of ['a', 'b', 'c']) writeFileSync(join(source, 'letters', name), randomBytes(900));
  const made = await makeMemoryRepository();
  await backUp(made.repository, source);
  writeFileSync(join(source, 'letters', 'd'), randomBytes(700));
  await backUp(made.repository, source);
  pristine = made.repository;
  image = made.storage;
  packs = { data: await largestPack('data'), tree: await largestPack('tree') };
});
beforeEach(() => {
  storage = image.fork();
  kept = new Map();
});
afterAll(() => rmSync(base, { recursive: true, force: true }));

async function largestPack(type: 'data' | 'tree'): Promise<FoundPack> {
  const { files } = reopen(pristine);
  const found: FoundPack[] = [];
  for (const { name } of await files.list('index')) {
    for (const { id, entries } of collectIndex(await files.load('index', name)))
      if (entries[0]!.type === type) found.push({ id, path: `data/${id.slice(0, 2)}/${id}`, entries });
  }
  return found.toSorted((one, other) => other.entries.length - one.entries.length)[0]!;
}

interface RepairOptions {
  readonly dryRun?: boolean;
  readonly at?: Storage;
  readonly heal?: Partial<HealSources>;
}

function repair(
  ids: readonly string[],
  { dryRun = false, at = storage, heal }: RepairOptions = {},
): Promise<RepairPacksResult> {
  const parts = {
    repository: reopenHastily(pristine, at),
    pipeline: inThreadBackupPipeline,
    files: createSourceFiles(),
    keepCopy: async (name: string, bytes: Uint8Array) => void kept.set(name, bytes.slice()),
  };
  const sources = heal === undefined ? {} : { heal: { repositories: [], paths: [], ...heal } };
  return executeRepairPacks(parts, { packs: ids, dryRun, ...sources });
}

async function check(): Promise<CheckResult> {
  const parts = { repository: reopen(pristine, storage), pipeline: inThreadPipeline };
  return executeCheck(parts, { readData: 'all', noLock: true });
}

function damageBlob({ path, entries }: FoundPack, number: number): void {
  storage.files.get(path)![entries[number]!.offset + 20]! ^= 8;
}

const lostNames = (result: RepairPacksResult): string[] =>
  result.checked!.affected.map(({ path }) => path.slice(source.length)).sort();

test('a damaged blob costs its file only, in both versions', async () => {
  damageBlob(packs.data, 1);
  const before = storage.files.get(packs.data.path)!.slice();
  const result = await repair([packs.data.id.slice(0, 8)]);
  expect(result.packs).toEqual([{ packId: packs.data.id, state: 'damaged', blobs: 3, goodBlobs: 2 }]);
  expect(result.lostBlobs).toBe(1);
  expect(lostNames(result)).toHaveLength(1);
  expect(result.checked!.affected[0]!.snapshotIds).toHaveLength(2);
  expect(storage.files.has(packs.data.path)).toBe(false);
  expect(kept).toEqual(new Map([[`pack-${packs.data.id}`, before]]));
  // Nothing is wrong any more but the piece that is gone.
  const { errors, hints } = await check();
  expect(errors.map(({ code }) => code)).toEqual(['dataMissing']);
  expect(hints).toEqual([]);
});

test.each([
  ['in the header', (bytes: Uint8Array) => (bytes[bytes.length - 20]! ^= 1)],
  ['in the length of the header', (bytes: Uint8Array) => (bytes[bytes.length - 3]! ^= 1)],
])('a flip %s costs nothing', async (_where, damage) => {
  for (const { id, path } of [packs.data, packs.tree]) {
    damage(storage.files.get(path)!);
    const result = await repair([id]);
    expect(result).toMatchObject({ lostBlobs: 0, packs: [{ state: 'damaged' }] });
    expect(result.checked!.errors).toEqual([]);
  }
  expect(await check()).toMatchObject({ errors: [], hints: [] });
});

test('a pack cut short, one with bytes behind it, and one under another name', async () => {
  const bytes = storage.files.get(packs.data.path)!;
  storage.files.set(packs.data.path, bytes.slice(0, packs.data.entries[2]!.offset + 5));
  expect(await repair([packs.data.id])).toMatchObject({ lostBlobs: 1, packs: [{ blobs: 3, goodBlobs: 2 }] });
  storage = image.fork();
  storage.files.set(packs.data.path, Buffer.concat([bytes, randomBytes(100)]));
  expect((await repair([packs.data.id])).lostBlobs).toBe(0);
  expect((await check()).errors).toEqual([]);
});

test('a missing pack goes from the index', async () => {
  storage.files.delete(packs.data.path);
  const result = await repair([packs.data.id.slice(0, 6)]);
  expect(result).toMatchObject({ lostBlobs: 3, packs: [{ state: 'missing', blobs: 3, goodBlobs: 0 }] });
  expect(lostNames(result)).toEqual(['/letters/a', '/letters/b', '/letters/c']);
  expect((await check()).errors.map(({ code }) => code)).toEqual([
    'dataMissing',
    'dataMissing',
    'dataMissing',
  ]);
});

test('a whole pack stays, also beside a damaged one', async () => {
  const before = new Map(storage.files);
  expect((await repair([packs.data.id])).packs).toMatchObject([{ state: 'whole' }]);
  expect(new Map(storage.files)).toEqual(before);
  damageBlob(packs.data, 0);
  const result = await repair([packs.data.id, packs.tree.id, packs.data.id]);
  expect(result.packs.map(({ state }) => state)).toEqual(['damaged', 'whole']);
  expect(storage.files.has(packs.tree.path)).toBe(true);
  expect((await check()).errors.map(({ code }) => code)).toEqual(['dataMissing']);
});

test('what another pack has is not lost', async () => {
  // The pack once more under another name: with its own index entry it is a second place of everything.
  await repair([packs.data.id], { dryRun: true });
  damageBlob(packs.data, 0);
  const saved = await repair([packs.data.id]);
  expect(saved.lostBlobs).toBe(1);
  // Put back as it was, and the index file that names it with it.
  for (const [path, bytes] of image.files)
    if (!storage.files.has(path)) storage.files.set(path, bytes.slice());
  damageBlob(packs.data, 1);
  const again = await repair([packs.data.id]);
  expect(again).toMatchObject({ lostBlobs: 0, packs: [{ blobs: 3, goodBlobs: 2 }] });
  expect((await check()).errors).toEqual([]);
});

test('a trial changes nothing and tells the same', async () => {
  damageBlob(packs.data, 1);
  const before = new Map(storage.files);
  const trial = await repair([packs.data.id], { dryRun: true });
  expect(new Map(storage.files)).toEqual(before);
  expect(kept.size).toBe(0);
  expect(await repair([packs.data.id])).toMatchObject({ packs: trial.packs, lostBlobs: trial.lostBlobs });
});

test('names that say nothing, and a trial with a damaged index, change nothing', async () => {
  damageBlob(packs.data, 1);
  const before = new Map(storage.files);
  await expect(repair(['abcdef'])).rejects.toMatchObject({ code: 'repository.objectNotFound' });
  await expect(repair([''])).rejects.toMatchObject({ code: 'repository.objectNotFound' });
  const [indexPath] = [...before.keys()].filter((path) => path.startsWith('index/'));
  storage.files.get(indexPath!)![30]! ^= 1;
  const trial = repair([packs.data.id], { dryRun: true });
  await expect(trial).rejects.toMatchObject({ code: 'integrity.indexCorrupt' });
  storage.files.get(indexPath!)![30]! ^= 1;
  expect(new Map(storage.files)).toEqual(before);
});

test('an index that cannot be read is repaired first, and the same is saved and lost as with a whole one', async () => {
  damageBlob(packs.data, 1);
  const whole = await repair([packs.data.id]);
  expect(whole.hasRepairedIndex).toBe(false);
  for (const [path] of image.files) {
    if (!path.startsWith('index/')) continue;
    storage = image.fork();
    damageBlob(packs.data, 1);
    storage.files.get(path)![30]! ^= 1;
    const result = await repair([packs.data.id]);
    expect(result).toMatchObject({ hasRepairedIndex: true, packs: whole.packs, lostBlobs: whole.lostBlobs });
    expect(lostNames(result)).toEqual(lostNames(whole));
    expect((await check()).affectedCount).toBe(lostNames(whole).length);
  }
});

test('a copy that cannot be kept stops it before anything is changed', async () => {
  damageBlob(packs.data, 1);
  const before = new Map(storage.files);
  const error = new TidemarkError('files.noSpace', { path: 'here' });
  const parts = {
    repository: reopenHastily(pristine, storage),
    pipeline: inThreadBackupPipeline,
    files: createSourceFiles(),
    keepCopy: () => Promise.reject(error),
  };
  await expect(executeRepairPacks(parts, { packs: [packs.data.id], dryRun: false })).rejects.toBe(error);
  expect(new Map(storage.files)).toEqual(before);
});

test('a pack that reads worse the second time is not given up', async () => {
  damageBlob(packs.data, 1);
  const before = [...storage.files.keys()];
  const flaky = new FaultStorage(storage);
  const { id } = packs.data;
  // Whole, its header, whole again.
  flaky.plan('load', { kind: 'truncate', bytes: 500 }, { type: 'pack', name: id, skip: 2 });
  await expect(repair([id], { at: flaky })).rejects.toMatchObject({ code: 'storage.ioFailed' });
  flaky.assertAllReached();
  expect([...storage.files.keys()]).toEqual(before);
});

describe('what is lost is found elsewhere', () => {
  test('in another repository', async () => {
    damageBlob(packs.data, 1);
    storage.files.get(packs.tree.path)!.fill(7, 0, 60);
    const other = reopen(pristine, image.fork());
    const result = await repair([packs.data.id, packs.tree.id], { heal: { repositories: [other] } });
    expect(result.lostBlobs).toBeGreaterThan(1);
    expect(result.healedBlobs).toBe(result.lostBlobs);
    expect(result.checked!.errors).toEqual([]);
    expect(await check()).toMatchObject({ errors: [], hints: [] });
  });

  test('in live files, but not what they have no more', async () => {
    damageBlob(packs.data, 0);
    damageBlob(packs.data, 1);
    const elsewhere = mkdtempSync(join(base, 'live-'));
    writeFileSync(join(elsewhere, 'renamed'), readFileSync(join(source, 'letters', 'a')));
    writeFileSync(join(elsewhere, 'b'), readFileSync(join(source, 'letters', 'b')).fill(1, 0, 3));
    const result = await repair([packs.data.id], { heal: { paths: [textToByteString(elsewhere)] } });
    const lost = lostNames(result);
    expect(lost).not.toContain('/letters/a');
    expect(result.healedBlobs + lost.length).toBe(2);
  });
});
