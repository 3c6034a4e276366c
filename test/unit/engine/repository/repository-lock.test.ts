/** Every rule of holding a repository (repository format, 13.1), by a clock that tests move by hand. */
import { beforeEach, describe, expect, it } from 'vitest';
import { TidemarkError } from '#base/errors.ts';
import type { Identity } from '#base/identity.ts';
import type { LockId } from '#base/ids.ts';
import type { Lock } from '#format/lock.ts';
import { RepositoryLock } from '#repository/repository-lock.ts';
import { FakeClock } from '#test/support/fake-clock.ts';
import { LockBoard, type LockStep } from '#test/support/lock-board.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const ALIVE = 4711;

const identity: Identity = {
  hostname: 'here',
  username: 'me',
  uid: 1000,
  gid: 1000,
  pid: ALIVE,
  isProcessAlive: (pid) => pid === ALIVE,
};

let clock: FakeClock;
let board: LockBoard;
/** Operations that fail, as a place out of reach. */
let broken: Set<LockStep>;
let files: ReturnType<LockBoard['filesOf']>;

beforeEach(() => {
  clock = new FakeClock();
  board = new LockBoard();
  broken = new Set();
  files = board.filesOf(failing);
});

async function failing(step: LockStep): Promise<void> {
  if (broken.has(step))
    throw new TidemarkError('storage.unreachable', { location: 'place', reason: 'away' }, { retry: 'later' });
}

function lockOf(changes: Partial<Lock> = {}): Lock {
  const { hostname, username, uid, gid } = identity;
  const time = new Date(clock.nowMs()).toISOString();
  return { time, exclusive: false, hostname, username, pid: 1, uid, gid, ...changes };
}

async function hold(exclusive = false, signal?: AbortSignal): Promise<RepositoryLock> {
  const lock = await RepositoryLock.announce(files, clock, identity, { exclusive, signal });
  await clock.advance(200);
  await lock.confirmed();
  return lock;
}

/** What has come of it so far. */
async function outcomeOf(promise: Promise<unknown>): Promise<string> {
  const settled = promise.then(
    () => 'passed',
    (error: unknown) => (error as TidemarkError).code,
  );
  await clock.advance(0);
  return Promise.race([settled, new Promise<string>((resolve) => setImmediate(resolve, 'waiting'))]);
}

