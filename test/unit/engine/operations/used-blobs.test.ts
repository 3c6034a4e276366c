/** Marks of what snapshots reach: all of it, nothing else, and whatever is lost is told. */
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { ByteString } from '#base/byte-string.ts';
import { bytesToId, idToBytes, type BlobId } from '#base/ids.ts';
import { walkTree } from '#operations/find-in-snapshot.ts';
import { openReadingPool } from '#operations/open-reading-pool.ts';
import { markUsedBlobs, type UsedBlobs } from '#operations/used-blobs.ts';
import type { Repository } from '#repository/repository.ts';
import type { MemoryStorage } from '#storage/memory/memory-storage.ts';
import { backUp, makeMemoryRepository, reopen } from '#test/support/engine.ts';
import { inThreadBackupPipeline, inThreadPipeline } from '#test/support/in-thread-pipeline.ts';

let folder = '';
let pristine: Repository;
let storage: MemoryStorage;

beforeAll(async () => {
  folder = fs.mkdtempSync(join(tmpdir(), 'tidemark-used-'));
  ({ repository: pristine, storage } = await makeMemoryRepository());
  for (let state = 0; state < 2; state++) {
    for (let i = 0; i < 5; i++) {
      fs.mkdirSync(join(folder, `a/${String(i)}/deep`), { recursive: true });
      fs.writeFileSync(join(folder, `a/${String(i)}/deep/file`), i < 3 ? randomBytes(500) : 'the same');
    }
    await backUp(reopen(pristine, storage), folder, {}, {}, undefined, inThreadBackupPipeline);
  }
});
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

async function open(place: MemoryStorage = storage): Promise<{ repository: Repository; roots: BlobId[] }> {
  const repository = reopen(pristine, place);
  const { snapshots } = await repository.snapshots.loadAll();
  await repository.loadIndex();
  return { repository, roots: snapshots.map(({ snapshot }) => snapshot.tree!) };
}

async function mark(repository: Repository, roots: readonly BlobId[]): Promise<UsedBlobs> {
  const pool = openReadingPool(repository, inThreadPipeline);
  try {
    return await markUsedBlobs(repository, pool, roots);
  } finally {
    await pool.close();
  }
}

function marked(repository: Repository, { marks }: UsedBlobs): string[] {
  const handles: string[] = [];
  for (const [entry, isMarked] of marks.entries()) {
    const { type, id } = repository.index.entryAt(entry);
    if (isMarked === 1) handles.push(`${type} ${bytesToId(id)}`);
  }
  return handles.toSorted();
}

it('are all that a walk from the root meets, and nothing else', async () => {
  const { repository, roots } = await open();
  for (const some of [roots, [roots[0]!], [roots[1]!], []]) {
    const met = new Set<string>();
    for (const root of some) {
      met.add(`tree ${root}`);
      for await (const { node } of walkTree(repository, root, '/' as ByteString)) {
        if (node.subtree !== undefined) met.add(`tree ${node.subtree}`);
        for (const id of node.content ?? []) met.add(`data ${id}`);
      }
    }
    const used = await mark(repository, some);
    expect(marked(repository, used)).toEqual([...met].toSorted());
    expect(used.blobCount).toBe(met.size);
    expect(used.treeCount).toBe([...met].filter((handle) => handle.startsWith('tree')).length);
    expect(used.lost).toEqual([]);
  }
});

it('tell a root that is in no index', async () => {
  const { repository } = await open();
  const unknown = randomBytes(32).toString('hex') as BlobId;
  expect((await mark(repository, [unknown])).lost).toEqual([{ type: 'tree', blobId: unknown }]);
});

it('tell trees that cannot be opened and go on with the others', async () => {
  const { repository, roots } = await open();
  const [place] = repository.index.locations('tree', idToBytes(roots[1]!));
  const damaged = storage.fork();
  const path = `data/${place!.packId.slice(0, 2)}/${place!.packId}`;
  damaged.files.get(path)![place!.offset + 20]! ^= 1;
  const reopened = await open(damaged);
  const used = await mark(reopened.repository, reopened.roots);
  expect(used.lost).toMatchObject([{ type: 'tree', blobId: roots[1], reason: expect.any(String) }]);
  const first = await mark(repository, [roots[0]!]);
  expect(marked(reopened.repository, used)).toEqual(expect.arrayContaining(marked(repository, first)));
});

it('use another copy of a tree when one is damaged', async () => {
  const { repository, roots } = await open();
  const whole = await mark(repository, roots);
  const [place] = repository.index.locations('tree', idToBytes(roots[1]!));
  const twice = storage.fork();
  const from = `data/${place!.packId.slice(0, 2)}/${place!.packId}`;
  const copyId = randomBytes(32).toString('hex');
  twice.files.set(`data/${copyId.slice(0, 2)}/${copyId}`, storage.files.get(from)!.slice());
  twice.files.get(from)![place!.offset + 20]! ^= 1;
  const reopened = await open(twice);
  const { index } = reopened.repository;
  index.add(
    index.packNumber(copyId as never),
    'tree',
    idToBytes(roots[1]!),
    0,
    place!.offset,
    place!.length,
    place!.uncompressedLength,
  );
  const used = await mark(reopened.repository, reopened.roots);
  expect(used.lost).toEqual([]);
  expect(used.blobCount).toBe(whole.blobCount);
});
