/**
 * Holding a repository: acquire with the race rule, refresh, notice a lost lock, release.
 * Invariant: `signal` fires before anybody may think our lock stale, and whoever writes checks it before each write.
 * Times are wall-clock times: monotonic clocks may stand still while the machine sleeps. Source: repository format, 13.1.
 */
import type { Clock } from '#base/clock.ts';
import type { Identity } from '#base/identity.ts';
import type { LockId } from '#base/ids.ts';
import { isTidemarkError, throwIfCancelled, TidemarkError } from '#base/errors.ts';
import type { Lock } from '#format/lock.ts';
import { formatTime, localZone } from '#format/time.ts';
import { conflicts, isStale, LOCK_LOST_MS, LOCK_RACE_WAIT_MS, LOCK_REFRESH_MS } from './lock-rules.ts';

/** Reading and writing lock files; given by the repository. */
export interface LockFiles {
  list(signal?: AbortSignal): Promise<readonly { readonly id: LockId; readonly sizeBytes: number }[]>;
  /** Undefined when the lock has vanished. */
  load(id: LockId, signal?: AbortSignal): Promise<Lock | undefined>;
  save(lock: Lock, signal?: AbortSignal): Promise<LockId>;
  exists(id: LockId): Promise<boolean>;
  remove(id: LockId): Promise<void>;
}

/** A lock that is written but not yet proven free of a race. `confirm` must be called. */
export interface AnnouncedLock {
  /** Waits, looks again, removes our lock and fails if somebody else came at the same time. @throws repository.locked */
  confirm(): Promise<RepositoryLock>;
}

export interface FoundLock {
  readonly id: LockId;
  readonly lock: Lock;
}

/** How often the holder looks at the clock; a machine that slept notices within this time after waking. */
const WATCH_MS = 15_000;

export class RepositoryLock {
  readonly #files: LockFiles;
  readonly #clock: Clock;
  readonly #identity: Identity;
  readonly #exclusive: boolean;
  readonly #lost = new AbortController();
  readonly #released = new AbortController();
  #id: LockId;
  #refreshedAtMs: number;
  #watching: Promise<void>;
  #refreshing: Promise<void> | undefined;

  private constructor(
    files: LockFiles,
    clock: Clock,
    identity: Identity,
    exclusive: boolean,
    id: LockId,
    writtenAtMs: number,
  ) {
    this.#files = files;
    this.#clock = clock;
    this.#identity = identity;
    this.#exclusive = exclusive;
    this.#id = id;
    this.#refreshedAtMs = writtenAtMs;
    this.#watching = this.#watch();
  }

  /**
   * First half of acquiring: looks for others and writes our lock. From then on no exclusive lock of others can succeed,
   * so reading may begin; writing waits for the second half.
   * @throws repository.locked with the holder's data
   */
  static async announce(
    files: LockFiles,
    clock: Clock,
    identity: Identity,
    { exclusive, signal }: { readonly exclusive: boolean; readonly signal?: AbortSignal | undefined },
  ): Promise<AnnouncedLock> {
    await refuseConflicts(files, clock, identity, exclusive, undefined, signal);
    const writtenAtMs = clock.nowMs();
    const id = await files.save(newLock(clock, identity, exclusive), signal);
    return {
      async confirm() {
        try {
          await clock.sleep(LOCK_RACE_WAIT_MS, signal);
          await refuseConflicts(files, clock, identity, exclusive, id, signal);
          throwIfCancelled(signal);
        } catch (error) {
          await files.remove(id);
          throw error;
        }
        return new RepositoryLock(files, clock, identity, exclusive, id, writtenAtMs);
      },
    };
  }

  /** Fires with repository.lockLost when the lock can no longer be relied on. */
  get signal(): AbortSignal {
    return this.#lost.signal;
  }

  get id(): LockId {
    return this.#id;
  }

