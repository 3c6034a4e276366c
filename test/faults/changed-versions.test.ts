/**
 * Tags, rewriting and repairing versions while the store dies, fails, lies or repeats at each of its changes in turn: every
 * version is there as it was or as it was to become, never neither, and the next run finishes. What a process does between
 * two changes leaves nothing behind, so dying at each change covers dying at each operation.
 */
import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { textToByteString } from '#base/byte-string.ts';
import { isTidemarkError, TidemarkError } from '#base/errors.ts';
import type { SnapshotId } from '#base/ids.ts';
import { createSourceFiles } from '#files/open-files.ts';
import { executeRepairSnapshots } from '#operations/repair-snapshots/execute.ts';
import { executeRewrite } from '#operations/rewrite/execute.ts';
import { executeTag } from '#operations/tag.ts';
import type { Repository } from '#repository/repository.ts';
import type { MemoryStorage } from '#storage/memory/memory-storage.ts';
import type { Storage } from '#storage/port.ts';
import { backUp, makeMemoryRepository, reopen } from '#test/support/engine.ts';
import { FaultStorage, type Fault, type StopPlan } from '#test/support/fault-storage.ts';
import { inThreadBackupPipeline } from '#test/support/in-thread-pipeline.ts';
import { troublesOf } from '#test/support/prune.ts';
import { reopenHastily, versionFiles, versionsOf, type VersionFiles } from '#test/support/version-files.ts';

const base = mkdtempSync(join(tmpdir(), 'tidemark-changed-versions-'));
const source = join(base, 'source');
let pristine: Repository;
let whole: MemoryStorage;
/** Without the content of one file. */
let damaged: MemoryStorage;
let versions: readonly SnapshotId[];

beforeAll(async () => {
  mkdirSync(join(source, 'a', 'deep'), { recursive: true });
  ({ repository: pristine, storage: whole } = await makeMemoryRepository());
  const before = new Set(whole.files.keys());
  writeFileSync(join(source, 'a', 'deep', 'lost'), randomBytes(900));
  await backUp(pristine, source, { time: '2026-01-01T00:00:00Z', packSizeBytes: 1 });
  const lostPack = [...whole.files].find(([path, bytes]) => !before.has(path) && bytes.length > 900)![0];
  writeFileSync(join(source, 'a', 'other'), 'other');
  await backUp(pristine, source, { time: '2026-01-02T00:00:00Z', packSizeBytes: 1 });
  await backUp(pristine, join(source, 'a'), { time: '2026-01-03T00:00:00Z', packSizeBytes: 1 });
  damaged = whole.fork();
  damaged.files.delete(lostPack);
  versions = (await versionsOf(pristine, whole)).map(({ id }) => id);
});
afterAll(() => rmSync(base, { recursive: true, force: true }));

interface Change {
  readonly start: () => MemoryStorage;
  run(at: Storage): Promise<unknown>;
}

const CHANGES: Record<string, Change> = {
  tag: {
    start: () => whole,
    run: (at) =>
      executeTag(reopenHastily(pristine, at), {
        change: { kind: 'change', add: ['x'], remove: [] },
        snapshots: {},
      }),
  },
  'rewrite --forget': {
    start: () => whole,
    run: (at) =>
      executeRewrite(
        { repository: reopenHastily(pristine, at), pipeline: inThreadBackupPipeline },
        {
          snapshots: {},
          exclude: { patterns: [textToByteString('deep')] },
          forget: true,
          addSummary: false,
        },
      ),
  },
  'repair snapshots --forget': {
    start: () => damaged,
    run: (at) =>
      executeRepairSnapshots(
        {
          repository: reopenHastily(pristine, at),
          pipeline: inThreadBackupPipeline,
          files: createSourceFiles(),
        },
        { snapshots: {}, forget: true },
      ),
  },
  'repair snapshots with live files': {
    start: () => damaged,
    run: (at) =>
      executeRepairSnapshots(
        {
          repository: reopenHastily(pristine, at),
          pipeline: inThreadBackupPipeline,
          files: createSourceFiles(),
        },
        {
          snapshots: {},
          forget: true,
          heal: { repositories: [], paths: [textToByteString(source)] },
        },
      ),
  },
};

const remembered = new Map<Change, Promise<ReadonlyMap<SnapshotId, VersionFiles>>>();

/** What each version is to become. */
function wishedFor(change: Change): Promise<ReadonlyMap<SnapshotId, VersionFiles>> {
  const wished = remembered.get(change) ?? runWithoutFaults(change);
  remembered.set(change, wished);
  return wished;
}

async function runWithoutFaults({ start, run }: Change): Promise<ReadonlyMap<SnapshotId, VersionFiles>> {
  const storage = start().fork();
  await run(storage);
  const wished = new Map<SnapshotId, VersionFiles>();
  for (const { id, snapshot } of await versionsOf(pristine, storage))
    wished.set(snapshot.original ?? id, await versionFiles(pristine, storage, id));
  expect([...wished.keys()].toSorted()).toEqual(versions.toSorted());
  return wished;
}

