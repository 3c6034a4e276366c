/**
 * Every operation that changes a repository, each with a small repository to begin with and what must be true of it: at any
 * moment (`assertKept`), and when the operation has come to its end (`assertDone`). For tests that make the store misbehave.
 * Workers run in the test's own thread; places are forks in memory.
 */
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import { textToByteString } from '#base/byte-string.ts';
import { isTidemarkError, type TidemarkError } from '#base/errors.ts';
import type { SnapshotId } from '#base/ids.ts';
import { createSourceFiles } from '#files/open-files.ts';
import { executeBackup } from '#operations/backup/execute.ts';
import { executeCheck } from '#operations/check/execute.ts';
import type { CheckProblem } from '#operations/check/types.ts';
import { executeCopy } from '#operations/copy/execute.ts';
import { executeForget } from '#operations/forget/execute.ts';
import { executeRecover } from '#operations/recover/execute.ts';
import { executeRepairIndex } from '#operations/repair-index/execute.ts';
import { executeRewrite } from '#operations/rewrite/execute.ts';
import { executeTag } from '#operations/tag.ts';
import type { Repository } from '#repository/repository.ts';
import { EMPTY_POLICY } from '#rules/retention-policy.ts';
import type { MemoryStorage } from '#storage/memory/memory-storage.ts';
import type { Storage } from '#storage/port.ts';
import { backupRequest, makeMemoryRepository, reopen } from '#test/support/engine.ts';
import { inThreadBackupPipeline, inThreadPipeline } from '#test/support/in-thread-pipeline.ts';
import { contentsOf, runPrune, troublesOf } from '#test/support/prune.ts';
import { reopenHastily } from '#test/support/version-files.ts';

/** Small, so that a small source has many packs. */
const PACK_SIZE_BYTES = 12_000;
const GENERATIONS = 3;

export const WORK_NAMES = [
  'backup',
  'forget',
  'prune',
  'copy',
  'tag',
  'rewrite --forget',
  'repair index',
  'recover',
] as const;
export type WorkName = (typeof WORK_NAMES)[number];

export interface Work {
  /** Fork it, never change it. */
  readonly start: MemoryStorage;
  run(at: Storage, signal?: AbortSignal): Promise<unknown>;
  /** Nothing is lost, whatever has happened. */
  assertKept(at: MemoryStorage, when: string): Promise<void>;
  assertDone(at: MemoryStorage, when: string): Promise<void>;
}

export interface UpkeepWorks {
  readonly pristine: Repository;
  /** All versions, nothing wrong. */
  readonly image: MemoryStorage;
  readonly contents: ReadonlyMap<SnapshotId, string>;
  /** The folder that was saved, with changes since. */
  readonly source: string;
  readonly works: Readonly<Record<WorkName, Work>>;
  dispose(): void;
}

