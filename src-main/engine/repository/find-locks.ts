/**
 * Looking for other locks, as everybody does before taking one: which there are, which of them forbid ours. Locks that a
 * crash of this very machine's left are removed on the way; those of anybody else never. Source: repository format, 13.1.
 */
import type { Clock } from '#base/clock.ts';
import type { Identity } from '#base/identity.ts';
import type { LockId } from '#base/ids.ts';
import { isTidemarkError, TidemarkError } from '#base/errors.ts';
import { FormatError } from '#format/format-error.ts';
import type { Lock } from '#format/lock.ts';
import { conflicts, DAMAGED_LOCK_WAITS_MS, isStale, LOCK_LISTED_WAITS_MS } from './lock-rules.ts';

/** Reading and writing lock files; given by the repository. */
export interface LockFiles {
  /** For people: where they lie. */
  readonly location: string;
  list(signal?: AbortSignal): Promise<readonly { readonly id: LockId; readonly sizeBytes: number }[]>;
  /** Undefined when the lock has vanished. */
  load(id: LockId, signal?: AbortSignal): Promise<Lock | undefined>;
  /** Not confirmed yet: see `assertKept`. */
  save(lock: Lock, signal?: AbortSignal): Promise<LockId>;
  /** Reads a lock that was just saved again. @throws storage.notKept when the place does not have it as it was sent */
  assertKept(id: LockId, signal?: AbortSignal): Promise<void>;
  exists(id: LockId, signal?: AbortSignal): Promise<boolean>;
  remove(id: LockId, signal?: AbortSignal): Promise<void>;
  /** Let go of, and still there. */
  abandon(id: LockId): void;
  /** Abandoned locks, and those of processes of this very machine that surely no longer run. */
  ownDead(): ReadonlySet<LockId>;
  /** The lock is not ours any more. */
  forget(id: LockId): void;
}

export interface FoundLock {
  readonly id: LockId;
  readonly lock: Lock;
}

interface FoundLocks {
  readonly found: readonly FoundLock[];
  /** Our own is in the list. */
  readonly listsOwn: boolean;
  /** Files that are no readable lock, with the reason. */
  readonly damaged: readonly TidemarkError[];
}

/** All locks but our own, with their contents. Empty lock files are leftovers of crashes and count as none. */
async function findLocks(
  files: LockFiles,
  ownId: LockId | undefined,
  signal: AbortSignal | undefined,
): Promise<FoundLocks> {
  const found: FoundLock[] = [];
  const damaged: TidemarkError[] = [];
  let listsOwn = false;
  for (const { id, sizeBytes } of await files.list(signal)) {
    if (id === ownId) listsOwn = true;
    if (sizeBytes === 0 || id === ownId) continue;
    try {
      const lock = await files.load(id, signal);
      if (lock !== undefined) found.push({ id, lock });
    } catch (error) {
      damaged.push(asDamage(id, error));
    }
  }
  return { found, listsOwn, damaged };
}

function asDamage(id: LockId, error: unknown): TidemarkError {
  if (isTidemarkError(error, 'integrity.fileCorrupt')) return error;
  if (!(error instanceof FormatError)) throw error;
  const { message: reason } = error;
  return new TidemarkError('integrity.fileCorrupt', { kind: 'lock', id, reason }, { cause: error });
}

export interface LockWish {
  readonly exclusive: boolean;
  /** Our own lock, when it is written already. */
  readonly ownId?: LockId;
}

/**
 * A damaged lock may be anybody's, so it is looked at again some times and then refused. So is a list without our own lock, if
 * that is to be alone: lists of some places are behind, and others may be missing in it.
 * @returns those that do not forbid ours, and those that were removed on the way
 * @throws repository.locked with the holder's data, integrity.fileCorrupt of a lock, storage.listBehind
 */
export async function refuseConflicts(
  files: LockFiles,
  clock: Clock,
  identity: Identity,
  { exclusive, ownId }: LockWish,
  signal: AbortSignal | undefined,
): Promise<readonly FoundLock[]> {
  const ownDead = files.ownDead();
  const waits = { damaged: DAMAGED_LOCK_WAITS_MS.values(), behind: LOCK_LISTED_WAITS_MS.values() };
  for (;;) {
    const { found, listsOwn, damaged } = await findLocks(files, ownId, signal);
    for (const { id, lock } of found) {
      if (ownDead.has(id)) await removeIfLet(files, id, signal);
      else if (conflicts({ exclusive }, lock)) throw lockedBy({ id, lock }, identity, clock.nowMs());
    }
    const [first] = damaged;
    const isBehind = exclusive && ownId !== undefined && !listsOwn;
    if (first === undefined && !isBehind) return found;
    const { value: waitMs } = first === undefined ? waits.behind.next() : waits.damaged.next();
    if (waitMs === undefined) throw first ?? listBehind(files.location);
    await clock.sleep(waitMs, signal);
  }
}

/** A place that lets nothing go keeps it, and nobody holds it all the same. */
async function removeIfLet(files: LockFiles, id: LockId, signal: AbortSignal | undefined): Promise<void> {
  try {
    await files.remove(id, signal);
  } catch (error) {
    if (!isTidemarkError(error, 'storage.removalRefused')) throw error;
  }
}

/** What the place lists is from an earlier moment: nothing may be concluded from what is not in it. */
export function listBehind(location: string): TidemarkError {
  return new TidemarkError('storage.listBehind', { location }, { retry: 'later' });
}

function lockedBy({ id, lock }: FoundLock, identity: Identity, nowMs: number): TidemarkError {
  return new TidemarkError(
    'repository.locked',
    {
      hostname: lock.hostname,
      username: lock.username,
      pid: lock.pid,
      since: lock.time,
      exclusive: lock.exclusive,
      stale: isStale(lock, identity, nowMs),
      lockId: id,
    },
    { retry: 'later' },
  );
}
