import { expect, test } from 'vitest';
import { MemoryStorage } from '#storage/memory/memory-storage.ts';
import { expectCode } from '#test/suites/storage-suite.ts';
import { sha256 } from '#test/support/sha256.ts';

const BYTES = Buffer.from('bytes');
const NAME = sha256(BYTES);

test('a fork has the same content and a life of its own', async () => {
  const storage = new MemoryStorage();
  await storage.create();
  await storage.save('pack', NAME, BYTES);
  const fork = storage.fork();
  await fork.open();
  const forked = fork.files.get(`data/${NAME.slice(0, 2)}/${NAME}`);
  forked?.fill(0);
  await fork.save('config', 'config', BYTES);
  expect(Buffer.from(await storage.load('pack', NAME)).toString()).toBe('bytes');
  expect(Buffer.from(await fork.load('pack', NAME))).toEqual(Buffer.alloc(5));
  expect(await storage.list('config')).toEqual([]);
});

test('a fork of nothing is nothing', async () => {
  await expectCode(new MemoryStorage().fork().open(), 'storage.unreachable');
});

test('damage done to the raw files is what readers get', async () => {
  const storage = new MemoryStorage();
  await storage.create();
  await storage.save('snapshot', NAME, BYTES);
  storage.files.set(`snapshots/${NAME}`, new Uint8Array([1]));
  expect(await storage.load('snapshot', NAME)).toEqual(new Uint8Array([1]));
  storage.files.delete(`snapshots/${NAME}`);
  await expectCode(storage.load('snapshot', NAME), 'storage.objectMissing');
});
