/** What a prune removes, what it leaves, and when it refuses. Real repositories in memory. */
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { textToByteString, type ByteString } from '#base/byte-string.ts';
import { bytesToId, idToBytes, type PackId, type SnapshotId } from '#base/ids.ts';
import { sealBytes } from '#format/envelope.ts';
import { encodeIndex } from '#format/index-file.ts';
import { encodeHeaderLength, encodePackHeader, type PackEntry } from '#format/pack-header.ts';
import type { BackupRequest } from '#operations/backup/types.ts';
import { walkTree } from '#operations/find-in-snapshot.ts';
import type { PruneRequest } from '#operations/prune/types.ts';
import { Repository } from '#repository/repository.ts';
import type { MemoryStorage } from '#storage/memory/memory-storage.ts';
import { backUp, makeMemoryRepository, reopen } from '#test/support/engine.ts';
import { inThreadBackupPipeline } from '#test/support/in-thread-pipeline.ts';
import { contentsOf, orphansOf, packBytesOf, runPrune, troublesOf } from '#test/support/prune.ts';

const PACK_SIZE_BYTES = 40_000;

const THOROUGH: Partial<PruneRequest> = {
  maxUnused: { kind: 'bytes', bytes: 0 },
  packSizeBytes: PACK_SIZE_BYTES,
};

let folder = '';
let pristine: Repository;
/** Three snapshots; each has some files of the one before. */
let full: MemoryStorage;
const snapshotIds: SnapshotId[] = [];
/** What lay in the source then, by path. */
const sourceStates: Map<string, Buffer>[] = [];
const planted = new Map<string, Buffer>();

beforeAll(async () => {
  folder = fs.mkdtempSync(join(fs.existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'tidemark-prune-'));
  const { repository, storage } = await makeMemoryRepository();
  pristine = repository;
  for (let generation = 0; generation < 3; generation++) {
    for (let i = 0; i < 12; i++)
      if (i % 3 === generation || generation === 0) plant(`${String(i)}/file`, 8_000);
    for (let i = 0; i < 4; i++) plant(`changing/${String(i)}`, 2 * PACK_SIZE_BYTES);
    sourceStates.push(new Map(planted));
    snapshotIds.push(await save(storage));
  }
  full = storage;
});

afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

function plant(path: string, sizeBytes: number): void {
  fs.mkdirSync(join(folder, 'source', path, '..'), { recursive: true });
  const bytes = randomBytes(sizeBytes);
  fs.writeFileSync(join(folder, 'source', path), bytes);
  planted.set(path, bytes);
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
    const result = await runPrune(pristine, storage, THOROUGH);
    expect(await troublesOf(pristine, storage)).toEqual([]);
    expect(await contentsOf(pristine, storage)).toEqual(before);
    expect(await orphansOf(pristine, storage)).toEqual([]);
    expect(await packBytesOf(storage)).toBeLessThanOrEqual(bytesBefore);
    expect(result.stats.unusedAfterBytes).toBe(0);
    if (generations.length === 3) expect(storage.files.size).toBe(2);
    const again = await runPrune(pristine, storage, THOROUGH);
    expect(again.removedPacks + again.repackedPacks).toBe(0);
    expect(again.stats.unused.blobs).toBe(0);
  });
});

