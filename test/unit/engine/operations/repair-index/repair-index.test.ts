/** A repair of the index on small real repositories, for each way in which an index can be wrong. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { PackId } from '#base/ids.ts';
import { TidemarkError } from '#base/errors.ts';
import { encodeIndex } from '#format/index-file.ts';
import { executeCheck } from '#operations/check/execute.ts';
import type { CheckResult } from '#operations/check/types.ts';
import { executeRepairIndex } from '#operations/repair-index/execute.ts';
import type {
  RepairIndexObserver,
  RepairIndexRequest,
  RepairIndexResult,
} from '#operations/repair-index/types.ts';
import type { Repository } from '#repository/repository.ts';
import type { MemoryStorage } from '#storage/memory/memory-storage.ts';
import type { Storage } from '#storage/port.ts';
import { backUp, makeMemoryRepository, reopen } from '#test/support/engine.ts';
import { FaultStorage } from '#test/support/fault-storage.ts';
import { collectIndex, type CollectedPack } from '#test/support/golden-repository.ts';
import { inThreadPipeline } from '#test/support/in-thread-pipeline.ts';
import { reopenHastily } from '#test/support/version-files.ts';

const base = mkdtempSync(join(tmpdir(), 'tidemark-repair-index-'));
const source = join(base, 'source');
let pristine: Repository;
let image: MemoryStorage;
/** The copy that a test damages. */
let storage: MemoryStorage;
let kept: Map<string, Uint8Array>;

beforeAll(async () => {
  mkdirSync(join(source, 'letters'), { recursive: true });
  writeFileSync(join(source, 'letters', 'first.txt'), randomBytes(900));
  const made = await makeMemoryRepository();
  await backUp(made.repository, source);
  writeFileSync(join(source, 'letters', 'second.txt'), randomBytes(700));
  await backUp(made.repository, source);
  pristine = made.repository;
  image = made.storage;
});
beforeEach(() => {
  storage = image.fork();
  kept = new Map();
});
afterAll(() => rmSync(base, { recursive: true, force: true }));

function repair(
  request: Partial<RepairIndexRequest> = {},
  options: { at?: Storage; observer?: RepairIndexObserver; signal?: AbortSignal } = {},
): Promise<RepairIndexResult> {
  const { at = storage, observer, signal } = options;
  const parts = {
    repository: reopenHastily(pristine, at),
    pipeline: inThreadPipeline,
    keepCopy: async (name: string, bytes: Uint8Array) => void kept.set(name, bytes),
  };
  return executeRepairIndex(parts, { readAllPacks: false, dryRun: false, ...request }, observer, signal);
}

async function check(): Promise<CheckResult> {
  const parts = { repository: reopen(pristine, storage), pipeline: inThreadPipeline };
  return executeCheck(parts, { readData: 'all', noLock: true });
}

async function expectWhole(): Promise<void> {
  const { errors, hints } = await check();
  expect([errors, hints]).toEqual([[], []]);
  expect(namesIn('locks')).toEqual([]);
}

function namesIn(folder: string): string[] {
  return [...storage.files.keys()]
    .filter((path) => path.startsWith(`${folder}/`))
    .map((path) => path.slice(path.lastIndexOf('/') + 1))
    .sort();
}

const packPath = (packId: string): string => `data/${packId.slice(0, 2)}/${packId}`;

/** Every index file is replaced by what `change` makes of its packs. */
async function rewriteIndex(
  change: (packs: CollectedPack[], file: number) => CollectedPack[],
): Promise<void> {
  const { files } = reopen(pristine, storage);
  for (const [number, { name }] of (await files.list('index')).entries()) {
    const packs = collectIndex(await files.load('index', name));
    await files.remove('index', name);
    await files.save('index', encodeIndex(change(packs, number)));
  }
}

async function dataPack(): Promise<PackId> {
  const { files } = reopen(pristine, storage);
  const [first] = await files.list('index');
  const packs = collectIndex(await files.load('index', first!.name));
  return packs.find(({ entries }) => entries[0]!.type === 'data')!.id;
}

