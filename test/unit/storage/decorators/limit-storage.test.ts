import { beforeEach, describe, expect, test } from 'vitest';
import { LimitStorage } from '#storage/decorators/limit-storage.ts';
import { MemoryStorage } from '#storage/memory/memory-storage.ts';
import { expectCode } from '#test/suites/storage-suite.ts';
import { sha256 } from '#test/support/sha256.ts';
import { FakeClock } from '#test/support/fake-clock.ts';
import { FaultStorage } from '#test/support/fault-storage.ts';

let memory: MemoryStorage;
let clock: FakeClock;

beforeEach(async () => {
  memory = new MemoryStorage();
  await memory.create();
  clock = new FakeClock();
});

function makeFiles(count: number, sizeBytes: number): { name: string; bytes: Uint8Array }[] {
  return Array.from({ length: count }, (_, i) => {
    const bytes = new Uint8Array(sizeBytes).fill(i);
    return { name: sha256(bytes), bytes };
  });
}

async function stored(): Promise<number> {
  return (await memory.list('pack')).length;
}

describe('calls at once', () => {
  test('never more than allowed, and all get their turn', async () => {
    const faults = new FaultStorage(memory);
    const { promise, resolve } = Promise.withResolvers<undefined>();
    faults.plan('save', { kind: 'stall', until: promise }, { times: 3 });
    const storage = new LimitStorage(faults, { maxConcurrent: 3 });
    const saves = makeFiles(10, 10).map(({ name, bytes }) => storage.save('pack', name, bytes));
    await clock.advance(1);
    expect(faults.callCount).toBe(3);
    resolve(undefined);
    await Promise.all(saves);
    expect(await stored()).toBe(10);
    faults.assertAllReached();
  });

  test('locks wait for nobody', async () => {
    const faults = new FaultStorage(memory);
    const { promise, resolve } = Promise.withResolvers<undefined>();
    faults.plan('save', { kind: 'stall', until: promise }, { type: 'pack' });
    const storage = new LimitStorage(faults, { maxConcurrent: 1 });
    const [pack, lock] = makeFiles(2, 10);
    const slow = storage.save('pack', pack!.name, pack!.bytes);
    await clock.advance(1);
    await storage.save('lock', lock!.name, lock!.bytes);
    expect(await storage.list('lock')).toEqual([await storage.stat('lock', lock!.name)]);
    expect((await storage.load('lock', lock!.name)).length).toBe(10);
    await storage.remove('lock', lock!.name);
    resolve(undefined);
    await slow;
  });

  test('a waiting call can be cancelled', async () => {
    const faults = new FaultStorage(memory);
    const { promise, resolve } = Promise.withResolvers<undefined>();
    faults.plan('list', { kind: 'stall', until: promise });
    const storage = new LimitStorage(faults, { maxConcurrent: 1 });
    const first = storage.list('pack');
    const controller = new AbortController();
    const second = storage.list('pack', controller.signal);
    controller.abort();
    await expectCode(second, 'job.cancelled');
    resolve(undefined);
    expect(await first).toEqual([]);
  });
});
