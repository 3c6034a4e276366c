import { expect, test } from 'vitest';
import { expectCode } from '#test/suites/storage-suite.ts';
import { FakeClock } from '#test/support/fake-clock.ts';

test('sleepers wake in order, each at its own time, and may sleep again', async () => {
  const clock = new FakeClock({ startMs: 1000 });
  const woken: string[] = [];
  const sleeper = async (name: string, delays: number[]): Promise<void> => {
    for (const delay of delays) {
      await clock.sleep(delay);
      woken.push(`${name} ${String(clock.monotonicMs())} ${String(clock.nowMs())}`);
    }
  };
  void sleeper('a', [30, 30]);
  void sleeper('b', [20, 20]);
  await clock.advance(59);
  expect(woken).toEqual(['b 20 1020', 'a 30 1030', 'b 40 1040']);
  expect(clock.sleeperCount).toBe(1);
  await clock.advance(1);
  expect(woken.at(-1)).toBe('a 60 1060');
});

test('wall and monotonic time part when the machine sleeps or somebody sets the clock', () => {
  const clock = new FakeClock({ startMs: 0 });
  clock.suspend(5000);
  clock.jumpWall(-1000);
  expect([clock.nowMs(), clock.monotonicMs()]).toEqual([4000, 0]);
});

test('a signal ends a sleep', async () => {
  const clock = new FakeClock();
  const controller = new AbortController();
  const sleeping = clock.sleep(100, controller.signal);
  controller.abort();
  await expectCode(sleeping, 'job.cancelled');
  expect(clock.sleeperCount).toBe(0);
});

test('autoAdvance: sleeps pass at once, and time with them', async () => {
  const clock = new FakeClock({ startMs: 0, autoAdvance: true });
  await clock.sleep(1e9);
  expect(clock.nowMs()).toBe(1e9);
});
