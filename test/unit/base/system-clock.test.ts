import { getEventListeners } from 'node:events';
import { expect, test, vi } from 'vitest';
import { systemClock } from '#base/system-clock.ts';
import { expectCode } from '#test/suites/storage-suite.ts';

test('sleeps no shorter than asked and forgets the signal', async () => {
  const { signal } = new AbortController();
  const startedMs = systemClock.monotonicMs();
  await systemClock.sleep(20, signal);
  expect(systemClock.monotonicMs() - startedMs).toBeGreaterThanOrEqual(19);
  expect(getEventListeners(signal, 'abort')).toEqual([]);
});

test('a signal ends a sleep, before or during it', async () => {
  await expectCode(systemClock.sleep(1e9, AbortSignal.abort()), 'job.cancelled');
  const controller = new AbortController();
  const sleeping = systemClock.sleep(1e9, controller.signal);
  controller.abort();
  await expectCode(sleeping, 'job.cancelled');
});

test('sleeps longer than one timer can', async () => {
  vi.useFakeTimers();
  try {
    const sixtyDaysMs = 60 * 86_400_000;
    let woken = false;
    void systemClock.sleep(sixtyDaysMs).then(() => (woken = true));
    await vi.advanceTimersByTimeAsync(sixtyDaysMs - 1);
    expect(woken).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    expect(woken).toBe(true);
  } finally {
    vi.useRealTimers();
  }
});

test('tells the present', () => {
  expect(Math.abs(systemClock.nowMs() - Date.now())).toBeLessThan(1000);
});
