/** Index files that take the place of others: durable before the old ones go, packs never split. */
import { randomBytes } from 'node:crypto';
import { beforeAll, expect, it } from 'vitest';
import { TidemarkError } from '#base/errors.ts';
import type { IndexId, PackId } from '#base/ids.ts';
import { rewriteIndex } from '#repository/index-rewrite.ts';
import type { PackToIndex } from '#repository/index-writer.ts';
import type { Repository } from '#repository/repository.ts';
import { makeMemoryRepository, reopen, type MemoryRepository } from '#test/support/engine.ts';
import { FaultStorage } from '#test/support/fault-storage.ts';

let empty: MemoryRepository;

beforeAll(async () => {
  empty = await makeMemoryRepository();
});

const held = { assertHeld: () => Promise.resolve() };

function makePack(blobCount: number): PackToIndex {
  const id = randomBytes(32).toString('hex') as PackId;
  const entries = Array.from({ length: blobCount }, (_, i) => ({
    type: 'data' as const,
    id: new Uint8Array(randomBytes(32)),
    offset: i * 50,
    sealedLength: 50,
    uncompressedLength: 0,
  }));
  return { id, blobCount, entries: () => entries };
}

async function indexIds(repository: Repository): Promise<IndexId[]> {
  return (await repository.files.list('index')).map(({ name }) => name as IndexId);
}

it('closes a file when it is full and keeps packs whole', async () => {
  const repository = reopen(empty.repository, empty.storage.fork());
  const packs = [makePack(30_000), makePack(30_000), makePack(10)];
  const written = await rewriteIndex(repository.files, packs, [], held);
  expect(written.map(({ packIds }) => packIds)).toEqual([[packs[0]!.id, packs[1]!.id], [packs[2]!.id]]);
  expect((await indexIds(repository)).toSorted()).toEqual(written.map(({ indexId }) => indexId).toSorted());
  await repository.loadIndex();
  expect(repository.index.entryCount).toBe(60_010);
});

it('has at every moment a file that names each pack', async () => {
  const storage = empty.storage.fork();
  const before = reopen(empty.repository, storage);
  const packs = [makePack(2), makePack(3)];
  const oldIds: IndexId[] = [];
  for (const pack of packs)
    for (const { indexId } of await rewriteIndex(before.files, [pack], [], held)) oldIds.push(indexId);
  for (let k = 1; k <= 3; k++) {
    const dying = storage.fork();
    const repository = reopen(empty.repository, new FaultStorage(dying).stopAt(k, { lastTakesEffect: true }));
    await expect(rewriteIndex(repository.files, packs, oldIds, held)).rejects.toThrow();
    const after = reopen(empty.repository, dying);
    await after.loadIndex();
    for (const { id } of packs) expect(after.index.hasPack(id), `stopped at ${String(k)}`).toBe(true);
  }
  await rewriteIndex(before.files, packs, oldIds, held);
  expect((await indexIds(before)).length).toBe(1);
});

it('ends when a removed file is still there', async () => {
  const storage = empty.storage.fork();
  const lying = new FaultStorage(storage).plan('remove', { kind: 'lie' }, { type: 'index' });
  const repository = reopen(empty.repository, lying);
  const [old] = await rewriteIndex(repository.files, [makePack(1)], [], held);
  await expect(rewriteIndex(repository.files, [], [old!.indexId], held)).rejects.toMatchObject({
    code: 'storage.ioFailed',
  });
  lying.assertAllReached();
});

it('changes nothing without the lock', async () => {
  const storage = empty.storage.fork();
  const repository = reopen(empty.repository, storage);
  const [old] = await rewriteIndex(repository.files, [makePack(1)], [], held);
  const before = [...storage.files.keys()];
  const lost = {
    assertHeld: () => Promise.reject(new TidemarkError('repository.lockLost', { reason: 'test' })),
  };
  await expect(rewriteIndex(repository.files, [makePack(1)], [], lost)).rejects.toThrow();
  await expect(rewriteIndex(repository.files, [], [old!.indexId], lost)).rejects.toThrow();
  expect([...storage.files.keys()]).toEqual(before);
});
