/**
 * Holding a repository: acquire with the race rule, refresh, recover after standby, notice a lost lock, release.
 * Invariant: nobody writes before the lock is confirmed, and after, as long as nobody may think it stale: whoever writes awaits `assertHeld` first,
 * which lets nobody through once the lock is overdue. Time is measured by the wall clock, because monotonic clocks may stand still
 * while the machine sleeps, and by the monotonic one as well, because a wall clock may be set back. Source: repository format, 13.1.
 */
import type { Clock } from '#base/clock.ts';
import type { Identity } from '#base/identity.ts';
import type { LockId } from '#base/ids.ts';
import { isTidemarkError, throwIfCancelled, TidemarkError } from '#base/errors.ts';
import type { Lock } from '#format/lock.ts';
import { formatTime, localZone } from '#format/time.ts';
import { refuseConflicts, type FoundLock, type LockFiles } from './find-locks.ts';
import {
  CANCEL_PATIENCE_MS,
  CANCELLED_RELEASE_MS,
  LOCK_LOST_MS,
  LOCK_RACE_WAIT_MS,
  LOCK_RECOVERY_MS,
  LOCK_REFRESH_MS,
  LOCK_SAVES,
  LOCK_RELEASE_MS,
  LOCK_WATCH_MS,
} from './lock-rules.ts';

export interface LockRequest {
  readonly exclusive: boolean;
  /** Ends every wait of the holder; the lock itself stays until it is released. */
  readonly signal?: AbortSignal | undefined;
}

/** By both clocks. */
interface Moment {
  readonly wallMs: number;
  readonly monotonicMs: number;
}

export class RepositoryLock {
  readonly #files: LockFiles;
  readonly #clock: Clock;
  readonly #identity: Identity;
  readonly #request: LockRequest;
  readonly #lost = new AbortController();
  readonly #released = new AbortController();
  readonly #patience = new AbortController();
  readonly #confirming: Promise<void>;
  readonly #watching: Promise<void>;
  #isConfirmed = false;
  #id: LockId;
  #refreshedAt: Moment;
  /** When an overdue lock was noticed, by the monotonic clock. */
  #overdueSinceMs: number | undefined;
  #refreshing: Promise<void> | undefined;
  /** Locks of ours that could not be removed yet. */
  readonly #leftovers = new Set<LockId>();
  #givingWay: Promise<void> | undefined;
  readonly #ownDead: ReadonlySet<LockId>;
  /** Locks of others that were there before ours. */
  readonly others: readonly FoundLock[];