describe('taking a lock', () => {
  it.each([
    [false, false, 'passed'],
    [false, true, 'repository.locked'],
    [true, false, 'repository.locked'],
    [true, true, 'repository.locked'],
  ] as const)('wanting exclusive %s beside exclusive %s: %s', async (wanted, other, expected) => {
    board.put(lockOf({ exclusive: other }));
    const outcome = await hold(wanted).then(
      () => 'passed',
      (error: unknown) => (error as TidemarkError).code,
    );
    expect(outcome).toBe(expected);
  });

  it('F6 a stale lock blocks as any other, and is called stale', async () => {
    const id = board.put(lockOf({ hostname: 'there', time: new Date(clock.nowMs() - HOUR).toISOString() }));
    await expect(hold(true)).rejects.toMatchObject({
      code: 'repository.locked',
      data: { lockId: id, hostname: 'there', stale: true },
    });
    expect(board.ids).toEqual([id]);
  });

  it('an empty file and one that vanishes before it is read are none', async () => {
    board.put('empty');
    const id = board.put(lockOf());
    files = board.filesOf(async (step) => {
      if (step === 'load') board.locks.delete(id);
    });
    await hold(true);
  });

  it('a damaged lock is read again after 5, 10 and 20 s; mended meanwhile it is what it says', async () => {
    const id = board.put('damaged');
    const taking = RepositoryLock.announce(files, clock, identity, { exclusive: false });
    await clock.advance(14_999);
    expect(await outcomeOf(taking)).toBe('waiting');
    board.locks.set(id, lockOf());
    await clock.advance(1);
    expect(await outcomeOf(taking)).toBe('passed');
    expect(clock.delays.slice(0, 2)).toEqual([5_000, 10_000]);
  });

  it('a lock that stays damaged is refused in the end, and nothing of ours is left', async () => {
    const id = board.put('damaged');
    const taking = RepositoryLock.announce(files, clock, identity, { exclusive: false });
    await clock.advance(34_999);
    expect(await outcomeOf(taking)).toBe('waiting');
    await clock.advance(1);
    await expect(taking).rejects.toMatchObject({ code: 'integrity.fileCorrupt', data: { kind: 'lock', id } });
    expect(clock.delays).toEqual([5_000, 10_000, 20_000]);
    expect(board.ids).toEqual([id]);
  });

  it('gives way when somebody came at the same time', async () => {
    const lock = await RepositoryLock.announce(files, clock, identity, { exclusive: true });
    const other = board.put(lockOf());
    const writing = lock.assertHeld();
    expect(await outcomeOf(writing)).toBe('waiting');
    await clock.advance(200);
    expect(await outcomeOf(writing)).toBe('repository.locked');
    expect(lock.signal.reason).toMatchObject({ code: 'repository.locked' });
    await lock.release();
    expect(board.ids).toEqual([other]);
  });

  describe('in a place whose lists are behind', () => {
    /** Locks are listed so late. */
    function behind(delayMs: number): void {
      const since = new Map<LockId, number>();
      const inTime = board.filesOf();
      files = {
        ...inTime,
        save: async (lock) => {
          const id = await inTime.save(lock);
          since.set(id, clock.nowMs());
          return id;
        },
        list: async () =>
          (await inTime.list()).filter(({ id }) => clock.nowMs() - (since.get(id) ?? -Infinity) >= delayMs),
      };
    }

    it('an exclusive lock stands only when it is listed: then what came before it is, too', async () => {
      behind(5_000);
      const taking = RepositoryLock.announce(files, clock, identity, { exclusive: true });
      const lock = await taking;
      const confirmed = lock.confirmed();
      await clock.advance(4_999);
      expect(await outcomeOf(confirmed)).toBe('waiting');
      await clock.advance(4_000);
      expect(await outcomeOf(confirmed)).toBe('passed');
    });

    it('somebody who came before and is listed late is seen', async () => {
      behind(5_000);
      const other = await files.save(lockOf());
      const lock = await RepositoryLock.announce(files, clock, identity, { exclusive: true });
      await clock.advance(10_000);
      expect(await outcomeOf(lock.confirmed())).toBe('repository.locked');
      await lock.release();
      expect(board.ids).toEqual([other]);
    });

    it('one that is never listed is refused after a minute, and nothing of ours is left', async () => {
      behind(Infinity);
      const lock = await RepositoryLock.announce(files, clock, identity, { exclusive: true });
      await clock.advance(60_000);
      expect(await outcomeOf(lock.confirmed())).toBe('waiting');
      await clock.advance(2_000);
      expect(await outcomeOf(lock.confirmed())).toBe('storage.listBehind');
      await lock.release();
      expect(board.ids).toEqual([]);
    });

    it('who does not need to be alone does not wait', async () => {
      behind(Infinity);
      await hold(false);
    });
  });

  it('is read back while the 200 ms pass, and not once more among the others', async () => {
    const steps: string[] = [];
    files = board.filesOf(async (step) => void steps.push(step));
    const lock = await RepositoryLock.announce(files, clock, identity, { exclusive: false });
    await clock.advance(0);
    expect(steps).toEqual(['list', 'save', 'assertKept']);
    await clock.advance(200);
    await lock.confirmed();
    expect(steps).toEqual(['list', 'save', 'assertKept', 'list']);
  });

  it('nothing passes before it is read back, and nothing at all when the place has not kept it', async () => {
    let answer = (): void => undefined;
    const asked = new Promise<void>((resolve) => (answer = resolve));
    let saves = 0;
    files = board.filesOf(async (step) => {
      if (step === 'save') saves++;
      if (step !== 'assertKept') return;
      await asked;
      board.locks.clear();
    });
    const lock = await RepositoryLock.announce(files, clock, identity, { exclusive: false });
    await clock.advance(1_000);
    const writing = lock.assertHeld();
    expect(await outcomeOf(writing)).toBe('waiting');
    answer();
    expect(await outcomeOf(writing)).toBe('storage.notKept');
    expect(saves).toBe(2);
    await expect(lock.confirmed()).rejects.toMatchObject({ code: 'storage.notKept' });
    await lock.release();
  });

  it('written once more because the place had not kept it, it waits anew', async () => {
    let saves = 0;
    const { save } = files;
    files.save = async (written) => {
      const id = await save(written);
      if (++saves === 1) board.locks.delete(id);
      return id;
    };
    const lock = await RepositoryLock.announce(files, clock, identity, { exclusive: false });
    await clock.advance(0);
    expect(saves).toBe(2);
    const writing = lock.assertHeld();
    await clock.advance(199);
    expect(await outcomeOf(writing)).toBe('waiting');
    await clock.advance(1);
    expect(await outcomeOf(writing)).toBe('passed');
    expect(board.ids).toEqual([lock.id]);
  });

  it('knows the locks that were there before', async () => {
    const theirs = lockOf({ pid: 2 });
    const id = board.put(theirs);
    expect((await hold()).others).toEqual([{ id, lock: theirs }]);
  });

  it('nothing passes before the 200 ms are over', async () => {
    const lock = await RepositoryLock.announce(files, clock, identity, { exclusive: false });
    const writing = lock.assertHeld();
    await clock.advance(199);
    expect(await outcomeOf(writing)).toBe('waiting');
    await clock.advance(1);
    expect(await outcomeOf(writing)).toBe('passed');
  });

  it.each(['at once', 'while it is being confirmed', 'while a damaged lock is looked at again'])(
    'cancelled %s it leaves nothing',
    async (when) => {
      const abort = new AbortController();
      if (when === 'at once') abort.abort(new TidemarkError('job.cancelled', {}));
      const damaged = when.endsWith('again') ? [board.put('damaged')] : [];
      const holding = hold(true, abort.signal);
      holding.catch(() => undefined);
      await clock.advance(0);
      abort.abort(new TidemarkError('job.cancelled', {}));
      await expect(holding).rejects.toMatchObject({ code: 'job.cancelled' });
      await clock.advance(0);
      expect(board.ids).toEqual(damaged);
    },
  );

  it('F6 removes what a crash of this very machine left, and nothing else', async () => {
    const ours = board.put(lockOf({ exclusive: true }));
    // Says the same of itself, but nobody remembers writing it: another machine of the same name.
    files = board.filesOf(undefined, new Set([ours]));
    const lock = await hold(true);
    expect(board.ids).toEqual([lock.id]);
    expect(lock.followsCrash).toBe(true);
    expect(files.forgotten).toEqual([]);
    lock.settleCrash();
    expect(files.forgotten).toEqual([ours]);
    await lock.release();
    const stranger = board.put(lockOf({ exclusive: true }));
    await expect(hold()).rejects.toMatchObject({
      code: 'repository.locked',
      data: { lockId: stranger, stale: true },
    });
  });
});

