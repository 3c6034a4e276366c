import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { IndexId, SnapshotId } from '#base/ids.ts';
import type { SealedFileType } from '#repository/repository-files.ts';
import type { MemoryStorage } from '#storage/memory/memory-storage.ts';
import { makeMemoryRepository, reopen, type MemoryRepository } from '#test/support/engine.ts';
import { failureOf } from '#test/support/upkeep-works.ts';

let made: MemoryRepository;
let storage: MemoryStorage;
const ids = new Map<SealedFileType, readonly [string, string]>();

beforeAll(async () => {
  made = await makeMemoryRepository();
  const { files } = made.repository;
  const save = <Id extends string>(type: SealedFileType, text: string): Promise<Id> =>
    files.save<Id>(type, Buffer.from(text));
  ids.set('snapshot', [await save<SnapshotId>('snapshot', '{"a":1}'), await save('snapshot', '{"b":2}')]);
  ids.set('index', [await save<IndexId>('index', '{"packs":[]}'), await save('index', '{"packs": []}')]);
});
beforeEach(() => {
  storage = made.storage.fork();
});

describe.each([
  ['snapshot', 'snapshots', 'integrity.fileCorrupt'],
  ['index', 'index', 'integrity.indexCorrupt'],
] as const)('a file of kind %s', (type, folder, code) => {
  it('is not taken for another, however whole it is', async () => {
    const [one, other] = ids.get(type)!;
    const { files } = reopen(made.repository, storage);
    const bytes = storage.files.get(`${folder}/${one}`)!;
    // As after a disk that mixed up its sectors, or somebody who wants an older version to pass for a newer one.
    storage.files.set(`${folder}/${one}`, storage.files.get(`${folder}/${other}`)!);
    storage.files.set(`${folder}/${other}`, bytes);
    for (const id of [one, other]) expect((await failureOf(files.load(type, id)))?.code).toBe(code);
  });

  it('is refused when a bit of it has flipped, wherever', async () => {
    const [id] = ids.get(type)!;
    const { files } = reopen(made.repository, storage);
    const bytes = storage.files.get(`${folder}/${id}`)!;
    for (let at = 0; at < bytes.length; at++) {
      bytes[at]! ^= 1 << (at % 8);
      expect((await failureOf(files.load(type, id)))?.code, String(at)).toBe(code);
      bytes[at]! ^= 1 << (at % 8);
    }
    await files.load(type, id);
  });
});