describe('the plan', () => {
  it('changes nothing in a dry run and says what the real one then does', async () => {
    const storage = without(0, 1);
    const before = storage.fork().files;
    const planned = await runPrune(pristine, storage, { ...THOROUGH, dryRun: true });
    expect([...storage.files.keys()].toSorted()).toEqual([...before.keys()].toSorted());
    for (const [path, bytes] of storage.files) expect(Buffer.compare(bytes, before.get(path)!)).toBe(0);
    const result = await runPrune(pristine, storage, THOROUGH);
    expect(planned.stats).toEqual(result.stats);
    expect(result.removedPacks).toBe(planned.stats.packs.remove + planned.stats.packs.repack);
    expect(result.repackedPacks).toBe(planned.stats.packs.repack);
  });

  it('counts forgotten snapshots as gone for the preview of a forget', async () => {
    const preview = await runPrune(pristine, full, {
      ...THOROUGH,
      dryRun: true,
      ignoredSnapshots: new Set([snapshotIds[0]!]),
    });
    const real = await runPrune(pristine, without(0), { ...THOROUGH, dryRun: true });
    expect(preview.stats).toEqual(real.stats);
  });

  it('leaves partly used packs alone within the tolerated share', async () => {
    const unlimited = await runPrune(pristine, without(0, 1), {
      ...THOROUGH,
      maxUnused: { kind: 'unlimited' },
      // Otherwise the packs of this small repository count as small.
      smallPackBytes: 0,
    });
    expect(unlimited.repackedPacks).toBe(0);
    expect(unlimited.stats.unusedAfterBytes).toBeGreaterThan(0);
    const { stats } = unlimited;
    // Exactly what is unused now may stay; one byte less may not.
    for (const [bytes, repacks] of [
      [stats.unusedAfterBytes, false],
      [stats.unusedAfterBytes - 1, true],
    ] as const) {
      const limited = await runPrune(pristine, without(0, 1), {
        ...THOROUGH,
        maxUnused: { kind: 'bytes', bytes },
        smallPackBytes: 0,
      });
      expect(limited.repackedPacks > 0).toBe(repacks);
    }
  });

  it('takes no more apart than it may', async () => {
    const all = await runPrune(pristine, without(0, 1), { ...THOROUGH, dryRun: true });
    const maxRepackBytes = all.stats.repack.bytes - 1;
    const storage = without(0, 1);
    const some = await runPrune(pristine, storage, { ...THOROUGH, maxRepackBytes });
    expect(some.stats.repack.bytes).toBeLessThanOrEqual(maxRepackBytes);
    expect(some.repackedPacks).toBeGreaterThan(0);
    expect(await troublesOf(pristine, storage)).toEqual([]);
    const none = await runPrune(pristine, without(0, 1), { ...THOROUGH, maxRepackBytes: 0 });
    expect(none.repackedPacks).toBe(0);
  });

  it('leaves file contents alone when only cacheable packs may be taken apart', async () => {
    const storage = without(0, 1);
    const before = await contentsOf(pristine, storage);
    const { stats } = await runPrune(pristine, storage, { ...THOROUGH, repackCacheableOnly: true });
    expect(stats.unusedAfterBytes).toBeGreaterThan(0);
    expect(await contentsOf(pristine, storage)).toEqual(before);
  });

  it('puts small packs together when there are ten of them, and not over and over', async () => {
    const { repository, storage } = await makeMemoryRepository();
    for (let i = 0; i < 5; i++) {
      plant(`small/${String(i)}`, 300);
      await backUpInto(repository, storage, 'source/small');
    }
    const packsBefore = (await storage.list('pack')).length;
    expect(packsBefore).toBe(10);
    const before = await contentsOf(repository, storage);
    const first = await runPrune(repository, storage);
    expect(first.repackedPacks).toBe(10);
    expect((await storage.list('pack')).length).toBe(2);
    expect((await storage.list('index')).length).toBe(1);
    expect(await contentsOf(repository, storage)).toEqual(before);
    expect((await runPrune(repository, storage)).repackedPacks).toBe(0);
  });
});

async function backUpInto(
  repository: Repository,
  storage: MemoryStorage,
  source: string,
  changes: Partial<BackupRequest> = {},
): Promise<SnapshotId> {
  const request = { workingFolder: textToByteString(folder), ...changes };
  const opened = reopen(repository, storage);
  return (await backUp(opened, source, request, {}, undefined, inThreadBackupPipeline)).snapshotId!;
}