describe('holding it', () => {
  it('writes it anew every five minutes, then removes the old one', async () => {
    const lock = await hold();
    const first = lock.id;
    await clock.advance(4.7 * MINUTE);
    expect(board.ids).toEqual([first]);
    await clock.advance(0.5 * MINUTE);
    expect(board.ids).toEqual([lock.id]);
    expect(lock.id).not.toBe(first);
    const { time } = board.locks.get(lock.id) as Lock;
    expect(clock.nowMs() - Date.parse(time)).toBeLessThan(30_000);
    for (let i = 0; i < 60; i++) {
      await clock.advance(MINUTE);
      const age = clock.nowMs() - Date.parse((board.locks.get(lock.id) as Lock).time);
      expect(age).toBeLessThanOrEqual(5.5 * MINUTE);
      expect(board.ids).toHaveLength(1);
      await lock.assertHeld();
    }
  });

  it('the new one is there before the old one goes', async () => {
    const counts: number[] = [];
    files = board.filesOf(async (step) => {
      if (step === 'remove') counts.push(board.ids.length);
    });
    await hold();
    await clock.advance(11 * MINUTE);
    expect(counts).toEqual([2, 2]);
  });

  it('a refresh that fails is tried again at the next look; an old lock that could not be removed goes later', async () => {
    const lock = await hold();
    broken = new Set(['save']);
    await clock.advance(8 * MINUTE);
    expect(await outcomeOf(lock.assertHeld())).toBe('passed');
    broken = new Set(['remove']);
    await clock.advance(MINUTE);
    expect(board.ids).toHaveLength(2);
    broken = new Set();
    await clock.advance(6 * MINUTE);
    expect(board.ids).toEqual([lock.id]);
    await lock.release();
    expect(board.ids).toEqual([]);
  });

  it('after 22.5 minutes without a refresh nothing is written any more; it is lost when that goes on', async () => {
    const lock = await hold();
    broken = new Set(['save', 'exists']);
    await clock.advance(22.4 * MINUTE);
    expect(await outcomeOf(lock.assertHeld())).toBe('passed');
    await clock.advance(0.2 * MINUTE);
    const writing = lock.assertHeld();
    expect(await outcomeOf(writing)).toBe('waiting');
    expect(lock.signal.aborted).toBe(false);
    await clock.advance(6 * MINUTE);
    expect(await outcomeOf(writing)).toBe('repository.lockLost');
    expect(lock.signal.reason).toMatchObject({ code: 'repository.lockLost' });
  });

  it('a new one that the place does not keep takes the place of none', async () => {
    const lock = await hold();
    const first = lock.id;
    const { save } = files;
    files.save = async (written) => {
      const id = await save(written);
      board.locks.delete(id);
      return id;
    };
    await clock.advance(6 * MINUTE);
    expect(board.ids).toEqual([first]);
    expect(await outcomeOf(lock.assertHeld())).toBe('passed');
    files.save = save;
    await clock.advance(MINUTE);
    expect(board.ids).toEqual([lock.id]);
    expect(lock.id).not.toBe(first);
  });

  it('a clock that is set back does not make it look young: it is written anew at the next look', async () => {
    const lock = await hold();
    const first = lock.id;
    clock.jumpWall(-HOUR);
    await clock.advance(15_000);
    expect(board.ids).toEqual([lock.id]);
    expect(lock.id).not.toBe(first);
  });

  it('is let go of, and nothing passes afterwards', async () => {
    const lock = await hold();
    await lock.release();
    expect(board.ids).toEqual([]);
    expect(files.forgotten).toEqual([lock.id]);
    expect(await outcomeOf(lock.assertHeld())).toBe('repository.lockLost');
    expect(clock.sleeperCount).toBe(0);
  });

  it("one that cannot be removed when it is let go of is nobody's", async () => {
    const lock = await hold(true);
    broken = new Set(['remove']);
    await lock.release();
    expect(board.ids).toEqual([lock.id]);
    expect(files.abandoned).toEqual([lock.id]);
    broken = new Set();
    files = board.filesOf(failing, new Set(files.abandoned));
    const next = await hold(true);
    expect(board.ids).toEqual([next.id]);
    await next.release();
    expect(files.abandoned).toEqual([]);
  });

  it('letting go of it ends although the place does not answer', async () => {
    const lock = await hold();
    files.remove = () => new Promise(() => undefined);
    const releasing = lock.release();
    await clock.advance(9_000);
    expect(await outcomeOf(releasing)).toBe('waiting');
    await clock.advance(1_000);
    expect(await outcomeOf(releasing)).toBe('passed');
  });
});