  /**
   * To be awaited before every write and removal. After standby it waits until the lock is proven ours again.
   * @throws repository.lockLost
   */
  async assertHeld(): Promise<void> {
    if (this.#lost.signal.aborted) throw this.#lost.signal.reason;
    if (this.#clock.nowMs() - this.#refreshedAtMs > LOCK_LOST_MS) await this.#refresh();
    if (this.#lost.signal.aborted) throw this.#lost.signal.reason;
  }

  /** Removes the lock; failing to is not an error, it goes stale by itself. */
  async release(): Promise<void> {
    this.#released.abort();
    await this.#watching;
    await this.#refreshing;
    await this.#files.remove(this.#id).catch(() => undefined);
  }

  async #watch(): Promise<void> {
    while (!this.#released.signal.aborted && !this.#lost.signal.aborted) {
      try {
        await this.#clock.sleep(WATCH_MS, this.#released.signal);
      } catch {
        return;
      }
      if (this.#clock.nowMs() - this.#refreshedAtMs >= LOCK_REFRESH_MS) await this.#refresh();
    }
  }

  /** One refresh at a time; whoever comes second waits for the first. */
  #refresh(): Promise<void> {
    this.#refreshing ??= this.#writeAnew().finally(() => {
      this.#refreshing = undefined;
    });
    return this.#refreshing;
  }

  async #writeAnew(): Promise<void> {
    const overdue = this.#clock.nowMs() - this.#refreshedAtMs > LOCK_LOST_MS;
    try {
      if (overdue && !(await this.#files.exists(this.#id)))
        return this.#lose('the lock was removed while this machine slept');
      const writtenAtMs = this.#clock.nowMs();
      const next = await this.#files.save(newLock(this.#clock, this.#identity, this.#exclusive));
      if (overdue) {
        await this.#clock.sleep(LOCK_RACE_WAIT_MS);
        if (!(await this.#files.exists(this.#id))) {
          await this.#files.remove(next);
          return this.#lose('the lock was removed while this machine slept');
        }
      }
      const previous = this.#id;
      this.#id = next;
      this.#refreshedAtMs = writtenAtMs;
      await this.#files.remove(previous).catch(() => undefined);
    } catch (error) {
      // The next look tries again; only time decides that the lock is lost.
      if (this.#clock.nowMs() - this.#refreshedAtMs > LOCK_LOST_MS) this.#lose(String(error));
    }
  }

  #lose(reason: string): void {
    this.#lost.abort(new TidemarkError('repository.lockLost', { reason }, { retry: 'later' }));
  }
}

/** All locks with their contents. Empty lock files are leftovers of crashes and count as none. */
export async function loadLocks(files: LockFiles, signal?: AbortSignal): Promise<FoundLock[]> {
  const found: FoundLock[] = [];
  for (const { id, sizeBytes } of await files.list(signal)) {
    if (sizeBytes === 0) continue;
    const lock = await files.load(id, signal);
    if (lock !== undefined) found.push({ id, lock });
  }
  return found;
}

async function refuseConflicts(
  files: LockFiles,
  clock: Clock,
  identity: Identity,
  exclusive: boolean,
  ownId: LockId | undefined,
  signal: AbortSignal | undefined,
): Promise<void> {
  const locks = await loadLocks(files, signal);
  const blocking = locks.find(({ id, lock }) => id !== ownId && conflicts({ exclusive }, lock));
  if (blocking === undefined) return;
  const { id, lock } = blocking;
  throw new TidemarkError(
    'repository.locked',
    {
      hostname: lock.hostname,
      username: lock.username,
      pid: lock.pid,
      since: lock.time,
      exclusive: lock.exclusive,
      stale: isStale(lock, identity, clock.nowMs()),
      lockId: id,
    },
    { retry: 'later' },
  );
}

function newLock(clock: Clock, identity: Identity, exclusive: boolean): Lock {
  const nowMs = clock.nowMs();
  const sec = Math.floor(nowMs / 1000);
  return {
    time: formatTime(sec, Math.round((nowMs - sec * 1000) * 1e6), localZone()),
    exclusive,
    hostname: identity.hostname,
    username: identity.username,
    pid: identity.pid,
    uid: identity.uid,
    gid: identity.gid,
  };
}

/** @throws whatever the store throws for reasons other than a vanished lock */
export async function undefinedIfMissing<T>(loading: Promise<T>): Promise<T | undefined> {
  try {
    return await loading;
  } catch (error) {
    if (isTidemarkError(error, 'storage.objectMissing')) return undefined;
    throw error;
  }
}
