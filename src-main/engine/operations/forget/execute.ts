/**
 * A forget: removes snapshot files, and nothing else, under an exclusive lock. The plan is made anew under the lock, so
 * that it is about what is there now. Data stays until a prune. Source: repository format, 15.
 */
import { isTidemarkError, throwIfCancelled, type ErrorCode } from '#base/errors.ts';
import type { Repository } from '#repository/repository.ts';
import type { StoredSnapshot } from '#repository/snapshot-store.ts';
import { KeptRemovals } from '../kept-removals.ts';
import { underLock } from '../under-lock.ts';
import { prepareForget } from './prepare.ts';
import type { ForgetObserver, ForgetRequest, ForgetResult, RefusedRemoval } from './types.ts';

/** One after the other is slow on a far place; a cancel waits for those under way. */
const REMOVALS_AT_A_TIME = 8;

/** What a place says about one file; the others may still go. Everything else ends the run. */
const REFUSALS: ReadonlySet<ErrorCode> = new Set<ErrorCode>(['storage.accessDenied', 'storage.ioFailed']);

/**
 * @throws as `prepareForget`; repository.locked, repository.lockLost, job.cancelled, storage errors that concern the whole
 * place. What was removed until then stays removed; `observer` has heard of it.
 */
export function executeForget(
  repository: Repository,
  request: ForgetRequest,
  observer: ForgetObserver = {},
  signal?: AbortSignal,
): Promise<ForgetResult> {
  return underLock(repository, { exclusive: true }, signal, async (stop, assertHeld) => {
    const plan = await prepareForget(repository, request, stop);
    observer.onPlan?.(plan);
    const removed: StoredSnapshot[] = [];
    const refused: RefusedRemoval[] = [];
    const held: StoredSnapshot[] = [];
    const keptRemovals = new KeptRemovals(repository);

    async function remove(stored: StoredSnapshot): Promise<void> {
      throwIfCancelled(stop);
      await keptRemovals.ask('snapshot', stored.id, stop);
      await assertHeld();
      try {
        await repository.files.remove('snapshot', stored.id, stop);
      } catch (error) {
        if (keptRemovals.noteRefusal(error)) {
          held.push(stored);
          return;
        }
        if (!isTidemarkError(error) || !REFUSALS.has(error.code)) throw error;
        const refusal = { stored, error };
        refused.push(refusal);
        observer.onRefused?.(refusal);
        return;
      }
      removed.push(stored);
      observer.onRemoved?.(stored, removed.length + refused.length + held.length, plan.remove.length);
    }

    for (let start = 0; start < plan.remove.length; start += REMOVALS_AT_A_TIME) {
      const batch = plan.remove.slice(start, start + REMOVALS_AT_A_TIME);
      // All are waited for before an error is passed on, or something would go on after the lock is gone.
      const outcomes = await Promise.allSettled(batch.map(remove));
      const failure = outcomes.find((outcome) => outcome.status === 'rejected');
      if (failure !== undefined) throw failure.reason;
    }
    return { plan, removed, refused, held, keptUntilMs: keptRemovals.untilMs };
  });
}
