/** Waiting for somebody else's lock, by a clock that tests move. */
import { expect, test } from 'vitest';
import { TidemarkError } from '#base/errors.ts';
import { waitForLock } from '#repository/wait-for-lock.ts';
import { FakeClock } from '#test/support/fake-clock.ts';

function lockedBy(stale: boolean): TidemarkError {
  const holder = {
    hostname: 'there',
    username: 'me',
    pid: 1,
    since: '2026-01-15T12:00:00Z',
    exclusive: false,
  };
  return new TidemarkError('repository.locked', { ...holder, stale, lockId: 'abc' }, { retry: 'later' });
}

/** Tries to take what is free after `heldMs`. */
async function take(heldMs: number, refusal: Error = lockedBy(false)) {
  const clock = new FakeClock({ autoAdvance: true });
  let tries = 0;
  const outcome = await waitForLock(
    { clock, randomBytes: (length) => new Uint8Array(length).fill(255), waitMs: 30_000 },
    undefined,
    () => {
      tries++;
      return clock.monotonicMs() < heldMs ? Promise.reject(refusal) : Promise.resolve('taken');
    },
  ).catch((error: TidemarkError) => error.code);
  return { outcome, tries, afterMs: clock.monotonicMs() };
}

test('what is free is taken at once, what is held soon after it is let go of', async () => {
  expect(await take(0)).toEqual({ outcome: 'taken', tries: 1, afterMs: 0 });
  expect(await take(900)).toEqual({ outcome: 'taken', tries: 3, afterMs: 1_000 });
});

test('after its time the wait ends with what it waited for', async () => {
  const { outcome, afterMs } = await take(Infinity);
  expect([outcome, afterMs]).toEqual(['repository.locked', 30_000]);
});

test('nobody waits for who seems to be gone, nor after another failure', async () => {
  expect(await take(900, lockedBy(true))).toMatchObject({ outcome: 'repository.locked', tries: 1 });
  const away = new TidemarkError('storage.unreachable', { location: 'place', reason: 'away' });
  expect(await take(900, away)).toMatchObject({ outcome: 'storage.unreachable', tries: 1 });
});
