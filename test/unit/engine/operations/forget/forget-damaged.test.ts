import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { BlobId, SnapshotId } from '#base/ids.ts';
import { executeForgetDamaged, type DamagedSnapshot } from '#operations/forget/forget-damaged.ts';
import type { KeepCopy } from '#operations/keep-copy.ts';
import type { Repository } from '#repository/repository.ts';
import type { MemoryStorage } from '#storage/memory/memory-storage.ts';
import { makeMemoryRepository, type MemoryRepository } from '#test/support/engine.ts';
import { FaultStorage } from '#test/support/fault-storage.ts';
import { failureOf } from '#test/support/upkeep-works.ts';
import { reopenHastily } from '#test/support/version-files.ts';

let full: MemoryRepository;
let ids: SnapshotId[];
let storage: MemoryStorage;
let kept: Map<string, Uint8Array>;

const keepCopy: KeepCopy = async (name, bytes) => {
  kept.set(name, bytes.slice());
};

beforeAll(async () => {
  full = await makeMemoryRepository();
  const { snapshots } = full.repository;
  const plain = { hostname: 'h', username: 'u', uid: 0, gid: 0, paths: ['/p'], excludes: [], tags: [] };
  const save = (day: number): Promise<SnapshotId> =>
    snapshots.save({ ...plain, time: `2026-03-0${day}T10:00:00Z`, tree: 'ab'.repeat(32) as BlobId });
  ids = [await save(1), await save(2), await save(3)];
});

beforeEach(() => {
  storage = full.storage.fork();
  kept = new Map();
});

const pathOf = (id: string): string => `snapshots/${id}`;

/** Flips a bit of it. @returns its bytes since */
function damage(id: string): Uint8Array {
  const bytes = storage.files.get(pathOf(id))!;
  bytes[20]! ^= 4;
  return bytes.slice();
}

function forgetDamaged(
  names: readonly string[],
  changes: { dryRun?: boolean; keepCopy?: KeepCopy; at?: FaultStorage } = {},
): Promise<readonly DamagedSnapshot[]> {
  const repository: Repository = reopenHastily(full.repository, changes.at ?? storage);
  return executeForgetDamaged(
    { repository, keepCopy: changes.keepCopy ?? keepCopy },
    { ids: names, dryRun: changes.dryRun ?? false },
  );
}

function snapshotsLeft(): string[] {
  return [...storage.files.keys()].filter((path) => path.startsWith('snapshots/')).sort();
}

describe('damaged snapshot files', () => {
  it('E4 go when they are named, after a copy of them is kept; nothing else does', async () => {
    const bytes = damage(ids[1]!);
    const before = new Map(storage.files);
    let wasThere: boolean | undefined;
    const result = await forgetDamaged([ids[1]!.slice(0, 9)], {
      keepCopy: async (name, copy) => {
        wasThere = storage.files.has(pathOf(ids[1]!));
        await keepCopy(name, copy);
      },
    });
    expect(result).toEqual([{ id: ids[1], reason: 'its contents do not match its name' }]);
    expect(wasThere).toBe(true);
    expect(kept).toEqual(new Map([[`snapshot-${ids[1]!}`, bytes]]));
    before.delete(pathOf(ids[1]!));
    expect(new Map(storage.files)).toEqual(before);
  });

  it('stay in a trial', async () => {
    damage(ids[0]!);
    const before = new Map(storage.files);
    expect(await forgetDamaged([ids[0]!], { dryRun: true })).toMatchObject([{ id: ids[0] }]);
    expect(kept.size).toBe(0);
    expect(new Map(storage.files)).toEqual(before);
  });

  it('stay when a copy cannot be kept', async () => {
    damage(ids[0]!);
    const failing = forgetDamaged([ids[0]!], { keepCopy: () => Promise.reject(new Error('no room')) });
    await expect(failing).rejects.toThrow('no room');
    expect(snapshotsLeft()).toHaveLength(3);
    expect([...storage.files.keys()].filter((path) => path.startsWith('locks/'))).toEqual([]);
  });

  it('of no bytes at all too', async () => {
    storage.files.set(pathOf(ids[2]!), new Uint8Array());
    await forgetDamaged([ids[2]!]);
    expect(snapshotsLeft()).toEqual([ids[0], ids[1]].map((id) => pathOf(id!)).sort());
  });
});

describe('nothing goes', () => {
  async function expectRefused(names: readonly string[], code: string, what: RegExp): Promise<void> {
    const failure = await failureOf(forgetDamaged(names));
    expect(failure?.code).toBe(code);
    expect(JSON.stringify(failure?.data)).toMatch(what);
    expect(snapshotsLeft()).toHaveLength(3);
    expect(kept.size).toBe(0);
  }

  it('when one of them can be read', async () => {
    damage(ids[0]!);
    await expectRefused([ids[0]!, ids[1]!], 'request.invalidInput', /can be read/);
  });

  it('when one is whole, and only this program does not understand it', async () => {
    // As a program of the future might write it.
    const { files } = reopenHastily(full.repository, storage);
    storage.files.delete(pathOf(ids[2]!));
    const strange = await files.save<SnapshotId>('snapshot', Buffer.from('{"time":"next Tuesday"}'));
    await expectRefused([strange], 'request.invalidInput', /whole, but not understood/);
  });

  it('when there is none of that name', async () => {
    await expectRefused(['0123'], 'repository.objectNotFound', /0123/);
  });

  it('when the place gives other bytes each time it is asked', async () => {
    damage(ids[0]!);
    const at = new FaultStorage(storage);
    at.plan('load', { kind: 'truncate', bytes: 30 }, { type: 'snapshot' });
    const failure = await failureOf(forgetDamaged([ids[0]!], { at }));
    at.assertAllReached();
    expect(failure?.code).toBe('storage.ioFailed');
    expect(snapshotsLeft()).toHaveLength(3);
  });
});