test('an index in order is left as it is', async () => {
  const before = new Map(storage.files);
  const result = await repair();
  expect(result).toMatchObject({ indexFiles: 2, replacedIndexFiles: [], savedIndexFiles: 0 });
  expect(result.checked).toBeUndefined();
  expect((await repair({ readAllPacks: true })).correctedPacks).toEqual([]);
  expect(new Map(storage.files)).toEqual(before);
});

test('E5 all index files lost', async () => {
  for (const name of namesIn('index')) storage.files.delete(`index/${name}`);
  const result = await repair();
  expect(result.addedPacks.toSorted()).toEqual(namesIn('data'));
  expect(result.savedIndexFiles).toBe(1);
  await expectWhole();
});

test.each([0, 1])('E3 a damaged index file (%i) is replaced', async (number) => {
  const name = namesIn('index')[number]!;
  storage.files.get(`index/${name}`)![30]! ^= 4;
  const result = await repair();
  expect(result.damagedIndexFiles).toEqual([name]);
  expect(result.checked?.errors).toEqual([]);
  expect(namesIn('index')).not.toContain(name);
  await expectWhole();
});

test('a pack that is gone is taken off, with the files and versions that it costs', async () => {
  const packId = await dataPack();
  storage.files.delete(packPath(packId));
  const result = await repair();
  expect(result.missingPacks).toEqual([packId]);
  expect(result.checked!.affected.map(({ path }) => path)).toEqual([`${source}/letters/first.txt`]);
  expect(result.checked!.affected[0]!.snapshotIds).toHaveLength(2);
  expect((await check()).errors.map(({ code }) => code)).toEqual(['dataMissing']);
});

test('C8 what a listing leaves out is not gone', async () => {
  const packId = await dataPack();
  const isMissing = (name: string): boolean => name === packId;
  const once = new FaultStorage(storage).plan('list', { kind: 'stale', isMissing }, { type: 'pack' });
  expect((await repair({}, { at: once })).missingPacks).toEqual([]);
  const always = new FaultStorage(storage);
  always.plan('list', { kind: 'stale', isMissing }, { type: 'pack', times: Infinity });
  expect((await repair({}, { at: always })).missingPacks).toEqual([]);
  once.assertAllReached();
  always.assertAllReached();
  await expectWhole();
});

test('a place that lists what it does not give out is not believed', async () => {
  const packId = await dataPack();
  storage.files.get(`index/${namesIn('index')[0]}`)![30]! ^= 4;
  const before = new Map(storage.files);
  const gone = new TidemarkError('storage.objectMissing', { kind: 'pack', name: packId });
  const odd = new FaultStorage(storage);
  odd.plan('list', { kind: 'stale', isMissing: (name) => name === packId }, { type: 'pack', skip: 1 });
  odd.plan('stat', { kind: 'fail', error: gone }, { type: 'pack' });
  await expect(repair({}, { at: odd })).rejects.toMatchObject({ code: 'storage.ioFailed' });
  odd.assertAllReached();
  expect(new Map(storage.files)).toEqual(before);
});

test('an index file that reads well later is not damaged', async () => {
  const before = new Map(storage.files);
  // Whatever reads wrongly is read once more at once.
  const cut = { kind: 'truncate', bytes: 50 } as const;
  const [{ name } = { name: '' }] = await storage.list('index');
  const flaky = new FaultStorage(storage).plan('load', cut, { type: 'index', name, times: 2 });
  await expect(repair({}, { at: flaky })).rejects.toMatchObject({ code: 'storage.ioFailed' });
  flaky.assertAllReached();
  expect(new Map(storage.files)).toEqual(before);
});

test('packs described in part, twice or wrongly', async () => {
  await rewriteIndex((packs, file) =>
    file === 0
      ? packs.map((pack) => ({ ...pack, entries: pack.entries.slice(1) }))
      : packs.map(({ id, entries }) => ({
          id,
          entries: entries.map((entry) => ({ ...entry, uncompressedLength: entry.uncompressedLength + 1 })),
        })),
  );
  expect((await check()).errorCount).toBeGreaterThan(0);
  // Of the second file the sizes are right: only reading the packs shows what is wrong.
  const first = await repair();
  expect(first.correctedPacks).toHaveLength(2);
  const second = await repair({ readAllPacks: true });
  expect(second.correctedPacks).toHaveLength(2);
  expect(second.replacedIndexFiles).toHaveLength(1);
  await expectWhole();
});

