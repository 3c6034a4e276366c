/** What a prune removes, what it leaves, and when it refuses. Real repositories in memory. */
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { textToByteString } from '#base/byte-string.ts';
import type { SnapshotId } from '#base/ids.ts';
import type { Repository } from '#repository/repository.ts';
import type { MemoryStorage } from '#storage/memory/memory-storage.ts';
import { backUp, makeMemoryRepository, reopen } from '#test/support/engine.ts';
import { inThreadBackupPipeline } from '#test/support/in-thread-pipeline.ts';
import { contentsOf, orphansOf, packBytesOf, runPrune, troublesOf } from '#test/support/prune.ts';

const PACK_SIZE_BYTES = 40_000;

let folder = '';
let pristine: Repository;
/** Three snapshots; each has some files of the one before. */
let full: MemoryStorage;
const snapshotIds: SnapshotId[] = [];

beforeAll(async () => {
  folder = fs.mkdtempSync(join(fs.existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'tidemark-prune-'));
  const { repository, storage } = await makeMemoryRepository();
  pristine = repository;
  for (let generation = 0; generation < 3; generation++) {
    for (let i = 0; i < 12; i++)
      if (i % 3 === generation || generation === 0) plant(`${String(i)}/file`, 8_000);
    snapshotIds.push(await save(storage));
  }
  full = storage;
});

afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

function plant(path: string, sizeBytes: number): void {
  fs.mkdirSync(join(folder, 'source', path, '..'), { recursive: true });
  fs.writeFileSync(join(folder, 'source', path), randomBytes(sizeBytes));
}

async function save(storage: MemoryStorage): Promise<SnapshotId> {
  const changes = { workingFolder: textToByteString(folder), packSizeBytes: PACK_SIZE_BYTES };
  const { snapshotId } = await backUp(
    reopen(pristine, storage),
    'source',
    changes,
    {},
    undefined,
    inThreadBackupPipeline,
  );
  return snapshotId!;
}

/** A copy of the repository without the given snapshots. */
function without(...generations: readonly number[]): MemoryStorage {
  const storage = full.fork();
  for (const generation of generations) storage.files.delete(`snapshots/${snapshotIds[generation]!}`);
  return storage;
}

describe('a prune', () => {
  it.each([
    ['the oldest', [0]],
    ['the newest', [2]],
    ['all but one', [0, 1]],
    ['all', [0, 1, 2]],
    ['nothing', []],
  ])('after forgetting %s leaves exactly what the others need', async (_name, generations) => {
    const storage = without(...generations);
    const before = await contentsOf(pristine, storage);
    const bytesBefore = await packBytesOf(storage);
    const result = await runPrune(pristine, storage, {
      maxUnused: { kind: 'bytes', bytes: 0 },
      packSizeBytes: PACK_SIZE_BYTES,
    });
    expect(await troublesOf(pristine, storage)).toEqual([]);
    expect(await contentsOf(pristine, storage)).toEqual(before);
    expect(await orphansOf(pristine, storage)).toEqual([]);
    expect(await packBytesOf(storage)).toBeLessThanOrEqual(bytesBefore);
    expect(result.stats.unusedAfterBytes).toBe(0);
    if (generations.length === 3) expect(storage.files.size).toBe(2);
    const again = await runPrune(pristine, storage, { maxUnused: { kind: 'bytes', bytes: 0 } });
    expect(again.removedPacks + again.repackedPacks).toBe(0);
    expect(again.stats.unused.blobs).toBe(0);
  });
});
