import { expect, test } from 'vitest';
import { SlotQueue } from '#storage/slot-queue.ts';
import { expectCode } from '#test/suites/storage-suite.ts';

interface Job {
  readonly finish: () => void;
  readonly done: Promise<void>;
}

function start(queue: SlotQueue, started: number[], id: number, signal?: AbortSignal): Job {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  const done = queue.run(async () => {
    started.push(id);
    await promise;
  }, signal);
  return { finish: () => resolve(undefined), done };
}

test('runs so many at once, the rest in order', async () => {
  const queue = new SlotQueue(2);
  const started: number[] = [];
  const jobs = [0, 1, 2, 3].map((id) => start(queue, started, id));
  expect(started).toEqual([0, 1]);
  jobs[1]?.finish();
  await jobs[1]?.done;
  expect(started).toEqual([0, 1, 2]);
  for (const job of jobs) job.finish();
  await Promise.all(jobs.map((job) => job.done));
  expect(started).toEqual([0, 1, 2, 3]);
});

test('a failing piece of work gives its slot back', async () => {
  const queue = new SlotQueue(1);
  await expect(queue.run(() => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
  expect(await queue.run(() => Promise.resolve(7))).toBe(7);
});

test('a cancelled waiter leaves at once, never runs and keeps no slot', async () => {
  const queue = new SlotQueue(1);
  const started: number[] = [];
  const controller = new AbortController();
  const first = start(queue, started, 1);
  const second = start(queue, started, 2, controller.signal);
  const third = start(queue, started, 3);
  controller.abort();
  await expectCode(second.done, 'job.cancelled');
  first.finish();
  await first.done;
  expect(started).toEqual([1, 3]);
  third.finish();
  await third.done;
  expect(await queue.run(() => Promise.resolve('free'))).toBe('free');
});