test('two different descriptions of one pack', async () => {
  const { files } = reopen(pristine, storage);
  const [first] = await files.list('index');
  const [pack] = collectIndex(await files.load('index', first!.name));
  const [blob, ...rest] = pack!.entries;
  const other = { ...blob!, sealedLength: blob!.sealedLength + 1 };
  await files.save('index', encodeIndex([{ ...pack!, entries: [other, ...rest] }]));
  const result = await repair();
  expect(result.correctedPacks).toEqual([pack!.id]);
  expect(result.replacedIndexFiles).toHaveLength(2);
  await expectWhole();
});

test('a pack whose header is damaged is left alone, and its description stays', async () => {
  const packId = await dataPack();
  const bytes = storage.files.get(packPath(packId))!;
  storage.files.set(packPath(packId), bytes.slice(0, -3));
  const gone = namesIn('data').find((name) => name !== packId)!;
  storage.files.delete(packPath(gone));
  const result = await repair();
  expect(result).toMatchObject({ unreadablePacks: [packId], missingPacks: [gone] });
  expect(storage.files.has(packPath(packId))).toBe(true);
  const reader = reopen(pristine, storage);
  await reader.loadIndex();
  expect([reader.index.hasPack(packId), reader.index.hasPack(gone as PackId)]).toEqual([true, false]);
  expect([...kept.keys()]).toEqual(result.replacedIndexFiles.map((id) => `index-${id}`));
  expect(result.checked!.affected.length).toBeGreaterThan(0);
});

test('a pack whose only description is damaged keeps that description elsewhere', async () => {
  const packId = await dataPack();
  storage.files.get(packPath(packId))!.fill(0, -30);
  const damaged = namesIn('index').map((name) => {
    storage.files.get(`index/${name}`)![40]! ^= 1;
    return [`index-${name}`, storage.files.get(`index/${name}`)!.slice()] as const;
  });
  const result = await repair();
  expect(result.unreadablePacks).toEqual([packId]);
  expect(kept).toEqual(new Map(damaged));
});

test('a trial changes nothing and tells the same', async () => {
  storage.files.get(`index/${namesIn('index')[0]}`)![30]! ^= 4;
  const before = new Map(storage.files);
  const trial = await repair({ dryRun: true });
  expect(new Map(storage.files)).toEqual(before);
  const real = await repair();
  expect([trial.addedPacks, trial.replacedIndexFiles]).toEqual([real.addedPacks, real.replacedIndexFiles]);
});

test('another lock is heeded; cancel ends it without a trace', async () => {
  const holder = await reopen(pristine, storage).lock({ exclusive: false });
  await expect(repair()).rejects.toMatchObject({ code: 'repository.locked' });
  await holder.release();
  for (const name of namesIn('index')) storage.files.delete(`index/${name}`);
  const control = new AbortController();
  const observer: RepairIndexObserver = { onProgress: ({ stage }) => stage === 'packs' && control.abort() };
  const { signal } = control;
  await expect(repair({}, { observer, signal })).rejects.toMatchObject({ code: 'job.cancelled' });
  expect([namesIn('index'), namesIn('locks')]).toEqual([[], []]);
});

test('an old index file that cannot be taken away costs nothing; the next repair goes on', async () => {
  storage.files.get(`index/${namesIn('index')[0]}`)![30]! ^= 4;
  const before = namesIn('index');
  const error = new TidemarkError('storage.accessDenied', { location: 'here', operation: 'remove' });
  const refusing = new FaultStorage(storage).plan('remove', { kind: 'fail', error }, { type: 'index' });
  await expect(repair({}, { at: refusing })).rejects.toBe(error);
  expect(namesIn('index')).toEqual(expect.arrayContaining(before));
  await repair();
  await expectWhole();
});
