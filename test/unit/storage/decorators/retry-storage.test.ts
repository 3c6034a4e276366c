import { beforeEach, describe, expect, test } from 'vitest';
import { TidemarkError, type RetryAdvice } from '#base/errors.ts';
import { RETRY_BUDGETS, RetryStorage, type RetryEvent } from '#storage/decorators/retry-storage.ts';
import { MemoryStorage } from '#storage/memory/memory-storage.ts';
import { expectCode } from '#test/suites/storage-suite.ts';
import { sha256 } from '#test/support/sha256.ts';
import { FakeClock } from '#test/support/fake-clock.ts';
import { FaultStorage } from '#test/support/fault-storage.ts';

const BYTES = Buffer.from('bytes');
const NAME = sha256(BYTES);
const BUDGET = { firstDelayMs: 100, maxDelayMs: 1000, totalMs: 10_000 };

let memory: MemoryStorage;
let faults: FaultStorage;
let clock: FakeClock;
let events: RetryEvent[];

beforeEach(async () => {
  memory = new MemoryStorage();
  await memory.create();
  faults = new FaultStorage(memory);
  clock = new FakeClock({ autoAdvance: true });
  events = [];
});

function failed(reason: string, retry: RetryAdvice = 'later'): TidemarkError {
  return new TidemarkError('storage.ioFailed', { location: 'memory', operation: 'any', reason }, { retry });
}

function makeRetry(random: () => number = () => 0.5): RetryStorage {
  const onRetry = (event: RetryEvent): void => void events.push(event);
  return new RetryStorage(faults, { clock, random, budget: BUDGET, onRetry });
}

describe('what is worth it', () => {
  test('fails twice, then succeeds, waiting longer each time', async () => {
    faults.plan('save', { kind: 'fail', error: failed('shaken') }, { times: 2 });
    await makeRetry().save('pack', NAME, BYTES);
    expect(clock.delays).toEqual([100, 200]);
    expect(events.map((event) => event.attempt)).toEqual([1, 2]);
    expect(await memory.list('pack')).toHaveLength(1);
    faults.assertAllReached();
  });

  test('a place that is not there at the start is given up sooner than one that goes away', async () => {
    const openBudget = { firstDelayMs: 100, maxDelayMs: 100, totalMs: 250 };
    const storage = new RetryStorage(faults, { clock, random: () => 0.5, budget: BUDGET, openBudget });
    faults.plan('open', { kind: 'fail', error: failed('away') }, { times: 3 });
    await expectCode(storage.open(), 'storage.ioFailed');
    expect(clock.delays).toEqual([100, 100]);
    faults.plan('list', { kind: 'fail', error: failed('away') }, { times: 5 });
    await storage.list('pack');
  });

  test('every kind of call is retried', async () => {
    for (const method of [
      'create',
      'open',
      'save',
      'load',
      'list',
      'stat',
      'remove',
      'freeSpaceBytes',
    ] as const) {
      faults.plan(method, { kind: 'fail', error: failed(method) });
    }
    const storage = makeRetry();
    await storage.create();
    await storage.open();
    await storage.save('pack', NAME, BYTES);
    await storage.load('pack', NAME);
    await storage.list('pack');
    await storage.stat('pack', NAME);
    await storage.remove('pack', NAME);
    await storage.freeSpaceBytes();
    faults.assertAllReached();
  });

  test('errors that trying again cannot cure pass after one attempt', async () => {
    for (const retry of ['never', 'afterUser'] as const) {
      faults.plan('load', { kind: 'fail', error: failed('broken', retry) }, { times: 1 });
      await expectCode(makeRetry().load('pack', NAME), 'storage.ioFailed');
    }
    await expectCode(makeRetry().load('pack', NAME), 'storage.objectMissing');
    faults.plan('load', { kind: 'fail', error: new TypeError('a bug') });
    await expect(makeRetry().load('pack', NAME)).rejects.toThrow('a bug');
    expect(clock.delays).toEqual([]);
  });

  test('an incurable error after a curable one passes at once', async () => {
    faults.plan('list', { kind: 'fail', error: failed('first') });
    faults.plan('list', { kind: 'fail', error: failed('second', 'afterUser') });
    await expect(makeRetry().list('pack')).rejects.toThrow('second');
    expect(clock.delays).toHaveLength(1);
  });
});

describe('how long', () => {
  test('gives up within the budget and tells the first cause', async () => {
    faults.plan('load', { kind: 'fail', error: failed('first') });
    faults.plan('load', { kind: 'fail', error: failed('echo') }, { times: Infinity });
    await expect(makeRetry().load('pack', NAME)).rejects.toThrow('first');
    expect(clock.monotonicMs()).toBeLessThanOrEqual(BUDGET.totalMs);
    expect(clock.monotonicMs()).toBeGreaterThan(BUDGET.totalMs - 2 * BUDGET.maxDelayMs);
    expect(Math.max(...clock.delays)).toBe(BUDGET.maxDelayMs);
  });

  test('chance spreads the delays by half either way', async () => {
    faults.plan('load', { kind: 'fail', error: failed('x') }, { times: 2 });
    const draws = [0, 0.999];
    await expectCode(makeRetry(() => draws.shift() ?? 0).load('pack', NAME), 'storage.objectMissing');
    expect(clock.delays[0]).toBe(50);
    expect(clock.delays[1]).toBeCloseTo(299.8);
  });

  test('a network gets more time than a disk, and less than a lock takes to go stale', () => {
    expect(RETRY_BUDGETS.local.totalMs).toBeLessThan(RETRY_BUDGETS.network.totalMs);
    expect(RETRY_BUDGETS.network.totalMs).toBeLessThan(30 * 60_000);
  });

  test('a signal ends the wait', async () => {
    clock = new FakeClock();
    faults.plan('load', { kind: 'fail', error: failed('x') }, { times: Infinity });
    const controller = new AbortController();
    const settled = expectCode(makeRetry().load('pack', NAME, undefined, controller.signal), 'job.cancelled');
    await clock.advance(50);
    expect(clock.sleeperCount).toBe(1);
    controller.abort();
    await settled;
    expect(clock.sleeperCount).toBe(0);
    faults.assertAllReached();
  });
});

describe('a save whose first answer got lost', () => {
  test('of a config: meeting its own bytes is success', async () => {
    faults.plan('save', { kind: 'failAfter', error: failed('answer lost') });
    await makeRetry().save('config', 'config', BYTES);
    expect(await memory.load('config', 'config')).toEqual(new Uint8Array(BYTES));
    faults.assertAllReached();
  });

  test("of a config: meeting somebody else's is not", async () => {
    await memory.save('config', 'config', Buffer.from('other'));
    faults.plan('save', { kind: 'fail', error: failed('lost') });
    await expectCode(makeRetry().save('config', 'config', BYTES), 'storage.alreadyExists');
  });

  test('of a config: an existing one is refused at the first attempt even with the same bytes', async () => {
    await memory.save('config', 'config', BYTES);
    await expectCode(makeRetry().save('config', 'config', BYTES), 'storage.alreadyExists');
  });
});
