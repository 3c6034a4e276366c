/**
 * A prune whose store dies, fails, lies, fills up, lists the past or refuses: whatever happens, every kept snapshot restores
 * equal, the repository checks clean, and the next prune finishes the work and leaves nothing over.
 */
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { textToByteString } from '#base/byte-string.ts';
import { isTidemarkError, TidemarkError } from '#base/errors.ts';
import type { Clock } from '#base/clock.ts';
import type { SnapshotId } from '#base/ids.ts';
import { createRepositoryPorts } from '#core/repository-ports.ts';
import { pruneUnderLock } from '#operations/prune/run.ts';
import { DEFAULT_PRUNE_REQUEST, type PruneRequest, type PruneResult } from '#operations/prune/types.ts';
import { LOCK_LISTED_WAITS_MS } from '#repository/lock-rules.ts';
import type { RepositoryCache } from '#repository/repository-cache.ts';
import { Repository } from '#repository/repository.ts';
import type { MemoryStorage } from '#storage/memory/memory-storage.ts';
import type { Storage } from '#storage/port.ts';
import { backUp, makeMemoryRepository, reopen } from '#test/support/engine.ts';
import { FaultStorage, type StopPlan } from '#test/support/fault-storage.ts';
import { hastyClock } from '#test/support/hasty-clock.ts';
import { inThreadBackupPipeline, inThreadPipeline } from '#test/support/in-thread-pipeline.ts';
import { contentsOf, orphansOf, packBytesOf, runPrune, troublesOf } from '#test/support/prune.ts';

const PACK_SIZE_BYTES = 30_000;
const ORPHAN_BYTES = 5_000;
const THOROUGH: Partial<PruneRequest> = {
  maxUnused: { kind: 'bytes', bytes: 0 },
  packSizeBytes: PACK_SIZE_BYTES,
};

let folder = '';
let pristine: Repository;
/** Partly used packs, unused packs, several index files and a pack in no index: everything that a prune can meet. */
let start: MemoryStorage;
let contents: ReadonlyMap<SnapshotId, string>;

beforeAll(async () => {
  folder = fs.mkdtempSync(join(fs.existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'tidemark-prune-faults-'));
  const { repository, storage } = await makeMemoryRepository();
  pristine = repository;
  const forgotten: SnapshotId[] = [];
  for (let generation = 0; generation < 4; generation++) {
    for (let i = 0; i < 8; i++)
      if (generation === 0 || i % 4 === generation) plant(`${String(i)}/file`, 9_000);
    plant('changing/file', 2 * PACK_SIZE_BYTES);
    const snapshotId = await save(storage);
    if (generation % 2 === 0) forgotten.push(snapshotId);
  }
  plantOrphan(storage);
  for (const id of forgotten) storage.files.delete(`snapshots/${id}`);
  start = storage;
  contents = await contentsOf(pristine, start);
});

afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

function plant(path: string, sizeBytes: number): void {
  fs.mkdirSync(join(folder, 'source', path, '..'), { recursive: true });
  fs.writeFileSync(join(folder, 'source', path), randomBytes(sizeBytes));
}

function plantOrphan(storage: MemoryStorage): void {
  const name = randomBytes(32).toString('hex');
  storage.files.set(`data/${name.slice(0, 2)}/${name}`, new Uint8Array(randomBytes(ORPHAN_BYTES)));
}

async function save(storage: MemoryStorage): Promise<SnapshotId> {
  const changes = { workingFolder: textToByteString(folder), packSizeBytes: PACK_SIZE_BYTES };
  const saved = await backUp(
    reopen(pristine, storage),
    'source',
    changes,
    {},
    undefined,
    inThreadBackupPipeline,
  );
  return saved.snapshotId!;
}

async function outcomeOf(run: Promise<PruneResult>): Promise<PruneResult | TidemarkError> {
  try {
    return await run;
  } catch (error) {
    if (isTidemarkError(error)) return error;
    throw error;
  }
}