  private constructor(
    files: LockFiles,
    clock: Clock,
    identity: Identity,
    request: LockRequest,
    id: LockId,
    writtenAt: Moment,
    ownDead: ReadonlySet<LockId>,
    others: readonly FoundLock[],
  ) {
    this.#files = files;
    this.#clock = clock;
    this.#identity = identity;
    this.#request = request;
    this.#id = id;
    this.#refreshedAt = writtenAt;
    this.#ownDead = ownDead;
    this.others = others;
    const onCancel = (): void => void this.#losePatience();
    request.signal?.addEventListener('abort', onCancel, { once: true, signal: this.#released.signal });
    this.#confirming = this.#confirm();
    this.#watching = this.#confirming.then(() => this.#watch());
  }

  /**
   * Looks for others and writes our lock. From then on no exclusive lock of others can succeed, so reading may begin at once;
   * whether ours stands is found out meanwhile, see `confirmed`.
   * @throws repository.locked with the holder's data, integrity.fileCorrupt for a damaged lock
   */
  static async announce(
    files: LockFiles,
    clock: Clock,
    identity: Identity,
    request: LockRequest,
  ): Promise<RepositoryLock> {
    const ownDead = files.ownDead();
    const others = await refuseConflicts(files, clock, identity, request, request.signal);
    throwIfCancelled(request.signal);
    const writtenAt = now(clock);
    const id = await files.save(newLock(clock, identity, request.exclusive), request.signal);
    return new RepositoryLock(files, clock, identity, request, id, writtenAt, ownDead, others);
  }

  /** Fires with repository.locked when somebody came at the same time, with repository.lockLost when it cannot be relied on any more. */
  get signal(): AbortSignal {
    return this.#lost.signal;
  }

  /** Fires with job.cancelled some time after a cancel: whatever still waits for the place then gives up. */
  get patience(): AbortSignal {
    return this.#patience.signal;
  }

  get id(): LockId {
    return this.#id;
  }

  /** A process of this machine crashed while it worked with this repository, and nobody has seen to what it left. */
  get followsCrash(): boolean {
    return this.#ownDead.size > 0;
  }

  /** What the crash left is seen to. */
  settleCrash(): void {
    for (const id of this.#ownDead) this.#files.forget(id);
  }

  /** The lock stands. @throws repository.locked, storage.listBehind, job.cancelled; to be released then as well */
  async confirmed(): Promise<void> {
    await this.#confirming;
    if (!this.#isConfirmed) throw this.#lost.signal.reason;
  }

  /**
   * To be awaited before every write and removal. Waits while the lock is being confirmed, and after standby until it is proven
   * ours again.
   * @throws repository.locked, repository.lockLost, job.cancelled when that ends a wait
   */
  async assertHeld(): Promise<void> {
    if (!this.#isConfirmed) await this.#confirming;
    this.#throwIfLost();
    while (this.#isOverdue()) {
      throwIfCancelled(this.#request.signal);
      await untilAborted(this.#refresh(), this.#request.signal);
      this.#throwIfLost();
      if (this.#isOverdue()) await this.#clock.sleep(LOCK_WATCH_MS, this.#stopWaiting());
    }
  }

  /** Called once, at the beginning of `release`. */
  onReleased(listener: () => void): void {
    this.#released.signal.addEventListener('abort', listener, { once: true });
  }

  /**
   * Removes the lock; failing to is not an error: the next job of this machine does it, for others it goes stale by itself. Ends within LOCK_RELEASE_MS (after a cancel CANCELLED_RELEASE_MS), and nothing may be
   * written any more.
   */
  async release(): Promise<void> {
    this.#released.abort();
    const enough = new AbortController();
    const removing = this.#removeAll(enough.signal);
    try {
      await Promise.race([
        removing,
        this.#clock.sleep(LOCK_RELEASE_MS, enough.signal),
        this.#cancelledLongEnough(enough.signal),
      ]);
    } finally {
      removing.catch(() => undefined);
      enough.abort();
      // The place has gone, or keeps them. This process runs on, so they would look like those of a living job for ever.
      for (const id of this.#leftovers) this.#files.abandon(id);
    }
  }

  async #losePatience(): Promise<void> {
    try {
      await this.#clock.sleep(CANCEL_PATIENCE_MS, this.#released.signal);
    } catch {
      return;
    }
    this.#patience.abort(new TidemarkError('job.cancelled', {}));
  }

  /** Whether the cancel came before or comes meanwhile. */
  async #cancelledLongEnough(stop: AbortSignal): Promise<void> {
    const { signal } = this.#request;
    await new Promise<void>((resolve) => {
      if (signal?.aborted === true) resolve();
      signal?.addEventListener('abort', () => resolve(), { once: true, signal: stop });
    });
    await this.#clock.sleep(CANCELLED_RELEASE_MS, stop);
  }

  #throwIfLost(): void {
    if (this.#lost.signal.aborted) throw this.#lost.signal.reason;
    if (this.#released.signal.aborted) throw lockLost('it was already let go of');
  }

  /**
   * Second half of acquiring: waits, while ours is read back, looks again, gives way if somebody else came at the same time.
   * Never rejects.
   */
  async #confirm(): Promise<void> {
    const signal = this.#stopWaiting();
    try {
      await this.#untilSeen(signal);
      const wish = { exclusive: this.#request.exclusive, ownId: this.#id };
      await refuseConflicts(this.#files, this.#clock, this.#identity, wish, signal);
      throwIfCancelled(signal);
      this.#isConfirmed = true;
    } catch (error) {
      this.#lost.abort(error);
      this.#givingWay = this.#remove(this.#id);
    }
  }

  /** Ours stands at the place for long enough. One that the place has not kept is written once more. */
  async #untilSeen(signal: AbortSignal): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      try {
        const kept = this.#files.assertKept(this.#id, signal);
        await Promise.all([this.#clock.sleep(LOCK_RACE_WAIT_MS, signal), kept]);
        return;
      } catch (error) {
        if (attempt === LOCK_SAVES || !isTidemarkError(error, 'storage.notKept')) throw error;
        await this.#remove(this.#id);
        const writtenAt = now(this.#clock);
        this.#id = await this.#files.save(this.#newLock(), signal);
        this.#refreshedAt = writtenAt;
      }
    }
  }

  #newLock(): Lock {
    return newLock(this.#clock, this.#identity, this.#request.exclusive);
  }

  async #watch(): Promise<void> {
    const stop = AbortSignal.any([this.#released.signal, this.#lost.signal]);
    while (!stop.aborted) {
      try {
        await this.#clock.sleep(LOCK_WATCH_MS, stop);
      } catch {
        return;
      }
      if (this.#ageMs() >= LOCK_REFRESH_MS) await this.#refresh();
    }
  }

  /** By the clock that tells more; one that was set back tells nothing, and the lock is written anew soon. */
  #ageMs(): number {
    const { wallMs, monotonicMs } = now(this.#clock);
    const byWallMs = wallMs - this.#refreshedAt.wallMs;
    const byMonotonicMs = monotonicMs - this.#refreshedAt.monotonicMs;
    if (byWallMs < -LOCK_WATCH_MS) return Math.max(byMonotonicMs, LOCK_REFRESH_MS);
    return Math.max(byWallMs, byMonotonicMs);
  }

  #isOverdue(): boolean {
    return this.#ageMs() > LOCK_LOST_MS;
  }

  /** One refresh at a time; whoever comes second waits for the first. Never rejects. */
  #refresh(): Promise<void> {
    this.#refreshing ??= this.#writeAnew().finally(() => {
      this.#refreshing = undefined;
    });
    return this.#refreshing;
  }

  async #writeAnew(): Promise<void> {
    const isOverdue = this.#isOverdue();
    if (isOverdue) this.#overdueSinceMs ??= this.#clock.monotonicMs();
    const previous = this.#id;
    try {
      if (isOverdue && !(await this.#files.exists(previous))) return this.#lose(REMOVED);
      const writtenAt = now(this.#clock);
      const next = await this.#saveKept();
      if (isOverdue && !(await this.#isStillThere(previous, next))) return this.#lose(REMOVED);
      this.#id = next;
      this.#refreshedAt = writtenAt;
      this.#overdueSinceMs = undefined;
      await this.#remove(previous);
    } catch (error) {
      // The next look tries again; only time decides that the lock is lost.
      const overdueForMs = this.#clock.monotonicMs() - (this.#overdueSinceMs ?? Number.POSITIVE_INFINITY);
      if (overdueForMs >= LOCK_RECOVERY_MS) this.#lose(reasonOf(error));
    }
  }

  /** What does not stay at the place as it was sent is to be gone altogether. */
  async #saveKept(): Promise<LockId> {
    const id = await this.#files.save(this.#newLock());
    try {
      await this.#files.assertKept(id);
    } catch (error) {
      await this.#remove(id);
      throw error;
    }
    return id;
  }

  /** Whoever removed the old lock has perhaps not seen the new one: then the new one goes. */
  async #isStillThere(previous: LockId, next: LockId): Promise<boolean> {
    let isThere = false;
    try {
      await this.#clock.sleep(LOCK_RACE_WAIT_MS);
      isThere = await this.#files.exists(previous);
      return isThere;
    } finally {
      if (!isThere) await this.#remove(next);
    }
  }

  async #remove(id: LockId, signal?: AbortSignal): Promise<void> {
    this.#leftovers.add(id);
    for (const each of this.#leftovers) {
      try {
        await this.#files.remove(each, signal);
      } catch (error) {
        if (!isTidemarkError(error, 'storage.objectMissing')) continue;
      }
      this.#leftovers.delete(each);
      this.#files.forget(each);
    }
  }

  async #removeAll(signal: AbortSignal): Promise<void> {
    await this.#watching;
    await this.#refreshing;
    await this.#givingWay;
    if (!this.#lost.signal.aborted) this.#leftovers.add(this.#id);
    const [first] = this.#leftovers;
    if (first !== undefined) await this.#remove(first, signal);
  }

  #lose(reason: string): void {
    this.#leftovers.add(this.#id);
    this.#lost.abort(lockLost(reason));
  }

  #stopWaiting(): AbortSignal {
    const { signal } = this.#request;
    return signal === undefined ? this.#released.signal : AbortSignal.any([this.#released.signal, signal]);
  }
}

const REMOVED = 'the lock was removed while this machine slept';

function lockLost(reason: string): TidemarkError {
  return new TidemarkError('repository.lockLost', { reason }, { retry: 'later' });
}

function reasonOf(error: unknown): string {
  return isTidemarkError(error) ? error.code : String(error);
}

function now(clock: Clock): Moment {
  return { wallMs: clock.nowMs(), monotonicMs: clock.monotonicMs() };
}

/** @throws job.cancelled */
async function untilAborted(work: Promise<void>, signal: AbortSignal | undefined): Promise<void> {
  if (signal === undefined) return work;
  let onAbort: (() => void) | undefined;
  const aborted = new Promise<never>((_, reject) => {
    onAbort = () => reject(new TidemarkError('job.cancelled', {}));
    signal.addEventListener('abort', onAbort, { once: true });
  });
  try {
    await Promise.race([work, aborted]);
  } finally {
    if (onAbort !== undefined) signal.removeEventListener('abort', onAbort);
  }
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