describe('odd packs', () => {
  it('keeps one of several copies and frees the other', async () => {
    const storage = full.fork();
    const before = await contentsOf(pristine, storage);
    // Blobs of a second repository's worth of packs, sealed with the same keys: every blob is there twice.
    const other = makeSibling();
    for (const generation of [0, 1, 2]) {
      plantFrom(generation);
      await backUpInto(pristine, other, 'source', { packSizeBytes: 3 * PACK_SIZE_BYTES });
    }
    for (const [path, bytes] of other.files) if (/^(data|index)/.test(path)) storage.files.set(path, bytes);
    const { stats } = await runPrune(pristine, storage, THOROUGH);
    expect(stats.duplicate.blobs).toBeGreaterThan(10);
    expect(await troublesOf(pristine, storage)).toEqual([]);
    expect(await contentsOf(pristine, storage)).toEqual(before);
    const after = await runPrune(pristine, storage, { ...THOROUGH, dryRun: true });
    expect(after.stats.duplicate.blobs + after.stats.unused.blobs).toBe(0);
  });

  it.each([1, 2] as const)('takes mixed packs apart in version %d', async (version) => {
    const { repository, storage } = await makeMemoryRepository({ version });
    await backUpInto(repository, storage, 'source');
    await mixPacks(repository, storage);
    const before = await contentsOf(repository, storage);
    expect((await troublesOf(repository, storage)).join()).toContain('mixedPack');
    await runPrune(repository, storage, { maxUnused: { kind: 'unlimited' } });
    expect(await troublesOf(repository, storage)).toEqual([]);
    expect(await contentsOf(repository, storage)).toEqual(before);
  });

  it('compresses what is not compressed when asked to', async () => {
    const { repository, storage } = await makeMemoryRepository();
    fs.mkdirSync(join(folder, 'text'), { recursive: true });
    fs.writeFileSync(join(folder, 'text/file'), 'the same words again and again. '.repeat(3_000));
    await backUpInto(repository, storage, 'text', { compression: 'off' });
    const before = await contentsOf(repository, storage);
    const bytes = await packBytesOf(storage);
    expect((await runPrune(repository, storage)).repackedPacks).toBe(0);
    expect((await runPrune(repository, storage, { repackUncompressed: true })).repackedPacks).toBe(1);
    expect(await packBytesOf(storage)).toBeLessThan(bytes / 10);
    expect(await troublesOf(repository, storage)).toEqual([]);
    expect(await contentsOf(repository, storage)).toEqual(before);
    expect((await runPrune(repository, storage, { repackUncompressed: true })).repackedPacks).toBe(0);
  });

  it('cannot compress in version 1, and says so', async () => {
    const { repository, storage } = await makeMemoryRepository({ version: 1 });
    await expect(runPrune(repository, storage, { repackUncompressed: true })).rejects.toMatchObject({
      code: 'request.invalidInput',
    });
  });

  it('compresses the folders of a repository that was brought from version 1 to 2', async () => {
    const { repository, storage } = await makeMemoryRepository({ version: 1 });
    await backUpInto(repository, storage, 'source');
    const { config, keys, keyId, ports } = repository;
    const upgraded = new Repository(ports, { ...config, version: 2 }, keys, keyId);
    const before = await contentsOf(upgraded, storage);
    const { stats } = await runPrune(upgraded, storage);
    expect(stats.packs.repack).toBeGreaterThan(0);
    expect(await contentsOf(upgraded, storage)).toEqual(before);
    expect(await troublesOf(upgraded, storage)).toEqual([]);
    expect((await runPrune(upgraded, storage)).repackedPacks).toBe(0);
  });
});

