/** Free memory goes back to the system by itself: the rhythm by a clock of ours, the C library for real. */
import { setTimeout as sleep } from 'node:timers/promises';
import koffi from 'koffi';
import { expect, test } from 'vitest';
import { keepReturningMemory } from '#core/machine/return-memory.ts';
import { FakeClock } from '#test/support/fake-clock.ts';

const MINUTE_MS = 60_000;
const PIECES = 60_000;
const PIECE_BYTES = 1_000;

test('every five minutes, until it is stopped', async () => {
  const clock = new FakeClock();
  let times = 0;
  const stop = keepReturningMemory(clock, () => Promise.resolve(void times++));
  await clock.advance(4 * MINUTE_MS);
  expect(times).toBe(0);
  await clock.advance(2 * MINUTE_MS);
  expect(times).toBe(1);
  await clock.advance(10 * MINUTE_MS);
  expect(times).toBe(3);
  stop();
  await clock.advance(10 * MINUTE_MS);
  expect(times).toBe(3);
  expect(clock.sleeperCount).toBe(0);
});

const report = process.report.getReport() as { header: { glibcVersionRuntime?: string } };

test.skipIf(report.header.glibcVersionRuntime === undefined)(
  'what glibc has kept is given back (skipped where there is no glibc)',
  async () => {
    const library = koffi.load(null);
    const malloc = library.func('void *malloc(size_t size)') as (size: number) => unknown;
    const fill = library.func('void *memset(void *memory, int value, size_t size)');
    const free = library.func('void free(void *memory)') as (memory: unknown) => void;
    const pieces = Array.from({ length: PIECES }, () => malloc(PIECE_BYTES));
    for (const piece of pieces) fill(piece, 1, PIECE_BYTES);
    // One that stays at the end keeps all before it from being given back at once.
    const last = pieces.pop();
    for (const piece of pieces) free(piece);
    const heldBytes = process.memoryUsage().rss;
    const clock = new FakeClock();
    const stop = keepReturningMemory(clock);
    await clock.advance(6 * MINUTE_MS);
    while (clock.sleeperCount === 0) await sleep(5);
    stop();
    expect(heldBytes - process.memoryUsage().rss).toBeGreaterThan((PIECES * PIECE_BYTES) / 2);
    free(last);
  },
);
