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
    const storage = new LimitStorage(faults, { maxConcurrent: 3, clock });
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
    const storage = new LimitStorage(faults, { maxConcurrent: 1, uploadBytesPerSecond: 1, clock });
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
    const storage = new LimitStorage(faults, { maxConcurrent: 1, clock });
    const first = storage.list('pack');
    const controller = new AbortController();
    const second = storage.list('pack', controller.signal);
    controller.abort();
    await expectCode(second, 'job.cancelled');
    resolve(undefined);
    expect(await first).toEqual([]);
  });
});

describe('bytes a second', () => {
  test('a second ahead goes at once, the rest at the rate', async () => {
    const storage = new LimitStorage(memory, { maxConcurrent: 9, uploadBytesPerSecond: 1000, clock });
    const saves = makeFiles(5, 1000).map(({ name, bytes }) => storage.save('pack', name, bytes));
    await clock.advance(1);
    expect(await stored()).toBe(2);
    await clock.advance(998);
    expect(await stored()).toBe(2);
    await clock.advance(1);
    expect(await stored()).toBe(3);
    await clock.advance(2000);
    expect(await stored()).toBe(5);
    await Promise.all(saves);
  });

  test('a cancelled upload does not use up the rate', async () => {
    const storage = new LimitStorage(memory, { maxConcurrent: 9, uploadBytesPerSecond: 1000, clock });
    const [first, large, next] = [...makeFiles(1, 2000), ...makeFiles(1, 60_000), ...makeFiles(1, 100)];
    await storage.save('pack', first?.name ?? '', first?.bytes ?? new Uint8Array());
    const controller = new AbortController();
    const cancelled = storage.save(
      'pack',
      large?.name ?? '',
      large?.bytes ?? new Uint8Array(),
      controller.signal,
    );
    controller.abort();
    await expectCode(cancelled, 'job.cancelled');
    const last = storage.save('pack', next?.name ?? '', next?.bytes ?? new Uint8Array());
    await clock.advance(1000);
    await last;
    expect(await stored()).toBe(2);
  });

  test('downloads pay for ranges before and for whole files after', async () => {
    const [file] = makeFiles(1, 3000);
    const name = file?.name ?? '';
    await memory.save('pack', name, file?.bytes ?? new Uint8Array());
    const storage = new LimitStorage(memory, { maxConcurrent: 9, downloadBytesPerSecond: 1000, clock });
    await storage.load('pack', name);
    let done = false;
    const range = storage.load('pack', name, { offset: 0, length: 10 }).then(() => (done = true));
    await clock.advance(1999);
    expect(done).toBe(false);
    await clock.advance(1);
    await range;
    await storage.save('pack', sha256(Buffer.from('x')), Buffer.from('x'));
  });
});
