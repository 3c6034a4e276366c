/**
 * A backup whose store dies, fails, lies or repeats at each of its operations in turn: what was there before is always
 * there after, the repository checks clean (or the lie is found), and the next run finishes without sending anything twice.
 */
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Clock } from '#base/clock.ts';
import { textToByteString, type ByteString } from '#base/byte-string.ts';
import { isTidemarkError, TidemarkError } from '#base/errors.ts';
import { systemClock } from '#base/system-clock.ts';
import { createRepositoryPorts } from '#core/repository-ports.ts';
import { createSourceFiles } from '#files/open-files.ts';
import { executeBackup } from '#operations/backup/execute.ts';
import { executeCheck } from '#operations/check/execute.ts';
import { walkTree } from '#operations/find-in-snapshot.ts';
import type { BackupResult } from '#operations/backup/types.ts';
import { Repository } from '#repository/repository.ts';
import type { MemoryStorage } from '#storage/memory/memory-storage.ts';
import type { Storage } from '#storage/port.ts';
import { backupRequest, makeMemoryRepository, reopen } from '#test/support/engine.ts';
import { FaultStorage, type Fault, type StopPlan } from '#test/support/fault-storage.ts';
import { inThreadBackupPipeline, inThreadPipeline } from '#test/support/in-thread-pipeline.ts';

/** Small, so that a small backup has many packs. */
const PACK_SIZE_BYTES = 20_000;

let folder = '';
let pristine: Repository;
/** A new repository; the same with a backup of the first state. */
let empty: MemoryStorage;
let grown: MemoryStorage;
let earlier: BackupResult;

beforeAll(async () => {
  folder = fs.mkdtempSync(join(fs.existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'tidemark-faults-'));
  const { repository, storage } = await makeMemoryRepository();
  pristine = repository;
  empty = storage.fork();
  for (let i = 0; i < 6; i++) plant(`first/${String(i)}/file`, 9_000);
  earlier = await save(storage);
  grown = storage.fork();
  for (let i = 0; i < 6; i++) plant(`second/${String(i)}/file`, 9_000);
});

afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

function plant(path: string, sizeBytes: number): void {
  fs.mkdirSync(join(folder, 'source', path, '..'), { recursive: true });
  fs.writeFileSync(join(folder, 'source', path), randomBytes(sizeBytes));
}

function save(storage: Storage): Promise<BackupResult> {
  const { config, keys, keyId } = pristine;
  const repository = new Repository(
    { ...createRepositoryPorts(storage), clock: hastyClock },
    config,
    keys,
    keyId,
  );
  const parts = { repository, files: createSourceFiles(), pipeline: inThreadBackupPipeline };
  const changes = { workingFolder: textToByteString(folder), packSizeBytes: PACK_SIZE_BYTES };
  return executeBackup(parts, backupRequest(['source'], changes));
}

/** Nobody races for the lock here: looking again at once saves most of the time. */
const hastyClock: Clock = {
  ...systemClock,
  sleep: (delayMs, signal) => systemClock.sleep(delayMs > 1000 ? delayMs : 0, signal),
};

async function faultsOf(storage: MemoryStorage): Promise<string[]> {
  const parts = { repository: reopen(pristine, storage), pipeline: inThreadPipeline };
  const { errors } = await executeCheck(parts, { readData: 'all', noLock: true });
  return errors.map(({ code }) => code);
}

/** Every byte of the snapshot can be had. */
async function assertRestores(storage: MemoryStorage, { snapshotId }: BackupResult): Promise<void> {
  const repository = reopen(pristine, storage);
  const { snapshot } = await repository.snapshots.load(snapshotId!);
  await repository.loadIndex();
  let files = 0;
  for await (const { node } of walkTree(repository, snapshot.tree!, '/' as ByteString)) {
    for (const id of node.content ?? []) await repository.loadBlob('data', id);
    files += node.type === 'file' ? 1 : 0;
  }
  expect(files).toBeGreaterThanOrEqual(6);
}

function bytesOfPacks(storage: MemoryStorage): number {
  let sum = 0;
  for (const [path, bytes] of storage.files) if (path.startsWith('data/')) sum += bytes.length;
  return sum;
}

/** Changes that a backup without faults makes, and the bytes of all packs after it. */
async function measure(start: MemoryStorage): Promise<{ changes: number; packBytes: number }> {
  const storage = start.fork();
  const counting = new FaultStorage(storage);
  await save(counting);
  return { changes: counting.changeCount, packBytes: bytesOfPacks(storage) };
}