/** Looks again for the own lock without waiting. */
const skipping: Clock = {
  ...hastyClock,
  sleep: (delayMs, signal) => hastyClock.sleep(LOCK_LISTED_WAITS_MS.includes(delayMs) ? 0 : delayMs, signal),
};

/** Remembers what it is told. */
function memoryCache(): RepositoryCache & { readonly kept: Map<string, Uint8Array> } {
  const kept = new Map<string, Uint8Array>();
  return {
    kept,
    get: (_kind, key) => Promise.resolve(kept.get(key)?.slice()),
    keep: (kind, key, bytes) => void (kind === 'snapshot' && kept.set(key, bytes)),
    drop: async (_kind, key) => void kept.delete(key),
    names: async (kind) => (kind === 'snapshot' ? [...kept.keys()] : []),
    keepOnly: () => undefined,
  };
}

/** Damage apart from what a check calls a hint. */
async function errorsOf(storage: Storage): Promise<string[]> {
  const harmless = ['packNotIndexed', 'packInSeveralIndexes'];
  return (await troublesOf(pristine, storage)).filter(
    (trouble) => !harmless.includes((JSON.parse(trouble) as { code: string }).code),
  );
}

/** Nothing is lost now; and after one more prune nothing is left over either. */
async function assertSafe(storage: MemoryStorage, when: string): Promise<void> {
  expect(await errorsOf(storage), when).toEqual([]);
  expect(await contentsOf(pristine, storage), when).toEqual(contents);
  for (const path of storage.files.keys()) if (path.startsWith('locks/')) storage.files.delete(path);
  const next = await runPrune(pristine, storage, THOROUGH);
  expect(next.stats.unusedAfterBytes, when).toBe(0);
  expect(await troublesOf(pristine, storage), when).toEqual([]);
  expect(await contentsOf(pristine, storage), when).toEqual(contents);
  expect(await orphansOf(pristine, storage), when).toEqual([]);
  const last = await runPrune(pristine, storage, THOROUGH);
  expect(last.removedPacks + last.repackedPacks, when).toBe(0);
}

describe('A2 killed during clean-up, at each change', () => {
  it.each<[string, StopPlan]>([
    ['before it takes effect', {}],
    ['after it took effect', { lastTakesEffect: true }],
  ])(
    '%s',
    async (_when, plan) => {
      const counting = new FaultStorage(start.fork());
      const whole = await runPrune(pristine, counting, THOROUGH);
      expect(whole.repackedPacks).toBeGreaterThan(2);
      expect(whole.newPacks).toBeGreaterThan(1);
      expect(whole.stats.packs.remove).toBeGreaterThan(1);
      expect(whole.stats.unindexed.packs).toBe(1);
      expect(whole.removedPacks).toBeGreaterThan(whole.repackedPacks);
      // Lock, packs, index, old index files, old packs, lock.
      expect(counting.changeCount).toBeGreaterThan(12);
      for (let k = 1; k <= counting.changeCount; k++) {
        const storage = start.fork();
        const dying = new FaultStorage(storage).stopAt(k, plan);
        await outcomeOf(runPrune(pristine, dying, THOROUGH));
        dying.assertAllReached();
        await assertSafe(storage, `killed at ${String(k)} of ${String(counting.changeCount)}`);
      }
    },
    120_000,
  );
});

it('fails once at each change', async () => {
  const failure = new TidemarkError('storage.ioFailed', { location: 'test', operation: 'x', reason: 'test' });
  const counting = new FaultStorage(start.fork());
  await runPrune(pristine, counting, THOROUGH);
  for (const [method, kind] of [
    ['save', 'fail'],
    ['save', 'failAfter'],
    ['remove', 'fail'],
  ] as const) {
    for (let k = 0; k < counting.changeCount; k++) {
      const storage = start.fork();
      const failing = new FaultStorage(storage).plan(method, { kind, error: failure }, { skip: k });
      const outcome = await outcomeOf(runPrune(pristine, failing, THOROUGH));
      // Beyond the last one.
      if (!failing.isAllReached) {
        expect(isTidemarkError(outcome)).toBe(false);
        expect(k, `${method} ${kind}`).toBeGreaterThan(3);
        break;
      }
      await assertSafe(storage, `${method} ${kind} ${String(k)}`);
    }
  }
}, 60_000);

