import { beforeEach, expect, test } from 'vitest';
import { TidemarkError } from '#base/errors.ts';
import { GateStorage, type LockGate } from '#storage/decorators/gate-storage.ts';
import { MemoryStorage } from '#storage/memory/memory-storage.ts';
import { expectCode } from '#test/suites/storage-suite.ts';
import { FaultStorage } from '#test/support/fault-storage.ts';
import { sha256 } from '#test/support/sha256.ts';

const BYTES = Buffer.from('bytes');
const NAME = sha256(BYTES);
let memory: MemoryStorage;

beforeEach(async () => {
  memory = new MemoryStorage();
  await memory.create();
});

function gateOf(pass: () => Promise<void>, patience?: AbortSignal): LockGate {
  return { pass, patience: () => patience };
}

test('writes and removals wait until the lock is proven, reads do not', async () => {
  await memory.save('index', NAME, BYTES);
  const { promise, resolve } = Promise.withResolvers<undefined>();
  const storage = new GateStorage(
    memory,
    gateOf(() => promise),
  );
  const writes = [storage.save('pack', NAME, BYTES), storage.remove('index', NAME)];
  await storage.load('index', NAME);
  expect([await storage.list('pack'), (await storage.list('index')).length]).toEqual([[], 1]);
  resolve(undefined);
  await Promise.all(writes);
  expect([(await storage.list('pack')).length, await storage.list('index')]).toEqual([1, []]);
});

test('a lost lock stops the write before anything happens', async () => {
  const lost = new TidemarkError('repository.lockLost', { reason: 'slept too long' });
  const offline = new TidemarkError('storage.unreachable', { location: 'x', reason: 'offline' });
  for (const reason of [lost, offline, new Error('anything')]) {
    const storage = new GateStorage(
      memory,
      gateOf(() => Promise.reject(reason)),
    );
    await expectCode(storage.save('pack', NAME, BYTES), 'repository.lockLost');
    await expectCode(storage.remove('pack', NAME), 'repository.lockLost');
  }
  expect(await memory.list('pack')).toEqual([]);
});

test('lock files pass, or a lock could never be refreshed', async () => {
  const storage = new GateStorage(
    memory,
    gateOf(() => new Promise(() => undefined)),
  );
  await storage.save('lock', NAME, BYTES);
  await storage.remove('lock', NAME);
});

test('a waiting write can be cancelled', async () => {
  const storage = new GateStorage(
    memory,
    gateOf(() => new Promise(() => undefined)),
  );
  const controller = new AbortController();
  const saving = storage.save('pack', NAME, BYTES, controller.signal);
  controller.abort();
  await expectCode(saving, 'job.cancelled');
});

test('the lock is asked for before each write', async () => {
  let asked = 0;
  const storage = new GateStorage(
    memory,
    gateOf(async () => void asked++),
  );
  await storage.save('pack', NAME, BYTES);
  await storage.remove('pack', NAME);
  expect(asked).toBe(2);
});

test('after a cancel, calls that nobody else ends are ended; those about locks are not', async () => {
  const faults = new FaultStorage(memory);
  const out = new AbortController();
  const storage = new GateStorage(
    faults,
    gateOf(async () => undefined, out.signal),
  );
  const until = new Promise((resolve) => setTimeout(resolve, 100));
  for (const method of ['save', 'load', 'list', 'stat', 'remove'] as const)
    faults.plan(method, { kind: 'stall', until }, { type: 'pack' });
  faults.plan('list', { kind: 'stall', until }, { type: 'lock' });
  const calls = [
    storage.save('pack', NAME, BYTES),
    storage.load('pack', NAME),
    storage.list('pack'),
    storage.stat('pack', NAME),
    storage.remove('pack', NAME),
  ];
  const listing = storage.list('lock');
  await new Promise((resolve) => setImmediate(resolve));
  out.abort();
  for (const call of calls) await expectCode(call, 'job.cancelled');
  expect(await listing).toEqual([]);
  faults.assertAllReached();
});