async function outcomeOf(run: Promise<BackupResult>): Promise<BackupResult | TidemarkError> {
  try {
    return await run;
  } catch (error) {
    if (isTidemarkError(error)) return error;
    throw error;
  }
}

describe.each([
  ['a first backup', () => empty],
  ['a later backup', () => grown],
])('%s', (name, start) => {
  it.each<[string, StopPlan]>([
    ['before it takes effect', {}],
    ['after it took effect', { lastTakesEffect: true }],
  ])(
    'A1 killed at each change, %s',
    async (_when, plan) => {
      const { changes, packBytes } = await measure(start());
      expect(changes).toBeGreaterThan(7);
      for (let k = 1; k <= changes; k++) {
        const storage = start().fork();
        const dying = new FaultStorage(storage).stopAt(k, plan);
        // Removing the lock at the end may fail: then everything is saved.
        await outcomeOf(save(dying));
        dying.assertAllReached();
        expect(await faultsOf(storage), `killed at ${String(k)}`).toEqual([]);
        if (start() === grown) await assertRestores(storage, earlier);
        const next = await save(storage);
        expect(await faultsOf(storage)).toEqual([]);
        await assertRestores(storage, next);
        // What a worker had open was never sent: at most a pack for each kind and worker comes anew.
        const openPacks = 4 * (PACK_SIZE_BYTES + 9_000);
        if (name === 'a first backup') expect(bytesOfPacks(storage)).toBeLessThan(packBytes + openPacks / 4);
        else expect(bytesOfPacks(storage)).toBeLessThan(packBytes + openPacks);
      }
    },
    120_000,
  );

  const failure = new TidemarkError('storage.ioFailed', {
    location: 'test',
    operation: 'save',
    reason: 'EIO',
  });
  it.each<[string, Fault]>([
    ['fails', { kind: 'fail', error: failure }],
    ['fails after it took effect', { kind: 'failAfter', error: failure }],
    ['stalls', { kind: 'stall', until: new Promise((resolve) => setTimeout(resolve, 20)) }],
    ['is repeated', { kind: 'repeat' }],
  ])(
    'C7 when one save after the other %s',
    async (_how, fault) => {
      const saves = (await measure(start())).changes - 1;
      for (let k = 0; k < saves; k++) {
        const storage = start().fork();
        const faulty = new FaultStorage(storage).plan('save', fault, { skip: k });
        const outcome = await outcomeOf(save(faulty));
        faulty.assertAllReached();
        expect(await faultsOf(storage), `save ${String(k)}`).toEqual([]);
        if (!(outcome instanceof TidemarkError)) await assertRestores(storage, outcome);
        if (start() === grown) await assertRestores(storage, earlier);
        const before = bytesOfPacks(storage);
        const next = await save(storage);
        await assertRestores(storage, next);
        // What failed was not sent; what was sent is known.
        if (!(outcome instanceof TidemarkError)) expect(bytesOfPacks(storage)).toBe(before);
      }
    },
    120_000,
  );
});

describe('a store that says it saved', () => {
  it.each<[string, Fault]>([
    ['and did not', { kind: 'lie' }],
    ['and cut it short', { kind: 'truncate', bytes: 100 }],
  ])(
    'C7 %s, gets it once more',
    async (_how, fault) => {
      const saves = (await measure(grown)).changes - 1;
      for (let k = 0; k < saves; k++) {
        const storage = grown.fork();
        const faulty = new FaultStorage(storage).plan('save', fault, { skip: k });
        const result = await save(faulty);
        faulty.assertAllReached();
        expect(await faultsOf(storage), `save ${String(k)}`).toEqual([]);
        await assertRestores(storage, earlier);
        await assertRestores(storage, result);
      }
    },
    120_000,
  );

  it.each<[string, Fault]>([
    ['and never does', { kind: 'lie' }],
    ['and always cuts it short', { kind: 'truncate', bytes: 100 }],
  ])(
    'C7 %s: nothing is listed that relies on it, and nothing of before is lost',
    async (_how, fault) => {
      const saves = (await measure(grown)).changes - 1;
      for (let k = 0; k < saves; k++) {
        const storage = grown.fork();
        const faulty = new FaultStorage(storage).plan('save', fault, { skip: k, times: Infinity });
        const outcome = await outcomeOf(save(faulty));
        faulty.assertAllReached();
        expect(isTidemarkError(outcome, 'storage.notKept'), `save ${String(k)}`).toBe(true);
        expect((await reopen(pristine, storage).snapshots.loadAll()).snapshots).toHaveLength(1);
        await assertRestores(storage, earlier);
        await assertRestores(storage, await save(storage));
      }
    },
    120_000,
  );
});