describe('a prune refuses', () => {
  async function assertRefused(storage: MemoryStorage, error: Record<string, unknown>): Promise<void> {
    const before = [...storage.files.keys()].toSorted();
    await expect(runPrune(pristine, storage, THOROUGH)).rejects.toMatchObject(error);
    expect([...storage.files.keys()].toSorted()).toEqual(before);
  }

  /** Packs of one kind that the newest snapshot needs, by pack id. */
  async function neededPacks(storage: MemoryStorage): Promise<string[]> {
    const opened = reopen(pristine, storage);
    await opened.loadIndex();
    const { snapshot } = await opened.snapshots.load(snapshotIds[2]!);
    const [tree] = opened.index.locations('tree', idToBytes(snapshot.tree!));
    const packIds = new Set<string>([tree!.packId]);
    for await (const { node } of walkTree(opened, snapshot.tree!, '/' as ByteString))
      for (const id of node.content ?? [])
        for (const { packId } of opened.index.locations('data', idToBytes(id))) packIds.add(packId);
    return [...packIds];
  }

  it('when a pack is missing that a snapshot needs, and names the snapshot', async () => {
    for (const packId of await neededPacks(full)) {
      const storage = without(0, 1);
      storage.files.delete(`data/${packId.slice(0, 2)}/${packId}`);
      await assertRefused(storage, {
        code: 'integrity.incomplete',
        data: { snapshotIds: [snapshotIds[2]] },
      });
    }
  });

  it('when such a pack has lost its end', async () => {
    const [, packId] = await neededPacks(full);
    const storage = without(0, 1);
    const path = `data/${packId!.slice(0, 2)}/${packId!}`;
    storage.files.set(path, storage.files.get(path)!.slice(0, -1));
    await assertRefused(storage, { code: 'integrity.incomplete' });
  });

  it('E4 when a snapshot file cannot be read', async () => {
    const storage = without(0);
    const path = `snapshots/${snapshotIds[1]!}`;
    storage.files.set(
      path,
      storage.files.get(path)!.map((byte, i) => (i === 40 ? byte ^ 1 : byte)),
    );
    await assertRefused(storage, { code: 'integrity.fileCorrupt', data: { kind: 'snapshot' } });
  });

  it('when an index file cannot be read', async () => {
    for (const path of [...full.files.keys()].filter((name) => name.startsWith('index/'))) {
      const storage = without(0);
      storage.files.set(path, storage.files.get(path)!.slice(0, -1));
      await assertRefused(storage, { code: 'integrity.indexCorrupt' });
    }
  });

  it('when an index file is gone that a snapshot needs', async () => {
    const [path] = [...full.files.keys()].filter((name) => name.startsWith('index/'));
    const storage = full.fork();
    storage.files.delete(path!);
    await assertRefused(storage, { code: 'integrity.incomplete' });
  });

  it('when a folder’s list is damaged', async () => {
    const opened = reopen(pristine, full);
    await opened.loadIndex();
    const { snapshot } = await opened.snapshots.load(snapshotIds[2]!);
    const [{ packId, offset } = { packId: '', offset: 0 }] = opened.index.locations(
      'tree',
      idToBytes(snapshot.tree!),
    );
    const storage = without(0, 1);
    const path = `data/${packId.slice(0, 2)}/${packId}`;
    storage.files.set(
      path,
      storage.files.get(path)!.map((byte, i) => (i === offset + 20 ? byte ^ 1 : byte)),
    );
    await assertRefused(storage, { code: 'integrity.incomplete', data: { lostBlobs: 1, paths: ['/'] } });
  });

  it('to go on when a piece to be moved is damaged, and takes back what it wrote', async () => {
    const opened = reopen(pristine, without(0, 1));
    const { stats } = await runPrune(pristine, without(0, 1), { ...THOROUGH, dryRun: true });
    expect(stats.packs.repack).toBeGreaterThan(1);
    await opened.loadIndex();
    const { snapshot } = await opened.snapshots.load(snapshotIds[2]!);
    let damaged = 0;
    for await (const { node } of walkTree(opened, snapshot.tree!, '/' as ByteString)) {
      for (const blobId of node.content ?? []) {
        const storage = without(0, 1);
        const [{ packId, offset } = { packId: '', offset: 0 }] = opened.index.locations(
          'data',
          idToBytes(blobId),
        );
        const path = `data/${packId.slice(0, 2)}/${packId}`;
        storage.files.set(
          path,
          storage.files.get(path)!.map((byte, i) => (i === offset + 20 ? byte ^ 1 : byte)),
        );
        const before = [...storage.files.keys()].toSorted();
        try {
          await runPrune(pristine, storage, THOROUGH);
        } catch (error) {
          damaged++;
          expect(error).toMatchObject({ code: 'integrity.blobCorrupt', data: { blobId, packId } });
          expect([...storage.files.keys()].toSorted()).toEqual(before);
        }
      }
    }
    expect(damaged).toBeGreaterThan(1);
  });
});