describe('after standby', () => {
  const SLEPT = 9 * HOUR;

  it('B1 writing waits until the lock is written anew and the old one seen once more', async () => {
    const steps: string[] = [];
    files = board.filesOf(async (step) => {
      steps.push(step);
      await failing(step);
    });
    const lock = await hold();
    const first = lock.id;
    clock.suspend(SLEPT);
    steps.length = 0;
    const writing = lock.assertHeld();
    await clock.advance(0);
    expect(board.ids).toEqual([first, expect.any(String)]);
    await clock.advance(199);
    expect(await outcomeOf(writing)).toBe('waiting');
    await clock.advance(1);
    expect(await outcomeOf(writing)).toBe('passed');
    expect(steps).toEqual(['exists', 'save', 'assertKept', 'exists', 'remove']);
    expect(board.ids).toEqual([lock.id]);
    expect(lock.id).not.toBe(first);
  });

  it('is found out without anybody writing, too', async () => {
    const lock = await hold();
    clock.suspend(SLEPT);
    board.locks.clear();
    await clock.advance(15_000);
    expect(lock.signal.reason).toMatchObject({ code: 'repository.lockLost' });
  });

  it.each([
    ['before we woke', 0, 0],
    ['while we look', 100, 0],
  ] as const)('a lock that somebody removed %s is lost, and nothing is written', async (_name, at, left) => {
    const lock = await hold();
    const first = lock.id;
    clock.suspend(SLEPT);
    if (at === 0) board.locks.delete(first);
    const writing = lock.assertHeld();
    writing.catch(() => undefined);
    await clock.advance(at);
    board.locks.delete(first);
    await clock.advance(200);
    expect(await outcomeOf(writing)).toBe('repository.lockLost');
    expect(board.ids).toHaveLength(left);
  });

  it('B2 a place out of reach for 40 s costs no more than the wait', async () => {
    const lock = await hold();
    clock.suspend(SLEPT);
    broken = new Set(['exists', 'save']);
    const writing = lock.assertHeld();
    await clock.advance(40_000);
    expect(await outcomeOf(writing)).toBe('waiting');
    broken = new Set();
    await clock.advance(16_000);
    expect(await outcomeOf(writing)).toBe('passed');
    expect(board.ids).toEqual([lock.id]);
  });

  it('a place that breaks off between the two looks leaves one lock in the end', async () => {
    const lock = await hold();
    clock.suspend(SLEPT);
    const writing = lock.assertHeld();
    await clock.advance(100);
    broken = new Set(['exists', 'remove']);
    await clock.advance(200);
    expect(await outcomeOf(writing)).toBe('waiting');
    broken = new Set();
    await clock.advance(16_000);
    expect(await outcomeOf(writing)).toBe('passed');
    expect(board.ids).toEqual([lock.id]);
  });

  it('cancelled, nobody waits', async () => {
    const abort = new AbortController();
    const lock = await hold(false, abort.signal);
    clock.suspend(SLEPT);
    broken = new Set(['exists']);
    const writing = lock.assertHeld();
    await clock.advance(20_000);
    abort.abort(new TidemarkError('job.cancelled', {}));
    expect(await outcomeOf(writing)).toBe('job.cancelled');
  });

  it('a short nap changes nothing', async () => {
    const lock = await hold();
    const first = lock.id;
    clock.suspend(20 * MINUTE);
    expect(await outcomeOf(lock.assertHeld())).toBe('passed');
    await clock.advance(15_000);
    expect(lock.id).not.toBe(first);
  });
});

it('a lock of a dead process of this computer that the place keeps stops nobody', async () => {
  const dead = board.put(lockOf({ exclusive: true }));
  const keeps = async (step: LockStep): Promise<void> => {
    if (step !== 'remove') return;
    throw new TidemarkError('storage.removalRefused', { location: 'place', keptUntil: null });
  };
  files = board.filesOf(keeps, new Set([dead]));
  const lock = await hold(true);
  expect(board.ids).toContain(dead);
  await lock.release().catch(() => undefined);
});
