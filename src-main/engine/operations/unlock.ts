/**
 * Removing locks whose holders are gone. Takes no lock itself. A lock that may belong to somebody who still works is
 * left alone unless everything is to go. Source: repository format, 13.1.
 */
import type { LockId } from '#base/ids.ts';
import { isTidemarkError, throwIfCancelled } from '#base/errors.ts';
import { FormatError } from '#format/format-error.ts';
import type { Lock } from '#format/lock.ts';
import { isStale } from '#repository/lock-rules.ts';
import type { Repository } from '#repository/repository.ts';
import { KeptRemovals } from './kept-removals.ts';

export interface UnlockRequest {
  /** Live locks too, and files that are no readable lock. */
  readonly removeAll: boolean;
}

export interface SeenLock {
  readonly id: LockId;
  /** Undefined for a file that cannot be read or is empty. */
  readonly lock: Lock | undefined;
  readonly isStale: boolean;
}

export interface UnlockResult {
  readonly removed: readonly SeenLock[];
  readonly kept: readonly SeenLock[];
  /** Those that should go, and that the place keeps because it lets nothing go. */
  readonly held: readonly SeenLock[];
  /** Until when; undefined where there is no such day. */
  readonly keptUntilMs: number | undefined;
}

/** Looks only: which locks there are and which would go. */
export async function prepareUnlock(
  repository: Repository,
  { removeAll }: UnlockRequest,
  signal?: AbortSignal,
): Promise<{ readonly toRemove: readonly SeenLock[]; readonly toKeep: readonly SeenLock[] }> {
  const toRemove: SeenLock[] = [];
  const toKeep: SeenLock[] = [];
  for (const { name } of await repository.files.list('lock', signal)) {
    throwIfCancelled(signal);
    const seen = await look(repository, name as LockId, signal);
    if (seen !== undefined) (removeAll || seen.isStale ? toRemove : toKeep).push(seen);
  }
  return { toRemove, toKeep };
}

/** Removes them. */
export async function executeUnlock(
  repository: Repository,
  request: UnlockRequest,
  signal?: AbortSignal,
): Promise<UnlockResult> {
  const { toRemove, toKeep } = await prepareUnlock(repository, request, signal);
  const held: SeenLock[] = [];
  const keptRemovals = new KeptRemovals(repository);
  for (const seen of toRemove) {
    throwIfCancelled(signal);
    try {
      await repository.files.remove('lock', seen.id);
    } catch (error) {
      if (!keptRemovals.noteRefusal(error)) throw error;
      held.push(seen);
    }
  }
  const removed = toRemove.filter((seen) => !held.includes(seen));
  return { removed, kept: toKeep, held, keptUntilMs: keptRemovals.untilMs };
}

/** Undefined when it has vanished meanwhile. */
async function look(
  repository: Repository,
  id: LockId,
  signal: AbortSignal | undefined,
): Promise<SeenLock | undefined> {
  const { clock, identity } = repository.ports;
  try {
    const lock = await repository.lockFiles().load(id, signal);
    return lock === undefined ? undefined : { id, lock, isStale: isStale(lock, identity, clock.nowMs()) };
  } catch (error) {
    // What it says is not known, so it may be anybody's.
    if (error instanceof FormatError || isTidemarkError(error, 'integrity.fileCorrupt'))
      return { id, lock: undefined, isStale: false };
    throw error;
  }
}