export async function makeUpkeepWorks(): Promise<UpkeepWorks> {
  const folder = fs.mkdtempSync(join(fs.existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'tidemark-upkeep-'));
  const source = join(folder, 'source');
  const { repository: pristine, storage: image } = await makeMemoryRepository();
  for (let generation = 0; generation < GENERATIONS; generation++) {
    for (let i = 0; i < 4; i++)
      if (generation === 0 || i % GENERATIONS === generation) plant(`${String(i)}/file`, 5_000);
    plant('secret/file', 1_000);
    await backup(image, undefined, `2026-01-0${String(generation + 1)}T00:00:00Z`);
  }
  const contents = await contentsOf(pristine, image);
  const ids = [...contents.keys()];
  // Each fills a pack by itself, and lies deep enough for both workers to get some: so two are sent at a time.
  for (let i = 0; i < 6; i++) plant(`new ${String(i)}/below ${String(i)}/file`, PACK_SIZE_BYTES + 500);
  const grown = image.fork();
  await backup(grown);
  const wishedBackup = [...(await contentsOf(pristine, grown)).values()].toSorted();

  const works: Record<WorkName, Work> = {
    backup: {
      start: image,
      run: backup,
      assertKept: keepsAll,
      assertDone: async (at, when) => {
        await keepsAll(at, when);
        const values = [...(await contentsOf(pristine, at)).values()];
        expect(values, when).toEqual(expect.arrayContaining(wishedBackup));
      },
    },
    forget: {
      start: image,
      run: (at, signal) => executeForget(reopenHastily(pristine, at), FORGET_REQUEST, {}, signal),
      assertKept: async (at, when) => {
        await assertReadable(at, when);
        const present = await contentsOf(pristine, at);
        for (const id of ids.slice(-1)) expect(present.get(id), when).toBe(contents.get(id));
        for (const [id, content] of present) expect(content, when).toBe(contents.get(id));
      },
      assertDone: async (at, when) => {
        await assertReadable(at, when);
        expect([...(await contentsOf(pristine, at)).keys()].toSorted(), when).toEqual(
          ids.slice(-1).toSorted(),
        );
      },
    },
    prune: pruneWork(),
    copy: await copyWork(),
    tag: await changeWork((at, signal) =>
      executeTag(
        reopenHastily(pristine, at),
        { change: { kind: 'change', add: ['x'], remove: [] }, snapshots: {} },
        {},
        signal,
      ),
    ),
    'rewrite --forget': await changeWork((at, signal) =>
      executeRewrite(
        { repository: reopenHastily(pristine, at), pipeline: inThreadBackupPipeline },
        {
          snapshots: {},
          exclude: { patterns: [textToByteString('secret')] },
          forget: true,
          addSummary: false,
        },
        {},
        signal,
      ),
    ),
    'repair index': repairWork(),
    recover: recoverWork(),
  };
  return {
    pristine,
    image,
    contents,
    source,
    works,
    dispose: () => fs.rmSync(folder, { recursive: true, force: true }),
  };

  function plant(path: string, sizeBytes: number): void {
    fs.mkdirSync(join(source, path, '..'), { recursive: true });
    fs.writeFileSync(join(source, path), randomBytes(sizeBytes));
  }

  function backup(at: Storage, signal?: AbortSignal, time?: string): Promise<unknown> {
    const parts = {
      repository: reopenHastily(pristine, at),
      files: createSourceFiles(),
      pipeline: inThreadBackupPipeline,
    };
    const changes = {
      workingFolder: textToByteString(folder),
      packSizeBytes: PACK_SIZE_BYTES,
      ...(time === undefined ? {} : { time }),
    };
    return executeBackup(parts, backupRequest(['source'], changes), {}, signal);
  }

  async function assertReadable(at: MemoryStorage, when: string): Promise<void> {
    expect(await errorsOf(pristine, at), when).toEqual([]);
  }

  async function keepsAll(at: MemoryStorage, when: string): Promise<void> {
    await assertReadable(at, when);
    const present = await contentsOf(pristine, at);
    for (const [id, content] of contents) expect(present.get(id), when).toBe(content);
  }

  function pruneWork(): Work {
    const start = image.fork();
    start.files.delete(`snapshots/${ids[0]!}`);
    const kept = new Map([...contents].filter(([id]) => id !== ids[0]));
    async function assertKept(at: MemoryStorage, when: string): Promise<void> {
      await assertReadable(at, when);
      expect(await contentsOf(pristine, at), when).toEqual(kept);
    }
    return {
      start,
      run: (at, signal) =>
        runPrune(
          pristine,
          at,
          { maxUnused: { kind: 'bytes', bytes: 0 }, packSizeBytes: PACK_SIZE_BYTES },
          {},
          signal,
        ),
      assertKept,
      assertDone: async (at, when) => {
        await assertKept(at, when);
        expect(await troublesOf(pristine, at), when).toEqual([]);
      },
    };
  }

  async function copyWork(): Promise<Work> {
    const { repository: other, storage: start } = await makeMemoryRepository();
    const own = [...(await contentsOf(other, start)).values()];
    const known = [...own, ...contents.values()];
    async function valuesIn(at: MemoryStorage, when: string): Promise<string[]> {
      expect(await errorsOf(other, at), when).toEqual([]);
      return [...(await contentsOf(other, at)).values()];
    }
    return {
      start,
      run: (at, signal) =>
        executeCopy(
          {
            source: reopenHastily(pristine, image.fork()),
            destination: reopenHastily(other, at),
            pipeline: inThreadPipeline,
          },
          { ids: [], filter: {}, compression: 'auto', sourceNoLock: true, batchBytes: 20_000 },
          {},
          signal,
        ),
      assertKept: async (at, when) => {
        for (const value of await valuesIn(at, when)) expect(known, when).toContain(value);
      },
      // A listing that hid one that was there may have doubled it.
      assertDone: async (at, when) => expect(new Set(await valuesIn(at, when)), when).toEqual(new Set(known)),
    };
  }

  /** Each version is there as it was or as it is to become, in the end only as that. */
  async function changeWork(run: Work['run']): Promise<Work> {
    const whole = image.fork();
    await run(whole);
    const wished = await byOrigin(whole);
    expect([...wished.keys()].toSorted()).toEqual(ids.toSorted());
    return {
      start: image,
      run,
      assertKept: async (at, when) => {
        await assertReadable(at, when);
        const present = await contentsOf(pristine, at);
        const next = await byOrigin(at);
        for (const id of ids) {
          const isThere = present.get(id) === contents.get(id) || next.get(id) === wished.get(id);
          expect(isThere, `${when}: ${id}`).toBe(true);
        }
      },
      assertDone: async (at, when) => {
        await assertReadable(at, when);
        expect(await byOrigin(at), when).toEqual(wished);
        expect(new Set((await contentsOf(pristine, at)).values()), when).toEqual(new Set(wished.values()));
      },
    };
  }

  /** What each changed version holds, by the id of what it was made of. */
  async function byOrigin(at: MemoryStorage): Promise<Map<SnapshotId, string>> {
    const present = await contentsOf(pristine, at);
    const { snapshots } = await reopen(pristine, at).snapshots.loadAll();
    const found = new Map<SnapshotId, string>();
    for (const { id, snapshot } of snapshots)
      if (snapshot.original !== undefined) found.set(snapshot.original, present.get(id)!);
    return found;
  }

  /** Two snapshot files are lost. What cannot be read for a moment may make a folder look like the root of one. */
  function recoverWork(): Work {
    const start = image.fork();
    for (const id of ids.slice(0, 2)) start.files.delete(`snapshots/${id}`);
    const [, , kept] = ids;
    return {
      start,
      run: (at, signal) =>
        executeRecover(
          { repository: reopenHastily(pristine, at), pipeline: inThreadBackupPipeline },
          { trees: [], form: 'each', hostname: 'testhost', programVersion: 'tidemark test' },
          {},
          signal,
        ),
      assertKept: async (at, when) => {
        await assertReadable(at, when);
        expect((await contentsOf(pristine, at)).get(kept!), when).toBe(contents.get(kept!));
        for (const path of start.files.keys()) expect(at.files.has(path), `${when}: ${path}`).toBe(true);
      },
      assertDone: async (at, when) => {
        await assertReadable(at, when);
        const present = [...(await contentsOf(pristine, at)).values()];
        expect(present, when).toEqual(expect.arrayContaining([...contents.values()]));
      },
    };
  }

  /** One index file is lost, one is damaged. */
  function repairWork(): Work {
    const start = image.fork();
    const [first, second] = [...start.files.keys()].filter((path) => path.startsWith('index/'));
    start.files.delete(first!);
    start.files.get(second!)![50]! ^= 2;
    const packs = [...start.files.keys()].filter((path) => path.startsWith('data/'));
    return {
      start,
      run: (at, signal) => {
        const keepCopy = async (): Promise<void> => undefined;
        const parts = { repository: reopenHastily(pristine, at), pipeline: inThreadPipeline, keepCopy };
        return executeRepairIndex(parts, { readAllPacks: false, dryRun: false }, {}, signal);
      },
      // Nothing can be read until it is done; all that it would be read from is there.
      assertKept: async (at, when) => {
        for (const path of packs)
          expect(at.files.get(path), `${when}: ${path}`).toEqual(start.files.get(path));
        for (const id of ids)
          expect(at.files.get(`snapshots/${id}`), when).toEqual(start.files.get(`snapshots/${id}`));
      },
      assertDone: keepsAll,
    };
  }
}

const FORGET_REQUEST = {
  ids: [],
  filter: {},
  policy: { ...EMPTY_POLICY, counts: { last: 1 } },
  groupBy: ['host', 'paths'] as const,
  allowRemoveAll: false,
};

/** What a check finds wrong; contents are read by whoever compares them. */
async function errorsOf(repository: Repository, at: Storage): Promise<readonly CheckProblem[]> {
  const parts = { repository: reopen(repository, at), pipeline: inThreadPipeline };
  return (await executeCheck(parts, { readData: 'none', noLock: true })).errors;
}

/** What an operation ended with; undefined when it came to its end. Anything but our own errors is a bug. */
export async function failureOf(run: Promise<unknown>): Promise<TidemarkError | undefined> {
  try {
    await run;
    return undefined;
  } catch (error) {
    if (isTidemarkError(error)) return error;
    throw error;
  }
}

/** As after a process that died: what it held is let go of. */
export function unlock(at: MemoryStorage): void {
  for (const path of at.files.keys()) if (path.startsWith('locks/')) at.files.delete(path);
}
