/** The last putting back of whichever window that can still be taken back: what `Ctrl + Z` is about. */
import { lastPutBack, type PutBack } from '../../../parts/last-put-back.ts';
import { takenBackOf } from '../../../parts/restore-outcome.ts';
import type { JobValue } from '../../../text/job-titles.ts';
import type { Calls } from '../wire-types.ts';
import { useRestores } from './restore-store.ts';

/** Of all jobs, those that may be of the last putting back. */
const JOBS_LOOKED_AT = 1_000;
/** Whoever presses the keys has just seen it; of an older one it is said first which it is. */
const FRESH_MS = 10 * 60_000;

/**
 * Null: it is taken back, or there is none. This window knows best what it did itself.
 * @param recent jobs as the mirror has them
 */
export async function findOpenPutBack(
  calls: Pick<Calls, 'jobs.list'>,
  recent: readonly JobValue[],
): Promise<PutBack | null> {
  const { last: own } = useRestores.getState();
  const listed = await calls['jobs.list']({ limit: JOBS_LOOKED_AT, beforeMs: null }).catch(() => []);
  // The mirror may not have heard yet of what has just ended.
  const jobs = [...listed, ...recent.filter(({ id }) => listed.every((one) => one.id !== id))];
  const found = lastPutBack(jobs, Date.now()) ?? (own && { ...own, endedAtMs: Date.now() });
  if (found === null || takenBackOf(found.undos, jobs).open.length === 0) return null;
  return own !== null && isSame(own, found) ? { ...own, endedAtMs: found.endedAtMs } : found;
}

export function isFresh({ endedAtMs }: PutBack): boolean {
  return Math.abs(Date.now() - endedAtMs) < FRESH_MS;
}

export function isSame(one: Pick<PutBack, 'undos'>, other: Pick<PutBack, 'undos'> | null): boolean {
  return one.undos.some(({ undoId }) => other?.undos.some((each) => each.undoId === undoId) === true);
}