it.each(['index', 'pack'] as const)('believes no answer about a removed %s file', async (type) => {
  for (let k = 0; k < 3; k++) {
    const storage = start.fork();
    const lying = new FaultStorage(storage).plan('remove', { kind: 'lie' }, { type, skip: k });
    const outcome = await outcomeOf(runPrune(pristine, lying, THOROUGH));
    lying.assertAllReached();
    if (type === 'index') expect(outcome).toMatchObject({ code: 'storage.ioFailed' });
    await assertSafe(storage, `lied about ${type} ${String(k)}`);
  }
});

it('A4 stops at every change when it is cancelled there', async () => {
  const counting = new FaultStorage(start.fork());
  await runPrune(pristine, counting, THOROUGH);
  let cancelled = 0;
  for (let k = 1; k < counting.changeCount; k++) {
    const storage = start.fork();
    const cancel = new AbortController();
    const watching = new CancellingStorage(storage, k, cancel);
    const outcome = await outcomeOf(runPrune(pristine, watching, THOROUGH, {}, cancel.signal));
    if (isTidemarkError(outcome, 'job.cancelled')) cancelled++;
    // What was under way may end: the other lanes of removing, workers' packs, and the lock.
    expect(watching.changeCount - k).toBeLessThan(10);
    if (k > 1) expect(await storage.list('lock')).toEqual([]);
    await assertSafe(storage, `cancelled at ${String(k)}`);
  }
  expect(cancelled).toBeGreaterThan(counting.changeCount / 2);
}, 60_000);

class CancellingStorage extends FaultStorage {
  readonly #at: number;
  readonly #cancel: AbortController;

  constructor(inner: Storage, at: number, cancel: AbortController) {
    super(inner);
    this.#at = at;
    this.#cancel = cancel;
  }

