/** Data goes no faster than the limit of the moment, and a change of it counts at once, for what waits too. */
import { beforeEach, expect, test } from 'vitest';
import { MemoryStorage } from '#storage/memory/memory-storage.ts';
import { UploadLimit, UploadLimitStorage } from '#storage/decorators/upload-limit.ts';
import { FakeClock } from '#test/support/fake-clock.ts';

const name = (digit: number): string => String(digit).repeat(64);
let clock: FakeClock;
let limit: UploadLimit;
let storage: UploadLimitStorage;
let saved: string[];

beforeEach(async () => {
  clock = new FakeClock();
  limit = new UploadLimit(clock);
  const memory = new MemoryStorage();
  await memory.create();
  saved = [];
  storage = new UploadLimitStorage(memory, limit);
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