/** Both forms may be there, one must, and what is there can be read: but for the damage of the old form where that began with one. */
async function assertNothingLost(
  storage: MemoryStorage,
  change: Change,
  wished: ReadonlyMap<SnapshotId, VersionFiles>,
  when: string,
): Promise<void> {
  const present = await versionsOf(pristine, storage);
  for (const id of versions) {
    const isOldThere = present.some((one) => one.id === id);
    const next = present.find(({ snapshot }) => snapshot.original === id);
    expect(isOldThere || next !== undefined, `${when}: ${id} is there`).toBe(true);
    if (next !== undefined)
      expect(await versionFiles(pristine, storage, next.id), when).toEqual(wished.get(id));
    if (isOldThere && change.start() === whole)
      expect(await versionFiles(pristine, storage, id), when).toEqual(await originalFiles(id));
  }
}

const originals = new Map<SnapshotId, Promise<VersionFiles>>();

function originalFiles(id: SnapshotId): Promise<VersionFiles> {
  const files = originals.get(id) ?? versionFiles(pristine, whole, id);
  originals.set(id, files);
  return files;
}

/** A check finds nothing but packs that a later prune takes away. */
async function readsClean(storage: MemoryStorage): Promise<boolean> {
  return (await troublesOf(pristine, storage)).every((trouble) => trouble.includes('packNotIndexed'));
}

/** As `unlock` does after a process has died. */
function unlock(storage: MemoryStorage): void {
  for (const path of storage.files.keys()) if (path.startsWith('locks/')) storage.files.delete(path);
}

async function outcomeOf(run: Promise<unknown>): Promise<TidemarkError | undefined> {
  try {
    await run;
    return undefined;
  } catch (error) {
    if (isTidemarkError(error)) return error;
    throw error;
  }
}

async function assertFinishes(
  storage: MemoryStorage,
  change: Change,
  wished: ReadonlyMap<SnapshotId, VersionFiles>,
  when: string,
): Promise<void> {
  unlock(storage);
  await change.run(storage);
  const present = await versionsOf(pristine, storage);
  expect(present, when).toHaveLength(versions.length);
  for (const { id, snapshot } of present)
    expect(await versionFiles(pristine, storage, id), when).toEqual(wished.get(snapshot.original ?? id));
  if (change.start() === whole) expect(await readsClean(storage), when).toBe(true);
}

describe.each(Object.entries(CHANGES))('%s', (name, change) => {
  it.each<[string, StopPlan]>([
    ['before it takes effect', {}],
    ['after it took effect', { lastTakesEffect: true }],
  ])(
    'E12 killed at each change, %s',
    async (_when, plan) => {
      const wished = await wishedFor(change);
      const counting = new FaultStorage(change.start().fork());
      await change.run(counting);
      expect(counting.changeCount).toBeGreaterThan(name === 'repair snapshots with live files' ? 3 : 7);
      for (let k = 1; k <= counting.changeCount; k++) {
        const storage = change.start().fork();
        const dying = new FaultStorage(storage).stopAt(k, plan);
        await outcomeOf(change.run(dying));
        dying.assertAllReached();
        await assertNothingLost(storage, change, wished, `killed at ${String(k)}`);
        if (change.start() === whole) expect(await readsClean(storage), `killed at ${String(k)}`).toBe(true);
        await assertFinishes(storage, change, wished, `after ${String(k)}`);
      }
    },
    60_000,
  );

  const error = new TidemarkError('storage.ioFailed', { location: 'x', operation: 'save', reason: 'EIO' });
  it.each<[string, 'save' | 'remove', Fault]>([
    ['fails', 'save', { kind: 'fail', error }],
    ['is only said to be done', 'save', { kind: 'lie' }],
    ['is cut short', 'save', { kind: 'truncate', bytes: 60 }],
    ['fails', 'remove', { kind: 'fail', error }],
    ['is only said to be done', 'remove', { kind: 'lie' }],
  ])(
    'goes on after this at each in turn: %s (%s)',
    async (_how, method, fault) => {
      const wished = await wishedFor(change);
      for (let skip = 0; ; skip++) {
        const storage = change.start().fork();
        const faulty = new FaultStorage(storage).plan(method, fault, { skip });
        await outcomeOf(change.run(faulty));
        if (!wasReached(faulty)) {
          expect(skip).toBeGreaterThan(0);
          break;
        }
        const when = `${method} ${String(skip)}`;
        await assertNothingLost(storage, change, wished, when);
        await assertFinishes(storage, change, wished, when);
      }
    },
    60_000,
  );
});

function wasReached(faulty: FaultStorage): boolean {
  try {
    faulty.assertAllReached();
    return true;
  } catch {
    return false;
  }
}

it('the next run of a tag change that was killed does not make a second new version', async () => {
  const storage = whole.fork();
  const path = `snapshots/${versions[0]!}`;
  const old = storage.files.get(path)!;
  await CHANGES['tag']!.run(storage);
  storage.files.set(path, old);
  const before = (await reopen(pristine, storage).snapshots.loadAll()).snapshots.length;
  await CHANGES['tag']!.run(storage);
  expect((await versionsOf(pristine, storage)).length).toBe(before - 1);
});
