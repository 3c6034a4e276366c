/**
 * Two clients at one repository, in every order in which their operations on lock files can follow each other: two that
 * exclude each other never both go ahead. The waits of 200 ms play no part here; they only help where listings lag behind.
 */
import { describe, expect, it } from 'vitest';
import type { Clock } from '#base/clock.ts';
import type { Identity } from '#base/identity.ts';
import { LOCK_RACE_WAIT_MS } from '#repository/lock-rules.ts';
import { RepositoryLock } from '#repository/repository-lock.ts';
import { LockBoard } from '#test/support/lock-board.ts';

const identity: Identity = {
  hostname: 'here',
  username: 'me',
  uid: 0,
  gid: 0,
  pid: 1,
  isProcessAlive: () => true,
};

/** Stands still but for the machine's sleep; a race's wait passes at once, any other never. */
function clockOf(): Clock & { sleptMs: number } {
  return {
    sleptMs: 0,
    nowMs() {
      return 1_700_000_000_000 + this.sleptMs;
    },
    monotonicMs: () => 0,
    sleep: (delayMs, signal) =>
      delayMs === LOCK_RACE_WAIT_MS
        ? Promise.resolve()
        : new Promise((_, reject) => {
            signal?.addEventListener('abort', () => reject(new Error('stopped')), { once: true });
          }),
  };
}

/** Lets one of several clients take its next step at a time. */
class Turns {
  readonly #waiting = new Map<number, () => void>();

  take(client: number): Promise<void> {
    return new Promise((resolve) => this.#waiting.set(client, resolve));
  }

  get ready(): number[] {
    return [...this.#waiting.keys()].sort((a, b) => a - b);
  }

  let(client: number): void {
    const go = this.#waiting.get(client);
    this.#waiting.delete(client);
    go?.();
  }
}

type Client = (board: LockBoard, turn: () => Promise<void>) => Promise<boolean>;

const everythingSettled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Plays one order, given as the choice made at each step where there was one; later choices are the first. */
async function play(
  clients: readonly Client[],
  choices: readonly number[],
): Promise<{ readonly went: readonly boolean[]; readonly ready: number[]; readonly locks: number }> {
  const board = new LockBoard();
  const turns = new Turns();
  const went = clients.map(() => false);
  const running = clients.map(async (client, i) => {
    went[i] = await client(board, () => turns.take(i));
  });
  const ready: number[] = [];
  for (let step = 0; ; step++) {
    await everythingSettled();
    const able = turns.ready;
    if (able.length === 0) break;
    ready.push(able.length);
    turns.let(able[choices[step] ?? 0]!);
  }
  await Promise.all(running);
  return { went, ready, locks: board.locks.size };
}

/** All orders, depth first. */
async function playAll(
  clients: readonly Client[],
  judge: (went: readonly boolean[], locks: number) => void,
): Promise<number> {
  let count = 0;
  const open: number[][] = [[]];
  for (let choices = open.pop(); choices !== undefined; choices = open.pop()) {
    const { went, ready, locks } = await play(clients, choices);
    count++;
    judge(went, locks);
    // Every step after the given ones took the first choice: the others are still to be played.
    for (let step = choices.length; step < ready.length; step++)
      for (let other = 1; other < ready[step]!; other++)
        open.push([...choices, ...Array<number>(step - choices.length).fill(0), other]);
  }
  return count;
}

/** Takes a lock; holds on to it when that succeeds, so that both can be seen to have one. */
function taking(exclusive: boolean): Client {
  return async (board, turn) => {
    try {
      const lock = await RepositoryLock.announce(board.filesOf(turn), clockOf(), identity, { exclusive });
      await lock.confirmed().catch(async (error: unknown) => {
        await lock.release();
        throw error;
      });
      return true;
    } catch (error) {
      expect(error).toMatchObject({ code: 'repository.locked' });
      return false;
    }
  };
}

describe('two that come at the same time', () => {
  it.each([
    ['both exclusive', true, true],
    ['one exclusive', true, false],
  ] as const)('%s: never both succeed, and who fails leaves nothing', async (_name, first, second) => {
    const outcomes = new Set<string>();
    const count = await playAll([taking(first), taking(second)], (went, locks) => {
      outcomes.add(went.join());
      expect(went).not.toEqual([true, true]);
      expect(locks).toBe(went.filter(Boolean).length);
    });
    expect([...outcomes].sort()).toEqual(['false,false', 'false,true', 'true,false']);
    expect(count).toBeGreaterThan(100);
  });

  it('both shared: both succeed in every order', async () => {
    await playAll([taking(false), taking(false)], (went) => expect(went).toEqual([true, true]));
  });
});

describe('one wakes up while another clears its lock away and takes the repository', () => {
  /** Holds a lock before the first step, sleeps, and wants to write. */
  const waking: Client = async (board, turn) => {
    const clock = clockOf();
    let isAwake = false;
    const files = board.filesOf(() => (isAwake ? turn() : Promise.resolve()));
    const lock = await RepositoryLock.announce(files, clock, identity, { exclusive: false });
    await lock.confirmed();
    isAwake = true;
    clock.sleptMs = 9 * 3_600_000;
    try {
      await lock.assertHeld();
      return true;
    } catch (error) {
      expect(error).toMatchObject({ code: 'repository.lockLost' });
      return false;
    }
  };

  /** As `unlock` and an exclusive command after it. */
  const clearing: Client = async (board, turn) => {
    // The other one's lock is there from the beginning, and stale; one that comes later is not.
    await everythingSettled();
    const stale = board.ids;
    await turn();
    for (const id of stale) board.locks.delete(id);
    return taking(true)(board, turn);
  };

  it('B1 never both go on', async () => {
    const outcomes = new Set<string>();
    await playAll([waking, clearing], (went) => {
      outcomes.add(went.join());
      expect(went).not.toEqual([true, true]);
    });
    expect(outcomes).toContain('true,false');
    expect(outcomes).toContain('false,true');
  });
});
