import { beforeEach, expect, test } from 'vitest';
import { ConfirmStorage } from '#storage/decorators/confirm-storage.ts';
import { MemoryStorage } from '#storage/memory/memory-storage.ts';
import type { StorageFileType } from '#storage/port.ts';
import { expectCode } from '#test/suites/storage-suite.ts';
import { sha256 } from '#test/support/sha256.ts';
import { FaultStorage } from '#test/support/fault-storage.ts';

const BYTES = Buffer.from('what is to be kept');
const NAME = sha256(BYTES);

let memory: MemoryStorage;
let faults: FaultStorage;
let storage: ConfirmStorage;

beforeEach(async () => {
  memory = new MemoryStorage();
  await memory.create();
  faults = new FaultStorage(memory);
  storage = new ConfirmStorage(faults);
});

const TYPES: StorageFileType[] = ['pack', 'index', 'snapshot', 'key'];

test.each(TYPES)('a %s that was not stored, or not whole, is sent once more', async (type) => {
  for (const fault of [{ kind: 'lie' }, { kind: 'truncate', bytes: 3 }] as const) {
    faults.plan('save', fault);
    await storage.save(type, NAME, BYTES);
    expect(Buffer.from(await memory.load(type, NAME)).equals(BYTES)).toBe(true);
    await memory.remove(type, NAME);
  }
  faults.assertAllReached();
});

test.each(TYPES)('a place that never keeps a %s is told from one that does', async (type) => {
  faults.plan('save', { kind: 'lie' }, { times: Infinity });
  await expectCode(storage.save(type, NAME, BYTES), 'storage.notKept');
  faults.assertAllReached();
});

test('an index file with other bytes of the same length is noticed', async () => {
  await memory.save('index', NAME, Buffer.from('what is to be lost'));
  await storage.save('index', NAME, BYTES);
  expect(Buffer.from(await memory.load('index', NAME)).equals(BYTES)).toBe(true);
});

test('what is kept is sent once', async () => {
  await storage.save('pack', NAME, BYTES);
  await storage.save('snapshot', NAME, BYTES);
  expect(faults.changeCount).toBe(2);
});

test('a lock is sent once and asked for by who holds it', async () => {
  faults.plan('save', { kind: 'lie' });
  await storage.save('lock', NAME, BYTES);
  faults.assertAllReached();
  expect(await memory.list('lock')).toEqual([]);
});