  override async save(...parameters: Parameters<FaultStorage['save']>): Promise<void> {
    await super.save(...parameters);
    if (this.changeCount === this.#at) this.#cancel.abort();
  }

  override async remove(...parameters: Parameters<FaultStorage['remove']>): Promise<void> {
    await super.remove(...parameters);
    if (this.changeCount === this.#at) this.#cancel.abort();
  }
}

it('changes nothing without asking for the lock before', async () => {
  const { config, keys, keyId } = pristine;
  for (let allowed = 0; ; allowed++) {
    const storage = start.fork();
    const counted = new FaultStorage(storage);
    const repository = new Repository(createRepositoryPorts(counted), config, keys, keyId);
    let asked = 0;
    const assertHeld = async (): Promise<void> => {
      if (++asked > allowed) throw new TidemarkError('repository.lockLost', { reason: 'test' });
    };
    const parts = { repository, pipeline: inThreadPipeline };
    const outcome = await outcomeOf(
      pruneUnderLock(parts, { ...DEFAULT_PRUNE_REQUEST, ...THOROUGH }, assertHeld),
    );
    expect(counted.changeCount).toBeLessThanOrEqual(allowed);
    if (!isTidemarkError(outcome)) break;
    expect(outcome.code).toBe('repository.lockLost');
    await assertSafe(storage, `lock lost after ${String(allowed)}`);
  }
}, 60_000);

describe('on a place without room', () => {
  it('C6 never harms, wherever the room ends, and frees what it can', async () => {
    const usedBytes = (storage: MemoryStorage): number =>
      [...storage.files.values()].reduce((sum, { length }) => sum + length, 0);
    const total = usedBytes(start);
    let finished = 0;
    let full = 0;
    for (let spare = 0; spare < 140_000; spare += spare < 2_000 ? 400 : 14_000) {
      const storage = start.fork();
      const tight = new FaultStorage(storage).quota(total + spare);
      const outcome = await outcomeOf(runPrune(pristine, tight, THOROUGH));
      const when = `${String(spare)} bytes of room`;
      if (tight.isAllReached) full++;
      if (isTidemarkError(outcome)) expect(outcome.code, when).toBe('storage.full');
      else if (outcome.postponedPacks === 0) finished++;
      // Room for the lock is room enough: the leftover of an interrupted run goes first, then unused packs.
      if (spare >= 400) {
        expect(isTidemarkError(outcome), when).toBe(false);
        expect(await packBytesOf(storage), when).toBeLessThan((await packBytesOf(start)) - 5_000);
      }
      await assertSafe(storage, when);
    }
    expect(finished).toBeGreaterThan(3);
    expect(full, 'quotas reached').toBeGreaterThan(3);
  }, 60_000);

  it('C6 takes back what it wrote when there is no room to finish', async () => {
    const storage = withoutOrphan(start.fork());
    const before = new Set((await storage.list('pack')).map(({ name }) => name));
    const full = new TidemarkError('storage.full', { location: 'test', outOfInodes: false });
    // The first new pack fits, no other does.
    const filling = new FaultStorage(storage).plan(
      'save',
      { kind: 'fail', error: full },
      { type: 'pack', skip: 1, times: Infinity },
    );
    const result = await runPrune(pristine, filling, THOROUGH);
    filling.assertAllReached();
    expect(result.removedPacks).toBe(result.stats.packs.remove);
    expect(result).toMatchObject({ repackedPacks: 0, newPacks: 0, newBytes: 0 });
    expect(result.postponedPacks).toBe(result.stats.packs.repack);
    const after = (await storage.list('pack')).map(({ name }) => name);
    expect(after.filter((name) => !before.has(name))).toEqual([]);
    await assertSafe(storage, 'taken back');
  });
});

function withoutOrphan(storage: MemoryStorage): MemoryStorage {
  for (const [path, { length }] of storage.files)
    if (path.startsWith('data/') && length === ORPHAN_BYTES) storage.files.delete(path);
  return storage;
}

describe('a place that lists the past', () => {
  it.each([
    ['snapshot', 0],
    ['snapshot', 1],
    ['index', 0],
    ['index', 1],
  ] as const)('C8 %s files, at listing %d: nothing is removed', async (type, skip) => {
    const files = await start.list(type);
    for (const { name: missing } of files) {
      const storage = start.fork();
      const stale = new FaultStorage(storage).plan(
        'list',
        { kind: 'stale', isMissing: (name) => name === missing },
        { type, skip },
      );
      const outcome = await outcomeOf(runPrune(pristine, stale, THOROUGH));
      stale.assertAllReached();
      expect(outcome).toBeInstanceOf(TidemarkError);
      expect([...storage.files.keys()].toSorted()).toEqual([...start.files.keys()].toSorted());
    }
  });

  it.each(['locks', 'snapshots'] as const)(
    'C8 %s are listed as before the last one, again and again: nothing is removed',
    async (kind) => {
      const storage = start.fork();
      const [newest] = (await storage.list('snapshot')).slice(-1);
      const cache = memoryCache();
      const stale = new FaultStorage(storage);
      if (kind === 'locks') {
        stale.plan('list', { kind: 'stale', isMissing: () => true }, { type: 'lock', times: Infinity });
      } else {
        // Seen here before.
        cache.kept.set(newest!.name, storage.files.get(`snapshots/${newest!.name}`)!);
        const isMissing = (name: string): boolean => name === newest?.name;
        stale.plan('list', { kind: 'stale', isMissing }, { type: 'snapshot', times: Infinity });
      }
      const outcome = await outcomeOf(
        runPrune(pristine, stale, THOROUGH, {}, undefined, { clock: skipping, cache }),
      );
      stale.assertAllReached();
      expect(outcome).toMatchObject({ code: 'storage.listBehind', retry: 'later' });
      expect([...storage.files.keys()].toSorted()).toEqual([...start.files.keys()].toSorted());
    },
  );

  it('C8 a version that is listed only after the packs were written anew: nothing that it needs is removed', async () => {
    const storage = start.fork();
    const [newest] = (await storage.list('snapshot')).slice(-1);
    const stale = new FaultStorage(storage).plan(
      'list',
      { kind: 'stale', isMissing: (name) => name === newest?.name },
      { type: 'snapshot', times: 2 },
    );
    const outcome = await outcomeOf(runPrune(pristine, stale, THOROUGH));
    stale.assertAllReached();
    expect(outcome).toMatchObject({ code: 'storage.listBehind' });
    await assertSafe(withoutOrphan(storage), 'listed late');
  });

  it('C8 packs that are never listed count as there when they can be had by name', async () => {
    const storage = start.fork();
    const missing = (await storage.list('pack')).map(({ name }) => name).filter((_name, i) => i % 2 === 0);
    const stale = new FaultStorage(storage).plan(
      'list',
      { kind: 'stale', isMissing: (name) => missing.includes(name) },
      { type: 'pack', times: Infinity },
    );
    await runPrune(pristine, stale, THOROUGH);
    stale.assertAllReached();
    await assertSafe(storage, 'unlisted packs');
  });
});

describe('a place that refuses removing', () => {
  it('C10 one that keeps what is removed: how much, and until when', async () => {
    const untilMs = Date.now() + 5_000_000;
    const storage = start.fork();
    storage.keptUntilMs = () => Promise.resolve(untilMs);
    const { removedPacks, removedBytes, keptBytes, keptUntilMs } = await runPrune(
      pristine,
      new FaultStorage(storage),
      THOROUGH,
    );
    expect(removedPacks).toBeGreaterThan(0);
    expect([keptBytes, keptUntilMs]).toEqual([removedBytes, untilMs]);
    await assertSafe(storage, 'kept');
  });

  it.each([
    ['pack', 'storage.accessDenied'],
    ['pack', 'storage.removalRefused'],
    ['index', 'storage.removalRefused'],
  ] as const)('C10 %s files, %s: told, not an error', async (type, code) => {
    const data = { location: 'test', operation: 'remove', keptUntil: null };
    const denied = new TidemarkError(code, data);
    const storage = start.fork();
    for (let run = 0; run < 2; run++) {
      const refusing = new FaultStorage(storage).plan(
        'remove',
        { kind: 'fail', error: denied },
        { type, times: Infinity },
      );
      const result = await runPrune(pristine, refusing, THOROUGH);
      refusing.assertAllReached();
      expect(result.removalRefused).toBe(true);
      expect(await errorsOf(storage)).toEqual([]);
    }
    // It does not grow with every attempt.
    expect(await packBytesOf(storage)).toBeLessThan(1.5 * (await packBytesOf(start)));
    await assertSafe(storage, 'refused');
  });
});

it('does not do again what was done minutes before it was killed', async () => {
  const request = { ...DEFAULT_PRUNE_REQUEST, ...THOROUGH, packSizeBytes: PACK_SIZE_BYTES / 5 };
  const whole = await runPrune(pristine, start.fork(), request);
  expect(whole.newPacks).toBeGreaterThan(4);
  const storage = start.fork();
  const { config, keys, keyId } = pristine;
  const dying = new FaultStorage(storage).plan(
    'save',
    { kind: 'fail', error: new TidemarkError('job.cancelled', {}) },
    { type: 'pack', skip: 4, times: Infinity },
  );
  let nowMs = Date.now();
  const clock = { ...hastyClock, nowMs: () => (nowMs += 3 * 60_000) };
  const repository = new Repository({ ...createRepositoryPorts(dying), clock }, config, keys, keyId);
  const parts = { repository, pipeline: inThreadPipeline };
  await expect(pruneUnderLock(parts, request, () => Promise.resolve())).rejects.toMatchObject({
    code: 'job.cancelled',
  });
  dying.assertAllReached();
  const next = await runPrune(pristine, storage, request);
  expect(next.stats.duplicate.blobs).toBeGreaterThan(0);
  expect(next.stats.repack.blobs).toBeLessThan(whole.stats.repack.blobs);
  await assertSafe(storage, 'went on');
});
