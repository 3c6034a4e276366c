import { beforeEach, describe, expect, test } from 'vitest';
import { MemoryStorage } from '#storage/memory/memory-storage.ts';
import { expectCode } from '#test/suites/storage-suite.ts';
import { sha256 } from '#test/support/sha256.ts';
import { FaultStorage } from '#test/support/fault-storage.ts';

const A = Buffer.from('first file');
const B = Buffer.from('second file');
const NAME_A = sha256(A);
const NAME_B = sha256(B);

let memory: MemoryStorage;
let storage: FaultStorage;

beforeEach(async () => {
  memory = new MemoryStorage();
  await memory.create();
  storage = new FaultStorage(memory);
});

async function names(): Promise<string[]> {
  return (await memory.list('pack')).map((entry) => entry.name);
}

describe('planned faults', () => {
  test('fail: nothing is done; failAfter: it is done all the same', async () => {
    storage.plan('save', { kind: 'fail', error: new Error('no') });
    storage.plan('save', { kind: 'failAfter', error: new Error('lost') });
    await expect(storage.save('pack', NAME_A, A)).rejects.toThrow('no');
    expect(await names()).toEqual([]);
    await expect(storage.save('pack', NAME_A, A)).rejects.toThrow('lost');
    expect(await names()).toEqual([NAME_A]);
    storage.assertAllReached();
  });

  test('stall: waits, and ends early by signal', async () => {
    const { promise, resolve } = Promise.withResolvers<undefined>();
    storage.plan('save', { kind: 'stall', until: promise }, { times: 2 });
    const controller = new AbortController();
    const stalled = storage.save('pack', NAME_A, A);
    const cancelled = storage.save('pack', NAME_B, B, controller.signal);
    controller.abort();
    await expectCode(cancelled, 'job.cancelled');
    expect(await names()).toEqual([]);
    resolve(undefined);
    await stalled;
    expect(await names()).toEqual([NAME_A]);
  });

  test('truncate, lie and repeat report success', async () => {
    storage.plan('save', { kind: 'truncate', bytes: 3 });
    storage.plan('save', { kind: 'lie' });
    storage.plan('remove', { kind: 'repeat' });
    storage.plan('load', { kind: 'truncate', bytes: 1 });
    await storage.save('pack', NAME_A, A);
    await storage.save('pack', NAME_B, B);
    expect(await memory.list('pack')).toEqual([{ name: NAME_A, sizeBytes: 3 }]);
    expect(await storage.load('pack', NAME_A)).toHaveLength(1);
    await storage.remove('pack', NAME_A);
    expect(await names()).toEqual([]);
    storage.assertAllReached();
  });

  test('reorder: the next call takes effect first, and without one it is not reached', async () => {
    storage.plan('save', { kind: 'reorder' });
    await Promise.all([storage.save('pack', NAME_A, A), storage.save('pack', NAME_B, B)]);
    expect(await names()).toEqual([NAME_B, NAME_A]);
    storage.assertAllReached();
    storage.plan('remove', { kind: 'reorder' });
    await storage.remove('pack', NAME_A);
    expect(await names()).toEqual([NAME_B]);
    expect(() => storage.assertAllReached()).toThrow('remove reorder');
  });

  test('repeat: a config created twice meets itself', async () => {
    storage.plan('save', { kind: 'repeat' });
    await expectCode(storage.save('config', 'config', A), 'storage.alreadyExists');
    expect(await memory.list('config')).toHaveLength(1);
  });

  test('stale: the listing lags behind', async () => {
    await storage.save('pack', NAME_A, A);
    await storage.save('pack', NAME_B, B);
    storage.plan('list', { kind: 'stale', isMissing: (name) => name === NAME_B });
    expect((await storage.list('pack')).map((entry) => entry.name)).toEqual([NAME_A]);
    expect(await storage.list('pack')).toHaveLength(2);
  });

  test('quota: exact to the byte, freed by removing', async () => {
    storage.quota(A.length + B.length - 1);
    await storage.save('pack', NAME_A, A);
    await expectCode(storage.save('pack', NAME_B, B), 'storage.full');
    await storage.remove('pack', NAME_A);
    await storage.save('pack', NAME_B, B);
    expect(await names()).toEqual([NAME_B]);
    storage.assertAllReached();
  });

  test('by type, by name, after some, so many times', async () => {
    const fail = { kind: 'fail', error: new Error('no') } as const;
    storage.plan('save', fail, { type: 'index', name: NAME_B, skip: 1, times: 2 });
    const save = (type: 'index' | 'pack', name: string): Promise<void> =>
      storage.save(type, name, name === NAME_A ? A : B);
    await save('pack', NAME_B);
    await save('index', NAME_A);
    await save('index', NAME_B);
    await expect(save('index', NAME_B)).rejects.toThrow('no');
    await expect(save('index', NAME_B)).rejects.toThrow('no');
    await save('index', NAME_B);
    storage.assertAllReached();
  });
});

describe('stopAt', () => {
  test('from the k-th change on everything fails, reads too', async () => {
    await storage.save('pack', NAME_A, A);
    storage.stopAt(2);
    await storage.list('pack');
    await storage.remove('pack', NAME_A);
    await storage.list('pack');
    await expectCode(storage.save('pack', NAME_B, B), 'storage.ioFailed');
    await expectCode(storage.list('pack'), 'storage.ioFailed');
    await expectCode(storage.save('pack', NAME_A, A), 'storage.ioFailed');
    expect(await names()).toEqual([]);
    storage.assertAllReached();
  });

  test('the last change may still take effect', async () => {
    storage.stopAt(1, { lastTakesEffect: true });
    await expectCode(storage.save('pack', NAME_A, A), 'storage.ioFailed');
    await expectCode(storage.save('pack', NAME_B, B), 'storage.ioFailed');
    expect(await names()).toEqual([NAME_A]);
  });

  test('all calls may count', async () => {
    storage.stopAt(2, { counting: 'all' });
    await storage.list('pack');
    await expectCode(storage.list('pack'), 'storage.ioFailed');
  });
});

test('a fault that was planned and never met fails the test', async () => {
  storage.plan('save', { kind: 'lie' }, { times: 2 });
  storage.plan('list', { kind: 'lie' }, { times: Infinity });
  storage.quota(1000);
  storage.stopAt(5);
  await storage.save('pack', NAME_A, A);
  expect(() => storage.assertAllReached()).toThrow(
    'planned faults never reached: save lie, list lie, quota, stopAt',
  );
});
