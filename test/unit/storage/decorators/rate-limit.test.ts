/** Data goes and comes no faster than the limit of the moment, and a change of it counts at once, for what waits too. */
import { beforeEach, expect, test } from 'vitest';
import { MemoryStorage } from '#storage/memory/memory-storage.ts';
import { RateLimit, RateLimitStorage } from '#storage/decorators/rate-limit.ts';
import { FakeClock } from '#test/support/fake-clock.ts';

const name = (digit: number): string => String(digit).repeat(64);
let clock: FakeClock;
let limit: RateLimit;
let down: RateLimit;
let storage: RateLimitStorage;
let saved: string[];

beforeEach(async () => {
  clock = new FakeClock();
  limit = new RateLimit(clock);
  down = new RateLimit(clock);
  const memory = new MemoryStorage();
  await memory.create();
  saved = [];
  storage = new RateLimitStorage(memory, { up: limit, down });
});

function save(
  at: number,
  bytes = 10_000,
  type: 'pack' | 'lock' = 'pack',
  signal?: AbortSignal,
): Promise<void> {
  return storage
    .save(type, name(at), new Uint8Array(bytes), signal)
    .then(() => void saved.push(`${type} ${at}`));
}

test('each pack waits until those before it are paid for; locks do not wait', async () => {
  limit.set(1_000);
  const all = [save(1), save(2), save(3)];
  await clock.advance(0);
  expect(saved).toEqual(['pack 1']);
  await save(4, 200, 'lock');
  await clock.advance(9_000);
  expect(saved).toEqual(['pack 1', 'lock 4']);
  await clock.advance(1_000);
  expect(saved).toEqual(['pack 1', 'lock 4', 'pack 2']);
  await clock.advance(10_000);
  await Promise.all(all);
});

test('a looser limit, or none, lets go at once what waits; a tighter one holds it longer', async () => {
  limit.set(1_000);
  const all = [save(1), save(2), save(3), save(4)];
  await clock.advance(5_000);
  limit.set(500);
  await clock.advance(9_000);
  expect(saved).toEqual(['pack 1']);
  await clock.advance(1_000);
  expect(saved).toEqual(['pack 1', 'pack 2']);
  limit.set(undefined);
  await clock.advance(0);
  await Promise.all(all);
  expect(saved).toHaveLength(4);
});

test('who is cancelled goes, and holds up nobody', async () => {
  limit.set(1_000);
  const control = new AbortController();
  await save(1);
  const cancelled = save(2, 10_000, 'pack', control.signal);
  const next = save(3);
  await clock.advance(1_000);
  control.abort();
  await expect(cancelled).rejects.toMatchObject({ code: 'job.cancelled' });
  await clock.advance(9_000);
  await next;
  expect(saved).toEqual(['pack 1', 'pack 3']);
});

test('without a limit nothing waits', async () => {
  for (const at of [1, 2, 3]) await save(at);
  expect(clock.delays).toEqual([]);
});

test('of several who want a limit the tightest holds, until that one wants none', async () => {
  limit.set(1_000, 'one');
  limit.set(100, 'two');
  const all = [save(1), save(2), save(3)];
  await clock.advance(99_000);
  expect(saved).toEqual(['pack 1']);
  limit.set(undefined, 'two');
  await clock.advance(1_000);
  expect(saved).toEqual(['pack 1', 'pack 2']);
  await clock.advance(10_000);
  await Promise.all(all);
});

test('what comes back waits for what came before, parts of packs and whole ones; the two directions do not wait for each other', async () => {
  await save(1);
  const bytes = new Uint8Array(500);
  await storage.save('index', name(2), bytes);
  limit.set(1);
  down.set(1_000);
  const loaded: string[] = [];
  const load = async (what: string, range?: { offset: number; length: number }): Promise<void> => {
    const { length } = await storage.load('pack', name(1), range);
    loaded.push(`${what} ${length}`);
  };
  const first = [load('part', { offset: 0, length: 2_000 }), load('whole')];
  await clock.advance(0);
  expect(loaded).toEqual(['part 2000']);
  expect(await storage.load('index', name(2))).toHaveLength(500);
  await clock.advance(2_000);
  expect(loaded).toHaveLength(1);
  const last = load('part', { offset: 5, length: 1 });
  await clock.advance(9_999);
  expect(loaded).toHaveLength(1);
  await clock.advance(1);
  await Promise.all([...first, last]);
  expect(loaded.toSorted()).toEqual(['part 1', 'part 2000', 'whole 10000']);
  down.set(undefined);
  await load('whole');
  await load('whole');
  expect(clock.sleeperCount).toBe(0);
});