describe('what is broken and not needed', () => {
  it('does not stop it: a missing pack is struck from the index, one of wrong size removed', async () => {
    const planned = await unusedPacks();
    expect(planned.length).toBeGreaterThan(1);
    const storage = without(0, 1);
    const [missing, short] = planned;
    storage.files.delete(`data/${missing!.slice(0, 2)}/${missing!}`);
    const path = `data/${short!.slice(0, 2)}/${short!}`;
    storage.files.set(path, storage.files.get(path)!.slice(0, 100));
    const before = await contentsOf(pristine, storage);
    const { stats } = await runPrune(pristine, storage, THOROUGH);
    expect(stats.packs.missing).toBe(1);
    expect(await troublesOf(pristine, storage)).toEqual([]);
    expect(await contentsOf(pristine, storage)).toEqual(before);
  });

  it('a damaged copy does no harm when another one is whole', async () => {
    const storage = without(0, 1);
    const other = makeSibling();
    plantFrom(2);
    await backUpInto(pristine, other, 'source', { packSizeBytes: 3 * PACK_SIZE_BYTES });
    for (const [path, bytes] of other.files) if (/^(data|index)/.test(path)) storage.files.set(path, bytes);
    const before = await contentsOf(pristine, storage);
    for (const path of other.files.keys()) {
      if (!path.startsWith('data/')) continue;
      const damaged = storage.fork();
      damaged.files.set(path, damaged.files.get(path)!.slice(0, -3));
      await runPrune(pristine, damaged, THOROUGH);
      expect(await troublesOf(pristine, damaged)).toEqual([]);
      expect(await contentsOf(pristine, damaged)).toEqual(before);
    }
  });

  /** With the snapshots of the first two generations gone. */
  async function unusedPacks(): Promise<string[]> {
    const storage = without(0, 1);
    await runPrune(pristine, storage, { ...THOROUGH, maxUnused: { kind: 'unlimited' }, smallPackBytes: 0 });
    const left = new Set((await storage.list('pack')).map(({ name }) => name));
    return (await full.list('pack')).map(({ name }) => name).filter((name) => !left.has(name));
  }
});

/** An empty repository that the same keys open. */
function makeSibling(): MemoryStorage {
  const storage = full.fork();
  for (const path of storage.files.keys())
    if (/^(data|index|snapshots|locks)/.test(path)) storage.files.delete(path);
  return storage;
}

/** Puts the source back to a generation. */
function plantFrom(generation: number): void {
  for (const [path, bytes] of sourceStates[generation]!) {
    fs.mkdirSync(join(folder, 'source', path, '..'), { recursive: true });
    fs.writeFileSync(join(folder, 'source', path), bytes);
  }
}

/** As very old programs wrote: one pack with data and folders, in place of all others. */
async function mixPacks(repository: Repository, storage: MemoryStorage): Promise<void> {
  const opened = reopen(repository, storage);
  await opened.loadIndex();
  const { primitives } = opened.ports;
  const parts: Uint8Array[] = [];
  const entries: PackEntry[] = [];
  let at = 0;
  opened.index.forEach((packNumber, type, id, offset, length, uncompressedLength) => {
    const packId = opened.index.packIdOf(packNumber);
    const bytes = storage.files.get(`data/${packId.slice(0, 2)}/${packId}`)!;
    parts.push(bytes.slice(offset, offset + length));
    entries.push({ type, id: id.slice(), offset: at, sealedLength: length, uncompressedLength });
    at += length;
  });
  const header = sealBytes(primitives, opened.keys, encodePackHeader(entries));
  const pack = Buffer.concat([...parts, header, encodeHeaderLength(header.length)]);
  for (const path of storage.files.keys()) if (/^(data|index)/.test(path)) storage.files.delete(path);
  const id = bytesToId<PackId>(primitives.sha256(pack));
  await storage.save('pack', id, pack);
  await opened.files.save('index', encodeIndex([{ id, entries }]));
}
